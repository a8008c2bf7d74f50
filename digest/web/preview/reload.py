"""Live reload: files are watched, and every open page is told by a server-sent event (HTML §9.2) to look again."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from watchfiles import awatch

from digest.preview.studio import Studio

DEBOUNCE = 300  # milliseconds: one saving of an editor is many events
SILENCE = 15.0  # seconds: a comment then tells that the connection lives


class Bell:
    """Rung for everybody who listens; for one event loop."""

    def __init__(self) -> None:
        self._event = asyncio.Event()
        self.over = False

    def ring(self) -> None:
        """Wake all who listen."""
        event, self._event = self._event, asyncio.Event()
        event.set()

    def end(self) -> None:
        """Let go of all who listen; may be called by a signal's handler in the loop's own thread."""
        self.over = True
        self.ring()

    async def heard(self, seconds: float) -> bool:
        """True when it rings within so many seconds."""
        try:
            await asyncio.wait_for(self._event.wait(), seconds)
        except TimeoutError:
            return False
        return True


async def watch(studio: Studio, bell: Bell) -> None:
    """Ring whenever a change of files changes what the studio shows; until cancelled.

    Folders are watched one by one: a publisher's folder may hold much that is none of our business.
    """
    new: set[Path] = set()
    while True:
        folders = await asyncio.to_thread(studio.folders)
        looks = awatch(
            *folders, watch_filter=None, debounce=DEBOUNCE, recursive=False, rust_timeout=500, yield_on_timeout=True
        )
        async for changes in looks:
            # What came into a new folder before it was watched is noticed with the folder.
            paths, new = {Path(path) for _, path in changes} | new, set()
            if not paths:
                continue
            if await asyncio.to_thread(studio.notice, paths):
                bell.ring()
            if new := await asyncio.to_thread(studio.folders) - folders:
                break


async def versions(studio: Studio, bell: Bell) -> AsyncIterator[str]:
    """The stream of versions, as events: the present one at once, then each new one."""
    told = ""
    while not bell.over:
        if studio.version != told:
            told = studio.version
            yield f"data: {told}\n\n"
        elif not await bell.heard(SILENCE):
            yield ": still here\n\n"
