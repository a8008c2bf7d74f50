"""What mail servers do that they should not: each case says what is reported, and the server what it took."""

import asyncio
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
import uvloop

from digest.deliver.patience import Patience
from tests.deliver.conversing import ANA, BOB, CID, NewLoop, Outcome, agree, converse, letter, talk
from tests.deliver.scripted import EVERYTHING, Answer, Scripted

Script = dict[str, list[Answer]]
PLAIN = ("8BITMIME", "SMTPUTF8", "SIZE 1000000")
SENT = [250, 250, 250]
GARBAGE = bytes(range(128, 256)) + b"\r\n"


@dataclass(frozen=True)
class Case:
    """A script; what is reported of three letters; the server's other habits."""

    script: Script
    expected: list[int | str]
    only_in_a_pipeline: bool = False
    habits: dict[str, Any] = field(default_factory=dict)


def case(script: Script, *expected: int | str, only_in_a_pipeline: bool = False, **habits: Any) -> Case:
    return Case(script, list(expected) or SENT, only_in_a_pipeline, habits)


CASES = {
    # How replies come.
    "byte by byte": case({}, chop=True),
    "all replies to a pipeline together": case({}, hold=True),
    "in several lines": case({"RCPT": [b"250-2.1.5 he\r\n250-2.1.5 lives\r\n250 2.1.5 here\r\n"] * 3}),
    "without text": case({"MAIL": [b"250\r\n"] * 3, ".": [b"250 \r\n"] * 3}),
    "with bare line feeds": case(
        {"RCPT": [b"250 yes\n"] * 3, "DATA": [b"354 go\n"], ".": [b"250-taken\n250 really\n"]}
    ),
    "not in ASCII": case({".": [b"250 \xc3\xa9\xff\x00\x1b[2J\r\n"]}),
    "251 for a recipient": case({"RCPT": ["251 will forward", "252 cannot tell"]}),
    "a very long line": case({".": ["250 " + "x" * 3000]}),
    "a line without an end": case({"RCPT": [b"250 " + b"x" * 9000]}, "lost", 250, 250),
    "a reply without an end": case({"RCPT": [b"250-more\r\n" * 300]}, "lost", 250, 250),
    "mixed codes": case({"RCPT": [b"250-yes\r\n550 no\r\n"]}, "lost", 250, 250),
    "mixed codes at the end": case({".": [b"250-yes\r\n550 no\r\n"]}, "in doubt", 250, 250),
    "garbage as greeting": case({"greeting": [GARBAGE]}, "lost", 250, 250),
    "garbage for a sender": case({"MAIL": [GARBAGE]}, "lost", 250, 250),
    "garbage for a recipient": case({"RCPT": [GARBAGE]}, "lost", 250, 250),
    "garbage behind good replies": case({"RCPT bob": [GARBAGE]}, 250, "lost", 250, hold=True),
    "garbage for a content": case({".": [GARBAGE]}, "in doubt", 250, 250),
    "an empty line": case({"RCPT": [b"\r\n"]}, "lost", 250, 250),
    "codes that there are not": case({"RCPT": ["650 what"]}, "lost", 250, 250),
    "a code of 1yz": case({".": ["150 wait"]}, "in doubt", 250, 250),
    "a code of two digits": case({"RCPT": ["25 ok"]}, "lost", 250, 250),
    # More replies than were asked for, or others.
    "a greeting twice": case({"greeting": [b"220 a\r\n220 b\r\n"]}, "lost", 250, 250),
    "half a reply too much": case({"greeting": [b"220 a\r\n25"]}, "lost", 250, 250),
    "a reply too much, before the content": case({"DATA": [b"354 go\r\n250 taken\r\n"]}, "lost", 250, 250),
    "a reply too much for a recipient": case({"RCPT": [b"250 yes\r\n250 yes\r\n"]}, "lost", 250, 250),
    "a go-ahead for the sender": case({"MAIL": ["354 go ahead"]}, "lost", 250, 250),
    "a go-ahead for the recipient": case({"RCPT": ["354 go ahead"]}, "lost", 250, 250),
    "no go-ahead for the content": case({"DATA": ["250 taken"]}, "lost", 250, 250),
    "a go-ahead after the content": case({".": ["354 go on"]}, "in doubt", 250, 250),
    "a go-ahead before the recipient's reply is out": case(
        {"RCPT": [b"250 y"], "DATA": [b"es\r\n354 go\r\n"]}, *SENT, only_in_a_pipeline=True
    ),
    "news while nothing goes on": case({".": [b"250 taken\r\n250 and by the way\r\n"]}, 250, "either", 250),
    # Refusals.
    "554 as greeting": case({"greeting": ["554 5.7.1 not you"]}, "refused", 250, 250),
    "450 as greeting": case({"greeting": ["450 4.3.2 later"]}, "lost", 250, 250),
    "EHLO refused": case({"EHLO": ["502 5.5.1 what"]}),
    "EHLO and HELO refused": case({"EHLO": ["550 no"], "HELO": ["550 no"]}, "refused", 250, 250),
    "EHLO put off": case({"EHLO": ["450 4.3.2 later"]}, "lost", 250, 250),
    "a sender refused": case({"MAIL": ["553 5.7.1 not your domain"]}, "refused", 250, 250),
    "a sender put off": case({"MAIL": ["451 4.3.0 later"]}, "lost", 250, 250),
    "a full disk": case({"MAIL": ["452 4.3.1 no storage"]}, "lost", 250, 250),
    "a message too large, said late": case({"MAIL": ["552 5.3.4 too large"]}, 552, 250, 250),
    "a message too large, and a go-ahead for it": case({"MAIL": ["552 5.3.4 too large"]}, 552, 250, 250, careless=True),
    "a log-in needed": case({"MAIL": ["530 5.7.0 who are you"]}, "refused", 250, 250),
    "a recipient refused": case({"RCPT bob": ["550 5.1.1 no such user"]}, 250, 550, 250),
    "a recipient put off": case({"RCPT bob": ["450 4.2.0 greylisted"]}, 250, 450, 250),
    "too many recipients": case({"RCPT ana": ["452 4.5.3 too many"]}, 452, 250, 250),
    "all recipients refused": case({"RCPT": ["550 no"] * 3}, 550, 550, 550),
    "a refused recipient, and a go-ahead": case({"RCPT bob": ["550 5.1.1 no"]}, 250, 550, 250, lenient=True),
    "refused recipients, and go-aheads": case({"RCPT": ["550 no"] * 3}, 550, 550, 550, lenient=True),
    "a message refused before its content": case({"DATA": [("554 5.6.0 no")]}, 554, 250, 250),
    "a message put off before its content": case({"DATA": ["451 4.3.0 later"]}, 451, 250, 250),
    "a message refused": case({". bob": ["554 5.7.1 spam"]}, 250, 554, 250),
    "a message put off": case({". bob": ["451 4.3.0 later"]}, 250, 451, 250),
    "all messages refused": case({".": ["554 5.7.1 spam"] * 3}, 554, 554, 554),
    "a reset refused": case({"RCPT ana": ["550 no"], "RSET": ["500 what"]}, 550, 250, 250),
    # The server closes down, with a word.
    "421 as greeting": case({"greeting": ["421 4.3.2 busy"]}, "lost", 250, 250),
    "421 to EHLO": case({"EHLO": [("421 4.3.2 busy", "close")]}, "lost", 250, 250),
    "421 for a sender": case({"MAIL": [("421 4.7.0 slow down", "close")]}, "lost", 250, 250),
    "421 for a recipient": case({"RCPT bob": [("421 4.7.0 slow down", "close")]}, 250, "lost", 250),
    "421 for a message": case({"DATA": [("421 4.7.0 slow down", "close")]}, "lost", 250, 250),
    "421 for a content": case({". bob": [("421 4.7.0 slow down", "close")]}, 250, "lost", 250),
    "421 to a reset": case({"RCPT ana": ["550 no"], "RSET": [("421 bye", "close")]}, 550, "lost", 250),
    "421 without closing": case({"RCPT bob": ["421 4.7.0 slow down"]}, 250, "lost", 250),
    "421 to a farewell": case({"QUIT": [("421 bye", "close")]}),
    "421 unasked, after a message": case({". ana": [("250 taken", "421 4.4.2 bored", "close")]}, 250, "either", 250),
    # The server closes, without a word. On a connection that was good before, nothing is in doubt: it is made anew.
    "closed before the greeting": case({"greeting": ["close"]}, "lost", 250, 250),
    "closed at EHLO": case({"EHLO": ["close"]}, "lost", 250, 250),
    "closed at the first sender": case({"MAIL": ["close"]}, "lost", 250, 250),
    "closed at the first recipient": case({"RCPT": ["close"]}, "lost", 250, 250),
    "closed at the first message": case({"DATA": ["close"]}, "lost", 250, 250),
    "closed at a later recipient": case({"RCPT bob": ["close"]}),
    "closed twice at a later recipient": case({"RCPT bob": ["close", "close"]}, 250, "lost", 250),
    "closed after the go-ahead": case({"DATA": [("354 go", "close")]}, "in doubt", 250, 250),
    "closed instead of a word about the content": case({". bob": ["close"]}, 250, "in doubt", 250),
    "closed after half a word": case({". bob": [(b"250 2.0.0 tak", "close")]}, 250, "in doubt", 250),
    "closed at a reset": case({"RCPT ana": ["550 no"], "RSET": ["close"]}, 550, 250, 250),
    "closed at the farewell": case({"QUIT": ["close"]}),
    "closed after each message": case({".": [("250 taken", "close")] * 3}),
    "reset before the greeting": case({"greeting": ["reset"]}, "lost", 250, 250),
    "reset at the first recipient": case({"RCPT": ["reset"]}, "lost", 250, 250),
    "reset at a later recipient": case({"RCPT bob": ["reset"]}),
    "reset instead of a word about the content": case({". bob": ["reset"]}, 250, "in doubt", 250),
    "reset after each message": case({".": [("250 taken", "reset")] * 3}, "either", "either", "either"),
    # Extensions.
    "no extensions": case({}, extensions=()),
    "extensions in small letters": case({}, extensions=("pipelining", "8bitmime", "size 1000000")),
    "EHLO refused to a pipeliner": case({"EHLO": ["500 what"] * 3, "RCPT bob": ["550 no"]}, 250, 550, 250),
}


