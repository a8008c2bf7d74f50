"""An operator's folder: a newsletter fed from a folder of articles, two readers, a real mail server."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlmodel import Session

from digest.configuring import read_config
from digest.newsletters import Newsletter
from digest.settings import Settings
from digest.store.engine import open_database
from digest.workspace import Workspace
from subscribers.roster import Entry, add
from tests.postbox import Postbox

SLOT = datetime(2026, 11, 23, 7, tzinfo=UTC)

CONFIG = """
[site]
name = "The Harbour Post"
url = "https://post.example"
postal_address = "1 Quay Street, Port Almara"

[newsletters.daily]
title = "The Harbour Post Daily"
schedule = "0 7 * * *"
sender = "The Harbour Post <daily@post.example>"
{options}

"""
FOLDER = """
[sources.desk]
type = "folder"
path = "articles"
name = "The desk"
"""
FEED = """
[sources.post]
url = "{url}/feed"
name = "The Post"
allow_private = true
"""
PLACES = ("harbour", "library", "market", "lighthouse", "school", "bridge", "station", "theatre", "museum", "beach")


def article(number: int, *, published: datetime = SLOT) -> str:
    """A Markdown article unlike every other one."""
    place = PLACES[number % len(PLACES)]
    body = " ".join(
        f"The {place} sentence {number}{letter} tells of {place}s and {letter * 4}." for letter in "abcdefgh"
    )
    return (
        f"---\ntitle: The {place} opens its doors for the {number}th time\n"
        f"url: https://post.example/{place}-{number}\ndate: {published.isoformat()}\n---\n\n{body}\n\n{body[::-1]}\n"
    )


def write_articles(workspace: Workspace, *numbers: int, published: datetime = SLOT) -> None:
    """Put articles into the workspace's folder."""
    for number in numbers:
        (workspace.config.folder / "articles" / f"{number}.md").write_text(article(number, published=published))


def at(workspace: Workspace, moment: datetime) -> Workspace:
    """The same workspace at another time."""
    return replace(workspace, clock=lambda: moment)


@pytest.fixture
def make_workspace(tmp_path: Path, sqlite_url: str, postbox: Postbox) -> Iterator[Callable[..., Workspace]]:
    """Makes the workspace; ``options`` are further lines of the newsletter's table, ``sources`` its sources."""
    opened: list[Workspace] = []

    def make(options: str = "", database_url: str = sqlite_url, readers: int = 2, sources: str = FOLDER) -> Workspace:
        (tmp_path / "articles").mkdir()
        (tmp_path / "digest.toml").write_text(CONFIG.format(options=options) + sources)
        settings = Settings(
            secret_key=(SecretStr("a key for these tests only"),),
            database_url=database_url,
            smtp_url=SecretStr(f"smtp://127.0.0.1:{postbox.port}?starttls=off"),
            public_url="https://news.post.example",
        )
        engine = open_database(settings.database_url, tmp_path)
        workspace = Workspace(read_config(tmp_path / "digest.toml"), settings, engine, lambda: SLOT)
        entries = [
            Entry(f"reader{number}@example.com", "daily", f"Reader {number}") for number in range(1, readers + 1)
        ]
        with Session(engine) as session:
            add(session, entries, now=SLOT, keys=settings.keys)
        opened.append(workspace)
        return workspace

    yield make
    for workspace in opened:
        workspace.engine.dispose()


@pytest.fixture
def workspace(make_workspace: Callable[..., Workspace]) -> Workspace:
    """The workspace with three articles of this morning."""
    made = make_workspace()
    write_articles(made, 1, 2, 3)
    return made


@pytest.fixture
def daily(workspace: Workspace) -> Newsletter:
    """The workspace's newsletter."""
    return workspace.config.newsletter("daily")
