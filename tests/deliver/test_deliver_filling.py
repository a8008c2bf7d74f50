"""How the outbox is filled, and that what is claimed from it is found without a walk over what waits."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import Engine, event, inspect
from sqlmodel import Session, col, select

from digest.deliver import outbox
from digest.store.models import DeliveryRow
from subscribers.audience import still_wanted
from tests.deliver.conftest import NOW, make_issue

READERS = 500


@contextmanager
def plans_of_claims(engine: Engine) -> Iterator[list[str]]:
    """How the database goes about each claim that is made inside, in its own words."""
    plans: list[str] = []
    explain = "EXPLAIN QUERY PLAN" if engine.dialect.name == "sqlite" else "EXPLAIN"

    def ask(connection: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        if statement.startswith("UPDATE delivery") and "LIMIT" in statement:
            plan = connection.exec_driver_sql(f"{explain} {statement}", values)
            plans.append("\n".join(str(line[-1]) for line in plan))

    event.listen(engine, "before_cursor_execute", ask)
    yield plans
    event.remove(engine, "before_cursor_execute", ask)


def test_a_claim_walks_its_index_and_sorts_nothing(engine: Engine) -> None:
    issue_id = make_issue(engine, READERS)
    wanted = partial(still_wanted, newsletter="daily", now=NOW)
    with plans_of_claims(engine) as plans:
        outbox.claim(engine, issue_id, wanted=wanted, holder="", limit=READERS + 1, lease=timedelta(minutes=1), now=NOW)
    assert len(plans) >= 3  # those that were queued, for now and for later, and those put off
    for plan in plans:
        assert "ix_delivery_claim" in plan
        assert "Sort" not in plan
        assert "TEMP B-TREE" not in plan


def test_no_other_index_begins_with_the_issue_which_would_be_taken_for_claims_and_sorted(engine: Engine) -> None:
    """PostgreSQL takes it when the issue was queued just now: then each claim sorts all that waits."""
    known = inspect(engine)
    indexes = known.get_indexes("delivery") + known.get_unique_constraints("delivery")
    assert [index["name"] for index in indexes if index["column_names"][0] == "issue_id"] == ["ix_delivery_claim"]


def test_deliveries_are_queued_in_the_order_of_their_readers(engine: Engine) -> None:
    make_issue(engine, READERS)
    with Session(engine) as session:
        readers = session.exec(select(DeliveryRow.subscriber_id).order_by(col(DeliveryRow.id))).all()
    assert len(readers) == READERS
    assert readers == sorted(readers)
