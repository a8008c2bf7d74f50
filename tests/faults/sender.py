"""Senders that can be killed: processes of their own, forked from one that has loaded the modules already.

A forked sender is what `digest` started anew is, but for the second that the imports take: it has a process id and a
time of start of its own, and opens its own database, sockets and event loop. The process that it is forked from has
loaded modules and done nothing: it holds no connection, no thread and no lock that a fork could share.
"""

import multiprocessing
import os
import resource
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import import_module
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

import time_machine

from digest.cli import main

FORKING = multiprocessing.get_context("forkserver")
FORKING.set_forkserver_preload(["tests.faults.warm"])
DAY = 24 * 60 * 60
PATIENCE = 60.0  # seconds


@dataclass(frozen=True)
class Sender:
    """A `digest` command at work."""

    process: ForkServerProcess
    words: Path

    @property
    def lives(self) -> bool:
        """It has not ended yet."""
        return self.process.is_alive()

    @property
    def complaint(self) -> str:
        """What it said on standard error so far."""
        return self.words.read_text() if self.words.exists() else ""

    def kill(self, by: signal.Signals = signal.SIGKILL) -> None:
        """Send it a signal."""
        os.kill(self.process.pid or 0, by)

    def end(self, seconds: float = PATIENCE) -> int:
        """Wait for its end; its exit status, which is negative when a signal ended it."""
        self.process.join(seconds)
        if self.process.exitcode is None:
            self.process.kill()
            self.process.join()
            raise AssertionError(f"it did not end within {seconds} seconds: {self.complaint}")
        return self.process.exitcode


def start(folder: Path, arguments: tuple[str, ...], words: Path, prepare: Callable[[], Any] | None = None) -> Sender:
    """Start `digest` with these arguments; ``prepare`` is called in its process before anything else."""
    process = FORKING.Process(target=run, args=(folder, arguments, words, prepare))
    process.start()
    return Sender(process, words)


def run(folder: Path, arguments: tuple[str, ...], words: Path, prepare: Callable[[], Any] | None) -> None:
    """Be the `digest` command: in that folder, with nothing of the tests in the environment."""
    os.chdir(folder)
    for name in [name for name in os.environ if name.startswith("DIGEST_")]:
        del os.environ[name]
    for stream, file in ((1, os.devnull), (2, words)):
        opened = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(opened, stream)
        os.close(opened)
    sys.argv = ["digest", *arguments]
    be_impatient()
    if prepare is not None:
        prepare()
    main()


def be_impatient() -> None:
    """As in the whole test run: a mail server that does not answer is asked again soon."""
    import_module("digest.deliver.lane").FIRST_PAUSE = timedelta(milliseconds=20)


def give_up_soon() -> None:
    """Wait no longer than a second for a database that does not take what it is given."""
    import_module("digest.store.engine").BUSY_SECONDS = 0.5
    import_module("digest.deliver.books").PAUSES = (0.1, 0.2)


def limit_files(size: int) -> None:
    """Let no file grow beyond that size: a write then fails, as on a disk that is full; and give up soon."""
    give_up_soon()
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))


def move_clock_when_told() -> None:
    """Set the process's clock back by a day at SIGUSR1, and forward by one at SIGUSR2."""
    clock = time_machine.travel(datetime.now(UTC), tick=True).start()
    signal.signal(signal.SIGUSR1, lambda *_: clock.shift(-DAY))
    signal.signal(signal.SIGUSR2, lambda *_: clock.shift(DAY))
