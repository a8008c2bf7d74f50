"""What the subscribers' pages and letters need to know of a newsletter and of who publishes it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Publication:
    """A newsletter as its readers see it. ``language`` is a BCP 47 tag."""

    key: str
    title: str
    tagline: str = ""
    prompt: str = "Subscribe free to our daily newsletter"
    language: str = "en"


@dataclass(frozen=True, slots=True)
class House:
    """The publisher: name, own site, postal address; ``public_url`` is where our pages stand, without end slash."""

    name: str
    url: str
    public_url: str
    postal_address: str = ""
