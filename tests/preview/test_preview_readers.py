"""Whom a preview is addressed to."""

import pytest

from digest.errors import AskedWrongly
from digest.newsletters import Newsletter
from digest.preview import readers
from digest.preview.readers import SAMPLES, reader
from digest.workspace import Workspace
from subscribers.tokens import BadToken, Tokens
from tests.preview.conftest import nothing_stored


def test_a_subscriber_is_found_by_any_spelling_of_the_address(workspace: Workspace, daily: Newsletter) -> None:
    with nothing_stored(workspace):
        found = reader(workspace, daily, " Reader1@EXAMPLE.com ")
    assert (found.address, found.name) == ("reader1@example.com", "Reader 1")


@pytest.mark.parametrize("who", [*SAMPLES, "reader1@example.com"])
def test_no_preview_holds_a_token_that_works(workspace: Workspace, daily: Newsletter, who: str) -> None:
    token = reader(workspace, daily, who).token
    with pytest.raises(BadToken):
        Tokens(workspace.settings.keys).read_unsubscribe(token)


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
