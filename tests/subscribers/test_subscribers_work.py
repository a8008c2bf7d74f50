"""A proof of work is good once, for ten minutes, and for us alone; and a form says when it was drawn."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from altcha.v1 import Payload, solve_challenge
from hypothesis import given
from hypothesis import strategies as st

from subscribers.forms import Forms
from subscribers.gate import Drawn
from subscribers.work import LARGEST_NUMBER, Works

KEYS = ("the newest secret key", "an older secret key")


@pytest.fixture
def clock():
    with time_machine.travel(datetime(2026, 3, 2, 7, tzinfo=UTC), tick=False) as clock:
        yield clock


def now() -> datetime:
    return datetime.now(UTC)


def solved(challenge) -> str:
    """What a browser makes of a challenge: the same search, in ALTCHA's own code."""
    found = solve_challenge(
        challenge["challenge"], challenge["salt"], challenge["algorithm"], challenge["maxnumber"], 0
    )
    payload = Payload(
        challenge["algorithm"], challenge["challenge"], found.number, challenge["salt"], challenge["signature"]
    )
    return payload.to_base64()


def test_a_solved_challenge_is_accepted_once(clock):
    works = Works(KEYS)
    challenge = works.challenge(now())
    assert 0 < challenge["maxnumber"] == LARGEST_NUMBER
    proof = solved(challenge)
    assert works.accept(proof, now())
    assert not works.accept(proof, now())
    assert works.accept(solved(works.challenge(now())), now())


def test_the_same_proof_written_differently_is_still_the_same(clock):
    works = Works(KEYS)
    proof = solved(works.challenge(now()))
    assert works.accept(proof, now())
    again = {**json.loads(base64.b64decode(proof)), "verified": True}
    assert not works.accept(base64.b64encode(json.dumps(again).encode()).decode(), now())


def test_a_proof_is_good_for_ten_minutes(clock):
    works = Works(KEYS)
    early, late = solved(works.challenge(now())), solved(works.challenge(now()))
    clock.shift(600)
    assert works.accept(early, now())
    clock.shift(1)
    assert not works.accept(late, now())


def test_a_proof_stays_good_when_the_key_is_changed(clock):
    proof = solved(Works(["an older secret key"]).challenge(now()))
    assert Works(KEYS).accept(proof, now())


def test_what_others_set_proves_nothing(clock):
    assert not Works(KEYS).accept(solved(Works(["somebody else's key"]).challenge(now())), now())


@given(st.one_of(st.text(), st.recursive(st.none() | st.integers() | st.text(), st.lists).map(
    lambda value: base64.b64encode(json.dumps(value).encode()).decode())))  # fmt: skip
def test_anything_else_is_no_proof(text):
    assert not Works(KEYS).accept(text, now())


@pytest.mark.parametrize("name", ["algorithm", "challenge", "number", "salt", "signature"])
@pytest.mark.parametrize("value", [None, 1, [], {}, "x" * 1000, -1])
def test_a_proof_that_was_tampered_with_is_none(clock, name, value):
    works = Works(KEYS)
    told = {**works.challenge(now()), "number": 1, name: value}
    assert not works.accept(base64.b64encode(json.dumps(told).encode()).decode(), now())


def test_a_form_says_when_it_was_drawn(clock):
    forms = Forms(KEYS)
    form = forms.sign()
    assert forms.drawn(form, now()) is Drawn.JUST_NOW
    clock.shift(2)
    assert forms.drawn(form, now()) is Drawn.BEFORE
    clock.shift(timedelta(days=1))
    assert forms.drawn(form, now()) is Drawn.UNKNOWN


def test_only_the_page_that_asks_for_patience_can_have_been_waited_for(clock):
    forms = Forms(KEYS)
    prompt, moment = forms.sign(), forms.sign_moment()
    assert not forms.was_patient(moment, now())
    clock.shift(10)
    assert forms.was_patient(moment, now())
    assert not forms.was_patient(prompt, now())
    assert forms.drawn(moment, now()) is Drawn.UNKNOWN


@pytest.mark.parametrize("form", ["", "x", "prompt", "prompt.AAAA.x", "é" * 50, "a" * 100_000])
def test_a_form_that_we_did_not_sign_says_nothing(form):
    assert Forms(KEYS).drawn(form, now()) is Drawn.UNKNOWN
    assert not Forms(KEYS).was_patient(form, now())
