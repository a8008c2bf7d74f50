"""Where coroutines run: on uvloop where there is one, else on asyncio's own loop; and how they wait."""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, TypeVar

try:
    from uvloop import new_event_loop
except ImportError:  # not made for every system
    new_event_loop = None  # type: ignore[assignment]

T = TypeVar("T")


def run(work: Coroutine[Any, Any, T]) -> T:
    """As ``asyncio.run``, on the fastest loop that there is."""
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        return runner.run(work)


async def wait_for_event(event: asyncio.Event, seconds: float) -> None:
    """Wait until the event is set, but no longer than that.

    Not by ``asyncio.wait_for``: on Python 3.11 that swallows a cancellation which comes when the event is just set
    (github.com/python/cpython/issues/86296).
    """
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
