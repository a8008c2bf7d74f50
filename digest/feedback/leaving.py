"""Leaving by mail: what a program sends to the ``mailto:`` of List-Unsubscribe (RFC 2369 §3.2) ends one subscription.

Its subject is the token of that subscription; nothing else in the mail is believed, for a sender can be forged.
"""

import re
from datetime import datetime
from email import message_from_bytes, policy

from sqlmodel import Session

from subscribers.consent import Proof
from subscribers.tokens import BadToken, Membership, Tokens
from subscribers.unsubscribe import unsubscribe

LARGEST_HEAD = 64 * 1024
TOKEN = re.compile(r"[0-9]+\.[a-z0-9-]+\.[A-Za-z0-9_-]+")
PROOF = Proof(form="mail")


def leave_by_mail(session: Session, raw: bytes, tokens: Tokens, *, now: datetime) -> Membership | None:
    """End the subscription whose token stands in the mail's subject, as often as it is asked.

    Return which one it is, whether or not there was anything to end; None when no good token stands there.
    """
    subject = message_from_bytes(raw[:LARGEST_HEAD], policy=policy.default).get("Subject", "")
    for token in TOKEN.findall("".join(str(subject).split())):
        try:
            membership = tokens.read_unsubscribe(token)
        except BadToken:
            continue
        unsubscribe(session, membership, now=now, proof=PROOF)
        return membership
    return None
