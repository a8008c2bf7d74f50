"""``digest.toml`` as frozen, validated values: the site, its newsletters and their sources.

Every mistake is reported at once, one line each: the file, the key, what is wrong, an example of right.
"""

import difflib
import re
import tomllib
from collections.abc import Mapping
from email.utils import parseaddr
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale, UnknownLocaleError
from pydantic import AfterValidator, AnyHttpUrl, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic import model_validator as _model_validator

from digest.cron import cron_trigger
from digest.errors import ConfigError

GROUPS = ("newsletters", "sources", "topics")
KEY = re.compile(r"[a-z][a-z0-9-]{0,39}")
Theme = Literal["broadsheet"]


def _cron(text: str) -> str:
    try:
        cron_trigger(text, "UTC")
    except ValueError:
        raise ValueError(f'"{text}" is not a cron expression') from None
    return text


def _time_zone(name: str) -> str:
    if name not in available_timezones():
        near = difflib.get_close_matches(name, available_timezones(), n=1)
        raise ValueError(f'"{name}" is not a time zone' + (f', did you mean "{near[0]}"?' if near else ""))
    return name


def _mailbox(text: str) -> str:
    _, address = parseaddr(text)
    local, _, domain = address.rpartition("@")
    if not local or "." not in domain or any(mark in text for mark in "\r\n"):
        raise ValueError(f'"{text}" is not a mail address')
    return text


def _web_address(text: str) -> str:
    TypeAdapter(AnyHttpUrl).validate_python(text)
    return text


def _language(tag: str) -> str:
    try:
        Locale.parse(tag, sep="-")
    except (ValueError, UnknownLocaleError):
        raise ValueError(f'"{tag}" is not a language tag') from None
    return tag


def _words(text: str) -> str:
    if not any(letter.isalnum() for letter in text):
        raise ValueError(f'"{text}" has no word in it')
    return " ".join(text.split())


