"""What the suite works with: the mail server that fails as told, and an issue to send through it."""

import os
from collections.abc import Iterator
from pathlib import Path
from random import Random, SystemRandom

import pytest

from tests.faults.mailing import Mailing, make_mailing
from tests.faults.receiver import Receiver, receiving
from tests.faults.sender import FORKING

ROOT = Path(__file__).parents[2]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A mail server."""
    with receiving() as opened:
        yield opened


@pytest.fixture(scope="session")
def fork_server() -> None:
    """The process that senders are forked from: it begins where these tests stand, whatever the folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT))
        first = FORKING.Process(target=int)  # does nothing; it is there when everything is loaded
        first.start()
        first.join()
        first.close()


@pytest.fixture
def mailing(tmp_path: Path, database_url: str, receiver: Receiver, fork_server: None) -> Iterator[Mailing]:
    """An operator's folder, once on each kind of database."""
    made = make_mailing(tmp_path, database_url, receiver)
    yield made
    made.end()


@pytest.fixture
def sqlite_mailing(tmp_path: Path, sqlite_url: str, receiver: Receiver, fork_server: None) -> Iterator[Mailing]:
    """An operator's folder with an SQLite file."""
    made = make_mailing(tmp_path, sqlite_url, receiver)
    yield made
    made.end()


@pytest.fixture
def dice() -> Random:
    """Chance that is told when a test fails, and comes again with DIGEST_FAULTS_SEED=…"""
    seed = int(os.environ.get("DIGEST_FAULTS_SEED") or SystemRandom().randrange(1 << 32))
    print(f"DIGEST_FAULTS_SEED={seed}")
    return Random(seed)
