"""``digest subscribers import`` and ``export``: lists in and out, by hand."""

import csv
import io
import json
from pathlib import Path

import pytest

from digest.errors import AskedWrongly, DigestError
from tests.cli.conftest import subscribers

EXPORTS = Path(__file__).parents[1] / "data" / "exports"


def listed(folder: Path) -> dict[str, str]:
    answer = subscribers(folder, "export", "--format", "json")
    return {person["email"]: person["status"] for person in json.loads(answer.stdout)}


def test_another_services_export_is_recognised_and_told(folder: Path) -> None:
    answer = subscribers(folder, "import", str(EXPORTS / "buttondown.csv"), "--json")
    assert answer.exit_code == 0
    assert json.loads(answer.stdout) == {
        "format": "buttondown",
        "states": {"active": 1, "pending": 1, "unsubscribed": 1, "suppressed": 2},
        "outcomes": {"added": 3, "suppressed": 2},
        "went_on_after_line": 0,
        "refused_rows": 0,
        "refused": [],
        "dry_run": False,
        "rejects": None,
    }
    assert listed(folder) == {
        "ann@example.com": "active",
        "bea@example.com": "pending",
        "cleo@example.com": "unsubscribed",
        "dan@example.com": "suppressed",
        "dora@example.com": "suppressed",
    }


def test_a_dry_run_tells_all_and_writes_nothing(folder: Path) -> None:
    answer = subscribers(folder, "import", str(EXPORTS / "kit.csv"), "--dry-run")
    assert "kit.csv (Kit) says: 1 active, 1 pending, 2 suppressed, 1 unsubscribed" in answer.stdout
    assert "kit.csv: 3 added, 2 suppressed, 0 refused" in answer.stdout
    assert "nothing was written" in answer.stdout
    assert listed(folder) == {}


def test_wrong_rows_are_written_beside_the_file_and_come_in_once_they_are_mended(folder: Path) -> None:
    file = folder / "list.csv"
    file.write_text("email,name\nann@example.com,Ann\nbea@,=Bea\n")
    answer = subscribers(folder, "import", str(file))
    assert answer.exit_code == 1
    assert f"{file}:3: This does not look like an email address" in answer.stderr
    rejects = folder / "list.rejects.csv"
    assert f"1 row in {rejects}: mend them there and import that file" in answer.stderr
    assert list(csv.reader(io.StringIO(rejects.read_text())))[1][2:] == ["bea@", "'=Bea"]
    assert rejects.stat().st_mode & 0o077 == 0
    rejects.write_text(rejects.read_text().replace("bea@", "bea@example.com"))
    assert subscribers(folder, "import", str(rejects)).exit_code == 0
    assert set(listed(folder)) == {"ann@example.com", "bea@example.com"}
    assert {path.name for path in folder.iterdir() if path.suffix == ".csv"} == {"list.csv", "list.rejects.csv"}


def test_no_rejects_are_written_where_there_are_none_and_elsewhere_when_asked(folder: Path) -> None:
    good, bad = folder / "good.csv", folder / "bad.csv"
    good.write_text("email\nann@example.com\n")
    bad.write_text("email\nnobody\n")
    subscribers(folder, "import", str(good))
    subscribers(folder, "import", str(bad), "--rejects", str(folder / "mend.csv"))
    assert {path.name for path in folder.glob("*.csv")} == {"good.csv", "bad.csv", "mend.csv"}


def test_a_list_comes_in_by_standard_input(folder: Path) -> None:
    answer = subscribers(folder, "import", "-", given="email;name\nann@example.com;Zoë\n".encode("cp1252"))
    assert answer.exit_code == 0
    assert listed(folder) == {"ann@example.com": "active"}


@pytest.mark.parametrize(
    ("content", "options", "complaint"),
    [
        ("town\nLisbon\n", (), 'it names "town"'),
        ("Email Address,LEID,EUID\nann@example.com,1,2\n", (), "--status active, unsubscribed or suppressed"),
        ("email\n", ("--format", "hotmail"), "--format hotmail: there is no such format"),
        ("email\n", ("--newsletter", "nightly"), "nightly"),
    ],
)
def test_what_cannot_be_imported_is_told_in_a_line(
    folder: Path, content: str, options: tuple[str, ...], complaint: str
) -> None:
    (folder / "list.csv").write_text(content)
    answer = subscribers(folder, "import", str(folder / "list.csv"), *options)
    assert isinstance(answer.exception, DigestError)
    assert complaint in str(answer.exception)
    assert "\n" not in str(answer.exception)


def test_the_operator_can_say_what_a_file_does_not(folder: Path) -> None:
    (folder / "list.csv").write_text("Email Address,LEID,EUID\nann@example.com,1,2\n")
    assert subscribers(folder, "import", str(folder / "list.csv"), "--status", "unsubscribed").exit_code == 0
    assert listed(folder) == {"ann@example.com": "unsubscribed"}


def test_a_missing_file_is_told(folder: Path) -> None:
    answer = subscribers(folder, "import", str(folder / "none.csv"))
    assert isinstance(answer.exception, AskedWrongly)
    assert "cannot be read: No such file" in str(answer.exception)


@pytest.mark.parametrize(
    ("name", "begins"), [("list.csv", "email,"), ("list.json", "[\n{"), ("list.jsonl", '{"email"')]
)
def test_a_list_goes_out_in_the_form_that_its_file_is_named_for(folder: Path, name: str, begins: str) -> None:
    subscribers(folder, "import", str(EXPORTS / "ghost.csv"))
    answer = subscribers(folder, "export", str(folder / name))
    assert answer.stdout == f"wrote {folder / name}\n"
    assert (folder / name).read_text().startswith(begins)
    assert (folder / name).stat().st_mode & 0o077 == 0
    assert subscribers(folder, "export", str(folder / name), "--format", "jsonl").exit_code == 0
    assert (folder / name).read_text().startswith('{"email"')


def test_a_part_of_the_list_goes_out_by_itself(folder: Path) -> None:
    subscribers(folder, "import", str(EXPORTS / "buttondown.csv"))
    answer = subscribers(folder, "export", "--format", "json", "--where", "status = 'pending'")
    assert [person["email"] for person in json.loads(answer.stdout)] == ["bea@example.com"]


def test_a_list_that_cannot_be_written_leaves_the_old_one(folder: Path) -> None:
    answer = subscribers(folder, "export", str(folder / "nowhere" / "list.csv"))
    assert isinstance(answer.exception, DigestError)
    assert "cannot be written: No such file" in str(answer.exception)
    assert subscribers(folder, "export", "/dev/null").exit_code == 0
    assert Path("/dev/null").is_char_device()
