"""How far a sending is, as who waits for it at a terminal sees it, on a narrow and on a wide one."""

import re
import time
from collections.abc import Callable
from io import StringIO

import pytest
from rich.console import Console

from digest.cli import sending
from digest.deliver import Balance


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], StringIO]:
    """Puts a terminal of so many columns in the place of standard error; gives what is written to it."""

    def put(width: int) -> StringIO:
        written = StringIO()
        monkeypatch.setattr(sending, "err", Console(file=written, force_terminal=True, width=width))
        return written

    return put


def lines(written: StringIO) -> list[str]:
    """What a person sees, frame by frame."""
    return [line for line in re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", written.getvalue()).splitlines() if line.strip()]


@pytest.mark.parametrize("width", [60, 120])
def test_the_bar_tells_how_many_are_done_how_fast_and_how_long_it_takes_yet(
    terminal: Callable[[int], StringIO], width: int
) -> None:
    written = terminal(width)
    with sending.progress_of_sending() as show:
        for sent in (10_000, 11_000, 12_000):
            show("daily", Balance(audience=50_000, sent=sent, queued=50_000 - sent))
            time.sleep(0.01)  # no speed without time
    seen = lines(written)
    assert any("making the issue" in line for line in seen)
    assert re.search(r"sending daily +\S+ +12,000 of 50,000  [\d,]+/s  \d+ \w+ left$", seen[-1].rstrip())
    assert all(len(line) <= width and "…" not in line for line in seen)


def test_a_sending_of_which_nothing_is_heard_is_said_to_wait(
    terminal: Callable[[int], StringIO], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "STILL_SECONDS", -1.0)
    written = terminal(60)
    with sending.progress_of_sending() as show:
        show("daily", Balance(audience=10, sent=1, queued=9))
        show("weekly", Balance(audience=10, sent=10))
    assert lines(written)[-2].rstrip().endswith("1 of 10  waiting")
    assert lines(written)[-1].rstrip().endswith("10 of 10")


def test_where_there_is_no_terminal_nothing_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    written = StringIO()
    monkeypatch.setattr(sending, "err", Console(file=written))
    with sending.progress_of_sending() as show:
        show("daily", Balance(audience=10, sent=1, queued=9))
    assert written.getvalue() == ""
