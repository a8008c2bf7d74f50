"""Which language a reader is spoken to in: their own choice, else what the page's address asks, else the newsletter's.

What a browser prefers is not asked: it is often that of whoever set the machine up, and a page that is the same for
everybody can be kept, shared and linked to.
"""

from collections.abc import Mapping
from typing import Protocol


class Languages(Protocol):
    """The languages that pages and letters can be written in, by their BCP 47 tags."""

    def choose(self, wanted: str, default: str) -> str:
        """The language for somebody who wants ``wanted``; ``default`` when that is nothing we can speak."""

    def offered(self, default: str) -> Mapping[str, str]:
        """All that can be chosen, ``default`` first, with each one's name in itself."""

    def direction(self, language: str) -> str:
        """Which way the language is written: ``ltr`` or ``rtl``."""

    def translate(self, message: str, language: str) -> str:
        """A sentence of ours in that language; whatever is no sentence of ours stays as it is."""


def page_language(languages: Languages, wanted: str, default: str) -> dict[str, str]:
    """A template's words for the language of its page, and for the ``lang`` that its links must ask for, if any."""
    language = languages.choose(wanted, default)
    return {"language": language, "lang": "" if language == default else language}


def N_(message: str) -> str:  # noqa: N802  # gettext's name for a message that is translated later
    """Mark a message for the catalogues."""
    return message
