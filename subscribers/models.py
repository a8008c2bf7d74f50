"""The tables of who reads what, why we may write to them, and to whom we must never write again."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, Column, Index, UniqueConstraint
from sqlmodel import Field, SQLModel


class Status(StrEnum):
    """A subscription's life: pending until confirmed, active until left."""

    PENDING = "pending"
    ACTIVE = "active"
    UNSUBSCRIBED = "unsubscribed"


class Subscriber(SQLModel, table=True):
    """One address, one person. ``address`` is normalised (see ``subscribers.addresses``) and unique.

    ``timezone`` is an IANA name, or empty for that of each newsletter; ``fields`` are the publisher's own, by their
    names; ``engaged_at`` is the last time that the reader showed to be there; ``flag`` says why the address deserves
    a second look, if it does.
    """

    __tablename__ = "subscriber"
    # An id is never used again, or an erased reader's old links would speak for somebody else.
    __table_args__ = {"sqlite_autoincrement": True}

    id: int | None = Field(default=None, primary_key=True)
    address: str = Field(unique=True)
    name: str = ""
    language: str = ""
    timezone: str = ""
    fields: dict[str, str] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False, default=dict))
    flag: str = ""
    bounces: int = 0
    created_at: datetime
    engaged_at: datetime | None = None


class Subscription(SQLModel, table=True):
    """A subscriber's membership of one newsletter; there is one row a pair, whatever happens.

    ``topics`` are the keys of those that are wanted, sorted, with commas between; empty for all. ``hour`` is the hour
    of the reader's day (0 to 23) at which issues are wanted; None for as soon as they are ready. Nothing is sent before
    ``paused_until``. ``page`` is the address of the page on which it began.
    """

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
    topics: str = ""
    hour: int | None = None
    paused_until: datetime | None = None
    page: str = ""


class Merged(SQLModel, table=True):
    """A subscriber who became one with another, by moving to the other's address: old links still speak for them."""

    __tablename__ = "merged"

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})  # as it was
    subscriber_id: int = Field(foreign_key="subscriber.id", ondelete="CASCADE", index=True)  # whose it is now


class Suppression(SQLModel, table=True):
    """An address that must never be mailed again, and why: bounce, complaint, erasure or by hand."""

    __tablename__ = "suppression"

    address: str = Field(primary_key=True)
    reason: str
    at: datetime


class Consent(SQLModel, table=True):
    """The proof of an opt-in or its end. Rows are added, never edited.

    ``act`` is one of ``subscribers.consent.Act``. ``network`` is the IP address cut to its network (/24 or /48), or
    whole, or empty, as the publisher chose. ``note`` is what the reader said of it, or what
    the file of an import says of when it began: of the import itself ``at`` is the time.
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
    note: str = ""


class LetterRow(SQLModel, table=True):
    """That a letter went to an address, for as long as it counts against the next one.

    ``address`` is a keyed fingerprint: who was written to is nobody's business afterwards. ``number`` counts the
    address's letters, so that of two that are written at once one is the later.
    """

    __tablename__ = "letter"

    address: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    kind: str
    at: datetime = Field(index=True)


class ImportRow(SQLModel, table=True):
    """How far the import of a file has come. ``key`` is a print of the file and of what was asked with it."""

    __tablename__ = "import"

    key: str = Field(primary_key=True)
    line: int = 0  # the last line of the file that is done with
    counts: dict[str, int] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False, default=dict))
    began_at: datetime
    ended_at: datetime | None = None
