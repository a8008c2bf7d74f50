"""``digest subscribers show``: everything that is stored of one person."""

import json
from pathlib import Path

from digest.errors import DigestError
from tests.cli.conftest import subscribers


def test_all_that_is_stored_of_a_person_is_shown(folder: Path) -> None:
    subscribers(folder, "add", "ann@example.com", "--name", "Ann [red]Lee[/red]")
    shown = subscribers(folder, "show", "Ann@Example.com")
    assert shown.exit_code == 0
    for fact in ("ann@example.com", "Ann [red]Lee[/red]", "daily", "active", "added"):
        assert fact in shown.stdout
    found = json.loads(subscribers(folder, "show", "ann@example.com", "--json").stdout)
    assert found["subscriber"]["address"] == "ann@example.com"
    assert [row["status"] for row in found["subscriptions"]] == ["active"]
    assert [row["act"] for row in found["consents"]] == ["added"]


def test_of_who_was_forgotten_nothing_is_left_to_show(folder: Path) -> None:
    subscribers(folder, "add", "ann@example.com")
    subscribers(folder, "remove", "ann@example.com", "--forget")
    gone, unknown = (subscribers(folder, "show", f"{name}@example.com").exception for name in ("ann", "bob"))
    assert isinstance(gone, DigestError)
    assert "must not be mailed again" in str(gone)
    assert isinstance(unknown, DigestError)
    assert str(unknown) == "bob@example.com is not on the list"
