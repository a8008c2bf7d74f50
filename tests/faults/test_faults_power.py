"""A power cut at any instant: what the disk holds then opens again, and the issue goes on from there.

A sender that is stopped between two system calls has written what it has written: its files, copied at that instant,
are what a cut leaves. What the disk had not yet taken is cut off from the log at any byte; of what was committed
nothing can be missing in reality (synchronous=FULL), but even then the database must be whole and the issue reach all.
"""

import re
import shutil
import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from tests.faults.mailing import Mailing, by_recipient, make_mailing
from tests.faults.receiver import Accepted, receiving
from tests.faults.sender import Sender

READERS = 150


@dataclass(frozen=True)
class Cut:
    """What a power cut left: the folder with the database, and what had been accepted until then."""

    folder: Path
    accepted: tuple[Accepted, ...]
    torn: bool


@pytest.mark.parametrize("cuts", [3, pytest.param(60, marks=pytest.mark.thorough)])
def test_after_a_power_cut_nobody_is_missed_and_nobody_settled_is_written_to_again(
    sqlite_mailing: Mailing, tmp_path: Path, dice: Random, cuts: int
) -> None:
    mailing = sqlite_mailing
    mailing.invite(READERS)
    share = READERS // (cuts + 1)
    mailing.receiver.allow(0)
    sender = mailing.start()
    left = []
    for number in range(cuts):
        before = mailing.receiver.allow(share)
        assert mailing.receiver.wait_for(before + dice.randint(0, share)), sender.complaint
        time.sleep(dice.uniform(0, 0.015))
        left.append(cut_power(mailing, sender, tmp_path / f"cut-{number}", dice))
    sender.kill()
    sender.end()
    for cut in left:
        goes_on(mailing, cut)


def cut_power(mailing: Mailing, sender: Sender, folder: Path, dice: Random) -> Cut:
    """Copy the database as it is at this instant, with or without its shared memory, the log whole or torn."""
    folder.mkdir()
    names = ("digest.db", "digest.db-wal", *dice.choice([(), ("digest.db-shm",)]))
    with stopped(sender):
        # A sender that has just begun has no log yet.
        for file in [mailing.folder / name for name in names if (mailing.folder / name).exists()]:
            shutil.copyfile(file, folder / file.name)
        accepted = tuple(mailing.receiver.accepted)
    log = folder / "digest.db-wal"
    torn = log.exists() and dice.random() < 0.5
    if torn:
        with log.open("r+b") as file:
            file.truncate(dice.randrange(log.stat().st_size + 1))
    return Cut(folder, accepted, torn)


def goes_on(mailing: Mailing, cut: Cut) -> None:
    """Start the computer again."""
    with receiving() as receiver:
        again = make_mailing(cut.folder, f"sqlite:///{cut.folder}/digest.db", receiver)
        shutil.copytree(mailing.folder / "articles", cut.folder / "articles", dirs_exist_ok=True)
        again.audience = mailing.audience
        settled = _settled(cut.folder / "digest.db")
        assert settled <= {each.recipient for each in cut.accepted}
        again.resume()
        again.prove_balance()
    assert {each.recipient for each in receiver.accepted} == mailing.audience - settled
    assert len(receiver.accepted) == len(mailing.audience - settled)
    if not cut.torn:
        copies = by_recipient([*cut.accepted, *receiver.accepted]).values()
        assert all(len(set(each)) == 1 for each in copies), "a second copy is the first one, byte by byte"


@contextmanager
def stopped(sender: Sender) -> Iterator[None]:
    """Let a sender stand still, with all of its threads."""
    sender.kill(signal.SIGSTOP)
    threads = Path(f"/proc/{sender.process.pid}/task")
    while any(not re.search(r"\) T ", (each / "stat").read_text()) for each in threads.iterdir()):
        time.sleep(0.001)
    try:
        yield
    finally:
        sender.kill(signal.SIGCONT)


def _settled(file: Path) -> set[str]:
    connection = sqlite3.connect(file)
    try:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        sent = "SELECT address FROM delivery JOIN subscriber ON subscriber.id = subscriber_id WHERE state = 'sent'"
        return {address for (address,) in connection.execute(sent)}
    finally:
        connection.close()
