"""How many sign-ups may come, from where, and when each has to be paid for."""

import logging

import pytest
import time_machine

from subscribers.gate import Drawn, Gate
from subscribers.rules import Rules

HOUR, TEN_MINUTES = 3600, 600


@pytest.fixture
def clock():
    with time_machine.travel(1_000_000, tick=False) as clock:
        yield clock


def test_a_network_has_its_share_and_then_waits_while_others_go_on(clock):
    gate = Gate(Rules(per_network=3))
    asked = [gate.admit(f"203.0.113.{number}", Drawn.BEFORE).seconds for number in range(3)]
    assert asked == [0, 0, 0]
    clock.shift(60)
    assert gate.admit("203.0.113.200", Drawn.BEFORE).seconds == HOUR - 60
    assert gate.admit("198.51.100.1", Drawn.BEFORE).seconds == 0
    clock.shift(HOUR - 59)
    assert gate.admit("203.0.113.200", Drawn.BEFORE).seconds == 0


def test_a_network_of_ipv6_is_what_one_customer_gets(clock):
    gate = Gate(Rules(per_network=1))
    assert gate.admit("2001:db8:1::1", Drawn.BEFORE).seconds == 0
    assert gate.admit("2001:db8:1:ffff::2", Drawn.BEFORE).seconds > 0
    assert gate.admit("2001:db8:2::1", Drawn.BEFORE).seconds == 0


def test_all_networks_together_have_their_share(clock):
    gate = Gate(Rules(overall=5))
    hosts = [f"10.0.{number}.1" for number in range(6)]
    assert [bool(gate.admit(host, Drawn.BEFORE).seconds) for host in hosts] == [False] * 5 + [True]


def test_what_is_refused_overall_is_not_counted_against_its_network(clock):
    gate = Gate(Rules(per_network=2, overall=1))
    gate.admit("10.0.0.1", Drawn.BEFORE)
    for _ in range(5):
        assert gate.admit("10.0.1.1", Drawn.BEFORE).seconds > 0
    clock.shift(HOUR + 1)
    assert gate.admit("10.0.1.1", Drawn.BEFORE).seconds == 0


def test_under_pressure_each_brings_a_proof_and_one_warning_is_logged(clock, caplog):
    gate = Gate(Rules(pressure=4))
    with caplog.at_level(logging.WARNING):
        asked = [gate.admit(f"10.0.{number}.1", Drawn.BEFORE).proof for number in range(8)]
    assert asked == [False] * 4 + [True] * 4
    assert gate.is_under_pressure
    assert len(caplog.records) == 1
    assert "proof of work" in caplog.text
    clock.shift(TEN_MINUTES + 1)
    assert not gate.admit("10.0.9.1", Drawn.BEFORE).proof
    assert not gate.is_under_pressure
    assert len(caplog.records) == 2


def test_no_pressure_at_all_asks_everybody_for_a_proof(clock):
    assert Gate(Rules(pressure=0)).admit("10.0.0.1", Drawn.BEFORE).proof


def test_plain_forms_make_pressure_sooner(clock):
    gate = Gate(Rules(pressure=12))
    assert [gate.admit(f"10.0.{number}.1", Drawn.UNKNOWN).proof for number in range(4)] == [False, False, True, True]
    assert not gate.admit("10.0.9.1", Drawn.BEFORE).proof


def test_who_is_faster_than_anybody_types_brings_a_proof(clock):
    assert Gate(Rules()).admit("10.0.0.1", Drawn.JUST_NOW).proof


def test_who_waits_in_place_of_working_gets_through_a_few_times_an_hour(clock):
    gate = Gate(Rules())
    assert [gate.admit_patient("203.0.113.1") for _ in range(5)] == [True, True, True, False, False]
    others = [gate.admit_patient(f"10.0.{number}.1") for number in range(40)]
    assert others == [True] * 27 + [False] * 13
