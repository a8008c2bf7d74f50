"""How long the archive's pages take: ``python tests/benchmarks/bench_archive.py [ISSUES] [DATABASE_URL]``.

Each issue has eight stories of fifty invented words. What is printed is the median of processor time for one answer,
without that of an empty one, and what the first answer took: a newsletter's first search reads all it ever sent.
"""

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, insert
from sqlmodel import SQLModel
from starlette.testclient import TestClient
from table import row

from digest.newsletters import Config, Newsletter, Site, Source
from digest.settings import Settings
from digest.store.engine import open_database
from digest.store.models import ArticleRow, IssueRow, IssueState, StoryRow
from digest.web import create_app

STORIES = 8
ANSWERS = 30
FIRST = datetime(2010, 1, 1, 7, tzinfo=UTC)
LETTERS = "abcdefghijklmnoprstuvzéüñ"
DICE = random.Random(1)
WORDS = ["ferry", *("".join(DICE.choices(LETTERS, k=DICE.randint(3, 9))) for _ in range(8000))]


def main(issues: int, url: str) -> None:
    """Fill a database with ``issues`` and read its archive."""
    with tempfile.TemporaryDirectory() as folder:
        engine = open_database(url or f"sqlite:///{folder}/digest.db")
        _fill(engine, issues)
        web = TestClient(_app(engine, Path(folder)))
        nothing = _answer(web, "/health")[1]
        for path in (f"/{issues}", "", "?q=ferry", "?q=ferry+ab", "?q=zzzz", "/feed.xml", "/feed.json"):
            first, usual = _answer(web, f"/archive/daily{path}")
            row(f"/archive/daily{path}: first, usual, in ms", f"{first - nothing:.0f} {usual - nothing:.1f}")
        engine.dispose()


def _answer(web: TestClient, path: str) -> tuple[float, float]:
    times = []
    for _ in range(ANSWERS):
        before = time.process_time()
        assert web.get(path).status_code == 200
        times.append((time.process_time() - before) * 1000)
    return times[0], statistics.median(times[1:])


def _app(engine: Engine, folder: Path) -> Any:
    config = Config(
        folder=folder,
        site=Site(name="The Post", url="https://post.example"),
        newsletters={"daily": Newsletter(key="daily", title="Daily", schedule="0 7 * * *", sender="d@post.example")},
        sources={"post": Source(key="post", url="https://post.example/feed")},
    )
    settings = Settings(secret_key="a key for a benchmark", public_url="https://mail.example", _env_file=None)
    return create_app(config, settings, engine, lambda _: None)


def _fill(engine: Engine, issues: int) -> None:
    places = range(1, STORIES + 1)
    _store(engine, (ArticleRow(id=n, url=f"https://post.example/{n}", **_article()) for n in places))
    _store(engine, (_issue(n) for n in range(1, issues + 1)))
    _store(engine, (_story(n, place) for n in range(1, issues + 1) for place in places))


def _store(engine: Engine, rows: Iterator[SQLModel]) -> None:
    while batch := list(islice(rows, 2000)):
        values = [one.model_dump(exclude={"id"} if isinstance(one, StoryRow) else None) for one in batch]
        with engine.begin() as connection:
            connection.execute(insert(type(batch[0])), values)


def _article() -> dict[str, Any]:
    picture = {"image_url": "https://post.example/i.jpg", "image_width": 1200, "image_height": 675}
    return {"source": "post", "title": "", "text": "", "author": "Ana", "seen_at": FIRST, **picture}


def _issue(number: int) -> IssueRow:
    slot = FIRST + timedelta(days=number)
    words = {"subject": _say(8), "preheader": _say(14)}
    times = {"slot": slot, "created_at": slot, "expires_at": slot, "sending_at": slot}
    return IssueRow(id=number, number=number, newsletter="daily", state=IssueState.SENT, **words, **times)


def _story(issue: int, place: int) -> StoryRow:
    return StoryRow(issue_id=issue, article_id=place, rank=place, section="City", headline=_say(8), summary=_say(42))


def _say(words: int) -> str:
    return " ".join(DICE.choices(WORDS, k=words))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5000, sys.argv[2] if len(sys.argv) > 2 else "")
