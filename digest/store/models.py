"""The tables of what was collected, what was published and what was delivered to whom.

The tables of subscribers stand in ``subscribers.models``; both share one metadata, so that one
migration history describes the whole database.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, Index, Integer, UniqueConstraint
from sqlmodel import Field, SQLModel

from subscribers.models import Consent, ImportRow, LetterRow, Merged, Subscriber, Subscription, Suppression

__all__ = [
    "AnswerRow",
    "ArticleRow",
    "Consent",
    "DeliveryRow",
    "DeliveryState",
    "ImportRow",
    "IssueRow",
    "IssueState",
    "LetterRow",
    "Merged",
    "NewsletterRow",
    "PaceRow",
    "PermitRow",
    "SightingRow",
    "SourceRow",
    "StoryRow",
    "Subscriber",
    "Subscription",
    "Suppression",
    "VariantRow",
]


# A million deliveries a day fill 32 bits in six years; SQLite's INTEGER is 64 bits wide already.
BIG_ID = BigInteger().with_variant(Integer, "sqlite")


class IssueState(StrEnum):
    """An issue's life: draft → approved → sending (and paused, and sending again) → sent; or skipped, or cancelled."""

    DRAFT = "draft"
    APPROVED = "approved"
    SENDING = "sending"
    PAUSED = "paused"
    SENT = "sent"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"


class DeliveryState(StrEnum):
    """A delivery's life: queued → sending → sent; or deferred (and queued again), failed, expired.

    ``withdrawn`` is a delivery whose reader left, or whose address was suppressed, or whose issue
    was cancelled, after the audience was fixed.
    """

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DEFERRED = "deferred"
    FAILED = "failed"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class NewsletterRow(SQLModel, table=True):
    """Since when a newsletter's present schedule is followed: earlier slots are never caught up."""

    __tablename__ = "newsletter"

    key: str = Field(primary_key=True)
    schedule: str  # cron expression and time zone
    since: datetime


class SourceRow(SQLModel, table=True):
    """What is remembered of a source between two collections.

    ``lines`` are prints of the lines that it repeats, with the number of articles each stood in.
    """

    __tablename__ = "source"

    key: str = Field(primary_key=True)
    url: str = ""
    etag: str = ""
    last_modified: str = ""
    first_collected_at: datetime | None = None
    collected_at: datetime | None = None
    error: str = ""
    failing_since: datetime | None = None
    retry_at: datetime | None = None
    lines: dict[str, int] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))


class ArticleRow(SQLModel, table=True):
    """An article, stored once by its canonical ``url``, under the source that first brought it.

    ``mark`` is a print of what its source told of it when it was read; empty when it has to be read again.
    ``gone`` says why it can be read no more.
    """

    __tablename__ = "article"

    id: int | None = Field(default=None, primary_key=True)
    url: str = Field(unique=True)
    source: str = Field(index=True)
    title: str
    text: str
    dek: str = ""
    author: str = ""
    language: str = ""
    image_url: str = ""
    image_width: int | None = None
    image_height: int | None = None
    image_alt: str = ""
    original_url: str = ""
    original_name: str = ""
    published_at: datetime | None = None
    seen_at: datetime = Field(index=True)
    mark: str = ""
    gone: str = ""


class SightingRow(SQLModel, table=True):
    """That a source brought an article, and when it first did; ``backlog`` if that was its first collection.

    One article may come from several sources, and each newsletter reads its own.
    """

    __tablename__ = "sighting"

    source: str = Field(primary_key=True)
    article_id: int = Field(primary_key=True, foreign_key="article.id", ondelete="CASCADE", index=True)
    seen_at: datetime = Field(index=True)
    backlog: bool = False


