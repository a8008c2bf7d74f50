"""What the columns of a file mean: ours, and those that other services export.

One table for each service. A file is known by its header; where a service tells the status by the file's name or by
the column that is filled, that stands here too. Of all that a row says the gravest counts: whoever left anywhere in
it has left.
"""

import re
from collections.abc import Mapping, Sequence
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


def _names(text: str) -> frozenset[str]:
    return frozenset(name.strip() for name in text.split(","))


OURS = Format(
    key="digest",
    title="digest",
    marks=(),
    columns={
        **{name: name for name in ("email", "name", "language", "newsletter", "status", "timezone")},
        **{name: name for name in ("topics", "hour", "page", "flag")},
        **{
            name.replace("_", " "): name
            for name in ("requested_at", "confirmed_at", "ended_at", "paused_until", "first_name", "last_name")
        },
        **dict.fromkeys(("address", "e-mail", "email address", "mail"), "email"),
        **dict.fromkeys(("lang", "locale"), "language"),
        **dict.fromkeys(("created at", "subscribed at"), "requested_at"),
        "full name": "name",
        "list": "newsletter",
        "state": "status",
        "unsubscribed at": "ended_at",
    },
    statuses={
        **dict.fromkeys(("active", "subscribed", "confirmed", "enabled"), A),
        **dict.fromkeys(("pending", "unconfirmed", "inactive"), P),
        **dict.fromkeys(("unsubscribed", "cancelled", "removed", "disabled", "unsub"), U),
        **dict.fromkeys(("suppressed", "bounced", "complained", "cleaned", "blocklisted", "undeliverable"), S),
    },
    objects=frozenset({"fields"}),
)

# Three files, told apart by their names: subscribed_…, unsubscribed_… and cleaned_…. Times are in UTC.
MAILCHIMP = Format(
    key="mailchimp",
    title="Mailchimp",
    marks=(
        _names("email address, member rating"),
        _names("email address, optin time"),
        _names("email address, leid, euid"),
    ),
    columns={
        "email address": "email",
        "first name": "first_name",
        "last name": "last_name",
        "language": "language",
        "preferred language": "language",
        "timezone": "timezone",
        "optin time": "requested_at",
        "confirm time": "confirmed_at",
        "unsub time": "ended_at",
        "clean time": "ended_at",
        "status": "status",
    },
    statuses={"subscribed": A, "pending": P, "unsubscribed": U, "cleaned": S},
    signs={"unsub time": Sign("filled", U), "clean time": Sign("filled", S)},
    ignored=_names(
        "member rating, optin ip, confirm ip, latitude, longitude, gmtoff, dstoff, cc, region, last changed, leid,"
        " euid, unsub campaign title, unsub campaign id, unsub reason, unsub reason other, clean campaign title,"
        " clean campaign id, email type"
    ),
    says_status=False,
)

# "blocklisted" is listmonk's word for whom nothing may be sent to, whatever the list.
LISTMONK = Format(
    key="listmonk",
    title="listmonk",
    marks=(_names("uuid, email, attributes, status"),),
    columns={
        "email": "email",
        "name": "name",
        "status": "status",
        "subscription status": "status",
        "created at": "requested_at",
    },
    statuses={
        "enabled": A,
        "confirmed": A,
        "unconfirmed": P,
        "disabled": U,
        "unsubscribed": U,
        "blocklisted": S,
        "blacklisted": S,
    },
    objects=frozenset({"attributes"}),
    ignored=_names("uuid, updated at, id"),
)

# "active_subscription" is about money: a reader who pays nothing is a reader.
SUBSTACK = Format(
    key="substack",
    title="Substack",
    marks=(_names("email, active subscription"), _names("email, email disabled")),
    columns={
        "email": "email",
        "name": "name",
        "created at": "requested_at",
        "subscription created at": "requested_at",
    },
    signs={"email disabled": Sign("yes", U)},
    ignored=_names("prefer digests, digest enabled"),
)

GHOST = Format(
    key="ghost",
    title="Ghost",
    marks=(_names("email, subscribed to emails"), _names("email, complimentary plan")),
    columns={"email": "email", "name": "name", "created at": "requested_at", "deleted at": "ended_at"},
    signs={"subscribed to emails": Sign("no", U), "deleted at": Sign("filled", U)},
    ignored=_names("id, gift id"),
)

