"""``digest lint``: a newsletter's next issue, or a file, and an exit status for machines."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from digest.cli import app
from digest.errors import AskedWrongly
from tests.lint.conftest import DATA, message
from tests.publish.conftest import CONFIG, FOLDER, article

CARELESS, SOUND = DATA / "careless.html", DATA / "sound.html"


@pytest.fixture(autouse=True)
def without_spamassassin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("digest.linting.ask_spamassassin", lambda _: None)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "digest.toml").write_text(CONFIG.format(options="") + FOLDER, encoding="utf-8")
    (tmp_path / ".env").write_text(f"DIGEST_SECRET_KEY={'k' * 40}\nDIGEST_PUBLIC_URL=https://post.example\n")
    (tmp_path / "articles").mkdir()
    for number in range(3):
        (tmp_path / "articles" / f"{number}.md").write_text(article(number, published=datetime.now(UTC)))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def lint(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["lint", *map(str, arguments)])


def test_a_file_needs_no_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    answer = lint(SOUND)
    assert answer.exit_code == 0
    assert answer.output.startswith("clean for Gmail, Apple Mail, Outlook for Windows")
    assert list(tmp_path.iterdir()) == []


def test_each_finding_says_how_bad_where_what_and_the_remedy():
    answer = lint(CARELESS)
    assert answer.exit_code == 1
    lines = [line.strip() for line in answer.output.splitlines()]
    first = lines.index("error   HTML line 9  html-script")
    assert lines[first + 1] == "a script, which no mail client runs and many filters refuse: <script>"
    assert lines[first + 2] == "→ Take it out."
    assert lines[-1].startswith("11 errors, ")
    assert "notices: --all" in lines[-1]
    assert not any(line.startswith("notice") for line in lines[:-1])


def test_a_file_is_read_in_the_encoding_that_it_names(tmp_path: Path):
    file = tmp_path / "latin.html"
    html = SOUND.read_text().replace("UTF-8", "ISO-8859-1").replace("dawn", "Übergang")
    file.write_bytes(html.encode("iso-8859-1"))
    assert lint(file, "--fail-on", "warning").exit_code == 0


def test_notices_are_shown_when_asked_for():
    answer = lint(CARELESS, "--all")
    assert "notice  " in answer.output
    assert "--all" not in answer.output.splitlines()[-1]


@pytest.mark.parametrize(
    ("file", "fail_on", "status"),
    [
        (SOUND, "error", 0),
        (SOUND, "warning", 0),
        (SOUND, "notice", 1),
        (SOUND, "never", 0),
        (CARELESS, "error", 1),
        (CARELESS, "never", 0),
    ],
)
def test_the_exit_status_is_for_machines(file: Path, fail_on: str, status: int):
    assert lint(file, "--fail-on", fail_on).exit_code == status


def test_warnings_fail_only_when_asked(tmp_path: Path):
    file = tmp_path / "mail.eml"
    file.write_bytes(message(List_Unsubscribe_Post=None))
    assert [lint(file).exit_code, lint(file, "--fail-on", "warning").exit_code] == [0, 1]


def test_programs_get_json():
    findings = json.loads(lint(CARELESS, "--json").stdout)
    assert {"severity", "rule", "place", "message", "remedy"} == set(findings[0])
    assert findings[0]["severity"] == "error"


def test_the_clients_may_be_chosen():
    assert "display: flex" in lint(CARELESS).output
    assert "display: flex" not in lint(CARELESS, "--client", "thunderbird", "--client", "apple-mail").output


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["mail.txt"], "only .eml and .html files"),
        (["missing.eml"], "missing.eml: cannot be read"),
        (["missing", "--client", "gmial"], 'did you mean "gmail"'),
        (["weekly"], 'there is no newsletter "weekly"'),
    ],
)
def test_who_asks_wrongly_is_told_why(folder: Path, arguments: list[str], complaint: str):
    (folder / "mail.txt").write_text("a")
    answer = lint(*arguments)
    assert isinstance(answer.exception, AskedWrongly)
    assert complaint in str(answer.exception)


def test_the_next_issue_of_a_newsletter_is_made_and_is_clean(folder: Path):
    answer = lint("daily", "--fail-on", "warning")
    assert (answer.exit_code, answer.output.splitlines()[-1][:9]) == (0, "clean for"), answer.output


def test_an_issue_without_a_postal_address_fails_a_strict_check(folder: Path):
    config = folder / "digest.toml"
    config.write_text(config.read_text().replace('postal_address = "1 Quay Street, Port Almara"', ""))
    answer = lint("daily", "--fail-on", "warning")
    assert (answer.exit_code, "postal-address-missing" in answer.output) == (1, True)


def test_the_newsletters_own_clients_are_minded(folder: Path):
    config = folder / "digest.toml"
    config.write_text(config.read_text().replace("schedule =", 'clients = ["thunderbird"]\nschedule ='))
    assert lint("daily").output.startswith("clean for Thunderbird (")
    assert lint("daily", "--client", "hey").output.startswith("clean for HEY (")