def in_each_way() -> list[Any]:
    """Each case with the next message in view, without pipelining, and with nothing in view."""
    in_view = [pytest.param(name, "pipelining", id=name) for name in CASES]
    singly = [name for name, wanted in CASES.items() if not wanted.only_in_a_pipeline]
    one_by_one = [pytest.param(name, "one by one", id=f"{name}, one by one") for name in singly]
    long = pytest.mark.thorough
    alone = [pytest.param(name, "nothing ahead", id=f"{name}, nothing ahead", marks=long) for name in singly]
    return in_view + one_by_one + alone


@pytest.mark.parametrize(("name", "way"), in_each_way())
def test_what_is_reported_as_sent_is_what_the_server_took(name: str, way: str) -> None:
    wanted = CASES[name]
    habits = {"extensions": PLAIN, **wanted.habits} if way == "one by one" else wanted.habits
    server = Scripted(wanted.script, **habits)
    outcomes = converse(server, ahead=way != "nothing ahead")
    agree(server, (ANA, BOB, CID), outcomes)
    assert_as_expected(outcomes, wanted.expected)


def assert_as_expected(outcomes: list[Outcome], expected: list[int | str]) -> None:
    told = [outcome.short for outcome in outcomes]
    assert [wish if wish == "either" else short for short, wish in zip(told, expected, strict=True)] == expected
    for outcome in outcomes:
        text = str(outcome.result)
        assert text.isprintable()
        assert len(text) < 700


