"""A disk that is full in the middle of sending: one line says so, and when there is room the issue goes on."""

import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from random import Random

import pytest

from tests.faults.mailing import MOST_IN_DOUBT, Mailing, is_one_clear_line, make_mailing
from tests.faults.receiver import Receiver
from tests.faults.sender import give_up_soon, limit_files

SMALL = 4 << 20  # bytes
SMALLEST, LARGEST = 20_000, 1_000_000  # bytes that a file may have


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of a few megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SMALL}", "digest-test", str(folder)], capture_output=True
    )
    if mounted.returncode != 0:
        pytest.skip("only root may mount a small disk")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.mark.usefixtures("fork_server")
def test_a_full_disk_stops_the_sender_and_costs_nobody_the_issue(
    tmp_path: Path, small_disk: Path, receiver: Receiver
) -> None:
    mailing = make_mailing(tmp_path, f"sqlite:///{small_disk}/digest.db", receiver)
    mailing.invite(300)
    sender = mailing.start_and_send(60, give_up_soon)
    ballast = small_disk / "ballast"
    _fill(ballast)
    receiver.allow_all()
    _said_so(mailing, sender.end(), sender.complaint)
    ballast.unlink()
    mailing.resume(1)
    mailing.prove(copies=MOST_IN_DOUBT)


@pytest.mark.parametrize("times", [3, pytest.param(60, marks=pytest.mark.thorough)])
def test_files_that_may_not_grow_stop_the_sender_wherever_it_is(
    sqlite_mailing: Mailing, dice: Random, times: int
) -> None:
    mailing = sqlite_mailing
    mailing.invite(300)
    stopped = 0
    # The first is too small for the draft; with the largest an issue is sent.
    for limit in (SMALLEST, *sorted(dice.randint(SMALLEST, LARGEST) for _ in range(times - 1))):
        sender = mailing.start(partial(limit_files, limit))
        status = sender.end()
        if status == 0:
            break
        _said_so(mailing, status, sender.complaint)
        stopped += 1
    assert stopped
    mailing.resume(1)
    mailing.prove(copies=stopped * MOST_IN_DOUBT)


def _said_so(mailing: Mailing, status: int, complaint: str) -> None:
    assert is_one_clear_line(complaint, status), complaint
    assert "disk" in complaint


def _fill(ballast: Path) -> None:
    """Leave no room on the disk that the file is on."""
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            return
