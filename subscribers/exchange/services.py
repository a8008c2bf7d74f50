"""The exports of the services that publishers come from, one table each; and our own.

A file is known by its header; where a service tells the status by the file's name, or by the column that is filled,
that stands here too.
"""

from collections.abc import Sequence

from subscribers.exchange.formats import A, Format, P, S, Sign, U


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


def recognise(header: Sequence[str]) -> Format:
    """Whose export a header is; ours when it is nobody else's."""
    names = set(header)
    if "newsletter" in names:
        return OURS
    return next((known for known in SERVICES if any(mark <= names for mark in known.marks)), OURS)