SHORT = 0.5
STALLS: dict[str, tuple[Script, Patience, str]] = {
    "greeting": ({"greeting": ["stall"]}, Patience(greeting=SHORT), "lost"),
    "half a greeting": ({"greeting": [(b"22", "stall")]}, Patience(greeting=SHORT), "lost"),
    "EHLO": ({"EHLO": ["stall"]}, Patience(command=SHORT), "lost"),
    "sender": ({"MAIL": ["stall"]}, Patience(command=SHORT), "lost"),
    "recipient": ({"RCPT": ["stall"]}, Patience(command=SHORT), "lost"),
    "message": ({"DATA": ["stall"]}, Patience(command=SHORT, data=SHORT), "lost"),
    "content": ({".": ["stall"]}, Patience(dot=SHORT), "in doubt"),
    "end of a content's reply": ({".": [(b"250-almost\r\n250 tak", "stall")]}, Patience(dot=SHORT), "in doubt"),
}


def test_a_server_that_says_no_more_is_lost_after_a_while_wherever_that_is() -> None:
    async def all_at_once() -> list[list[Outcome]]:
        talks = [
            talk(Scripted(script, extensions=extensions), [ANA], patience=patience)
            for script, patience, _ in STALLS.values()
            for extensions in (EVERYTHING, ())
        ]
        return await asyncio.gather(*talks)

    told = [outcome.short for [outcome] in asyncio.run(all_at_once())]
    assert told == [expected for _, _, expected in STALLS.values() for _ in range(2)]


