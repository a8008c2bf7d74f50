"""What subscribers choose for themselves: the language that they are written to in."""

from sqlalchemy import update
from sqlmodel import Session, col, select

from subscribers.models import Status, Subscriber, Subscription
from subscribers.tokens import Membership


def language_of(session: Session, subscriber_id: int) -> str:
    """The language (a BCP 47 tag) that the subscriber chose or signed up in; empty when none is known."""
    return session.exec(select(Subscriber.language).where(Subscriber.id == subscriber_id)).first() or ""


def choose_language(session: Session, subscriber_id: int, language: str) -> None:
    """Write to the subscriber in ``language`` (a BCP 47 tag) from now on, in every newsletter of theirs."""
    session.execute(update(Subscriber).where(col(Subscriber.id) == subscriber_id).values(language=language))
    session.commit()


def is_active(session: Session, membership: Membership) -> bool:
    """Whether the subscription stands, so that there is something to choose."""
    status = session.exec(
        select(Subscription.status).where(
            Subscription.subscriber_id == membership.subscriber_id,
            Subscription.newsletter == membership.newsletter,
        )
    ).first()
    return status == Status.ACTIVE
