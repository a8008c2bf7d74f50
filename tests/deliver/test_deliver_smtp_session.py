"""Encryption, log-in and extensions: what is asked of a server, and what is not said to it."""

import asyncio
import base64
import json
import re
import ssl
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import uvloop

from digest.deliver import Reply, SmtpEndpoint, SmtpTransport
from digest.deliver.greeting import _context
from tests.deliver.certificates import Authority
from tests.deliver.conversing import ANA, BOB, CID, NewLoop, Outcome, agree, converse, letter
from tests.deliver.scripted import EVERYTHING, Answer, Scripted

LOOPS = pytest.mark.parametrize("new_loop", [asyncio.new_event_loop, uvloop.new_event_loop])
ENCRYPTING = (*EVERYTHING, "STARTTLS", "AUTH PLAIN LOGIN XOAUTH2")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def trusted(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> Iterator[Authority]:
    """An authority that this machine trusts."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    _context.cache_clear()
    yield authority
    _context.cache_clear()


def error_of(outcomes: list[Outcome]) -> str:
    [outcome] = outcomes
    assert not isinstance(outcome.result, Reply), outcome
    return str(outcome.result)


@LOOPS
@pytest.mark.parametrize("way", ["starttls", "implicit"])
def test_a_trusted_server_gets_everything_encrypted(trusted: Authority, way: str, new_loop: NewLoop) -> None:
    server = Scripted(extensions=ENCRYPTING, tls=trusted.context(), implicit_tls=way == "implicit")
    letters = [ANA, replace(BOB, message=BOB.message * 20_000), CID]
    options = {"implicit_tls": True} if way == "implicit" else {"starttls": "required"}
    outcomes = converse(server, letters, new_loop=new_loop, **options)
    assert [outcome.short for outcome in outcomes] == [250, 250, 250]
    agree(server, letters, outcomes)
    hellos = [line for line in server.heard if line.startswith(b"EHLO")]
    assert len(hellos) == (1 if way == "implicit" else 2)


@LOOPS
@pytest.mark.parametrize("way", ["starttls", "implicit"])
@pytest.mark.parametrize(
    ("address", "days", "complaint"),
    [("127.0.0.2", 30, "mismatch"), ("127.0.0.1", -3, "expired")],
)
def test_a_certificate_of_somebody_else_or_of_another_time_is_refused(
    trusted: Authority, address: str, days: int, complaint: str, way: str, new_loop: NewLoop
) -> None:
    server = Scripted(extensions=ENCRYPTING, tls=trusted.context(address, days=days), implicit_tls=way == "implicit")
    options = {"implicit_tls": True} if way == "implicit" else {"starttls": "required"}
    error = error_of(converse(server, [ANA], new_loop=new_loop, **options))
    assert "certificate verify failed" in error
    assert complaint in error
    assert not any(line.startswith(b"MAIL") for line in server.heard)


def test_a_certificate_that_nobody_vouches_for_does_where_encryption_is_merely_preferred(authority: Authority) -> None:
    server = Scripted(extensions=ENCRYPTING, tls=authority.context())
    assert [outcome.short for outcome in converse(server, [ANA], starttls="preferred")] == [250]
    server = Scripted(extensions=ENCRYPTING, tls=authority.context())
    assert "certificate verify failed" in error_of(converse(server, [ANA], starttls="required"))


def test_encryption_that_is_off_is_not_asked_for(authority: Authority) -> None:
    server = Scripted(extensions=ENCRYPTING, tls=authority.context())
    assert [outcome.short for outcome in converse(server, [ANA], starttls="off")] == [250]
    assert b"STARTTLS" not in server.heard


@pytest.mark.parametrize(
    "answer", [b"220 go\r\n250 injected\r\n", b"220 go\r\n250-half", b"220-a\r\n220 b\r\n\x15\x03\x01\r\n"]
)
def test_words_in_clear_before_the_encryption_are_not_believed(authority: Authority, answer: bytes) -> None:
    server = Scripted({"STARTTLS": [answer]}, extensions=ENCRYPTING, tls=authority.context())
    error = error_of(converse(server, [ANA], starttls="preferred"))
    assert re.search("it answered what it was not asked|it sent what is not a reply", error)
    assert server.accepted == []


@LOOPS
def test_nonsense_in_place_of_encryption_ends_the_connection(new_loop: NewLoop) -> None:
    server = Scripted({"STARTTLS": [("220 go", "listen", b"250 no TLS here\r\n", "close")]}, extensions=ENCRYPTING)
    assert "cannot be reached" in error_of(converse(server, [ANA], starttls="preferred", new_loop=new_loop))


def test_a_server_that_offers_encryption_and_refuses_it_gets_mail_in_clear_only_where_that_may_be() -> None:
    refusing: dict[str, list[Answer]] = {"STARTTLS": ["454 4.7.0 not now"]}
    assert [outcome.short for outcome in converse(Scripted(refusing, extensions=ENCRYPTING), [ANA])] == [250]
    server = Scripted(refusing, extensions=ENCRYPTING)
    assert "does not encrypt now (454 4.7.0 not now)" in error_of(converse(server, [ANA], starttls="required"))
    assert server.accepted == []


def test_what_was_offered_in_clear_counts_no_more_once_encrypted(authority: Authority) -> None:
    server = Scripted(extensions=ENCRYPTING, encrypted_extensions=("AUTH LOGIN",), tls=authority.context())
    outcomes = converse(server, [ANA, BOB], user="me", password="swordfish")
    assert [outcome.short for outcome in outcomes] == [250, 250]
    assert b"AUTH LOGIN" in server.heard
    assert not any(b"SIZE=" in line for line in server.heard)


def test_a_password_is_not_said_in_clear_over_a_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SmtpEndpoint, "is_loopback", False)
    server = Scripted(extensions=("AUTH PLAIN",))
    error = error_of(converse(server, [ANA], user="me", password="swordfish", starttls="preferred"))
    assert "the password would be seen" in error
    assert not any(line.startswith(b"AUTH") for line in server.heard)
    server = Scripted(extensions=("AUTH PLAIN",))
    assert converse(server, [ANA], user="me", password="swordfish", starttls="off")[0].short == 250


def b64(text: str) -> bytes:
    return base64.b64encode(text.encode())


def test_the_best_log_in_that_is_offered_is_used() -> None:
    me = {"user": "me", "password": "swordfish"}
    server = Scripted(extensions=("AUTH LOGIN PLAIN",))
    assert converse(server, [ANA], **me)[0].short == 250
    assert b"AUTH PLAIN " + b64("\0me\0swordfish") in server.heard
    server = Scripted({"AUTH": ["334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6"]}, extensions=("auth=login",))
    assert converse(server, [ANA], **me)[0].short == 250
    assert server.heard[1:4] == [b"AUTH LOGIN", b64("me"), b64("swordfish")]


@pytest.mark.parametrize(
    ("answers", "told", "kind"),
    [
        (["535 5.7.8 wrong"], "refused the log-in (535 5.7.8 wrong): check the user and password", "refused"),
        (["454 4.7.0 later"], "does not log us in now (454 4.7.0 later)", "lost"),
        ([("421 4.7.0 too many", "close")], "421 4.7.0 too many", "lost"),
        (["close"], "closed the connection", "lost"),
        (["334 more", "334 more", "501 5.5.2 what"], "refused the log-in (501 5.5.2 what)", "refused"),
    ],
)
def test_a_log_in_that_fails_says_why(answers: list[Answer], told: str, kind: str) -> None:
    server = Scripted({"AUTH": answers}, extensions=("AUTH PLAIN",))
    outcomes = converse(server, [ANA], user="me", password="swordfish")
    assert told in error_of(outcomes)
    assert outcomes[0].short == kind
    assert server.accepted == []


def test_a_log_in_that_is_not_offered_is_not_tried() -> None:
    server = Scripted(extensions=("AUTH CRAM-MD5",))
    error = error_of(converse(server, [ANA], user="me", password="swordfish"))
    assert "offers no log-in by PLAIN or LOGIN (but CRAM-MD5)" in error
    assert "swordfish" not in error


def test_a_token_is_read_from_its_file_at_each_connection(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("first\n")
    me = {"user": "me@example.com", "auth": "xoauth2", "token_file": str(file)}
    server = Scripted(extensions=("AUTH PLAIN XOAUTH2",))
    assert converse(server, [ANA], **me)[0].short == 250
    assert b"AUTH XOAUTH2 " + b64("user=me@example.com\1auth=Bearer first\1\1") in server.heard
    file.write_text("second")
    server = Scripted(extensions=("AUTH XOAUTH2",))
    assert converse(server, [ANA], **me)[0].short == 250
    assert b"AUTH XOAUTH2 " + b64("user=me@example.com\1auth=Bearer second\1\1") in server.heard


def test_a_token_that_is_refused_says_why(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("stale")
    challenge = b64(json.dumps({"status": "401", "schemes": "bearer"})).decode()
    server = Scripted({"AUTH": [f"334 {challenge}", "535 5.7.8 not accepted"]}, extensions=("AUTH XOAUTH2",))
    error = error_of(converse(server, [ANA], user="me", auth="xoauth2", token_file=str(tmp_path / "token")))
    assert '(535 5.7.8 not accepted {"status": "401", "schemes": "bearer"}): check the user and token' in error
    assert "stale" not in error
    assert server.heard[2] == b""


@pytest.mark.parametrize(("text", "told"), [(None, "no such file"), ("", "not one token"), ("a b", "not one token")])
def test_a_token_file_without_a_token_is_one_clear_line(tmp_path: Path, text: str | None, told: str) -> None:
    file = tmp_path / "token"
    if text is not None:
        file.write_text(text)
    server = Scripted(extensions=("AUTH XOAUTH2",))
    error = error_of(converse(server, [ANA], user="me", auth="xoauth2", token_file=str(file)))
    assert f"DIGEST_SMTP_URL: token_file {file}: " in error
    assert told in error


@pytest.mark.parametrize(
    ("changed", "extensions", "code"),
    [
        ({"message": b"a: b\r\n\r\n" + b"x" * 100}, ("SIZE 50",), 552),
        ({"message": "a: b\r\n\r\né\r\n".encode()}, ("SMTPUTF8",), 554),
        ({"message": "a: é\r\n\r\nb\r\n".encode()}, ("8BITMIME",), 553),
        ({"recipient": "josé@example.com"}, ("8BITMIME",), 553),
        ({"recipient": "ana@exa mple.com"}, EVERYTHING, 553),
        ({"recipient": "ana@\u00ad\u00ad.com"}, EVERYTHING, 553),
        ({"recipient": "a" * 250 + "@example.com"}, EVERYTHING, 553),
        ({"recipient": ""}, EVERYTHING, 553),
        ({"message": b"a: b\r\n\r\nx\n.\r\nMAIL FROM:<x@example.com>\r\n"}, EVERYTHING, 554),
        ({"message": b"a: b\r\n\r\nx\r.\r\n"}, EVERYTHING, 554),
        ({"message": b"a: b\r\n\r\n\r\r\n"}, EVERYTHING, 554),
        ({"message": b"a: b\r\n\r\n\0\r\n"}, EVERYTHING, 554),
    ],
)
def test_what_a_server_cannot_be_sent_is_refused_without_asking_and_the_next_goes(
    changed: dict[str, str | bytes], extensions: tuple[str, ...], code: int
) -> None:
    server = Scripted(extensions=(*extensions, "PIPELINING"))
    letters = [replace(ANA, **changed), replace(BOB, message=b"a: b\r\n\r\nc\r\n")]  # type: ignore[arg-type]
    outcomes = converse(server, letters)
    assert [outcome.short for outcome in outcomes] == [code, 250]
    assert [recipient for recipient, _ in server.accepted] == [BOB.recipient]


@pytest.mark.parametrize(
    ("changed", "command"),
    [
        ({}, b"MAIL FROM:<daily@example.com> SIZE=%d" % len(ANA.message)),
        ({"message": "a: b\r\n\r\né\r\n".encode()}, b"MAIL FROM:<daily@example.com> SIZE=12 BODY=8BITMIME"),
        ({"message": "a: é\r\n\r\nb\r\n".encode()}, b"MAIL FROM:<daily@example.com> SIZE=12 BODY=8BITMIME SMTPUTF8"),
        ({"recipient": "ana@bücher.example", "message": b"a: b\r\n\r\n"}, b"RCPT TO:<ana@xn--bcher-kva.example>"),
        ({"recipient": "josé@bücher.example"}, "RCPT TO:<josé@xn--bcher-kva.example>".encode()),
        ({"sender": ""}, b"MAIL FROM:<> SIZE=%d" % len(ANA.message)),
    ],
)
def test_no_more_is_asked_of_a_server_than_the_message_needs(changed: dict[str, str | bytes], command: bytes) -> None:
    server = Scripted()
    assert converse(server, [replace(ANA, **changed)])[0].short == 250  # type: ignore[arg-type]
    assert command in server.heard


def test_a_sender_that_cannot_be_written_is_the_operators_fault() -> None:
    outcomes = converse(Scripted(), [ANA, replace(BOB, sender="a@b>\r\nQUIT"), CID])
    assert [outcome.short for outcome in outcomes] == [250, "refused", 250]


@pytest.mark.parametrize("ahead", [True, False])
def test_a_connection_is_made_anew_after_so_many_messages(ahead: bool) -> None:
    letters = [letter(f"reader{number}") for number in range(7)]
    server = Scripted({"RCPT reader1": ["550 5.1.1 no"]})
    outcomes = converse(server, letters, ahead=ahead, most=3)
    assert [outcome.short for outcome in outcomes] == [250, 550, 250, 250, 250, 250, 250]
    assert server.connections == 3
    assert server.heard.count(b"QUIT") == 3


@LOOPS
def test_a_message_that_was_begun_and_is_not_sent_next_is_never_sent(new_loop: NewLoop) -> None:
    async def change_of_mind() -> list[Reply]:
        async with server.listening():
            transport = SmtpTransport(SmtpEndpoint("127.0.0.1", server.port))
            replies = [await transport.send(ANA, BOB), await transport.send(CID, BOB)]
            await transport.close()
        return replies

    server = Scripted()
    with asyncio.Runner(loop_factory=new_loop) as runner:
        assert [reply.code for reply in runner.run(change_of_mind())] == [250, 250]
    assert server.accepted == [(ANA.recipient, ANA.message), (CID.recipient, CID.message)]


@LOOPS
@pytest.mark.parametrize("step", ["greeting", "EHLO", "RCPT", "DATA", "."])
def test_whoever_stops_a_message_half_way_gets_a_new_connection_for_the_next(step: str, new_loop: NewLoop) -> None:
    async def stop_and_go_on() -> Reply:
        async with server.listening():
            transport = SmtpTransport(SmtpEndpoint("127.0.0.1", server.port))
            sending = asyncio.create_task(transport.send(ANA, BOB))
            await server.stalled.wait()
            sending.cancel()
            with pytest.raises(asyncio.CancelledError):
                await sending
            assert transport.at_stake == (step == ".")
            reply = await transport.send(BOB)
            await transport.close()
        return reply

    server = Scripted({step: ["stall"]})
    with asyncio.Runner(loop_factory=new_loop) as runner:
        assert runner.run(stop_and_go_on()).code == 250
    assert server.accepted == [(BOB.recipient, BOB.message)]
    assert server.connections == 2


def test_old_encryption_is_not_spoken() -> None:
    assert all(_context(checked=checked).minimum_version >= ssl.TLSVersion.TLSv1_2 for checked in (True, False))
