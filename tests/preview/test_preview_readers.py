"""Whom a preview is addressed to."""

import pytest
from sqlmodel import Session

from digest.errors import AskedWrongly
from digest.newsletters import Newsletter
from digest.preview import readers
from digest.preview.readers import SAMPLES, reader
from digest.workspace import Workspace
from subscribers.roster import Entry, add
from subscribers.tokens import BadToken, Tokens
from tests.preview.conftest import nothing_stored
from tests.publish.conftest import SLOT


def test_a_subscriber_is_found_by_any_spelling_of_the_address(workspace: Workspace, daily: Newsletter) -> None:
    with nothing_stored(workspace):
        found = reader(workspace, daily, " Reader1@EXAMPLE.com ")
    assert (found.recipient.address, found.recipient.name) == ("reader1@example.com", "Reader 1")


def test_a_subscriber_is_shown_the_variant_that_they_would_get(workspace: Workspace, daily: Newsletter) -> None:
    with Session(workspace.engine) as session:
        add(session, [Entry("ana@example.com", "daily", language="fr-CA")], now=SLOT, keys=workspace.settings.keys)
    assert reader(workspace, daily, "ana@example.com").variant == "fr"
    assert reader(workspace, daily, "reader1@example.com").variant == "en"


@pytest.mark.parametrize("who", [*SAMPLES, "reader1@example.com"])
def test_no_preview_holds_a_token_that_works(workspace: Workspace, daily: Newsletter, who: str) -> None:
    recipient, tokens = reader(workspace, daily, who).recipient, Tokens(workspace.settings.keys)
    with pytest.raises(BadToken):
        tokens.read_unsubscribe(recipient.token)
    with pytest.raises(BadToken):
        tokens.read_preferences(recipient.preferences_token)


@pytest.mark.parametrize(
    ("who", "told"),
    [
        ("nobody@example.com", "nobody@example.com is not among the subscribers"),
        ("nobody", "nobody: "),
        ("", "nobody:"),
    ],
)
def test_a_stranger_is_told_to_be_one(workspace: Workspace, daily: Newsletter, who: str, told: str) -> None:
    with pytest.raises(AskedWrongly, match=told):
        reader(workspace, daily, who)


def test_there_are_readers_of_every_kind() -> None:
    names = [name for name, _ in SAMPLES.values()]
    assert "" in names
    assert any(not name.isascii() for name in names)
    assert max(map(len, names)) > 80
    assert readers.SAMPLES["hostile"][0].startswith("<b>")
