"""What an issue begins with: the newsletter's own words, or those an editor gave this one."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

from digest.editing import Changes, edit_issue
from digest.publish import publish
from digest.store import issues
from digest.workspace import Workspace
from tests.postbox import Postbox
from tests.publish.conftest import SLOT, write_articles


def prepared(make_workspace: Callable[..., Workspace]) -> tuple[Workspace, int]:
    """A draft that waits for its approval, and a newsletter that greets."""
    workspace = make_workspace('approval = "manual"\nintro = "Good morning from the quay."')
    write_articles(workspace, 1, 2, 3)
    report = asyncio.run(publish(workspace, workspace.config.newsletter("daily"), SLOT))
    return workspace, report.issue.id or 0


def intro_of(workspace: Workspace, issue_id: int) -> str:
    row = issues.issue_by_id(workspace.engine, issue_id)
    return issues.load_issue(workspace.engine, row, workspace.config).intro


def greeting(workspace: Workspace, words: str) -> Workspace:
    """The same workspace, whose newsletter greets otherwise now."""
    daily = workspace.config.newsletter("daily").model_copy(update={"intro": words})
    return replace(workspace, config=workspace.config.model_copy(update={"newsletters": {"daily": daily}}))


def test_an_editors_words_stand_in_place_of_the_newsletters(
    make_workspace: Callable[..., Workspace], postbox: Postbox
) -> None:
    workspace, issue_id = prepared(make_workspace)
    assert intro_of(workspace, issue_id) == "Good morning from the quay."
    edit_issue(workspace, issue_id, Changes(intro="The <fog> has lifted."))
    assert intro_of(workspace, issue_id) == "The has lifted."
    issues.approve(workspace.engine, issue_id)
    asyncio.run(publish(workspace, workspace.config.newsletter("daily"), SLOT))
    assert all(b"The has lifted." in content for _, content in postbox.received)
    assert postbox.received


def test_an_editor_takes_their_words_back(make_workspace: Callable[..., Workspace]) -> None:
    workspace, issue_id = prepared(make_workspace)
    edit_issue(workspace, issue_id, Changes(intro="Late today."))
    edit_issue(workspace, issue_id, Changes(intro=""))
    assert intro_of(workspace, issue_id) == "Good morning from the quay."


def test_what_was_sent_keeps_what_it_began_with(make_workspace: Callable[..., Workspace], postbox: Postbox) -> None:
    workspace, issue_id = prepared(make_workspace)
    assert intro_of(greeting(workspace, "Hello."), issue_id) == "Hello."
    issues.approve(workspace.engine, issue_id)
    asyncio.run(publish(workspace, workspace.config.newsletter("daily"), SLOT))
    assert intro_of(greeting(workspace, "Hello."), issue_id) == "Good morning from the quay."
