"""An article's title and its publisher's standfirst, from what a feed tells of it."""

from digest.collect.cleaning import clean
from digest.collect.markup import plain_line, plain_paragraphs

LONGEST_DEK = 500  # characters
TITLE_WORDS = 12  # of a title that is taken from the text


def title_from(told: str, text: str) -> str:
    """The title as one plain line; the first words of the text where there is none."""
    words = text.split()
    return plain_line(told) or " ".join(words[:TITLE_WORDS]) + ("…" if len(words) > TITLE_WORDS else "")


def dek_from(summary: str, text: str) -> str:
    """The summary as one plain line; "" when it is too long for a dek, or all that the text says."""
    dek = one_line(clean(plain_paragraphs(summary)).text)
    return dek if len(dek) <= LONGEST_DEK and not _is_all_of(text, dek) else ""


def _is_all_of(text: str, dek: str) -> bool:
    is_short = len(text) <= 2 * LONGEST_DEK
    return is_short and dek in (one_line(text), one_line(clean(text).text))


def one_line(paragraphs: str) -> str:
    """Plain paragraphs, one behind the other."""
    return paragraphs.replace("\n\n", " ")
