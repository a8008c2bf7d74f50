"""An import that is cut off goes on where it stood; nothing is done twice, and a dry run does nothing."""

import io
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, func, select

from subscribers.exchange import BadFile, Wanted, import_file, importing
from subscribers.models import Consent, ImportRow, Subscriber, Subscription, Suppression
from subscribers.roster import Entry, Outcome, add, forget, remove
from subscribers.signup import Wish, request
from subscribers.suppression import suppress

NOW = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
KEYS = ("k" * 40,)
WANTED = Wanted(["daily"], "daily")


class Killed(Exception):
    """The process is no more."""


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch):
    monkeypatch.setattr("subscribers.exchange.importing.BATCH", 10)


def content(count, more=""):
    return io.BytesIO(("email\n" + "".join(f"r{number}@example.com\n" for number in range(count)) + more).encode())


def take(session, file, **options):
    return import_file(session, file, options.pop("wanted", WANTED), now=NOW, keys=KEYS, **options)


def rows(session, table):
    return session.scalar(select(func.count()).select_from(table))


def dies_after(monkeypatch, batches):
    """Let the process die in the middle of the batch after so many, before it is committed."""
    whole, count = importing.enrol, iter(range(1000))

    def enrol(*arguments, **options):
        outcomes = whole(*arguments, **options)
        if next(count) == batches:
            raise Killed
        return outcomes

    monkeypatch.setattr(importing, "enrol", enrol)


def test_an_import_that_was_cut_off_goes_on_with_the_batch_that_was_not_kept(engine: Engine, monkeypatch):
    with monkeypatch.context() as patch, Session(engine) as session:
        dies_after(patch, 3)
        with pytest.raises(Killed):
            take(session, content(65, "nobody\n"))
    with Session(engine) as session:
        assert rows(session, Subscriber) == 30
        report = take(session, content(65, "nobody\n"))
        assert (report.began_after, report.outcomes) == (31, Counter({Outcome.ADDED: 65}))
        assert [refusal.line for refusal in report.refusals] == [67]
        assert rows(session, Consent) == rows(session, Subscription) == 65
        kept = session.exec(select(ImportRow)).one()
        assert (kept.line, kept.counts, kept.ended_at) == (66, {"added": 65}, NOW)


def test_a_file_that_was_imported_to_its_end_begins_anew_and_changes_nothing(engine: Engine):
    with Session(engine) as session:
        take(session, content(25))
        report = take(session, content(25))
        assert (report.began_after, report.outcomes) == (0, Counter({Outcome.KNOWN: 25}))
        assert rows(session, Consent) == 25


def test_another_file_or_another_wish_is_another_import(sqlite_engine: Engine, monkeypatch):
    with monkeypatch.context() as patch, Session(sqlite_engine) as session:
        dies_after(patch, 1)
        with pytest.raises(Killed):
            take(session, content(30))
    with Session(sqlite_engine) as session:
        assert take(session, content(31)).began_after == 0
        assert take(session, content(30), wanted=Wanted(["daily", "weekly"], "weekly")).began_after == 0
        assert take(session, content(30)).began_after == 11


def test_of_two_that_import_one_file_at_once_one_goes_on_and_one_says_so(sqlite_engine: Engine, monkeypatch):
    whole = importing._store

    def store(*arguments):
        outcomes = whole(*arguments)
        with Session(sqlite_engine) as other:
            row = other.exec(select(ImportRow)).one()
            row.line = 21
            other.add(row)
            other.commit()
        return outcomes

    monkeypatch.setattr(importing, "_store", store)
    with Session(sqlite_engine) as session:
        with pytest.raises(BadFile, match="another process"):
            take(session, content(40))
        assert rows(session, Subscriber) == 10


@pytest.mark.parametrize("kind", ["real", "dry"])
def test_a_dry_run_says_what_would_be(engine: Engine, kind):
    text = "email,status\n" + "".join(f"r{number}@example.com,active\n" for number in range(30))
    text += "r3@example.com,active\nr4@example.com,unsubscribed\nr4@example.com,active\nr5@example.com,bounced\n"
    text += "r5@example.com,active\n" + "".join(f"z{number}@example.com,pending\n" for number in range(9)) + "nobody,\n"
    with Session(engine) as session:
        add(session, [Entry(f"r{number}@example.com", "daily") for number in (0, 1)], now=NOW, keys=KEYS)
        remove(session, "r1@example.com", now=NOW)
        suppress(session, "r2@example.com", "bounce", NOW)
        session.commit()
        forget(session, "z0@example.com", now=NOW, keys=KEYS)
        before = rows(session, Subscriber), rows(session, Suppression), rows(session, Consent)
        report = take(session, io.BytesIO(text.encode()), dry_run=kind == "dry")
        assert report.outcomes == {
            Outcome.ADDED: 35,
            Outcome.KNOWN: 2,
            Outcome.LEFT: 2,
            Outcome.ENDED: 1,
            Outcome.SUPPRESSED: 4,
        }
        assert report.refused == 1
        after = rows(session, Subscriber), rows(session, Suppression), rows(session, Consent)
        assert (before == after) is (kind == "dry")
        assert (rows(session, ImportRow) == 0) is (kind == "dry")


def test_readers_who_sign_up_meanwhile_do_not_break_it(engine: Engine):
    """Another connection signs a reader up between what an import reads and what it writes."""
    signed_up = []

    def meanwhile(_connection, _cursor, statement, *_):
        if "FROM subscriber" in statement and not signed_up and engine.dialect.name == "postgresql":
            signed_up.append(True)
            with Session(engine) as other:
                request(other, Wish("r7@example.com", ("daily",)), now=NOW, keys=KEYS)

    with Session(engine) as session:
        event.listen(engine, "after_cursor_execute", meanwhile)
        report = take(session, content(10))
        event.remove(engine, "after_cursor_execute", meanwhile)
        assert report.outcomes == {Outcome.ADDED: 10}
        assert rows(session, Subscriber) == 10
        assert bool(signed_up) is (engine.dialect.name == "postgresql")  # SQLite lets nobody in between


def test_an_error_that_stays_is_not_tried_for_ever(sqlite_engine: Engine, monkeypatch):
    def never(*_arguments, **_options):
        raise IntegrityError("x", None, ValueError("x"))

    monkeypatch.setattr("subscribers.exchange.importing.enrol", never)
    with Session(sqlite_engine) as session, pytest.raises(IntegrityError):
        take(session, content(3))


SCRIPT = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from sqlalchemy import create_engine
from sqlmodel import Session
from subscribers.exchange import Wanted, import_file, importing
importing.BATCH = 100
with Session(create_engine(sys.argv[1])) as session, Path(sys.argv[2]).open("rb") as file:
    now = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
    print(import_file(session, file, Wanted(["daily"], "daily"), now=now, keys=("k" * 40,)).began_after)
"""


def test_a_process_that_is_killed_leaves_what_the_next_one_finishes(sqlite_engine: Engine, tmp_path):
    file = tmp_path / "list.csv"
    file.write_bytes(content(6_000).getvalue())
    command = [sys.executable, "-c", SCRIPT, str(sqlite_engine.url), str(file)]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    watcher = create_engine(sqlite_engine.url)
    for _ in range(600):
        with Session(watcher) as session:
            if rows(session, Subscriber) > 500:
                break
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    again = subprocess.run(command, env=environment, capture_output=True, check=True)
    assert 500 < int(again.stdout) < 6_001
    with Session(watcher) as session:
        assert rows(session, Consent) == rows(session, Subscription) == rows(session, Subscriber) == 6_000
    watcher.dispose()
