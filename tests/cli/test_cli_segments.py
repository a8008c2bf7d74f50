"""``digest subscribers --where`` and ``--segment``: the part of the list that is meant."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import Result

from digest.errors import AskedWrongly, ConfigError
from tests.cli.conftest import CONFIG, subscribers

SEGMENTS = """
[segments]
lusophones = 'language = "pt"'
"""
WEEKLY = """
[newsletters.weekly]
title = "Weekly"
schedule = "0 7 * * 1"
sender = "Post <weekly@example.com>"
"""
LIST = """email,language,newsletter,status
ana@example.com,pt-BR,daily,active
bob@example.com,es,daily,active
eve@example.com,pt,daily,unsubscribed
sam@example.com,pt,daily,active
ana@example.com,pt-BR,weekly,pending
"""
BOUNCED = "email,newsletter,status\nsam@example.com,daily,bounced\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "digest.toml").write_text(CONFIG + WEEKLY + SEGMENTS)
    (tmp_path / ".env").write_text(f"DIGEST_SECRET_KEY={'k' * 40}\n")
    for content in (LIST, BOUNCED):
        (tmp_path / "list.csv").write_text(content)
        assert subscribers(tmp_path, "import", str(tmp_path / "list.csv")).exit_code == 0
    return tmp_path


def addresses(answer: Result) -> list[str]:
    return [member["address"].partition("@")[0] for member in json.loads(answer.stdout)]


def test_the_list_shows_whom_an_expression_or_a_segment_means(folder: Path) -> None:
    assert addresses(subscribers(folder, "list", "--json", "--where", 'language = "es"')) == ["bob"]
    assert addresses(subscribers(folder, "list", "--json", "--segment", "lusophones")) == ["ana", "eve", "sam", "ana"]
    narrowed = ("--segment", "lusophones", "--newsletter", "daily", "--where", "joined > 2026-01-01")
    assert addresses(subscribers(folder, "list", "--json", *narrowed, "--status", "active")) == ["ana", "sam"]
    assert "nobody on the list is meant by that" in subscribers(folder, "list", "--where", 'name = "Zoe"').stdout


def test_a_count_tells_by_status_and_adds_up(folder: Path) -> None:
    told = subscribers(folder, "count").stdout
    assert told == "5 subscriptions: 1 pending, 2 active, 1 unsubscribed, 1 suppressed\n"
    assert subscribers(folder, "count", "--newsletter", "weekly").stdout == "1 subscription: 1 pending\n"
    assert subscribers(folder, "count", "--where", "bounces > 7").stdout == "0 subscriptions\n"
    counted = json.loads(subscribers(folder, "count", "--json", "--segment", "lusophones").stdout)
    assert counted == {"subscriptions": 4, "pending": 1, "active": 1, "unsubscribed": 1, "suppressed": 1}


def test_a_mistake_in_an_expression_is_told_with_a_caret_and_no_traceback(folder: Path) -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "digest", "subscribers", "count", "--where", 'langauge = "es"'],
        cwd=folder,
        capture_output=True,
        text=True,
    )
    assert (answer.returncode, answer.stdout) == (2, "")
    assert answer.stderr == (
        'digest: --where: there is no field "langauge", did you mean "language"?\n'
        'digest:     langauge = "es"\n'
        "digest:     ^\n"
    )


def test_a_segment_or_a_newsletter_that_is_not_there_is_told(folder: Path) -> None:
    answer = subscribers(folder, "list", "--segment", "regulars")
    assert isinstance(answer.exception, ConfigError)
    assert str(answer.exception) == 'there is no segment "regulars" in digest.toml (known: lusophones)'
    mistyped = subscribers(folder, "count", "--where", 'newsletter = "dayly"').exception
    assert isinstance(mistyped, AskedWrongly)
    assert str(mistyped).startswith('--where: there is no newsletter "dayly", did you mean "daily"?\n')
    assert isinstance(subscribers(folder, "count", "--newsletter", "dayly").exception, AskedWrongly)
