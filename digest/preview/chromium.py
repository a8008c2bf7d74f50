"""A Chromium of our own for a moment, spoken to through two pipes.

The Chrome DevTools Protocol (https://chromedevtools.github.io/devtools-protocol/) with ``--remote-debugging-pipe``:
JSON messages that end in a NUL byte, to the browser's file descriptor 3 and from its 4.
"""

import json
import os
import select
import shutil
import signal
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import IO, Any, cast

from digest.errors import DigestError

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless --disable-gpu --disable-quic --hide-scrollbars --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --disable-extensions --remote-debugging-pipe "
    # A mail client loads pictures from the network beside it, too: those of `digest demo`, say.
    "--disable-features=LocalNetworkAccessChecks"
)
# The shell gives the pipes the numbers that the protocol wants.
RENUMBERED = 'exec "$0" "$@" 3<&0 4>&1 </dev/null >/dev/null'
CHUNK = 65_536


def find_chromium() -> str:
    """The path of this machine's Chromium. Raises DigestError when there is none."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    raise DigestError("a picture needs a browser, and there is none: install chromium, or write .html")


class Chromium:
    """One tab of a browser with a profile of its own, which is gone with it. For use in a ``with`` statement.

    Everything ends at ``deadline`` (of time.monotonic): later calls raise DigestError, as for a browser that fails.
    """

    def __init__(self, binary: str, *, deadline: float) -> None:
        self._binary = binary
        self._deadline = deadline
        self._received = b""
        self._number = 0
        self._session: dict[str, str] = {}

    def __enter__(self) -> "Chromium":
        self._profile = tempfile.TemporaryDirectory(prefix="digest-chromium-", ignore_cleanup_errors=True)
        self._complaints = Path(self._profile.name, "complaints")
        self._process = self._start()
        self._questions, self._answers = cast("IO[bytes]", self._process.stdin), cast("IO[bytes]", self._process.stdout)
        try:
            target = self.call("Target.createTarget", url="about:blank")["targetId"]
            session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        except BaseException:
            self.__exit__(None, None, None)
            raise
        self._session = {"sessionId": session}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._process, suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)  # the browser and all its helpers
        self._profile.cleanup()

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Ask for one thing and wait for the answer."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters, **self._session}
        try:
            self._write(json.dumps(message).encode() + b"\0")
        except BrokenPipeError:
            raise self._failure("it has gone") from None
        while True:
            answer = self._next(self._deadline)
            if answer is None:
                raise self._failure("it did not answer in time")
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise self._failure(f"{method}: {answer['error'].get('message')}")
                return dict(answer["result"])

    def wait_for(self, event: str, seconds: float) -> bool:
        """Wait until the event happens; False when it does not in that time."""
        until = min(monotonic() + seconds, self._deadline)
        while (message := self._next(until)) is not None:
            if message.get("method") == event:
                return True
        return False

    def _start(self) -> "subprocess.Popen[bytes]":
        flags = [*FLAGS.split(), f"--user-data-dir={self._profile.name}/profile"]
        if os.geteuid() == 0:
            flags.append("--no-sandbox")  # Chromium's sandbox refuses to be root's
        with self._complaints.open("wb") as complaints:
            return subprocess.Popen(  # noqa: S603  # a browser found on PATH, with flags of our own
                ["/bin/sh", "-c", RENUMBERED, self._binary, *flags],
                bufsize=0,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=complaints,
                start_new_session=True,
            )

    def _write(self, message: bytes) -> None:
        while message:
            message = message[self._questions.write(message) :]

    def _next(self, until: float) -> dict[str, Any] | None:
        """The browser's next message; None when none comes in time."""
        while b"\0" not in self._received:
            if not select.select([self._answers], [], [], max(0.0, until - monotonic()))[0]:
                return None
            chunk = self._answers.read(CHUNK)
            if not chunk:
                raise self._failure("it ended")
            self._received += chunk
        message, _, self._received = self._received.partition(b"\0")
        return dict(json.loads(message))

    def _failure(self, why: str) -> DigestError:
        said = self._complaints.read_text(errors="replace").strip().splitlines()
        return DigestError(f"{self._binary} could not take the picture: {why}" + (f" ({said[-1]})" if said else ""))
