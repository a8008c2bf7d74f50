"""The words of the trade as plain values: what one stage gives and the next one takes.

Every instant is an aware ``datetime`` in UTC. Every text is plain text (no markup) unless its
name says otherwise.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from digest.newsletters import Newsletter, Site


@dataclass(frozen=True, slots=True)
class Image:
    """A picture as it can be shown in a mail; width and height in CSS pixels, None when unknown."""

    url: str
    width: int | None = None
    height: int | None = None
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Article:
    """One piece as collected and cleaned.

    ``url`` is the canonical address and identifies the article. ``text`` is the body: paragraphs
    separated by one blank line. ``dek`` is the publisher's own one-sentence standfirst, or empty.
    ``language`` is a BCP 47 tag such as ``en`` or ``pt-BR``, or empty when unknown.
    ``original_url`` and ``original_name`` tell where a syndicated piece first appeared.
    """

    url: str
    title: str
    text: str = ""
    dek: str = ""
    author: str = ""
    image: Image | None = None
    language: str = ""
    published: datetime | None = None
    source: str = ""
    original_url: str = ""
    original_name: str = ""


@dataclass(frozen=True, slots=True)
class Harvest:
    """What one source gave: its new and changed articles. ``error`` says why it gave nothing.

    ``unchanged`` is true when the source said that nothing is new since last time. ``dropped`` are (url, reason).
    ``marks`` (by address) and ``lines`` are to be remembered. ``read`` are the addresses whose pages were fetched
    just now. ``listed`` are all that the source lists; what is dated after ``complete_since`` and is not among them
    was taken out (None when the source's order does not tell). ``moved_to`` is its new address when it moved for good.
    """

    source: str
    articles: tuple[Article, ...] = ()
    etag: str = ""
    last_modified: str = ""
    error: str = ""
    retry_at: datetime | None = None
    unchanged: bool = False
    dropped: tuple[tuple[str, str], ...] = ()
    marks: Mapping[str, str] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)
    read: frozenset[str] = frozenset()
    listed: frozenset[str] = frozenset()
    complete_since: datetime | None = None
    moved_to: str = ""

    @property
    def tells_all(self) -> bool:
        """True when ``listed`` is what the source lists now."""
        return not self.error and not self.unchanged


@dataclass(frozen=True, slots=True)
class Cluster:
    """The copies of one piece: the best one, and the others from the better to the worse."""

    best: Article
    others: tuple[Article, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """An article that may stand in an issue, with what only the store knows of it.

    ``seen`` is when it was first collected. ``backlog`` is true when it came with the very first
    collection of its source: then only its date can tell whether it is new. ``gone`` says why it can be
    read no more ("taken out of its feed"), and is empty while it can.
    """

    article: Article
    seen: datetime
    backlog: bool = False
    gone: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """Why one candidate was chosen or dropped: the answer to ``digest why``.

    ``reason`` is one phrase for people. ``score`` is the sum of ``parts``; both are zero when the
    candidate was dropped before ranking.
    """

    url: str
    title: str
    source: str
    chosen: bool
    reason: str
    score: float = 0.0
    parts: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pick:
    """A chosen article with its place: the copies folded into it, its section and its score."""

    article: Article
    also_in: tuple[Article, ...] = ()
    section: str = ""
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class Curation:
    """What ``curate`` decided: the picks in reading order, and a decision for every candidate."""

    picks: tuple[Pick, ...]
    decisions: tuple[Decision, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """The words of one story.

    ``origin`` says where they come from: ``dek``, ``extract`` or ``model``. ``note`` is why a model's words
    were not used, when one was asked.
    """

    text: str
    origin: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Story:
    """An article chosen for an issue, as the reader will see it. ``also_in`` names other sources.

    ``language`` is that of its words, a BCP 47 tag, or empty when unknown.
    """

    url: str
    headline: str
    summary: str
    source_name: str
    section: str = ""
    author: str = ""
    image: Image | None = None
    published: datetime | None = None
    minutes: int = 1
    also_in: tuple[str, ...] = ()
    language: str = ""


@dataclass(frozen=True, slots=True)
class Issue:
    """One numbered edition of a newsletter, complete with words, ready to be composed.

    ``intro`` is what it begins with, or empty.
    """

    newsletter: Newsletter
    site: Site
    number: int
    slot: datetime
    subject: str
    preheader: str
    stories: tuple[Story, ...]
    intro: str = ""


def told_in_full(stories: int, in_full: int) -> int:
    """How many of an issue's stories are told in full, where ``in_full`` are wanted; the others are told in brief.

    One alone is not told in brief: it would look forgotten.
    """
    return stories if stories <= in_full + 1 else in_full


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom one message is for. Tokens are signed, and each opens one page of this subscription only.

    ``token`` is that of the page to unsubscribe, ``preferences_token`` that of the reader's own page. ``date`` is that
    of the message where it is not the issue's: a mail that seems to be hours old looks forged to spam filters.
    """

    address: str
    name: str
    token: str
    message_id: str
    preferences_token: str = ""
    date: datetime | None = None
