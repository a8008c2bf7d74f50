"""Signed tokens for the links in mails: each opens one door, for one subscription, and no other.

A token is ``subscriber id . newsletter . signature`` (what does not last for ever carries the time as well). The
salt binds it to its purpose. With several keys the newest signs and the older ones still verify, so
that links in old mails keep working when the key is changed.
"""

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from itsdangerous import BadSignature, SignatureExpired, Signer, TimestampSigner

CONFIRM_SECONDS = 7 * 24 * 3600
SEVERAL = "+"  # between the keys of newsletters, which have letters, digits and hyphens
CHANGE_SECONDS = CONFIRM_SECONDS
PERSONAL_SECONDS = 3600
UNDO_SECONDS = 3600
# Of characters. What is longer is no token of ours, and is not worth a look at its signature.
LONGEST = 300
LONGEST_CHANGE = 600  # it carries an address
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


class BadToken(ValueError):
    """The token is not one of ours, was altered, or was made for another purpose."""


class ExpiredToken(BadToken):
    """The token was good once, and is no longer."""


@dataclass(frozen=True, slots=True)
class Membership:
    """Which subscription a token speaks of."""

    subscriber_id: int
    newsletter: str


@dataclass(frozen=True, slots=True)
class Confirmation:
    """Which subscriptions, one at least, the owner of an inbox confirms at once."""

    subscriber_id: int
    newsletters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Goodbye:
    """Which subscriptions of one reader ended together, and at what instant."""

    subscriber_id: int
    newsletters: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class Change:
    """Whose address shall become ``address``; ``former`` is a fingerprint of the one that it takes the place of."""

    membership: Membership
    former: str
    address: str


class Tokens:
    """Issues and reads tokens. ``keys``: the newest first, at least one. Safe to share between threads."""

    def __init__(self, keys: Sequence[str]) -> None:
        if not keys:
            raise ValueError("at least one key is needed")
        oldest_first = list(reversed(keys))
        self._confirm = TimestampSigner(oldest_first, salt="subscribers.confirm", digest_method=hashlib.sha256)
        self._unsubscribe = Signer(oldest_first, salt="subscribers.unsubscribe", digest_method=hashlib.sha256)
        self._preferences = Signer(oldest_first, salt="subscribers.preferences", digest_method=hashlib.sha256)
        self._personal = TimestampSigner(oldest_first, salt="subscribers.personal", digest_method=hashlib.sha256)
        self._undo = TimestampSigner(oldest_first, salt="subscribers.undo", digest_method=hashlib.sha256)
        self._change = TimestampSigner(oldest_first, salt="subscribers.change", digest_method=hashlib.sha256)

    def issue_confirm(self, subscriber_id: int, *newsletters: str) -> str:
        """A token that confirms subscriptions within seven days."""
        return self._confirm.sign(f"{subscriber_id}.{SEVERAL.join(newsletters)}").decode()

    def read_confirm(self, token: str, *, expired: bool = False) -> Confirmation:
        """What a confirmation token speaks of.

        Raises BadToken, and ExpiredToken after seven days unless those who are too late are meant as well: ``expired``.
        """
        limits = {} if expired else {"max_age": CONFIRM_SECONDS}
        membership = _read(self._confirm, token, **limits)
        return Confirmation(membership.subscriber_id, tuple(membership.newsletter.split(SEVERAL)))

    def issue_unsubscribe(self, subscriber_id: int, newsletter: str) -> str:
        """A token that ends a subscription, whenever its reader wishes: it never expires."""
        return self._unsubscribe.sign(f"{subscriber_id}.{newsletter}").decode()

    def read_unsubscribe(self, token: str) -> Membership:
        """What an unsubscribe token speaks of. Raises BadToken."""
        return _read(self._unsubscribe, token)

    def issue_preferences(self, subscriber_id: int, newsletter: str) -> str:
        """A token that opens a reader's own choices: it never expires, for issues are kept for years."""
        return self._preferences.sign(f"{subscriber_id}.{newsletter}").decode()

    def read_preferences(self, token: str) -> Membership:
        """What a token for a reader's own choices speaks of. Raises BadToken."""
        return _read(self._preferences, token)

    def issue_personal(self, subscriber_id: int, newsletter: str) -> str:
        """A token that shows a reader, for an hour, all that is stored of them."""
        return self._personal.sign(f"{subscriber_id}.{newsletter}").decode()

    def read_personal(self, token: str) -> Membership:
        """Whom a token for personal data speaks of. Raises BadToken, or ExpiredToken after an hour."""
        return _read(self._personal, token, max_age=PERSONAL_SECONDS)

    def issue_undo(self, goodbye: Goodbye) -> str:
        """A token that takes a goodbye back within an hour; empty when it would be too long for a link."""
        instant = (goodbye.at - BEGINNING) // timedelta(microseconds=1)
        token = self._undo.sign(f"{goodbye.subscriber_id}.{','.join(goodbye.newsletters)}.{instant}").decode()
        return token if len(token) <= LONGEST else ""

    def read_undo(self, token: str) -> Goodbye:
        """What an undoing token takes back. Raises BadToken, or ExpiredToken after an hour."""
        subscriber_id, newsletters, instant = _unsigned(self._undo, token, 3, max_age=UNDO_SECONDS)
        at = BEGINNING + timedelta(microseconds=int(instant))
        return Goodbye(int(subscriber_id), tuple(newsletters.split(",")), at)

    def issue_change(self, change: Change) -> str:
        """A token that puts a new address in the place of the former one within seven days."""
        owner, hidden = change.membership, urlsafe_b64encode(change.address.encode()).decode().rstrip("=")
        return self._change.sign(f"{owner.subscriber_id}.{owner.newsletter}.{change.former}.{hidden}").decode()

    def read_change(self, token: str) -> Change:
        """What a change of address speaks of. Raises BadToken, or ExpiredToken after seven days."""
        parts = _unsigned(self._change, token, 4, longest=LONGEST_CHANGE, max_age=CHANGE_SECONDS)
        subscriber_id, newsletter, former, hidden = parts
        address = urlsafe_b64decode(hidden + "=" * (-len(hidden) % 4)).decode()
        return Change(Membership(int(subscriber_id), newsletter), former, address)


def _read(signer: Signer, token: str, **limits: int) -> Membership:
    subscriber_id, newsletter = _unsigned(signer, token, 2, **limits)
    return Membership(int(subscriber_id), newsletter)


def _unsigned(signer: Signer, token: str, parts: int, *, longest: int = LONGEST, **limits: int) -> list[str]:
    """The so many parts of what was signed. itsdangerous compares signatures in constant time."""
    if len(token) > longest:
        raise BadToken("this link is not valid")
    try:
        found = signer.unsign(token.encode(), **limits).decode().split(".")
    except SignatureExpired:
        raise ExpiredToken("this link has expired") from None
    except (BadSignature, ValueError):
        raise BadToken("this link is not valid") from None
    if len(found) != parts:
        raise BadToken("this link is not valid")
    return found
