"""How an issue looks where its address is shared: the Open Graph protocol (ogp.me), and the cards of X."""

from dataclasses import dataclass

from babel import Locale
from babel.core import get_global

from digest.catalogues import locale_of
from digest.compose import Layout


@dataclass(frozen=True, slots=True)
class Card:
    """``picture`` is a web address or empty; ``large`` when it is wide enough to stand above the words.

    ``locale`` is a language with its territory, as Open Graph has it.
    """

    locale: str
    picture: str = ""
    alt: str = ""
    width: int | None = None
    height: int | None = None
    large: bool = False


def card_of(layout: Layout) -> Card:
    """The issue's card: with the lead's picture when it is wide, else with the newsletter's logo, if it has one."""
    locale = territorial(layout.issue.language)
    lead, logo = layout.lead, layout.newsletter.logo
    if lead and lead.picture and lead.picture.wide:
        picture = lead.picture
        return Card(locale, picture.url, picture.alt, picture.width, picture.height, large=True)
    if logo:
        return Card(locale, logo.url, layout.newsletter.title, logo.width, logo.height)
    return Card(locale)


def territorial(tag: str) -> str:
    """The language with a territory, the likeliest when it names none.

    >>> territorial("en"), territorial("pt-BR"), territorial("ar")
    ('en_US', 'pt_BR', 'ar_EG')
    """
    locale = locale_of(tag)
    likely = get_global("likely_subtags").get(str(locale))
    territory = locale.territory or (Locale.parse(likely).territory if likely else None)
    return f"{locale.language}_{territory}" if territory else locale.language
