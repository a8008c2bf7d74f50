"""Reads ``digest.toml``.

Every mistake is reported at once, one line each: the file, the key, what is wrong, an example of right.
"""

import difflib
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from digest.dkim import DkimKey, record_name
from digest.domains import ascii_domain
from digest.errors import ConfigError
from digest.kinds import KEY, Table
from digest.newsletters import Colours, Config, Fonts, Logo, Newsletter, Site, Source, Sponsor, Topic
from digest.sending import Limits
from digest.signups import AskedField, SignUp
from digest.templating import themes
from subscribers.segments import BadSegment, check_names

GROUPS = ("newsletters", "sources", "topics", "fields", "segments")
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
    "in_full": "5",
    "intro": '"Good morning."',
    "logo": '{ url = "https://news.example.com/logo.png", width = 180, height = 40 }',
    "colours": '{ accent = "#8a1c1c" }',
    "fonts": """{ heading = "Georgia, 'Times New Roman', serif" }""",
    "labels": '{ in_brief = "Also today" }',
    "width": "180",
    "height": "40",
    "heading": """"Georgia, 'Times New Roman', serif\"""",
    "text": '"Helvetica, Arial, sans-serif"',
    "until": "2026-12-31",
    "unsubscribe_address": '"leave@news.example.com"',
    "sender": '"The Harbour Post <daily@news.example.com>"',
    "reply_to": '"editor@news.example.com"',
    "segment": '"regulars"',
    "sources": '["city", "world"]',
    "max_stories": "8",
    "min_stories": "1",
    "max_per_source": "3",
    "max_age_hours": "48",
    "expires_hours": "20",
    "approval": '"automatic"',
    "archive": '"public"',
    "words": '["ferry", "tram*", "city council"]',
    "topics": "{ transport = 1.5, sport = 0.5 }",
    "reader_topics": '["transport", "sport"]',
    "pins": '["https://news.example.com/the-vote"]',
    "blocks": '["horoscope", "sponsored"]',
    "section_order": '["City", "World"]',
    "max_per_section": "4",
    "voice": '"Plain, warm, and never breathless."',
    "clients": '["gmail", "apple-mail", "outlook-windows"]',
    "type": '"feed"',
    "weight": "1.0",
    "allow_private": "false",
    "sites": '["https://www.example.com"]',
    "per_network": "20",
    "overall": "600",
    "pressure": "60",
    "disposable": '"flag"',
    "check_mx": "false",
    "consent_network": '"network"',
    "domain": '"news.example.com"',
    "selector": '"d2026"',
    "label": '"Which town do you live in?"',
    "options": '["Porto", "Lisbon"]',
    "connections": "10",
    "messages_per_connection": "500",
    "per_domain": "4",
    "per_second": "20",
    "per_hour": "5000",
    "per_day": "50000",
    "warm_up_from": "2026-12-01",
    "warm_up_first": "500",
    "warm_up_growth": "1.5",
}


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
        mistakes += [
            *_unknown_sources(config),
            *_unknown_topics(config),
            *_unknown_segments(config),
            *_unknown_in_segments(config),
            *_unknown_themes(config),
            *_idle_dkim_keys(config),
        ]
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
        f'newsletters.{newsletter.key}.{name}: there is no topic "{key}" (known: {", ".join(config.topics) or "none"})'
        for newsletter in config.newsletters.values()
        for name, keys in (("topics", newsletter.topics), ("reader_topics", newsletter.reader_topics))
        for key in keys
        if key not in config.topics
    ]


def _unknown_segments(config: Config) -> list[str]:
    known = ", ".join(config.segments) or "none"
    return [
        f'newsletters.{newsletter.key}.segment: there is no segment "{newsletter.segment}" (known: {known})'
        for newsletter in config.newsletters.values()
        if newsletter.segment is not None and newsletter.segment not in config.segments
    ]


def _unknown_in_segments(config: Config) -> Iterator[str]:
    for key, segment in config.segments.items():
        try:
            check_names(segment, config.names)
        except BadSegment as error:
            yield f"segments.{key}: {error}"


def _unknown_themes(config: Config) -> list[str]:
    known = themes(config.templates)
    return [
        f'newsletters.{newsletter.key}.theme: there is no theme "{newsletter.theme}" (known: {", ".join(known)})'
        for newsletter in config.newsletters.values()
        if newsletter.theme not in known
    ]


def _idle_dkim_keys(config: Config) -> Iterator[str]:
    """Keys that would sign nothing, and two of one name, of which a record can tell but one."""
    senders = sorted({ascii_domain(newsletter.sender_domain) for newsletter in config.newsletters.values()})
    names = [record_name(key.domain, key.selector) for key in config.dkim]
    for place, key in enumerate(config.dkim):
        if not any(map(key.is_for, senders)):
            yield f'dkim.{place}.domain: no newsletter is sent from "{key.domain}" (known: {", ".join(senders)})'
        if names[place] in names[:place]:
            yield f'dkim.{place}.selector: "{key.selector}" is taken: each key needs a selector of its own'


def _line(detail: Any) -> str:
    place = [str(part) for part in detail["loc"]]
    tables: dict[str, type[Table]] = {
        "newsletters": Newsletter,
        "sources": Source,
        "topics": Topic,
        "fields": AskedField,
        "site": Site,
        "signup": SignUp,
        "sending": Limits,
        "dkim": DkimKey,
    }
    parts: dict[str, type[Table]] = {"logo": Logo, "colours": Colours, "fonts": Fonts, "sponsor": Sponsor}
    known = tables.get(place[0], Config) if len(place) > 1 else Config
    known = parts.get(place[2], known) if len(place) > 3 else known
    message = detail["msg"].removeprefix("Value error, ")
    if detail["type"] == "segment":
        return f"{'.'.join(place)}: {message}"
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
