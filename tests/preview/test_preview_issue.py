"""What is previewed: the next issue, or a stored one as it stands."""

import asyncio
from email import message_from_bytes, policy

import pytest
from sqlmodel import Session

from digest.editing import Changes, edit_issue
from digest.errors import AskedWrongly
from digest.newsletters import Newsletter
from digest.preview import preview_issue, preview_stored, sample_recipient, variants_of
from digest.publish import publish
from digest.store import issues
from digest.store.models import IssueState
from digest.workspace import Workspace
from subscribers.roster import Entry, add
from tests.postbox import Postbox
from tests.preview.conftest import nothing_stored, own_theme
from tests.publish.conftest import SLOT, make_workspace, write_articles

__all__ = ["make_workspace"]


def test_a_draft_is_shown_as_its_editor_left_it(make_workspace) -> None:
    workspace = make_workspace('approval = "manual"')
    write_articles(workspace, 1, 2)
    daily = workspace.config.newsletter("daily")
    row = asyncio.run(publish(workspace, daily, SLOT)).issue
    edit_issue(workspace, row.id, Changes(subject="What the editor wrote"))
    write_articles(workspace, 3)
    with nothing_stored(workspace):
        preview = preview_stored(workspace, daily, row.id)
    assert preview.message.subject == "What the editor wrote"
    assert len(preview.issue.stories) == 2
    assert len(preview.draft.decisions) == 2


def test_a_sent_issue_is_shown_as_it_was_sent(workspace: Workspace, daily: Newsletter, postbox: Postbox) -> None:
    row = asyncio.run(publish(workspace, daily, SLOT)).issue
    assert row.state == IssueState.SENT
    theme = workspace.config.folder / "templates" / "issue" / "broadsheet"
    theme.mkdir(parents=True)
    (theme / "issue.txt.j2").write_text("A theme of tomorrow")
    with nothing_stored(workspace):
        preview = preview_stored(workspace, daily, row.id)
        in_theme = preview_stored(workspace, daily, row.id, theme="broadsheet")
    sent = message_from_bytes(postbox.received[0][1], policy=policy.default)
    shown = message_from_bytes(preview.message.for_recipient(sample_recipient(daily)), policy=policy.default)
    assert (shown["Subject"], shown["Date"]) == (sent["Subject"], sent["Date"])
    assert (preview.theme, in_theme.theme) == (None, "broadsheet")
    assert "A theme of tomorrow" not in preview.message.text
    assert "A theme of tomorrow" in in_theme.message.text


def test_what_cannot_be_shown_says_why(workspace: Workspace, daily: Newsletter) -> None:
    with pytest.raises(AskedWrongly, match="there is no issue 7"):
        preview_stored(workspace, daily, 7)
    row = issues.open_issue(workspace.engine, daily, SLOT, SLOT)
    with pytest.raises(AskedWrongly, match="issue 1 is draft and has no stories to show: it has not been drafted yet"):
        preview_stored(workspace, daily, row.id)
    weekly = daily.model_copy(update={"key": "weekly"})
    with pytest.raises(AskedWrongly, match="issue 1 is one of daily, not of weekly"):
        preview_stored(workspace, weekly, row.id)


def test_an_issue_can_be_looked_at_in_any_theme_there_is(workspace: Workspace, daily: Newsletter) -> None:
    own_theme(workspace, "<mj-text>Mine</mj-text>", "Mine, in words")
    preview = asyncio.run(preview_issue(workspace, daily, theme="mine"))
    assert preview.message.text == "Mine, in words\n"
    with pytest.raises(AskedWrongly, match=r'there is no theme "tabloid" \(known: .*broadsheet'):
        asyncio.run(preview_issue(workspace, daily, theme="tabloid"))


def test_an_issue_is_shown_in_each_language_that_it_can_be_sent_in(workspace: Workspace, daily: Newsletter) -> None:
    assert variants_of(daily) == ("en", "es", "pt", "fr", "de", "ar")
    assert variants_of(daily.model_copy(update={"language": "pt-BR"}))[:2] == ("pt-BR", "en")
    preview = asyncio.run(preview_issue(workspace, daily, variant="de"))
    assert "Dienstag, 24. November 2026" in preview.message.text
    assert b"Content-Language: de" in preview.message.for_recipient(sample_recipient(daily))
    with pytest.raises(AskedWrongly, match='there is no variant "tlh"'):
        asyncio.run(preview_issue(workspace, daily, variant="tlh"))


def test_what_was_sent_is_shown_in_the_languages_that_it_was_sent_in(workspace: Workspace, daily: Newsletter) -> None:
    french = Entry("ana@example.com", "daily", language="fr")
    with Session(workspace.engine) as session:
        add(session, [french], now=SLOT, keys=workspace.settings.keys)
    row = asyncio.run(publish(workspace, daily, SLOT)).issue
    assert preview_stored(workspace, daily, row.id).variant == "en"
    assert "lundi 23 novembre 2026" in preview_stored(workspace, daily, row.id, variant="fr").message.text
    with pytest.raises(AskedWrongly, match=r"issue 1 was not sent in de \(but in en, fr\)"):
        preview_stored(workspace, daily, row.id, variant="de")
