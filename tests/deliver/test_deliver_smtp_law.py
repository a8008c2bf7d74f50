"""The law of sending: reported as sent is exactly what was taken, whatever a server does to each recipient."""

import asyncio
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.deliver.replies import Nonsense, ReplyReader
from tests.deliver.conversing import agree, letter, talk
from tests.deliver.scripted import EVERYTHING, Scripted

BEHAVIOURS: dict[str, tuple[str, Any]] = {
    "accept": ("RCPT", "250 fine"),
    "refuse the recipient": ("RCPT", "550 5.1.1 no"),
    "put the recipient off": ("RCPT", "450 4.2.0 later"),
    "close down at the recipient": ("RCPT", ("421 busy", "close")),
    "hang up at the recipient": ("RCPT", "close"),
    "answer twice for the recipient": ("RCPT", b"250 yes\r\n250 yes\r\n"),
    "babble at the recipient": ("RCPT", b"\xff\xfe\r\n"),
    "refuse the message": (".", "554 5.7.1 spam"),
    "put the message off": (".", "451 4.3.0 later"),
    "close down at the message": (".", ("421 busy", "close")),
    "hang up at the message": (".", "close"),
    "take the message and hang up": (".", (b"250 tak", "close")),
    "take the message, say so and hang up": (".", ("250 taken", "close")),
    "take the message and reset": (".", (b"250 taken", "reset")),
}
BEHAVING = st.lists(st.sampled_from(sorted(BEHAVIOURS)), min_size=1, max_size=8)


async def hold_the_law(behaviours: list[str], pipelining: bool, ahead: bool, lenient: bool, hold: bool) -> None:
    """Send to readers of these behaviours; compare what is reported with what was taken."""
    letters = [letter(f"reader{number}", text=behaviour) for number, behaviour in enumerate(behaviours)]
    script = {}
    for number, behaviour in enumerate(behaviours):
        step, answer = BEHAVIOURS[behaviour]
        script[f"{step} reader{number}"] = [answer]
    extensions = EVERYTHING if pipelining else EVERYTHING[1:]
    server = Scripted(script, extensions=extensions, lenient=lenient, hold=hold)
    outcomes = await asyncio.wait_for(talk(server, letters, ahead), 60)
    agree(server, letters, outcomes)
    for behaviour, outcome in zip(behaviours, outcomes, strict=True):
        if behaviour.startswith("refuse"):
            assert outcome.short in (550, 554)
        if behaviour == "accept":
            assert outcome.short in (250, "lost")


@settings(max_examples=40)
@given(BEHAVING, st.booleans(), st.booleans(), st.booleans(), st.booleans())
def test_sent_is_what_was_taken(
    behaviours: list[str], pipelining: bool, ahead: bool, lenient: bool, hold: bool
) -> None:
    asyncio.run(hold_the_law(behaviours, pipelining, ahead, lenient, hold))


@pytest.mark.thorough
@settings(max_examples=1000)
@given(BEHAVING, st.booleans(), st.booleans(), st.booleans(), st.booleans())
def test_sent_is_what_was_taken_for_long(
    behaviours: list[str], pipelining: bool, ahead: bool, lenient: bool, hold: bool
) -> None:
    asyncio.run(hold_the_law(behaviours, pipelining, ahead, lenient, hold))


REPLIES = st.lists(
    st.tuples(
        st.integers(200, 559).filter(lambda code: code != 421),
        st.lists(st.text(st.characters(codec="ascii", exclude_characters="\r\n"), max_size=20), min_size=1, max_size=4),
        st.sampled_from(["\r\n", "\n"]),
    ),
    max_size=5,
)


@settings(max_examples=60)
@given(REPLIES, st.lists(st.integers(1, 30)))
def test_replies_are_the_same_however_their_bytes_are_cut(
    replies: list[tuple[int, list[str], str]], sizes: list[int]
) -> None:
    text = ""
    for code, lines, end in replies:
        text += "".join(f"{code}-{line}{end}" for line in lines[:-1]) + f"{code} {lines[-1]}{end}"
    rest, reader, read = text.encode(), ReplyReader(), []
    for size in sizes:
        read += reader.feed(rest[:size])
        rest = rest[size:]
    read += reader.feed(rest)
    assert [(reply.code, list(reply.lines)) for reply in read] == [(code, lines) for code, lines, _ in replies]
    assert reader.is_between_replies


PIECES = st.one_of(st.binary(max_size=60), st.sampled_from([b"250 ", b"250-", b"\r\n", b"421 bye\r\n"]))


@given(st.lists(PIECES, max_size=8))
def test_whatever_a_server_sends_is_a_reply_or_nonsense(pieces: list[bytes]) -> None:
    reader = ReplyReader()
    with suppress(Nonsense):
        for reply in (reply for piece in pieces for reply in reader.feed(piece)):
            assert 200 <= reply.code <= 599
            assert reply.text.isprintable()
