"""What was fetched is parsed on one thread: lxml may end the whole process when two of them parse at once."""

import asyncio
import threading
import time

import pytest

from digest.errors import FeedError
from digest.parsing import parsed


def test_everything_is_parsed_on_one_thread_that_is_not_the_event_loops() -> None:
    async def parse_many() -> list[int]:
        return list(await asyncio.gather(*(parsed(threading.get_ident) for _ in range(50))))

    first, second = asyncio.run(parse_many()), asyncio.run(parse_many())
    assert len({*first, *second}) == 1
    assert threading.get_ident() not in first


def test_the_event_loop_goes_on_while_something_is_parsed() -> None:
    async def parse_slowly() -> int:
        under_way = asyncio.ensure_future(parsed(time.sleep, 0.2))
        ticks = 0
        while not under_way.done():
            await asyncio.sleep(0.01)
            ticks += 1
        return ticks

    assert asyncio.run(parse_slowly()) >= 5


def test_what_cannot_be_parsed_fails_in_the_place_that_asked() -> None:
    def fail() -> None:
        raise FeedError("this is not a feed")

    with pytest.raises(FeedError, match="this is not a feed"):
        asyncio.run(parsed(fail))
