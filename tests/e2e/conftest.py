"""An operator's folder worked with as operators do: by the command."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from io import StringIO
from pathlib import Path

import httpx
import pytest

from digest.cli import main
from tests.postbox import Postbox
from tests.publish.conftest import CONFIG, FOLDER, article

PATIENCE = 130.0  # seconds: two slots, a minute apart, and some


@dataclass(frozen=True)
class Answer:
    """What a command said, and the status that it ended with."""

    returncode: int
    stdout: str
    stderr: str


@dataclass
class Operator:
    """Somebody with a folder, a mail server and the command."""

    folder: Path
    postbox: Postbox
    port: int

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def write_article(self, number: int) -> None:
        """Put an article of this hour into the folder source: the commands go by the real clock."""
        (self.folder / "articles" / f"{number}.md").write_text(article(number, published=datetime.now(UTC)))

    def digest(self, *arguments: str, env: dict[str, str] | None = None) -> Answer:
        """Run a command to its end in this process, as `digest` is run: a start takes longer than most commands."""
        said, complained = StringIO(), StringIO()
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(said), redirect_stderr(complained):
            patch.chdir(self.folder)
            patch.setattr("sys.argv", ["digest", *arguments])
            for name in [name for name in os.environ if name.startswith("DIGEST_")]:
                patch.delenv(name)
            for name, value in (env or {}).items():
                patch.setenv(name, value)
            try:
                main()
            except SystemExit as ended:
                return Answer(ended.code or 0, said.getvalue(), complained.getvalue())
        raise AssertionError("a command ends with a status")

    def process(self, *arguments: str) -> Answer:
        """Run a command to its end as a process of its own: beside another one, or beside a browser."""
        command = [sys.executable, "-m", "digest", *arguments]
        done = subprocess.run(command, cwd=self.folder, env=_environment(), capture_output=True, text=True, timeout=90)
        return Answer(done.returncode, done.stdout, done.stderr)

    @contextmanager
    def running(self, *arguments: str) -> "Iterator[subprocess.Popen[str]]":
        """Run a server; end it as a supervisor does."""
        command = [sys.executable, "-m", "digest", *arguments]
        with (self.folder / "log").open("w") as log:
            process = subprocess.Popen(command, cwd=self.folder, env=_environment(), stderr=log, stdout=log, text=True)
        try:
            wait_until(lambda: self._answers() or process.poll() is not None, 30)
            assert process.poll() is None, (self.folder / "log").read_text()
            yield process
        finally:
            process.terminate()
            process.wait(timeout=20)

    @contextmanager
    def begun(self, *arguments: str) -> "Iterator[subprocess.Popen[str]]":
        """Begin a command that serves no pages; what it says stands in ``log``. It is ended as a supervisor does."""
        command = [sys.executable, "-m", "digest", *arguments]
        with (self.folder / "log").open("w") as log:
            process = subprocess.Popen(command, cwd=self.folder, env=_environment(), stderr=log, stdout=log, text=True)
        try:
            yield process
        finally:
            process.terminate()
            process.wait(timeout=20)

    @property
    def log(self) -> str:
        """What the command that was begun last has said so far."""
        return (self.folder / "log").read_text()

    @contextmanager
    def killed_when(self, condition: Callable[[], object], *arguments: str) -> "Iterator[subprocess.Popen[bytes]]":
        """Start a command and kill it, as the kernel kills, as soon as ``condition`` holds."""
        process = subprocess.Popen(
            [sys.executable, "-m", "digest", *arguments],
            cwd=self.folder,
            env=_environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_until(lambda: condition() or process.poll() is not None, 60)
        process.kill()
        process.wait()
        yield process

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.address}/health", verify=False).status_code == 200
        except httpx.TransportError:
            return False

    def mails_to(self, address: str) -> list[EmailMessage]:
        """What the mail server received for that address, in order."""
        received = list(self.postbox.received)
        return [message_from_bytes(content, policy=policy.default) for to, content in received if to == address]


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("DIGEST_")}


def wait_until(condition: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Wait for something that other processes do; fails when it takes longer."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def link_in(mail: EmailMessage, path: str) -> str:
    """The link of the mail's text part that leads to ``path``."""
    text = mail.get_body(("plain",)).get_content()
    return re.search(rf"https?://\S+/{path}/\S+", text)[0]


@pytest.fixture
def operator(tmp_path: Path, postbox: Postbox, unused_port: int) -> Operator:
    """A folder whose newsletter has a slot every minute."""
    (tmp_path / "articles").mkdir()
    config = CONFIG.format(options='tagline = "All the news"').replace('"0 7 * * *"', '"* * * * *"') + FOLDER
    (tmp_path / "digest.toml").write_text(config)
    (tmp_path / ".env").write_text(
        "DIGEST_SECRET_KEY=a key for these tests only\n"
        f"DIGEST_SMTP_URL=smtp://127.0.0.1:{postbox.port}?starttls=off\n"
        f"DIGEST_PUBLIC_URL=http://127.0.0.1:{unused_port}\n"
        f"DIGEST_PORT={unused_port}\n"
    )
    return Operator(tmp_path, postbox, unused_port)
