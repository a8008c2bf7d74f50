"""How large a mail is, and how an inbox shows its first line."""

import re
from dataclasses import dataclass
from itertools import pairwise

from digest.compose.layout import reading
from digest.domain import Recipient
from digest.lint.structure import GMAIL_CLIPS
from digest.preview.issue import Preview

PICTURE = re.compile(r"<img\b", re.IGNORECASE)
# Characters of subject and preheader that lists show: narrow phones, large phones, desktops.
CUTS = (40, 60, 90)


@dataclass(frozen=True, slots=True)
class Measures:
    """Sizes in bytes, and how much there is to read."""

    html: int
    text: int
    message: int
    pictures: int
    stories: int
    words: int
    minutes: int

    @property
    def gmail_shows(self) -> int:
        """Bytes of HTML; what is beyond is behind a link, with the unsubscribe link in it."""
        return GMAIL_CLIPS

    @property
    def of_gmail(self) -> float:
        """The share of what Gmail shows before it clips; more than 1 is clipped."""
        return self.html / self.gmail_shows


def measures(preview: Preview, recipient: Recipient) -> Measures:
    """Measure the mail as ``recipient`` gets it."""
    html = preview.message.html_for(recipient)
    words, minutes = reading(preview.issue)
    return Measures(
        html=len(html.encode()),
        text=len(preview.message.text_for(recipient).encode()),
        message=len(preview.message.for_recipient(recipient)),
        pictures=len(PICTURE.findall(html)),
        stories=len(preview.issue.stories),
        words=words,
        minutes=minutes,
    )


def cut_for_lists(text: str) -> tuple[str, ...]:
    """The text in the pieces that narrower lists leave out: ``"".join`` of them is the text."""
    edges = (0, *CUTS, max(len(text), CUTS[-1]))
    return tuple(filter(None, (text[start:end] for start, end in pairwise(edges))))
