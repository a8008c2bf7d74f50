"""The conversation with a mail server: addresses, encryption, log-in, refusals."""

import asyncio
import socket
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from digest.deliver import ConnectionLost, Envelope, SmtpEndpoint, SmtpTransport, parse_smtp_url, send_single
from digest.errors import ConfigError, TransportError
from tests.postbox import OnAFreePort, Postbox

LETTER = Envelope("daily@example.com", "ana@example.com", b"Subject: Good morning\r\n\r\nHello\r\n")


@pytest.mark.parametrize(
    ("url", "endpoint"),
    [
        ("smtp://localhost", SmtpEndpoint("localhost", 25)),
        ("smtp://127.0.0.1:2525?starttls=off", SmtpEndpoint("127.0.0.1", 2525, starttls="off")),
        (
            "smtp://me%40example.com:p%2Fss@mail.example.com",
            SmtpEndpoint("mail.example.com", 587, "me@example.com", "p/ss", starttls="required"),
        ),
        (
            "smtps://me:pass@mail.example.com",
            SmtpEndpoint("mail.example.com", 465, "me", "pass", implicit_tls=True),
        ),
    ],
)
def test_an_address_says_where_and_how(url: str, endpoint: SmtpEndpoint) -> None:
    assert parse_smtp_url(url) == endpoint


@pytest.mark.parametrize(
    "url", ["http://x", "smtp://", "smtp://host:port", "smtp://h?starttls=maybe", "smtp://h?tls=1", "smtp://h/path"]
)
def test_a_wrong_address_is_one_clear_line(url: str) -> None:
    with pytest.raises(ConfigError, match=r"^DIGEST_SMTP_URL: [^\n]+$"):
        parse_smtp_url(url)


def test_the_password_shows_nowhere() -> None:
    endpoint = parse_smtp_url("smtp://me:swordfish@127.0.0.1:1")
    with pytest.raises(TransportError) as caught:
        send_single(endpoint, LETTER)
    assert "swordfish" not in f"{endpoint!r} {endpoint} {caught.value}"


def test_a_password_is_never_sent_before_encryption_that_is_required(postbox: Postbox) -> None:
    url = f"smtp://me:swordfish@127.0.0.1:{postbox.port}?starttls=required"
    with pytest.raises(TransportError, match="offers no encryption, and it is required"):
        send_single(parse_smtp_url(url), LETTER)
    assert postbox.received == []


def test_a_refused_recipient_leaves_the_connection_good_for_the_next(postbox: Postbox) -> None:
    postbox.answers["gone@example.com"] = ["550 5.1.1 no such user"]
    transport = SmtpTransport(parse_smtp_url(f"smtp://127.0.0.1:{postbox.port}"))

    async def two() -> list[int]:
        refused = Envelope("daily@example.com", "gone@example.com", LETTER.message)
        codes = [(await transport.send(letter)).code for letter in (refused, LETTER)]
        await transport.close()
        return codes

    assert asyncio.run(two()) == [550, 250]
    assert postbox.recipients == ["ana@example.com"]


@pytest.mark.parametrize(
    "address", ["a@example.com>\r\nRCPT TO:<b@example.com", "a\nb@example.com", "a\0b@example.com"]
)
def test_an_address_cannot_smuggle_in_a_command(postbox: Postbox, address: str) -> None:
    endpoint = parse_smtp_url(f"smtp://127.0.0.1:{postbox.port}")
    assert send_single(endpoint, Envelope("daily@example.com", address, LETTER.message)).code >= 500
    assert postbox.received == []


def test_a_refused_sender_is_nobodys_but_the_operators_fault(postbox: Postbox) -> None:
    async def handle_MAIL(*_: object) -> str:
        return "553 5.7.1 not your domain"

    postbox.handle_MAIL = handle_MAIL  # type: ignore[attr-defined]
    with pytest.raises(TransportError, match=r"refused the sender daily@example\.com \(553 5\.7\.1 not your domain\)"):
        send_single(parse_smtp_url(f"smtp://127.0.0.1:{postbox.port}"), LETTER)


def test_a_server_that_never_greets_is_lost_and_not_waited_for_long(
    unused_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("digest.deliver.smtp.LETTER_SECONDS", 0.3)
    with (
        socket.create_server(("127.0.0.1", unused_port)),
        pytest.raises(ConnectionLost, match="did not answer in time"),
    ):
        send_single(parse_smtp_url(f"smtp://127.0.0.1:{unused_port}"), LETTER)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    """A certificate that nobody vouches for."""
    folder: Path = tmp_path_factory.mktemp("certificate")
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost"]
    subprocess.run([*command, "-keyout", folder / "key", "-out", folder / "cert"], check=True, capture_output=True)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "cert", folder / "key")
    return context


@pytest.fixture
def strict_server(certificate: ssl.SSLContext) -> Iterator[Controller]:
    """A server that encrypts, and takes mail from one user with one password."""

    def authenticate(_server: object, _session: object, _envelope: object, _mechanism: str, data: object) -> AuthResult:
        return AuthResult(success=getattr(data, "password", b"") == b"swordfish", handled=False)

    controller = OnAFreePort(
        Postbox(),
        hostname="127.0.0.1",
        port=0,
        tls_context=certificate,
        authenticator=authenticate,
        auth_required=True,
    )
    controller.start()
    yield controller
    controller.stop()


def test_a_log_in_over_encryption_works(strict_server: Controller) -> None:
    url = f"smtp://me:swordfish@127.0.0.1:{strict_server.port}?starttls=preferred"
    assert send_single(parse_smtp_url(url), LETTER).code == 250


def test_a_wrong_password_says_what_to_check(strict_server: Controller) -> None:
    url = f"smtp://me:haddock@127.0.0.1:{strict_server.port}?starttls=preferred"
    with pytest.raises(TransportError, match=r"refused the log-in \(535 .*check the user and password") as caught:
        send_single(parse_smtp_url(url), LETTER)
    assert "haddock" not in str(caught.value)


def test_required_encryption_trusts_no_certificate_that_nobody_vouches_for(strict_server: Controller) -> None:
    url = f"smtp://me:swordfish@127.0.0.1:{strict_server.port}?starttls=required"
    with pytest.raises(TransportError, match="certificate verify failed"):
        send_single(parse_smtp_url(url), LETTER)
