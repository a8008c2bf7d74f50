"""What one subscriber was sent: told to that person, and made nameless when the person is forgotten."""

from collections.abc import Sequence

from sqlalchemy import update
from sqlmodel import Session, col, select

from digest.store.models import DeliveryRow, IssueRow


def received_by(session: Session, subscriber_id: int) -> Sequence[dict[str, object]]:
    """The issues that went, or were to go, to the subscriber, in the order of their deliveries."""
    found = session.exec(
        select(IssueRow, DeliveryRow)
        .join(DeliveryRow, col(DeliveryRow.issue_id) == col(IssueRow.id))
        .where(DeliveryRow.subscriber_id == subscriber_id)
        .order_by(col(DeliveryRow.id))
    )
    return [
        {
            "newsletter": issue.newsletter,
            "number": issue.number,
            "subject": issue.subject,
            "state": delivery.state,
            "settled_at": delivery.settled_at,
            "reply": delivery.reply,
        }
        for issue, delivery in found
    ]


def forget_replies(session: Session, subscriber_id: int) -> None:
    """Drop what mail servers said of the subscriber's deliveries, for they like to repeat the address.

    The caller commits.
    """
    session.execute(update(DeliveryRow).where(col(DeliveryRow.subscriber_id) == subscriber_id).values(reply=""))
