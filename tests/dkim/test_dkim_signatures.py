"""Signatures: dkimpy finds each one good, and none good of a message that was changed."""

import re
from datetime import UTC, datetime
from functools import cache

import pytest
from dkim.canonicalization import Relaxed
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.compose import CompiledMessage, compose
from digest.deliver.signing import ALSO, ONCE, Signer, relaxed_body
from digest.domain import Recipient
from tests.compose.conftest import read_issue
from tests.compose.test_compose_message import RECIPIENTS
from tests.dkim.conftest import a_key, verified

AT = datetime(2026, 11, 23, 7, 0, 12, tzinfo=UTC)
BOTH = (a_key(), a_key(ed25519=True))

HEAD = (
    b"From: The Post <daily@example.com>\r\nTo: reader@example.org\r\nSubject: Nineteen minutes\r\n"
    b"Date: Mon, 23 Nov 2026 07:00:12 +0000\r\nMessage-ID: <1@example.com>\r\nMIME-Version: 1.0\r\n"
    b"List-Unsubscribe: <https://news.example.com/unsubscribe/t>\r\nContent-Type: text/plain\r\n"
    b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
)
BODY = b"The ferry  leaves.\r\n\r\nSo do we.\r\n"

NAMES = st.sampled_from(["Subject", "to", "Cc", "X-Own", "RECEIVED", "List-Id", "Comments"])
WORDS = st.lists(st.sampled_from(["a", "ü", "b=", "c: d", ";", " ", "  ", "\t", "\r\n ", "\r\n\t"]), max_size=8)
FIELDS = st.builds(lambda name, words: f"{name}:{''.join(words)}x\r\n", NAMES, WORDS)
HEADS = st.lists(FIELDS, max_size=8).map(lambda fields: "".join(["From: a@example.com\r\n", *fields]).encode())
BODIES = st.lists(st.sampled_from([b"a", b".", b"\xff", b"=20", b" ", b"\t", b"  ", b"\r\n"]), max_size=30).map(
    b"".join
)


def signed(head: bytes = HEAD, body: bytes = BODY, *, canonical: bool = False) -> bytes:
    """The message with its signatures, as SMTP delivers it: its last line is ended in any case."""
    message = Signer(BOTH).sign(head, body, at=AT, canonical=canonical) + head + b"\r\n" + body
    return message if message.endswith(b"\r\n") else message + b"\r\n"


@cache
def an_issue() -> CompiledMessage:
    return compose(read_issue(), "brief", public_url="https://news.example.com", date=AT)


@settings(max_examples=100)
@given(HEADS, BODIES)
def test_any_message_gets_signatures_that_hold(head: bytes, body: bytes) -> None:
    assert verified(signed(head, body), *BOTH) == [True, True]


@settings(max_examples=20)
@given(RECIPIENTS)
def test_every_readers_copy_of_an_issue_gets_signatures_that_hold(recipient: Recipient) -> None:
    assert verified(signed(*an_issue().parts_for(recipient), canonical=True), *BOTH) == [True, True]


@pytest.mark.thorough
@settings(max_examples=1000)
@given(HEADS, BODIES, RECIPIENTS)
def test_a_thousand_messages_get_signatures_that_hold(head: bytes, body: bytes, recipient: Recipient) -> None:
    assert verified(signed(head, body), *BOTH) == [True, True]
    assert verified(signed(*an_issue().parts_for(recipient), canonical=True), *BOTH) == [True, True]


@settings(max_examples=200)
@given(BODIES)
def test_a_relaxed_body_is_what_others_take_it_for(body: bytes) -> None:
    assert relaxed_body(body) == Relaxed.canonicalize_body(
        body if not body or body.endswith(b"\r\n") else body + b"\r\n"
    )
    assert relaxed_body(relaxed_body(body)) == relaxed_body(body)


@pytest.mark.parametrize(
    ("body", "relaxed"),
    [
        (b" C \r\nD \t E\r\n\r\n\r\n", b" C\r\nD E\r\n"),  # the example of RFC 6376 §3.4.5
        (b"", b""),
        (b"\r\n \r\n\t", b""),
        (b"a", b"a\r\n"),
        (b"a \t", b"a\r\n"),
        (b"a\n", b"a\n\r\n"),
    ],
)
def test_a_relaxed_body_is_what_the_standard_says(body: bytes, relaxed: bytes) -> None:
    assert relaxed_body(body) == relaxed


