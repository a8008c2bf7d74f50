"""Which mail client supports what: distilled from caniemail.com (MIT) by ``docs/distil_clients.py``, with its date."""

import difflib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DEFAULT_CLIENTS = (
    "gmail",
    "apple-mail",
    "outlook-windows",
    "outlook-mac",
    "outlook-web",
    "outlook-new",
    "yahoo",
    "samsung",
)
OUTLOOK_WINDOWS = "outlook-windows"

_TABLE: Mapping[str, Any] = json.loads(Path(__file__).with_name("clients.json").read_text(encoding="utf-8"))
AS_OF: str = _TABLE["date"]
KNOWN_CLIENTS: tuple[str, ...] = tuple(_TABLE["clients"])


@dataclass(frozen=True, slots=True)
class Support:
    """A result that is no plain yes: none at all, or a part, with the numbers of the notes on which part."""

    is_partial: bool
    notes: frozenset[int]


def title(client: str) -> str:
    """The client's name for people."""
    return str(_TABLE["clients"][client]["title"])


def titles(clients: Iterable[str]) -> str:
    """The clients' names for people, in one line."""
    return ", ".join(title(client) for client in clients)


def shortcomings(feature: str, client: str) -> dict[str, Support]:
    """Where the client does not support the feature, or only a part: by platform."""
    results = _TABLE["support"][feature]
    return {place: _read(results[place]) for place in _TABLE["clients"][client]["platforms"] if results.get(place)}


def named(client: str, places: Sequence[str]) -> str:
    """The client's name, with its platforms where not all of them are meant: "Gmail (iOS)"."""
    if len(places) == len(_TABLE["clients"][client]["platforms"]):
        return title(client)
    platforms = (_TABLE["platforms"][place.partition(".")[2]] for place in places)
    return f"{title(client)} ({', '.join(platforms)})"


def check_client(name: str) -> str:
    """The name, when it is one of those known. Raises ValueError with the nearest known name."""
    if name not in KNOWN_CLIENTS:
        near = difflib.get_close_matches(name, KNOWN_CLIENTS, n=1)
        told = f'did you mean "{near[0]}"?' if near else f"known are {', '.join(KNOWN_CLIENTS)}"
        raise ValueError(f'"{name}" is not a mail client that is known here, {told}')
    return name


def _read(result: str) -> Support:
    support, *notes = result.split()
    return Support(support == "a", frozenset(map(int, notes)))
