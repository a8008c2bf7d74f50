"""What the sources of a test give."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from digest.collect import Harvest, Remembered, collect
from digest.newsletters import Source

NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
FEEDS = Path(__file__).parents[1] / "data" / "collect"


def gather(
    *sources: Source,
    memory: dict[str, Remembered] | None = None,
    marks: Mapping[str, str | None] | None = None,
    folder: Path = Path(),
    public_url: str = "",
) -> list[Harvest]:
    """What the sources give, in their order; ``marks`` are those of what was read before."""

    async def all_of_them() -> dict[str, Harvest]:
        brought = collect(
            sources, memory or {}, known=lambda *_: marks or {}, now=NOW, folder=folder, public_url=public_url
        )
        return {harvest.source: harvest async for harvest in brought}

    harvests = asyncio.run(all_of_them())
    return [harvests[each.key] for each in sources]