def test_a_signature_survives_what_mail_servers_do_to_white_space_and_traces() -> None:
    message = b"Received: from a by b\r\nReturn-Path: <bounce@example.com>\r\n" + signed()
    message = message.replace(b"Subject: Nineteen minutes", b"subject:  Nineteen\r\n\tminutes ")
    assert verified(message.replace(b"ferry  leaves.", b"ferry leaves. ") + b"\r\n", *BOTH) == [True, True]


@pytest.mark.parametrize(
    ("sent", "changed"),
    [
        (b"So do we.", b"So do they."),
        (b"Nineteen", b"Ninety"),
        (b"daily@", b"weekly@"),
        (b"unsubscribe/t", b"unsubscribe/u"),
        (b"=One-Click", b"=Two-Click"),
        (b"t=1795417212", b"t=1795417213"),
        (b"So do we.\r\n", b"So do we.\r\nBuy this.\r\n"),
    ],
)
def test_a_change_breaks_every_signature(sent: bytes, changed: bytes) -> None:
    assert sent in signed()
    assert verified(signed().replace(sent, changed), *BOTH) == [False, False]


@pytest.mark.parametrize("name", ONCE)
@pytest.mark.parametrize("is_above", [True, False])
def test_a_field_added_to_those_that_may_stand_once_breaks_every_signature(name: str, is_above: bool) -> None:
    added = f"{name}: Another\r\n".encode()
    message = added + signed() if is_above else signed().replace(b"\r\n\r\n", b"\r\n" + added + b"\r\n", 1)
    assert verified(message, *BOTH) == [False, False]


def test_another_key_in_dns_makes_a_signature_worthless() -> None:
    other = a_key("example.net")
    stranger = type(other)("example.com", "d2026", other.private)
    assert verified(signed(), stranger) == [False, False]


def test_rsa_stands_above_ed25519_whatever_the_order_of_the_keys() -> None:
    for keys in (BOTH, BOTH[::-1]):
        fields = Signer(keys).sign(HEAD, BODY, at=AT)
        assert re.findall(rb"a=([a-z0-9-]+);", fields) == [b"rsa-sha256", b"ed25519-sha256"]


def test_what_programs_act_upon_is_covered() -> None:
    head, body = an_issue().parts_for(Recipient("reader@example.org", "Inês", "t", "<1@example.com>"))
    fields = Signer(BOTH).sign(head, body, at=AT).decode().replace("\r\n ", " ")
    present = {line.partition(":")[0].lower() for line in head.decode().replace("\r\n ", " ").splitlines()}
    for told in re.findall(r" h=([^;]+);", fields):
        covered = told.split(": ")
        assert set(covered) == set(ONCE) | present & set(ALSO)
        assert present - set(covered) == {"precedence"}
        for name in ONCE:  # once as it stands, and once more
            assert covered.count(name) == (name in present) + 1


def test_signature_fields_are_ascii_in_short_lines() -> None:
    fields = Signer(BOTH).sign(HEAD, BODY, at=AT)
    assert fields.isascii()
    assert fields.endswith(b"\r\n")
    assert fields.count(b"\n") == fields.count(b"\r\n")
    assert all(len(line) <= 76 for line in fields.split(b"\r\n"))


def test_the_same_message_has_the_same_signature() -> None:
    assert signed() == signed()
    assert Signer(BOTH).sign(HEAD, BODY, at=AT) == Signer(BOTH[::-1]).sign(HEAD, BODY, at=AT)


def test_a_signature_neither_ends_nor_leaves_room_to_append() -> None:
    assert not re.search(rb"[ ;](x|l)=", Signer(BOTH).sign(HEAD, BODY, at=AT))


def test_no_key_is_shown_with_what_holds_it() -> None:
    assert repr(a_key()) == "SigningKey(domain='example.com', selector='d2026')"
    assert "PRIVATE" not in repr(Signer(BOTH))
