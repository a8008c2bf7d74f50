"""The tables of who reads what, why we may write to them, and to whom we must never write again."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel


class Status(StrEnum):
    """A subscription's life: pending until confirmed, active until left."""

    PENDING = "pending"
    ACTIVE = "active"
    UNSUBSCRIBED = "unsubscribed"


class Subscriber(SQLModel, table=True):
    """One address, one person. ``address`` is normalised (see ``subscribers.addresses``) and unique."""

    __tablename__ = "subscriber"
    # An id is never used again, or an erased reader's old links would speak for somebody else.
    __table_args__ = {"sqlite_autoincrement": True}

    id: int | None = Field(default=None, primary_key=True)
    address: str = Field(unique=True)
    name: str = ""
    language: str = ""
    bounces: int = 0
    created_at: datetime


class Subscription(SQLModel, table=True):
    """A subscriber's membership of one newsletter; there is one row a pair, whatever happens."""

    __tablename__ = "subscription"
    __table_args__ = (
        UniqueConstraint("subscriber_id", "newsletter"),
        Index("ix_subscription_audience", "newsletter", "status", "subscriber_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    subscriber_id: int = Field(foreign_key="subscriber.id", ondelete="CASCADE")
    newsletter: str
    status: str = Status.PENDING
    requested_at: datetime
    asked_at: datetime | None = None  # when the last confirmation mail left
    confirmed_at: datetime | None = None
    ended_at: datetime | None = None


class Suppression(SQLModel, table=True):
    """An address that must never be mailed again, and why: bounce, complaint, erasure or by hand."""

    __tablename__ = "suppression"

    address: str = Field(primary_key=True)
    reason: str
    at: datetime


class Consent(SQLModel, table=True):
    """The proof of an opt-in or its end. Rows are added, never edited.

    ``act`` is requested, confirmed, unsubscribed, imported or added. ``network`` is the IP address
    cut to its network (/24 or /48), or empty.
    """

    __tablename__ = "consent"

    id: int | None = Field(default=None, primary_key=True)
    subscriber_id: int = Field(foreign_key="subscriber.id", ondelete="CASCADE", index=True)
    newsletter: str
    act: str
    at: datetime
    wording: str = ""
    form: str = ""
    page: str = ""
    network: str = ""
