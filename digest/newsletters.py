"""``digest.toml`` as frozen, validated values: the site, its newsletters and their sources."""

from collections.abc import Collection, Mapping
from datetime import date
from email.utils import parseaddr
from functools import cached_property
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import ConfigDict, Field
from pydantic import model_validator as _model_validator

from digest.clients import DEFAULT_CLIENTS
from digest.dkim import DkimKeys
from digest.errors import ConfigError
from digest.kinds import (
    Colour,
    Cron,
    Expression,
    Font,
    Key,
    Labels,
    Language,
    Mailbox,
    MailClient,
    Table,
    TimeZone,
    WebAddress,
    Weight,
    Words,
)
from digest.sending import Limits
from digest.signups import AskedField, SignUp
from subscribers.publication import PROMPT
from subscribers.segments import Segment


class Site(Table):
    """Who publishes: shown in pages and at the foot of every mail."""

    name: str = Field(min_length=1)
    url: WebAddress
    postal_address: str = ""


class Source(Table):
    """Where articles come from. ``key`` is its name in ``digest.toml``.

    A ``folder`` needs ``path`` (relative to ``digest.toml``), all others need ``url``: that of the feed, the page,
    the news ``sitemap``, or for ``wordpress`` that of the site, whose REST interface is read.
    ``weight`` multiplies what the source's articles are worth in ranking.
    """

    key: str
    type: Literal["feed", "sitemap", "wordpress", "page", "folder"] = "feed"
    name: str = ""
    url: WebAddress | None = None
    path: str | None = None
    section: str = ""
    weight: Weight = 1.0
    allow_private: bool = False

    @_model_validator(mode="after")
    def _has_its_place(self) -> "Source":
        needed = "path" if self.type == "folder" else "url"
        if getattr(self, needed) is None:
            raise ValueError(f"a {self.type} needs `{needed}`")
        return self

    @property
    def title(self) -> str:
        """The source's name for readers."""
        return self.name or self.key


class Topic(Table):
    """A subject that articles can be about, told by its words. ``key`` is its name in ``digest.toml``.

    A word is found whole, whatever its case; ``tram*`` finds all that begin so. ``section`` is the heading that its
    stories stand under, before that of their source.
    """

    key: str
    name: str = ""
    words: tuple[Words, ...] = Field(min_length=1)
    section: str = ""

    @property
    def title(self) -> str:
        """The topic's name for readers."""
        return self.name or self.key


class Logo(Table):
    """A newsletter's own mark at the head of its mails; ``width`` and ``height`` in CSS pixels.

    ``dark`` is another picture of the same size for dark grounds; without it the logo keeps a light ground there.
    """

    url: WebAddress
    width: int = Field(ge=16, le=560)
    height: int = Field(ge=16, le=200)
    dark: WebAddress | None = None


class Colours(Table):
    """Colours that stand in place of the theme's, ``#rrggbb``, light ones and dark ones.

    Each is only as bold as can be read: a colour of type without enough contrast (WCAG AA) is made darker or lighter.
    """

    accent: Colour | None = None
    ink: Colour | None = None
    paper: Colour | None = None
    dark_accent: Colour | None = None
    dark_ink: Colour | None = None
    dark_paper: Colour | None = None


class Fonts(Table):
    """Faces that stand in place of the theme's, as CSS lists them; readers need to have them, nothing is loaded."""

    heading: Font | None = None
    text: Font | None = None


class Sponsor(Table):
    """A paid message, marked as one, shown in issues up to and with the day ``until``."""

    name: str = Field(min_length=1)
    text: str = Field(min_length=1, max_length=600)
    url: WebAddress
    headline: str = ""
    image: WebAddress | None = None
    until: date | None = None


