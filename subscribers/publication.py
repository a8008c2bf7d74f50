"""What the subscribers' pages and letters need to know of a newsletter and of who publishes it."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from subscribers.languages import N_

PROMPT = N_("Subscribe free to our daily newsletter")
UTC = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class Publication:
    """A newsletter as its readers see it. ``language`` is a BCP 47 tag; ``zone`` is what its times are told in."""

    key: str
    title: str
    tagline: str = ""
    prompt: str = PROMPT
    language: str = "en"
    zone: ZoneInfo = UTC


@dataclass(frozen=True, slots=True)
class House:
    """The publisher: name, own site, postal address; ``public_url`` is where our pages stand, without end slash.

    ``language`` is that of pages that speak of no newsletter.
    """

    name: str
    url: str
    public_url: str
    postal_address: str = ""
    language: str = "en"
