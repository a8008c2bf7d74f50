"""Proof of work: a sum that costs a browser a second, and whoever sends thousands of forms their machine's day.

The challenge is ALTCHA's, version 1 (altcha.org, Proof-of-Work): find the number that, put behind a salt, has a given
SHA-256. It is made and checked here: nobody else learns of it.
"""

import binascii
import hashlib
import hmac
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from altcha.v1 import ChallengeOptions, Payload, create_challenge, verify_solution

LARGEST_NUMBER = 50_000
GOOD_FOR = timedelta(minutes=10)
LONGEST = 2000


@dataclass(slots=True)
class Works:
    """Sets challenges and checks what comes back, each once. ``keys``: the newest first. Safe to share."""

    keys: Sequence[str]
    _spent: dict[str, datetime] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def challenge(self, now: datetime) -> Mapping[str, str | int]:
        """What the browser has to solve within ten minutes, as ALTCHA names it."""
        options = ChallengeOptions(max_number=LARGEST_NUMBER, hmac_key=_key(self.keys[0]), expires=now + GOOD_FOR)
        made = create_challenge(options)
        return {
            "algorithm": made.algorithm,
            "challenge": made.challenge,
            "salt": made.salt,
            "signature": made.signature,
            "maxnumber": made.max_number,
        }

    def accept(self, proof: str, now: datetime) -> bool:
        """Whether the proof (ALTCHA's payload in base64) solves a challenge of ours that was not solved before."""
        if not proof or len(proof) > LONGEST or not self._is_right(proof):
            return False
        mark = Payload.from_base64(proof).signature
        with self._lock:
            for spent in [each for each, until in self._spent.items() if until < now]:
                del self._spent[spent]
            is_new = mark not in self._spent
            self._spent[mark] = now + GOOD_FOR + timedelta(minutes=1)
        return is_new

    def _is_right(self, proof: str) -> bool:
        try:
            return any(verify_solution(proof, _key(key), check_expires=True)[0] for key in self.keys)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError, binascii.Error):
            return False


def _key(secret: str) -> str:
    """A key of its own: what is signed with it opens no other door."""
    return hmac.new(secret.encode(), b"subscribers.work", hashlib.sha256).hexdigest()