class Newsletter(Table):
    """A publication people subscribe to. ``key`` is its name in ``digest.toml``.

    ``schedule`` is a cron expression in ``timezone``. Ages and expiry are in hours: an article older
    than ``max_age_hours`` is not news; a delivery not made ``expires_hours`` after its slot is given up.
    ``approval = "manual"`` keeps every issue a draft until an editor approves it.

    The first ``in_full`` stories of an issue are told in full, those after them in a line each. ``intro`` is what each
    issue begins with, unless the editor gives it another. ``labels`` are words in place of ours, by our names of them.
    ``segment`` limits the audience to that segment of the list, as it is when an issue's sending begins.
    ``unsubscribe_address`` is where mail programs may write to leave, and has to be read by ``digest receive``.

    ``topics`` weigh what articles about them are worth, as a source's weight does. ``reader_topics`` are those that
    readers can choose among: who does gets no stories that are only about the others of them. ``pins`` and ``blocks``
    are addresses, or words as topics have them, of what must stand in an issue and what must never.
    ``voice`` tells a language model, if one is asked, how to write.
    ``archive = "unlisted"`` keeps past issues out of search engines and off the front page: an address is needed.
    ``clients`` are the mail clients that ``digest lint`` minds, by the names that ``digest lint --help`` lists.
    """

    key: str
    title: str = Field(min_length=1)
    tagline: str = ""
    schedule: Cron
    timezone: TimeZone = "UTC"
    language: Language = "en"
    theme: Key = "broadsheet"
    logo: Logo | None = None
    colours: Colours = Colours()
    fonts: Fonts = Fonts()
    labels: Labels = Field(default={})
    intro: str = Field(default="", max_length=600)
    sponsor: Sponsor | None = None
    sender: Mailbox
    reply_to: Mailbox | None = None
    unsubscribe_address: Mailbox | None = None
    prompt: str = PROMPT
    segment: str | None = None
    sources: tuple[str, ...] = ()
    max_stories: int = Field(default=8, ge=1, le=30)
    min_stories: int = Field(default=1, ge=1)
    in_full: int = Field(default=5, ge=1)
    max_per_source: int = Field(default=3, ge=1)
    max_per_section: int | None = Field(default=None, ge=1)
    section_order: tuple[str, ...] = ()
    topics: Mapping[str, Weight] = {}
    reader_topics: tuple[str, ...] = ()
    pins: tuple[Words, ...] = ()
    blocks: tuple[Words, ...] = ()
    max_age_hours: int = Field(default=48, ge=1)
    expires_hours: int = Field(default=20, ge=1)
    approval: Literal["automatic", "manual"] = "automatic"
    archive: Literal["public", "unlisted"] = "public"
    voice: str = Field(default="", max_length=2000)
    clients: tuple[MailClient, ...] = Field(default=DEFAULT_CLIENTS, min_length=1)

    def __hash__(self) -> int:
        return hash(self.key)

    @property
    def zone(self) -> ZoneInfo:
        """The time zone that ``schedule`` is meant in."""
        return ZoneInfo(self.timezone)

    @property
    def sender_domain(self) -> str:
        """The domain of the sender's address."""
        return parseaddr(self.sender)[1].rpartition("@")[2]


class Config(Table):
    """The whole of ``digest.toml``. ``folder`` is where the file stands; relative paths begin there."""

    model_config = ConfigDict(frozen=True, extra="forbid", ignored_types=(cached_property,))

    folder: Path
    site: Site
    newsletters: Mapping[str, Newsletter] = Field(min_length=1)
    sources: Mapping[str, Source] = Field(min_length=1)
    topics: Mapping[str, Topic] = {}
    fields: Mapping[str, AskedField] = {}
    signup: SignUp = SignUp()
    sending: Limits = Limits()
    dkim: DkimKeys = ()
    segments: Mapping[str, Expression] = {}

    @property
    def templates(self) -> Path | None:
        """The publisher's own templates, which stand before ours; None when there are none."""
        folder = self.folder / "templates"
        return folder if folder.is_dir() else None

    @property
    def names(self) -> Mapping[str, Collection[str]]:
        """The keys that segments may speak of, by the field that each belongs to."""
        return {"newsletter": list(self.newsletters), "topic": list(self.topics)}

    def newsletter(self, key: str) -> Newsletter:
        """The newsletter of that key. Raises ConfigError naming the known ones."""
        if key not in self.newsletters:
            known = ", ".join(self.newsletters)
            raise ConfigError(f'there is no newsletter "{key}" in digest.toml (known: {known})')
        return self.newsletters[key]

    def segment(self, key: str) -> Segment:
        """The segment of that key. Raises ConfigError naming the known ones."""
        if key not in self.segments:
            known = ", ".join(self.segments) or "none"
            raise ConfigError(f'there is no segment "{key}" in digest.toml (known: {known})')
        return self.segments[key]

    def segment_of(self, newsletter: Newsletter) -> Segment | None:
        """The segment that the newsletter's audience is limited to; None when it goes to everybody."""
        return self.segment(newsletter.segment) if newsletter.segment is not None else None

    def sources_of(self, newsletter: Newsletter) -> tuple[Source, ...]:
        """The newsletter's sources; all of them when it names none."""
        return tuple(self.sources[key] for key in newsletter.sources or self.sources)
