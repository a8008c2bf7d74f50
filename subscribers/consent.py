"""The proof of every opt-in and its end: rows are added and never edited (GDPR article 7 (1))."""

import ipaddress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from sqlmodel import Session, col, func, select

from subscribers.models import Consent


class Act(StrEnum):
    """What was done with a subscription."""

    REQUESTED = "requested"
    CONFIRMED = "confirmed"
    UNSUBSCRIBED = "unsubscribed"
    IMPORTED = "imported"
    ADDED = "added"
    UNDONE = "undone"  # an unsubscription, taken back at once
    REASON = "reason"  # why a reader left
    MOVED = "moved"  # to another address


@dataclass(frozen=True, slots=True)
class Proof:
    """The circumstances of an act: the words that were shown, the form, the page it stood on, the network."""

    wording: str = ""
    form: str = ""
    page: str = ""
    network: str = ""


NO_PROOF = Proof()


def record(
    session: Session,
    subscriber_id: int,
    newsletter: str,
    act: Act,
    at: datetime,
    proof: Proof = NO_PROOF,
    note: str = "",
) -> None:
    """Add one row to the record, with what the reader said of it; the caller commits."""
    session.add(
        Consent(
            subscriber_id=subscriber_id,
            newsletter=newsletter,
            act=act,
            at=at,
            wording=proof.wording,
            form=proof.form,
            page=proof.page,
            network=proof.network,
            note=note,
        )
    )


def count_since(session: Session, subscriber_id: int, newsletter: str, act: Act, since: datetime) -> int:
    """How many times the act was recorded after that instant."""
    return session.exec(
        select(func.count(col(Consent.id))).where(
            Consent.subscriber_id == subscriber_id,
            Consent.newsletter == newsletter,
            Consent.act == act,
            Consent.at > since,
        )
    ).one()


def kept_of(host: str, how: Literal["network", "full", "none"]) -> str:
    """What a proof keeps of the IP address ``host``, as the publisher chose."""
    return {"network": network_of(host), "full": host, "none": ""}[how]


def network_of(host: str) -> str:
    """The network of an IP address, /24 or /48: enough to recognise abuse, too little to find a person.

    >>> network_of("203.0.113.77")
    '203.0.113.0/24'
    """
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    prefix = 24 if address.version == 4 else 48
    return str(ipaddress.ip_network(f"{address.compressed.partition('%')[0]}/{prefix}", strict=False))