BUTTONDOWN = Format(
    key="buttondown",
    title="Buttondown",
    marks=tuple(
        _names(f"{address}, {rest}")
        for address in ("email", "email address")
        for rest in ("subscriber type", "subscription type", "type, creation date", "metadata, tags, notes")
    ),
    columns={
        "email": "email",
        "email address": "email",
        "subscriber type": "status",
        "subscription type": "status",
        "type": "status",
        "creation date": "requested_at",
        "confirmation date": "confirmed_at",
        "unsubscription date": "ended_at",
        "referrer url": "page",
    },
    statuses={
        **dict.fromkeys(("regular", "premium", "gifted", "trialed", "churning", "churned", "unpaid", "past due"), A),
        **dict.fromkeys(("past_due", "paused", "upcoming", "active"), A),
        **dict.fromkeys(("unactivated", "pending"), P),
        **dict.fromkeys(("unsubscribed", "removed", "disabled"), U),
        **dict.fromkeys(("complained", "undeliverable", "blocked", "spammy", "bounced"), S),
    },
    signs={"unsubscription date": Sign("filled", U)},
    objects=frozenset({"metadata"}),
    ignored=_names("id, secondary id, ip address, avatar url, last open date, last click date, purchased by"),
)

KIT = Format(
    key="kit",
    title="Kit",
    marks=(_names("email, first name, created at"), _names("email address, first name, created at")),
    columns={
        "email": "email",
        "email address": "email",
        "first name": "first_name",
        "last name": "last_name",
        "status": "status",
        "state": "status",
        "created at": "requested_at",
        "confirmed at": "confirmed_at",
        "cancelled at": "ended_at",
    },
    statuses={
        **dict.fromkeys(("active", "confirmed", "cold"), A),
        **dict.fromkeys(("inactive", "unconfirmed"), P),
        **dict.fromkeys(("cancelled", "unsubscribed"), U),
        **dict.fromkeys(("bounced", "complained"), S),
    },
    signs={"cancelled at": Sign("filled", U)},
    ignored=_names("id, subscriber id"),
)

# The header has the sentences of its administrators' pages, or the names in its database. Leaving puts an address on
# the blacklist: whoever is on it has left, and may come back by their own word.
PHPLIST = Format(
    key="phplist",
    title="phpList",
    marks=(
        _names("email, is this subscriber confirmed"),
        _names("email, is the email of this subscriber confirmed"),
        _names("email, is this subscriber blacklisted"),
        _names("email, confirmed, blacklisted"),
        _names("email, confirmed, htmlemail"),
    ),
    columns={
        "email": "email",
        "name": "name",
        "first name": "first_name",
        "last name": "last_name",
        "language": "language",
        "entered": "requested_at",
    },
    signs={
        "is this subscriber confirmed": Sign("no", P),
        "is the email of this subscriber confirmed": Sign("no", P),
        "confirmed": Sign("no", P),
        "is this subscriber blacklisted": Sign("yes", U),
        "is this user blacklisted": Sign("yes", U),
        "blacklisted": Sign("yes", U),
        "is this account disabled?": Sign("yes", U),
        "disabled": Sign("yes", U),
    },
    ignored=_names(
        "id, did this subscriber manually confirm, optedin, number of bounces, bouncecount, last modified, modified,"
        " unique id, uniqid, uuid, send this subscriber html emails, htmlemail, rss frequency, rssfrequency, password,"
        " passwordchanged, which page was used to subscribe, subscribepage, foreign key, foreignkey, additional data,"
        " extradata, ip, change summary, change detail"
    ),
)

SERVICES = (MAILCHIMP, LISTMONK, SUBSTACK, GHOST, BUTTONDOWN, PHPLIST, KIT)
FORMATS = {known.key: known for known in (OURS, *SERVICES)}
WORDS = {word: state for known in (*reversed(SERVICES), OURS) for word, state in known.statuses.items()}
BY_NAME = re.compile(r"(non-?_?subscribed|unsubscribed|subscribed|cleaned)[_ .-]", re.IGNORECASE)


def column_name(cell: str) -> str:
    """A cell of the header as the tables here have it.

    >>> column_name("OPTIN_TIME")
    'optin time'
    """
    return " ".join(cell.strip().lower().replace("_", " ").split())


def recognise(header: Sequence[str]) -> Format:
    """Whose export a header is; ours when it is nobody else's."""
    names = set(header)
    if "newsletter" in names:
        return OURS
    return next((known for known in SERVICES if any(mark <= names for mark in known.marks)), OURS)


def state_by_name(file_name: str) -> State | None:
    """What the name of one of Mailchimp's files says of everybody in it, if anything.

    Raises ValueError for the file of those who never subscribed.

    >>> state_by_name("unsubscribed_members_export_3f2a.csv")
    <State.UNSUBSCRIBED: 2>
    """
    if (found := BY_NAME.match(file_name)) is None:
        return None
    states = {"subscribed": A, "unsubscribed": U, "cleaned": S}
    if (word := found[1].lower()) not in states:
        raise ValueError("by its name it holds people who never subscribed: they must not be mailed")
    return states[word]
