"""From our client through a whole Postfix into mailboxes: every byte arrives, at its own reader and nobody else."""

import asyncio
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from digest.deliver import Envelope, Reply, SmtpTransport, parse_smtp_url
from tests.deliver.certificates import Authority

POSTFIX = shutil.which("postfix", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
pytestmark = [
    pytest.mark.postfix,
    pytest.mark.skipif(POSTFIX is None, reason="needs Postfix: apt-get install postfix"),
    pytest.mark.skipif(os.geteuid() != 0, reason="Postfix starts as root alone"),
]
READERS = 50
DATE = "Mon, 23 Nov 2026 07:00:00 +0000"
USER = 65534  # nobody

MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
mail_owner = postfix
setgid_group = postdrop
daemon_directory = /usr/lib/postfix/sbin
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mail.example.com
mydestination =
alias_maps =
alias_database =
mynetworks = 127.0.0.0/8
virtual_mailbox_domains = example.com
virtual_mailbox_maps = texthash:{folder}/mailboxes
virtual_mailbox_base = {folder}/mail
virtual_minimum_uid = 1
virtual_uid_maps = static:{user}
virtual_gid_maps = static:{user}
smtpd_recipient_restrictions = reject_unlisted_recipient, permit_mynetworks, reject
smtpd_tls_security_level = may
smtpd_tls_chain_files = {certificate}
smtpd_tls_loglevel = 1
smtputf8_enable = yes
maillog_file = {folder}/log/postfix.log
maillog_file_prefixes = {folder}
"""
MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


@dataclass(frozen=True)
class Mailboxes:
    """A running Postfix, and what it has delivered."""

    port: int
    folder: Path

    def of(self, name: str) -> list[bytes]:
        """The bodies of the mails that this reader has."""
        files = (self.folder / name / "new").glob("*")
        return sorted(file.read_bytes().partition(b"X-Begin: here\n")[2] for file in files)

    @property
    def log(self) -> str:
        """What Postfix tells."""
        return (self.folder.parent / "log" / "postfix.log").read_text()

    def wait_for(self, number: int) -> None:
        """Wait until so many mails lie in the mailboxes."""
        deadline = time.monotonic() + 60
        while len(list(self.folder.glob("*/new/*"))) < number:
            assert time.monotonic() < deadline, "Postfix did not deliver in a minute: " + self.log
            time.sleep(0.05)


@pytest.fixture
def postfix() -> Iterator[Mailboxes]:
    # The names of Postfix's sockets must be short.
    with tempfile.TemporaryDirectory(prefix="pf-", dir="/tmp") as name:
        folder = Path(name)
        folder.chmod(0o755)
        for place in ("etc", "queue", "data", "mail", "log"):
            (folder / place).mkdir()
        shutil.chown(folder / "data", "postfix")
        os.chown(folder / "mail", USER, USER)
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = int(probe.getsockname()[1])
        names = ["special", *(f"reader{number}" for number in range(READERS))]
        (folder / "mailboxes").write_text("".join(f"{name}@example.com {name}/\n" for name in names))
        certificate = Authority(folder / "etc").server()
        values = {"folder": folder, "user": USER, "certificate": certificate, "port": port}
        (folder / "etc" / "main.cf").write_text(MAIN.format(**values))
        (folder / "etc" / "master.cf").write_text(MASTER.format(**values))
        command = [str(POSTFIX), "-c", str(folder / "etc")]
        subprocess.run([*command, "start"], check=True, capture_output=True, timeout=60)
        try:
            yield Mailboxes(port, folder / "mail")
        finally:
            subprocess.run([*command, "stop"], check=False, capture_output=True, timeout=60)


def letter(name: str, body: bytes) -> Envelope:
    head = f"From: daily@example.com\r\nTo: {name}@example.com\r\nDate: {DATE}\r\nMessage-ID: <{name}@example.com>\r\n"
    return Envelope("daily@example.com", f"{name}@example.com", f"{head}X-Begin: here\r\n\r\n".encode() + body)


@pytest.mark.parametrize("starttls", ["preferred", pytest.param("off", marks=pytest.mark.thorough)])
def test_every_reader_gets_every_byte_of_their_own_letter(postfix: Mailboxes, starttls: str) -> None:
    async def send_all() -> list[Reply]:
        transport = SmtpTransport(parse_smtp_url(f"smtp://127.0.0.1:{postfix.port}?starttls={starttls}"), most=40)
        following = [*letters[1:], None]
        replies = [await transport.send(each, after) for each, after in zip(letters, following, strict=True)]
        await transport.close()
        return replies

    long = b"0123456789" * 7 + b"\r\n"
    letters = [letter(f"reader{number}", b"reader%d\r\n" % number + long * 500) for number in range(READERS)]
    dots, eight_bit = b".\r\n..\r\n.a\r\n\r\n.\r\n", "Grüße, ¡adiós!\r\n".encode()
    letters[10:10] = [letter("nobody", b"to nobody\r\n"), letter("special", dots)]
    letters[30:30] = [letter("special", eight_bit), letter("special", b"no end of line")]
    replies = asyncio.run(send_all())
    assert [each.recipient for each, reply in zip(letters, replies, strict=True) if reply.code != 250] == [
        "nobody@example.com"
    ]
    assert replies[10].code == 550
    assert ("TLS connection established" in postfix.log) == (starttls == "preferred")
    postfix.wait_for(READERS + 3)
    for number in range(READERS):
        body = b"\nreader%d\n" % number + long.replace(b"\r", b"") * 500
        assert postfix.of(f"reader{number}") == [body]
    wanted = [b"\n" + body.replace(b"\r", b"") for body in (dots, eight_bit, b"no end of line\n")]
    assert postfix.of("special") == sorted(wanted)
