"""An issue that leaves within the limits of its mail server, and by a key that can be used."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest

from digest.errors import ConfigError
from digest.publish import Report, publish
from digest.store.models import IssueState
from digest.workspace import Workspace
from tests.postbox import Postbox
from tests.publish.conftest import FOLDER, SLOT, at, write_articles


def send(workspace: Workspace) -> Report:
    return asyncio.run(publish(workspace, workspace.config.newsletter("daily"), SLOT))


def test_an_issue_that_is_more_than_an_hour_may_have_says_how_long_it_takes_and_goes_on_in_the_next(
    make_workspace: Callable[..., Workspace], postbox: Postbox
) -> None:
    workspace = make_workspace(sources=FOLDER + "\n[sending]\nper_hour = 2\n", readers=5)
    write_articles(workspace, 1)
    report = send(workspace)
    assert (report.issue.state, len(postbox.received)) == (IssueState.SENDING, 2)
    assert report.note.startswith("3 are still to be sent, which takes 2 hours within the limits of [sending];")
    later = send(at(workspace, SLOT + timedelta(minutes=65)))
    assert (later.issue.state, len(postbox.received)) == (IssueState.SENDING, 4)
    assert send(at(workspace, SLOT + timedelta(minutes=130))).issue.state == IssueState.SENT


def test_a_dkim_key_that_cannot_be_used_is_told_before_an_audience_is_fixed(
    make_workspace: Callable[..., Workspace], postbox: Postbox
) -> None:
    table = '\n[[dkim]]\ndomain = "post.example"\nselector = "s"\nkey = "missing.pem"\n'
    workspace = make_workspace(sources=FOLDER + table)
    write_articles(workspace, 1)
    with pytest.raises(ConfigError, match=r"missing\.pem"):
        send(workspace)
    assert not postbox.received
