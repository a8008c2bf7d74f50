"""What the subscribers' pages and letters need to know of a newsletter and of who publishes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from subscribers.languages import N_

PROMPT = N_("Subscribe free to our daily newsletter")
UTC = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class Question:
    """What a publisher asks of new readers beside the address: ``options`` to choose from, or any words."""

    key: str
    label: str
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Publication:
    """A newsletter as its readers see it. ``language`` is a BCP 47 tag; ``zone`` is what its times are told in.

    ``topics`` are those that readers can choose among, their titles by their keys; ``questions`` are asked by forms.
    Past issues are offered to everybody when it ``is_public``.
    """

    key: str
    title: str
    tagline: str = ""
    prompt: str = PROMPT
    language: str = "en"
    zone: ZoneInfo = UTC
    topics: Mapping[str, str] = field(default_factory=dict)
    questions: tuple[Question, ...] = ()
    is_public: bool = True


@dataclass(frozen=True, slots=True)
class Latest:
    """A newsletter's latest issue: its subject, when it went out, its address and its first headlines."""

    number: int
    subject: str
    at: datetime
    url: str
    headlines: tuple[str, ...] = ()


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