class IssueRow(SQLModel, table=True):
    """One edition of a newsletter for one slot. That the pair is unique is what stops a double send."""

    __tablename__ = "issue"
    __table_args__ = (UniqueConstraint("newsletter", "slot"), UniqueConstraint("newsletter", "number"))

    id: int | None = Field(default=None, primary_key=True)
    newsletter: str
    slot: datetime
    number: int | None = None  # given when it goes out, so that skipped issues leave no gap
    state: str = IssueState.DRAFT
    reason: str = ""  # why it was skipped or cancelled
    subject: str = ""
    preheader: str = ""
    intro: str = ""  # an editor's, in place of the newsletter's
    decisions: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    created_at: datetime
    drafted_at: datetime | None = None
    looked_at: datetime | None = None  # when its stories were last found to be still there
    revision: int = 0  # one more with each change to its words: what is sent is what was last said
    note: str = ""  # why a model's subject was not used
    subject_by_hand: bool = False
    preheader_by_hand: bool = False
    sending_at: datetime | None = None
    sent_at: datetime | None = None
    expires_at: datetime
    audience: int = 0  # how many deliveries were queued when sending began
    holder: str = ""  # the process that is drafting it
    held_until: datetime | None = None


class StoryRow(SQLModel, table=True):
    """An article's place and words in one issue."""

    __tablename__ = "story"
    __table_args__ = (UniqueConstraint("issue_id", "rank"),)

    id: int | None = Field(default=None, primary_key=True)
    issue_id: int = Field(foreign_key="issue.id", ondelete="CASCADE")
    article_id: int = Field(foreign_key="article.id", index=True)
    rank: int
    section: str = ""
    headline: str
    summary: str
    origin: str = ""  # dek, extract, model or editor
    note: str = ""  # why a model's words were not used
    source_name: str = ""
    minutes: int = 1
    also_in: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    folded: list[int] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))  # copies' article ids


class VariantRow(SQLModel, table=True):
    """One rendering of an issue as it was sent, with the marks where a recipient's own values go.

    ``language`` is that of our words in it, a BCP 47 tag; that of the newsletter has the lowest ``id``. ``stories`` are
    the ranks of the stories that it holds, with commas between; empty when it holds all. ``subject`` and ``preheader``
    are its own where it does not hold all; else they are the issue's.
    """

    __tablename__ = "variant"
    __table_args__ = (UniqueConstraint("issue_id", "language", "stories"),)

    id: int | None = Field(default=None, primary_key=True)
    issue_id: int = Field(foreign_key="issue.id", ondelete="CASCADE")
    language: str
    stories: str = ""
    subject: str = ""
    preheader: str = ""
    html: str
    text: str


class AnswerRow(SQLModel, table=True):
    """What a language model answered, by a print of all it was asked; what it used, and what that cost."""

    __tablename__ = "answer"

    key: str = Field(primary_key=True)
    model: str
    answer: str  # JSON
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float = 0.0
    asked_at: datetime = Field(index=True)


class DeliveryRow(SQLModel, table=True):
    """One issue to one subscriber. The table of these is the outbox: it alone decides what is sent.

    ``lease_until`` and ``holder`` are set while a process has the row in ``sending``. ``due_at`` is
    when a deferred row may be tried again, or when it is the hour at which the reader of a queued one wants it.
    ``reply`` is the server's last word.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        # The reader first, so that what one reader was sent is found by it too.
        UniqueConstraint("subscriber_id", "issue_id"),
        # No other index may begin with the issue: of one that was queued just now PostgreSQL has no figures yet, and
        # would take the other for each claim, and sort all that is queued.
        Index("ix_delivery_claim", "issue_id", "state", "due_at", "id"),
    )

    id: int | None = Field(default=None, sa_column=Column(BIG_ID, primary_key=True))
    # No foreign keys: to check them takes longer than all the rest of queuing a million, and the transaction that queues
    # is the one that makes the variants; neither these nor issues are ever deleted.
    issue_id: int
    variant_id: int
    # Nor here: the proof of a delivery outlives the person's erasure.
    subscriber_id: int
    state: str = DeliveryState.QUEUED
    attempts: int = 0
    due_at: datetime | None = None
    lease_until: datetime | None = None
    holder: str = ""
    reply: str = ""
    settled_at: datetime | None = None


class PaceRow(SQLModel, table=True):
    """Until when a mail server is booked. Who gives or takes back its permits holds this row till the commit."""

    __tablename__ = "pace"

    transport: str = Field(primary_key=True)
    booked_until: datetime | None = None


class PermitRow(SQLModel, table=True):
    """How many messages a mail server was permitted in one minute, counted since 1970 in UTC."""

    __tablename__ = "permit"

    transport: str = Field(primary_key=True)
    minute: int = Field(primary_key=True)
    count: int
