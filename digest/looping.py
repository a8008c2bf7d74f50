"""Where coroutines run: on uvloop where there is one, else on asyncio's own loop."""

import asyncio
from collections.abc import Coroutine
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
