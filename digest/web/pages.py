"""Turns the templates of pages and letters into text, in the language that their reader wants."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from gettext import NullTranslations
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time, get_timezone_name
from babel.lists import format_list
from jinja2.sandbox import SandboxedEnvironment

from digest.catalogues import LANGUAGES, direction_of, language_for, locale_of, name_of, primary_language, translations
from digest.compose.plaintext import wrap
from digest.templating import filled, template_environment
from digest.web.clocks import by_city, city, o_clock
from subscribers.mail import Render


def page_renderer(templates: Path | None = None) -> Render:
    """A function from a template's name and its words to text; what ends in ``.html.j2`` is escaped.

    The word ``language`` (a BCP 47 tag) chooses the catalogue, else that of ``newsletter``, else English; templates
    see it, and ``direction`` beside it. The word ``lang`` is the language that the page's address asks for, if it does:
    ``lang_query`` passes it on to another page. ``templates`` is the publisher's own folder, which stands before ours.
    """

    @cache
    def environment(language: str) -> SandboxedEnvironment:
        messages = translations(language, templates)
        made = template_environment(messages, templates)
        made.filters |= _filters(language, messages)
        return made

    def render(name: str, words: Mapping[str, object]) -> str:
        newsletter = words.get("newsletter")
        language = str(words.get("language") or getattr(newsletter, "language", "") or "en")
        lang = str(words.get("lang") or "")
        place = {"language": language, "direction": direction_of(language), "lang": lang}
        return filled(environment(language), name, {**words, **place, "lang_query": f"?lang={lang}" if lang else ""})

    return render


@dataclass(frozen=True, slots=True)
class ReadersLanguages:
    """The languages of pages and letters, as ``subscribers.languages`` describes them."""

    templates: Path | None = None

    def choose(self, wanted: str, default: str) -> str:
        """The language for somebody who wants ``wanted``; ``default`` when that is nothing we can speak."""
        return language_for(wanted, default)

    def offered(self, default: str) -> Mapping[str, str]:
        """All that can be chosen, ``default`` first, with each one's name in itself."""
        others = [tag for tag in LANGUAGES if tag != primary_language(default)]
        return {tag: name_of(tag) for tag in (default, *others)}

    def direction(self, language: str) -> str:
        """Which way the language is written: ``ltr`` or ``rtl``."""
        return direction_of(language)

    def translate(self, message: str, language: str) -> str:
        """A sentence of ours in that language; whatever is no sentence of ours stays as it is."""
        return _translated(translations(language, self.templates), message)


def _filters(language: str, messages: NullTranslations) -> dict[str, Callable[..., object]]:
    """What templates of pages and letters can do beside Jinja's own: all in the language of their reader.

    ``date``, ``time`` and ``zone`` tell an instant in a time zone; ``listed`` makes one phrase of several; ``wrap`` is
    for text parts; ``o_clock``, ``city`` and ``by_city`` are for choosing an hour and a zone (``digest.web.clocks``).
    """
    locale = locale_of(language)

    def date(instant: datetime, zone: ZoneInfo) -> str:
        return str(format_date(instant.astimezone(zone), "long", locale=locale))

    def time(instant: datetime, zone: ZoneInfo) -> str:
        return str(format_time(instant.astimezone(zone), "short", locale=locale))

    def zone_name(instant: datetime, zone: ZoneInfo) -> str:
        # In full: CLDR lacks many short names, and some that it has are wrong.
        return str(get_timezone_name(instant.astimezone(zone), "long", locale=locale))

    def translated(message: str) -> str:
        return _translated(messages, message)

    def listed(items: Sequence[str]) -> str:
        return str(format_list(items, locale=locale))

    return {
        "date": date,
        "time": time,
        "zone": zone_name,
        "listed": listed,
        "translated": translated,
        "wrap": wrap,
        "city": partial(city, locale),
        "by_city": partial(by_city, locale),
        "o_clock": partial(o_clock, locale),
    }


def _translated(messages: NullTranslations, message: str) -> str:
    return messages.gettext(message) if message else ""  # gettext answers nothing with the catalogue's head
