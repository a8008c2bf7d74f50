"""Signed tokens for the links in mails: each opens one door, for one subscription, and no other.

A token is ``subscriber id . newsletter . signature`` (a confirmation carries the time as well). The
salt binds it to its purpose. With several keys the newest signs and the older ones still verify, so
that links in old mails keep working when the key is changed.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from itsdangerous import BadSignature, SignatureExpired, Signer, TimestampSigner

CONFIRM_SECONDS = 7 * 24 * 3600
SEVERAL = "+"  # between the keys of newsletters, which have letters, digits and hyphens


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


class Tokens:
    """Issues and reads tokens. ``keys``: the newest first, at least one. Safe to share between threads."""

    def __init__(self, keys: Sequence[str]) -> None:
        if not keys:
            raise ValueError("at least one key is needed")
        oldest_first = list(reversed(keys))
        self._confirm = TimestampSigner(oldest_first, salt="subscribers.confirm", digest_method=hashlib.sha256)
        self._unsubscribe = Signer(oldest_first, salt="subscribers.unsubscribe", digest_method=hashlib.sha256)
        self._preferences = Signer(oldest_first, salt="subscribers.preferences", digest_method=hashlib.sha256)

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


def _read(signer: Signer, token: str, **limits: int) -> Membership:
    try:
        subscriber_id, newsletter = signer.unsign(token.encode(), **limits).decode().split(".")
    except SignatureExpired:
        raise ExpiredToken("this link has expired") from None
    except (BadSignature, ValueError):
        raise BadToken("this link is not valid") from None
    return Membership(int(subscriber_id), newsletter)
