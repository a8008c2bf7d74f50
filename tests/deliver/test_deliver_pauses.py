"""How long is waited before a mail server is asked again."""

import time
from datetime import timedelta
from importlib import import_module
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from digest.deliver.backoff import FIRST, LONGEST, pause
from digest.errors import TransportError
from tests.deliver.conftest import make_issue, send


@given(attempts=st.integers(1, 10_000), dice=st.randoms(use_true_random=False))
def test_a_pause_is_half_to_all_of_the_doubled_first_one_and_no_more_than_the_longest(
    attempts: int, dice: Random
) -> None:
    whole = min(LONGEST, FIRST * 2 ** min(attempts - 1, 20))
    assert whole / 2 <= pause(attempts, dice) <= whole


@pytest.mark.anyio
async def test_a_server_that_does_not_answer_is_given_time_three_times(
    sqlite_engine: Engine, unused_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_module("digest.deliver.lane"), "FIRST_PAUSE", timedelta(seconds=0.1))
    issue_id = make_issue(sqlite_engine, 1)
    began = time.monotonic()
    with pytest.raises(TransportError):
        await send(sqlite_engine, issue_id, unused_port)
    assert time.monotonic() - began >= (0.1 + 0.2 + 0.4) / 2
