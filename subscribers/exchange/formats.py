"""What a table of a service's columns says. The tables themselves stand in ``services.py``.

Of all that a row says of somebody's status the gravest counts: whoever left anywhere in it has left.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Literal


class State(IntEnum):
    """What a file says of somebody, the gravest last."""

    ACTIVE = 0
    PENDING = 1
    UNSUBSCRIBED = 2
    SUPPRESSED = 3


@dataclass(frozen=True, slots=True)
class Sign:
    """A column that tells a state when its cell is ``yes``, ``no`` or ``filled``."""

    when: Literal["yes", "no", "filled"]
    state: State


A, P, U, S = State.ACTIVE, State.PENDING, State.UNSUBSCRIBED, State.SUPPRESSED


@dataclass(frozen=True, slots=True)
class Format:
    """One service's export.

    Column names are in lower case with spaces for underscores. ``marks`` are sets of columns; a header that has all of
    one set is this service's. ``columns`` are what we have a place for; what is neither there nor among ``signs`` or
    ``ignored`` is the publisher's own field. ``objects`` hold further fields as a JSON object. ``says_status``: a row
    without a word about its status is an active one.
    """

    key: str
    title: str
    marks: tuple[frozenset[str], ...]
    columns: Mapping[str, str]
    statuses: Mapping[str, State] = field(default_factory=dict)
    signs: Mapping[str, Sign] = field(default_factory=dict)
    objects: frozenset[str] = frozenset()
    ignored: frozenset[str] = frozenset()
    says_status: bool = True


BY_NAME = re.compile(r"(non-?_?subscribed|unsubscribed|subscribed|cleaned)[_ .-]", re.IGNORECASE)


def column_name(cell: str) -> str:
    """A cell of the header as the tables here have it.

    >>> column_name("OPTIN_TIME")
    'optin time'
    """
    return " ".join(cell.strip().lower().replace("_", " ").split())


def state_by_name(file_name: str) -> State | None:
    """What the name of one of Mailchimp's files says of everybody in it, if anything.

    Who never subscribed is pending at most.

    >>> state_by_name("unsubscribed_members_export_3f2a.csv")
    <State.UNSUBSCRIBED: 2>
    """
    if (found := BY_NAME.match(file_name)) is None:
        return None
    return {"subscribed": A, "unsubscribed": U, "cleaned": S}.get(found[1].lower(), P)
