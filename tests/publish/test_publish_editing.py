"""An editor has the last word on an issue that has not left yet."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlmodel import Session

from digest.editing import Changes, edit_issue
from digest.errors import AskedWrongly
from digest.publish import publish
from digest.store import issues
from digest.store.models import IssueRow, IssueState
from digest.workspace import Workspace
from tests.postbox import Postbox
from tests.publish.conftest import SLOT, write_articles


@pytest.fixture
def draft(make_workspace: Callable[..., Workspace]) -> tuple[Workspace, int]:
    """A workspace, and the id of its draft of three stories."""
    workspace = make_workspace('approval = "manual"')
    write_articles(workspace, 1, 2, 3)
    report = asyncio.run(publish(workspace, workspace.config.newsletter("daily"), SLOT))
    return workspace, report.issue.id or 0


def headlines(workspace: Workspace, issue_id: int) -> list[str]:
    return [each.story.headline for each in issues.stories_of(workspace.engine, issue_id)]


def test_stories_are_dropped_reworded_and_put_first(draft: tuple[Workspace, int]) -> None:
    workspace, issue_id = draft
    first, second, _ = headlines(workspace, issue_id)
    edit_issue(workspace, issue_id, Changes(story=3, headline="Mine", lead=3, drop=(2,)))
    assert headlines(workspace, issue_id) == ["Mine", first]
    [dropped] = [
        each for each in issues.decisions_of(issues.issue_by_id(workspace.engine, issue_id)) if not each.chosen
    ]
    assert (dropped.title, dropped.reason) == (second, "dropped by the editor")


def test_the_subject_and_the_preheader_are_sent_as_the_editor_wrote_them(
    draft: tuple[Workspace, int], postbox: Postbox
) -> None:
    workspace, issue_id = draft
    edit_issue(
        workspace, issue_id, Changes(subject="Ships & <b>more</b>\r\nBcc: eve@example.com", preheader="And then")
    )
    issues.approve(workspace.engine, issue_id)
    asyncio.run(publish(workspace, workspace.config.newsletter("daily"), SLOT))
    [(_, content), _] = postbox.received
    assert b"\r\nSubject: Ships & more Bcc: eve@example.com\r\n" in content
    assert b"And then" in content


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        (Changes(), "say what to change"),
        (Changes(story=4, headline="X"), "--story: there is no story 4, only 1 to 3"),
        (Changes(lead=0), "--lead: there is no story 0"),
        (Changes(drop=(9,)), "--drop: there is no story 9"),
        (Changes(headline="X"), "--story N goes together with"),
        (Changes(story=1), "--story N goes together with"),
        (Changes(drop=(1, 2, 3)), "an issue without a story cannot be sent"),
        (Changes(drop=(1,), lead=1), "story 1 cannot be both dropped and the lead"),
        (Changes(subject=" \n"), "--subject: there is no word in it"),
        (Changes(story=1, summary="<br>"), "--summary: there is no word in it"),
    ],
)
def test_a_change_that_cannot_be_made_changes_nothing(
    draft: tuple[Workspace, int], changes: Changes, complaint: str
) -> None:
    workspace, issue_id = draft
    before = issues.stories_of(workspace.engine, issue_id)
    with pytest.raises(AskedWrongly, match=complaint):
        edit_issue(workspace, issue_id, changes)
    assert issues.stories_of(workspace.engine, issue_id) == before


def test_an_issue_that_is_sent_cannot_be_changed(draft: tuple[Workspace, int]) -> None:
    workspace, issue_id = draft
    issues.approve(workspace.engine, issue_id)
    report = asyncio.run(publish(workspace, workspace.config.newsletter("daily"), SLOT))
    assert report.issue.state == IssueState.SENT
    with pytest.raises(AskedWrongly, match=f"issue {issue_id} is sent: only a finished draft"):
        edit_issue(workspace, issue_id, Changes(subject="Too late"))


def test_what_reads_badly_in_an_inbox_is_remarked_upon(draft: tuple[Workspace, int]) -> None:
    remarks = edit_issue(*draft, Changes(subject="x" * 61, preheader="y" * 111))
    assert remarks == [
        "the subject has 61 characters; many inboxes show 60",
        "the preheader has 111 characters; many inboxes show 110",
    ]


def test_a_subject_like_one_of_late_is_remarked_upon(draft: tuple[Workspace, int]) -> None:
    workspace, _ = draft
    daily = workspace.config.newsletter("daily")
    earlier = issues.open_issue(workspace.engine, daily, SLOT - timedelta(days=1), SLOT)
    with Session(workspace.engine) as session:
        session.get_one(IssueRow, earlier.id).subject = "The harbour wakes early today"
        session.commit()
    remarks = edit_issue(*draft, Changes(subject="Harbour wakes early today"))
    assert remarks == ["the subject is like one of late: “The harbour wakes early today”"]


def test_the_subject_does_not_tell_of_a_story_that_was_dropped(draft: tuple[Workspace, int]) -> None:
    workspace, issue_id = draft
    before = issues.issue_by_id(workspace.engine, issue_id)
    first, second, third = headlines(workspace, issue_id)
    assert (before.subject, before.preheader) == (first, f"{second} · {third}")
    edit_issue(workspace, issue_id, Changes(drop=(1,)))
    after = issues.issue_by_id(workspace.engine, issue_id)
    assert (after.subject, after.preheader) == (second, third)
    edit_issue(workspace, issue_id, Changes(subject="Mine"))
    edit_issue(workspace, issue_id, Changes(lead=2))
    assert issues.issue_by_id(workspace.engine, issue_id).subject == "Mine"
