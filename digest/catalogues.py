"""The words of issues, pages and letters in the reader's language, as catalogues of messages.

A catalogue is a gettext ``.po`` file in ``templates/locale``; the English words are the messages' names. It is
compiled in memory, so that who changes one sees it at once.
"""

import re
from functools import lru_cache
from gettext import NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Literal

from babel import Locale, UnknownLocaleError
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po
from babel.support import Translations

from digest.errors import TemplateError
from digest.templating import templates_folder

LANGUAGES = ("en", "es", "pt", "fr", "de", "ar")


@lru_cache
def locale_of(tag: str) -> Locale:
    """How dates and numbers are written in the language of a BCP 47 tag; as in English when it is none."""
    try:
        return Locale.parse(tag, sep="-")
    except (ValueError, UnknownLocaleError):
        return Locale("en")


def primary_language(tag: str) -> str:
    """The tag's first part: the language, without its country and script."""
    return re.split("[-_]", tag, maxsplit=1)[0].lower()


def direction_of(tag: str) -> Literal["ltr", "rtl"]:
    """Which way the language is written."""
    return "rtl" if locale_of(tag).text_direction == "rtl" else "ltr"


def language_for(tag: str, default: str) -> str:
    """The language that somebody who wants ``tag`` is written to in, where ``default`` is what others get.

    ``default`` stays as it is (``pt-BR``, say) for whoever wants that language, and for whom we have no words.
    """
    wanted = primary_language(tag)
    spoken = wanted if wanted in LANGUAGES else primary_language(default)
    return default if spoken == primary_language(default) else spoken


def name_of(tag: str) -> str:
    """The language's name in itself, as a menu shows it: ``Español``."""
    name = locale_of(tag).get_display_name() or tag
    return name[:1].upper() + name[1:]


def translations(tag: str, templates: Path | None = None) -> NullTranslations:
    """The messages in the language of ``tag``; those in the publisher's own ``templates`` stand before ours.

    Raises TemplateError for a catalogue of the publisher's that cannot be read.
    """
    language = locale_of(tag).language
    ours = _ours(language)
    own = templates / "locale" / f"{language}.po" if templates else None
    if own is None or not own.is_file():
        return ours
    both = _read(own, language)
    both.add_fallback(ours)
    return both


@lru_cache
def _ours(language: str) -> NullTranslations:
    file = templates_folder() / "locale" / f"{language}.po"
    return _read(file, language) if file.is_file() else NullTranslations()


def _read(file: Path, language: str) -> NullTranslations:
    compiled = BytesIO()
    try:
        with file.open("rb") as lines:
            write_mo(compiled, read_po(lines, locale=language, abort_invalid=True))
        compiled.seek(0)
        return Translations(compiled)
    except (PoFileError, OSError, ValueError) as error:
        raise TemplateError(f"{file}: this is no catalogue of messages: {error}") from error
