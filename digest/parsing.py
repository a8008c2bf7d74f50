"""The one thread on which all that comes from outside is parsed.

lxml's trees do not bear being built and freed on several threads at once: now and then the whole process dies
(trafilatura's issues 840 and 925). Python runs one thread at a time anyhow, so that little is lost.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

Given = ParamSpec("Given")
Found = TypeVar("Found")

_THREAD = ThreadPoolExecutor(max_workers=1, thread_name_prefix="parsing")


async def parsed(parse: Callable[Given, Found], *args: Given.args, **kwargs: Given.kwargs) -> Found:
    """What ``parse`` makes of its arguments, when its turn has come; the event loop goes on meanwhile."""
    return await asyncio.get_running_loop().run_in_executor(_THREAD, partial(parse, *args, **kwargs))


def parsed_meanwhile(parse: Callable[Given, Found], *args: Given.args, **kwargs: Given.kwargs) -> Found:
    """The same for who has no event loop, and waits. Not to be called from what is being parsed."""
    return _THREAD.submit(partial(parse, *args, **kwargs)).result()