def test_a_farewell_that_nobody_answers_is_waited_for_briefly() -> None:
    [outcome] = converse(Scripted({"QUIT": ["stall"]}), [ANA], patience=Patience(quit=0.05))
    assert outcome.short == 250


@pytest.mark.parametrize("new_loop", [asyncio.new_event_loop, uvloop.new_event_loop])
def test_a_server_that_reads_no_more_is_lost(new_loop: NewLoop) -> None:
    huge = replace(ANA, message=ANA.message * 300_000)
    server = Scripted({"DATA": [("354 go", "stall")]}, extensions=("PIPELINING",), limit=2**10)
    [outcome] = converse(server, [huge], patience=Patience(block=0.3), new_loop=new_loop)
    assert outcome.short == "in doubt"
    assert "reads no more" in str(outcome.result)


@pytest.mark.parametrize("new_loop", [asyncio.new_event_loop, uvloop.new_event_loop])
@pytest.mark.parametrize(("answer", "expected"), [("552 5.3.4 too large", 552), ("250 taken", "in doubt")])
def test_an_answer_before_the_end_of_a_message_is_believed_only_when_it_refuses(
    answer: str, expected: int | str, new_loop: NewLoop
) -> None:
    huge = replace(ANA, message=ANA.message * 300_000)
    server = Scripted({"DATA": [("354 go", "listen", answer, "stall")]}, extensions=("PIPELINING",), limit=2**10)
    outcomes = converse(server, [huge, BOB], new_loop=new_loop)
    assert [outcome.short for outcome in outcomes] == [expected, 250]
    assert [recipient for recipient, _ in server.accepted] == [BOB.recipient]


@pytest.mark.parametrize("new_loop", [asyncio.new_event_loop, uvloop.new_event_loop])
@pytest.mark.parametrize("ahead", [True, False])
def test_every_second_recipient_of_twenty_is_refused_and_the_others_get_their_own(
    ahead: bool, new_loop: NewLoop
) -> None:
    letters = [letter(f"reader{number}") for number in range(20)]
    server = Scripted({f"RCPT reader{number}": ["550 5.1.1 no"] for number in range(1, 20, 2)})
    outcomes = converse(server, letters, ahead=ahead, new_loop=new_loop)
    agree(server, letters, outcomes)
    assert [outcome.short for outcome in outcomes] == [250, 550] * 10
    assert server.connections == 1


def whole_conversation() -> Scripted:
    server = Scripted({"RCPT bob": ["550 5.1.1 no"]})
    converse(server)
    return server


@pytest.mark.parametrize("step", [9, pytest.param(1, marks=pytest.mark.thorough)])
def test_wherever_a_connection_ends_nothing_is_reported_wrongly(step: int) -> None:
    async def all_cuts() -> None:
        for cut in range(0, whole.sent, step):
            server = Scripted({"RCPT bob": ["550 5.1.1 no"] * 2}, cut=cut)
            outcomes = await asyncio.wait_for(talk(server, (ANA, BOB, CID)), 60)
            agree(server, (ANA, BOB, CID), outcomes)
            assert outcomes[1].short in (550, "lost")
            assert outcomes[2].short in (250, "in doubt")

    whole = whole_conversation()
    assert whole.sent > 300
    asyncio.run(all_cuts())
