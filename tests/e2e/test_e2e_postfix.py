"""An issue sent to a mail server that is not of our making: Postfix's own sink."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from tests.e2e.conftest import Operator

SINK = shutil.which("smtp-sink") or shutil.which("/usr/sbin/smtp-sink")
pytestmark = [
    pytest.mark.postfix,
    pytest.mark.skipif(SINK is None, reason="needs Postfix's smtp-sink: apt-get install postfix"),
]


@pytest.fixture
def sink() -> Iterator[tuple[str, Path]]:
    """The address of a running smtp-sink, and the folder where it files each mail."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    user = ["-u", "nobody"] if os.geteuid() == 0 else []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o777)  # for nobody
        process = subprocess.Popen([str(SINK), *user, "-d", f"{folder}/%M.", f"127.0.0.1:{port}", "100"])
        try:
            wait_for_port(port)
            yield f"smtp://127.0.0.1:{port}", folder
        finally:
            process.terminate()
            process.wait()


def wait_for_port(port: int) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("smtp-sink did not start")


def test_the_sink_of_postfix_gets_every_issue_once(operator: Operator, sink: tuple[str, Path]) -> None:
    address, folder = sink
    operator.write_article(1)
    names = [f"reader{number}@example.com" for number in range(40)]
    (operator.folder / "list.csv").write_text("email\n" + "\n".join(names))
    operator.digest("subscribers", "import", "list.csv")
    answer = operator.digest("send", "daily", "--slot", "now", env={"DIGEST_SMTP_URL": address})
    assert answer.returncode == 0, answer.stderr
    assert "40 sent; audience 40: adds up" in answer.stdout
    mails = [message_from_bytes(file.read_bytes(), policy=policy.default) for file in folder.iterdir()]
    assert sorted(mail["To"] for mail in mails) == sorted(names)
    assert all(not mail.defects for mail in mails)