Cron = Annotated[str, AfterValidator(_cron)]
TimeZone = Annotated[str, AfterValidator(_time_zone)]
Mailbox = Annotated[str, AfterValidator(_mailbox)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
Language = Annotated[str, AfterValidator(_language)]
Words = Annotated[str, AfterValidator(_words)]
Weight = Annotated[float, Field(gt=0, le=10)]

EXAMPLES = {
    "name": '"The Harbour Post"',
    "url": '"https://news.example.com/feed.xml"',
    "path": '"articles"',
    "postal_address": '"1 Quay Street, Porto"',
    "title": '"The Harbour Post Daily"',
    "schedule": '"0 7 * * *"',
    "timezone": '"Europe/Lisbon"',
    "language": '"en"',
    "theme": '"broadsheet"',
    "sender": '"The Harbour Post <daily@news.example.com>"',
    "reply_to": '"editor@news.example.com"',
    "sources": '["city", "world"]',
    "max_stories": "8",
    "min_stories": "1",
    "max_per_source": "3",
    "max_age_hours": "48",
    "expires_hours": "20",
    "approval": '"automatic"',
    "words": '["ferry", "tram*", "city council"]',
    "topics": "{ transport = 1.5, sport = 0.5 }",
    "pins": '["https://news.example.com/the-vote"]',
    "blocks": '["horoscope", "sponsored"]',
    "section_order": '["City", "World"]',
    "max_per_section": "4",
    "voice": '"Plain, warm, and never breathless."',
    "type": '"feed"',
    "weight": "1.0",
    "allow_private": "false",
}


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Site(_Table):
    """Who publishes: shown in pages and at the foot of every mail."""

    name: str = Field(min_length=1)
    url: WebAddress
    postal_address: str = ""


class Source(_Table):
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


class Topic(_Table):
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


class Newsletter(_Table):
    """A publication people subscribe to. ``key`` is its name in ``digest.toml``.

    ``schedule`` is a cron expression in ``timezone``. Ages and expiry are in hours: an article older
    than ``max_age_hours`` is not news; a delivery not made ``expires_hours`` after its slot is given up.
    ``approval = "manual"`` keeps every issue a draft until an editor approves it.

    ``topics`` weigh what articles about them are worth, as a source's weight does. ``pins`` and ``blocks`` are
    addresses, or words as topics have them, of what must stand in an issue and what must never.
    ``voice`` tells a language model, if one is asked, how to write.
    """

    key: str
    title: str = Field(min_length=1)
    tagline: str = ""
    schedule: Cron
    timezone: TimeZone = "UTC"
    language: Language = "en"
    theme: Theme = "broadsheet"
    sender: Mailbox
    reply_to: Mailbox | None = None
    prompt: str = "Subscribe free to our daily newsletter"
    sources: tuple[str, ...] = ()
    max_stories: int = Field(default=8, ge=1, le=30)
    min_stories: int = Field(default=1, ge=1)
    max_per_source: int = Field(default=3, ge=1)
    max_per_section: int | None = Field(default=None, ge=1)
    section_order: tuple[str, ...] = ()
    topics: Mapping[str, Weight] = {}
    pins: tuple[Words, ...] = ()
    blocks: tuple[Words, ...] = ()
    max_age_hours: int = Field(default=48, ge=1)
    expires_hours: int = Field(default=20, ge=1)
    approval: Literal["automatic", "manual"] = "automatic"
    voice: str = Field(default="", max_length=2000)

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


class Config(_Table):
    """The whole of ``digest.toml``. ``folder`` is where the file stands; relative paths begin there."""

    model_config = ConfigDict(frozen=True, extra="forbid", ignored_types=(cached_property,))

    folder: Path
    site: Site
    newsletters: Mapping[str, Newsletter] = Field(min_length=1)
    sources: Mapping[str, Source] = Field(min_length=1)
    topics: Mapping[str, Topic] = {}

    def newsletter(self, key: str) -> Newsletter:
        """The newsletter of that key. Raises ConfigError naming the known ones."""
        if key not in self.newsletters:
            known = ", ".join(self.newsletters)
            raise ConfigError(f'there is no newsletter "{key}" in digest.toml (known: {known})')
        return self.newsletters[key]

    def sources_of(self, newsletter: Newsletter) -> tuple[Source, ...]:
        """The newsletter's sources; all of them when it names none."""
        return tuple(self.sources[key] for key in newsletter.sources or self.sources)


def read_config(path: Path) -> Config:
    """Read and validate ``digest.toml``.

    Raises ConfigError: one line a mistake, each with the key, what is wrong and an example of right.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError(f"{path}: there is no such file (`digest init` writes one)") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read: {error}") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: this is not TOML: {error}") from None
    mistakes = list(_mistaken_keys(table))
    for group in GROUPS:
        for key, entry in table.get(group, {}).items() if isinstance(table.get(group), dict) else ():
            if isinstance(entry, dict):
                entry.setdefault("key", key)
    try:
        config = Config(folder=path.resolve().parent, **table)
    except ValidationError as error:
        mistakes += [_line(detail) for detail in error.errors()]
    else:
        mistakes += [*_unknown_sources(config), *_unknown_topics(config)]
    if mistakes:
        raise ConfigError("\n".join(f"{path}: {mistake}" for mistake in mistakes))
    return config


def _mistaken_keys(table: dict[str, Any]) -> list[str]:
    groups = [(group, table[group]) for group in GROUPS if isinstance(table.get(group), dict)]
    return [
        f'{group}.{key}: a key is lower-case letters, digits and hyphens (try "{group}.daily")'
        for group, entries in groups
        for key in entries
        if not KEY.fullmatch(key)
    ]


def _unknown_sources(config: Config) -> list[str]:
    return [
        f'newsletters.{newsletter.key}.sources: there is no source "{key}" (known: {", ".join(config.sources)})'
        for newsletter in config.newsletters.values()
        for key in newsletter.sources
        if key not in config.sources
    ]


def _unknown_topics(config: Config) -> list[str]:
    return [
        f'newsletters.{newsletter.key}.topics: there is no topic "{key}" (known: {", ".join(config.topics) or "none"})'
        for newsletter in config.newsletters.values()
        for key in newsletter.topics
        if key not in config.topics
    ]


def _line(detail: Any) -> str:
    place = [str(part) for part in detail["loc"]]
    tables: dict[str, type[_Table]] = {
        "newsletters": Newsletter,
        "sources": Source,
        "topics": Topic,
        "site": Site,
    }
    known = tables.get(place[0], Config) if len(place) > 1 else Config
    message = detail["msg"].removeprefix("Value error, ")
    if detail["type"] == "extra_forbidden":
        near = difflib.get_close_matches(place[-1], list(known.model_fields), n=1)
        message = "there is no such key" + (f', did you mean "{near[0]}"?' if near else "")
        return f"{'.'.join(place)}: {message}"
    if detail["type"] == "missing":
        message = "is missing"
    elif not message.startswith('"') and not isinstance(detail["input"], dict | list):
        message = f"{detail['input']!r}: {message}"
    example = EXAMPLES.get(place[-1] if place else "", "")
    return f"{'.'.join(place)}: {message}" + (f" (try {example})" if example else "")
