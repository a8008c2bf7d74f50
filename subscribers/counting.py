"""How many the list holds."""

from collections.abc import Mapping

from sqlalchemy import ColumnElement, case, func, select
from sqlmodel import Session, col

from subscribers.models import Status, Subscriber, Subscription, Suppression

SUPPRESSED = "suppressed"


def count(session: Session, where: ColumnElement[bool] | None = None) -> Mapping[str, int]:
    """How many subscriptions there are of each status, those of suppressed addresses apart.

    ``where`` is a condition on ``Subscription`` and ``Subscriber``, such as a segment's.
    """
    standing = case((col(Suppression.address).is_not(None), SUPPRESSED), else_=col(Subscription.status))
    query = (
        select(standing, func.count())
        .select_from(Subscription)
        .join(Subscriber, col(Subscriber.id) == col(Subscription.subscriber_id))
        .outerjoin(Suppression, col(Suppression.address) == col(Subscriber.address))
        .group_by(standing)
    )
    found = session.execute(query if where is None else query.where(where))
    return dict.fromkeys((*map(str, Status), SUPPRESSED), 0) | dict(found.all())
