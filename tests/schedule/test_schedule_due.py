"""What is due: decided by the issues in the database, not by who woke up."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from digest.deliver import Balance
from digest.publish import Report, make, publish
from digest.schedule import due, make_due, publish_due, to_make
from digest.store import issues
from digest.store.models import IssueState
from digest.workspace import Workspace
from tests.postbox import Postbox
from tests.publish.conftest import SLOT, at, make_workspace, workspace, write_articles

__all__ = ["make_workspace", "workspace"]  # fixtures
EVENING = SLOT - timedelta(hours=12)
DAY = timedelta(days=1)


def slots(workspace: Workspace, moment: datetime) -> list[datetime]:
    return due(at(workspace, moment), workspace.config.newsletter("daily"))


def test_a_new_set_up_owes_nobody_the_issues_of_the_past(workspace: Workspace) -> None:
    assert slots(workspace, SLOT + timedelta(hours=3)) == []
    assert slots(workspace, SLOT + timedelta(days=1)) == [SLOT + timedelta(days=1)]


def test_a_slot_is_due_from_its_moment_until_it_is_too_late(workspace: Workspace) -> None:
    assert slots(workspace, EVENING) == []
    assert slots(workspace, SLOT - timedelta(seconds=1)) == []
    assert slots(workspace, SLOT) == [SLOT]
    assert slots(workspace, SLOT + timedelta(hours=19)) == [SLOT]
    assert slots(workspace, SLOT + timedelta(hours=21)) == []


def test_a_changed_hour_makes_no_surprise_issue(workspace: Workspace) -> None:
    assert slots(workspace, EVENING) == []
    daily = workspace.config.newsletters["daily"].model_copy(update={"schedule": "30 6 * * *"})
    changed = replace(workspace, config=workspace.config.model_copy(update={"newsletters": {"daily": daily}}))
    assert slots(changed, SLOT) == []
    assert slots(changed, SLOT + timedelta(days=1)) == [datetime(2026, 11, 24, 6, 30, tzinfo=UTC)]


def test_what_is_done_is_not_due_and_what_waits_is(workspace: Workspace, postbox: Postbox) -> None:
    slots(workspace, EVENING)
    postbox.answers["reader1@example.com"] = ["450 later"]
    reports = []
    assert asyncio.run(publish_due(workspace, asyncio.Event(), reports.append)) == []
    assert [report.issue.state for report in reports] == [IssueState.SENDING]
    later = at(workspace, SLOT + timedelta(hours=1))
    assert slots(workspace, SLOT + timedelta(hours=1)) == [SLOT]
    assert asyncio.run(publish_due(later, asyncio.Event(), reports.append)) == []
    assert reports[-1].issue.state == IssueState.SENT
    assert slots(workspace, SLOT + timedelta(hours=1)) == []
    assert len(postbox.received) == 2


def test_a_paused_issue_is_not_due_and_holds_up_no_later_one(
    make_workspace: Callable[..., Workspace], postbox: Postbox
) -> None:
    workspace = make_workspace("expires_hours = 40")
    write_articles(workspace, 1, 2, 3)
    slots(workspace, EVENING)
    first = begun(workspace, SLOT)
    assert issues.pause(workspace.engine, first)
    report = asyncio.run(publish(workspace, workspace.config.newsletters["daily"], SLOT))
    assert (report.issue.state, report.note) == (IssueState.PAUSED, f"`digest issues resume {first}` goes on")
    assert (slots(workspace, SLOT), postbox.received) == ([], [])
    write_articles(workspace, 4, published=SLOT + DAY)
    tomorrow = at(workspace, SLOT + DAY)
    assert due(tomorrow, tomorrow.config.newsletters["daily"]) == [SLOT + DAY]
    reports: list[Report] = []
    assert asyncio.run(publish_due(tomorrow, asyncio.Event(), reports.append)) == []
    assert [(report.issue.state, report.issue.number) for report in reports] == [(IssueState.SENT, 2)]
    issues.resume(workspace.engine, first)
    assert due(tomorrow, tomorrow.config.newsletters["daily"]) == [SLOT]


def test_a_paused_issue_whose_time_is_over_is_ended_and_the_rest_expires(
    workspace: Workspace, postbox: Postbox
) -> None:
    slots(workspace, EVENING)
    issue_id = begun(workspace, SLOT)
    issues.pause(workspace.engine, issue_id)
    late = at(workspace, SLOT + timedelta(hours=21))
    reports: list[Report] = []
    assert asyncio.run(publish_due(late, asyncio.Event(), reports.append)) == []
    assert [(report.issue.state, report.balance) for report in reports] == [
        (IssueState.SENT, Balance(audience=2, expired=2))
    ]
    assert postbox.received == []


def test_making_what_is_due_sends_nothing(workspace: Workspace, postbox: Postbox) -> None:
    slots(workspace, EVENING)
    assert asyncio.run(make_due(workspace, lambda: False)) == []
    [row] = issues.list_issues(workspace.engine)
    assert (row.state, row.audience, postbox.received) == (IssueState.SENDING, 2, [])
    assert to_make(workspace, workspace.config.newsletters["daily"]) == []
    assert due(workspace, workspace.config.newsletters["daily"]) == [SLOT]


def begun(workspace: Workspace, slot: datetime) -> int:
    """Make the issue of the slot, and send nothing of it; return its id."""
    return asyncio.run(make(workspace, workspace.config.newsletters["daily"], slot)).issue.id or 0


def test_one_newsletters_failure_is_its_own(make_workspace: Callable[..., Workspace], postbox: Postbox) -> None:
    made = make_workspace()
    write_articles(made, 1)
    daily = made.config.newsletters["daily"]
    broken = daily.model_copy(update={"key": "broken", "sources": ("gone",)})
    gone = made.config.sources["desk"].model_copy(update={"key": "gone", "path": "nowhere"})
    config = made.config.model_copy(
        update={"newsletters": {"broken": broken, "daily": daily}, "sources": {**made.config.sources, "gone": gone}}
    )
    both = replace(made, config=config)
    for newsletter in (broken, daily):
        due(at(both, EVENING), newsletter)
    failures = asyncio.run(publish_due(both, asyncio.Event(), lambda _: None))
    assert [str(failure).partition(":")[0] for failure in failures] == ["broken"]
    assert len(postbox.received) == 2


def test_being_asked_to_stop_begins_nothing(workspace: Workspace, postbox: Postbox) -> None:
    slots(workspace, EVENING)
    stop = asyncio.Event()
    stop.set()
    assert asyncio.run(publish_due(workspace, stop)) == []
    assert postbox.received == []
