"""A newsletter for a part of its list."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from sqlmodel import Session, select

from digest.deliver import Balance
from digest.publish import Report, publish
from digest.store.models import Subscriber, VariantRow
from digest.workspace import Workspace
from subscribers.segments import parse
from tests.postbox import Postbox
from tests.publish.conftest import SLOT, at, write_articles


def limited(workspace: Workspace, segment: str) -> Workspace:
    config = workspace.config.model_copy(update={"segments": {"part": parse(segment)}})
    return replace(workspace, config=config)


def send(workspace: Workspace) -> Report:
    return asyncio.run(publish(workspace, workspace.config.newsletter("daily"), SLOT))


def test_an_issue_goes_to_its_segment_and_is_rendered_for_nobody_else(
    make_workspace: Callable[..., Workspace], postbox: Postbox
) -> None:
    workspace = make_workspace("segment = \"part\"\n[segments]\npart = 'language is unknown'\n", readers=3)
    write_articles(workspace, 1, 2, 3)
    with Session(workspace.engine) as session:
        session.exec(select(Subscriber).where(Subscriber.address == "reader1@example.com")).one().language = "de"
        session.commit()
    report = send(workspace)
    assert report.balance == Balance(audience=2, sent=2)
    assert sorted(postbox.recipients) == ["reader2@example.com", "reader3@example.com"]
    with Session(workspace.engine) as session:
        assert [variant.language for variant in session.exec(select(VariantRow))] == ["en"]


def test_who_leaves_the_segment_when_sending_has_begun_still_gets_the_issue(
    make_workspace: Callable[..., Workspace], postbox: Postbox
) -> None:
    workspace = make_workspace("segment = \"part\"\n[segments]\npart = 'bounces = 0'\n")
    write_articles(workspace, 1, 2, 3)
    postbox.answers = {"reader1@example.com": ["450 later"]}
    assert send(workspace).balance == Balance(audience=2, sent=1, deferred=1)
    later = at(limited(workspace, "bounces > 0"), SLOT + timedelta(hours=2))
    assert send(later).balance == Balance(audience=2, sent=2)
