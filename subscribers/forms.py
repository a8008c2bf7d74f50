"""When a form was drawn, signed, so that whoever sends it cannot say otherwise.

A person needs longer than two seconds to type an address; a form that was drawn a day ago is drawn anew.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from itsdangerous import BadSignature, TimestampSigner

from subscribers.gate import Drawn

FASTEST = timedelta(seconds=2)
PATIENCE = timedelta(seconds=10)
KEPT = timedelta(days=1)
LONGEST = 100
PROMPT, MOMENT = "prompt", "moment"


@dataclass(frozen=True, slots=True)
class Forms:
    """Signs forms and reads what was signed. ``keys``: the newest first, at least one."""

    keys: Sequence[str]
    _signer: TimestampSigner = field(init=False)

    def __post_init__(self) -> None:
        signer = TimestampSigner(list(reversed(self.keys)), salt="subscribers.form", digest_method=hashlib.sha256)
        object.__setattr__(self, "_signer", signer)

    def sign(self) -> str:
        """What a form that is drawn now takes with it."""
        return self._signer.sign(PROMPT).decode()

    def sign_moment(self) -> str:
        """What the page takes with it that asks for a moment's patience."""
        return self._signer.sign(MOMENT).decode()

    def drawn(self, form: str, now: datetime) -> Drawn:
        """When the form was drawn that is sent ``now``; unknown too when that is not signed by us, or a day old."""
        age = self._age(form, PROMPT, now)
        if age is None:
            return Drawn.UNKNOWN
        return Drawn.BEFORE if age >= FASTEST else Drawn.JUST_NOW

    def was_patient(self, form: str, now: datetime) -> bool:
        """Whether the page that asks for patience was drawn ten seconds ago."""
        age = self._age(form, MOMENT, now)
        return age is not None and age >= PATIENCE

    def _age(self, form: str, kind: str, now: datetime) -> timedelta | None:
        if len(form) > LONGEST:
            return None
        try:
            signed, at = self._signer.unsign(form.encode(), return_timestamp=True)
        except (BadSignature, ValueError):
            return None
        age = now - at
        return age if signed == kind.encode() and timedelta(seconds=-1) <= age < KEPT else None
