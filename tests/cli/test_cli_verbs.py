"""The verbs: each is listed as it describes itself, and loaded when it is called, not before."""

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from digest.cli import app
from digest.cli.verbs import VERBS, load

SLOW = {"alembic", "dateparser", "fastapi", "feedparser", "httpx", "lxml", "mjml", "trafilatura", "uvicorn"}
OF_THE_DATABASE = {"jinja2", "pydantic_settings", "sqlalchemy", "sqlmodel"}
RUN_AND_TELL = """
import sys
from digest.cli import main
try:
    main()
finally:
    print(*sys.modules, file=sys.stderr)
"""


def packages_loaded_by(folder: Path, *arguments: str) -> set[str]:
    """The packages that a process has loaded when the command is done."""
    command = [sys.executable, "-c", RUN_AND_TELL, *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return {name.partition(".")[0] for name in done.stderr.split()}


def test_help_loads_nothing_that_is_slow_to_load(tmp_path: Path) -> None:
    assert packages_loaded_by(tmp_path, "--help") & (SLOW | OF_THE_DATABASE) == set()


@pytest.mark.parametrize("command", ["issues list", "subscribers list"])
def test_a_look_at_the_database_waits_for_nothing_else(tmp_path: Path, command: str) -> None:
    runner = CliRunner()
    assert runner.invoke(app, ["init", str(tmp_path)]).exit_code == 0
    assert runner.invoke(app, ["-c", str(tmp_path / "digest.toml"), "migrate"]).exit_code == 0
    loaded = packages_loaded_by(tmp_path, *command.split())
    assert (loaded & SLOW, loaded >= OF_THE_DATABASE) == (set(), True)


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_is_listed_with_the_words_that_begin_its_own_help(verb: str) -> None:
    _, told = VERBS[verb]
    assert load(verb).help.split("\n\n")[0].replace("\n", " ") == told
