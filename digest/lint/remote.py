"""The pictures that a mail fetches, fetched once: which are broken, and which are too heavy."""

import asyncio
from collections.abc import Mapping

from digest.collect.fetch import Fetcher, Limits
from digest.errors import FetchError
from digest.lint.findings import Finding, Severity, Spot, counted_findings
from digest.lint.pictures import weigh

MOST_PICTURES = 100
LIMITS = Limits(total=20.0, body=5_000_000)
# How a file of each format begins: PNG, JPEG, GIF, BMP, ICO, SVG; WebP and AVIF say so a little later.
BEGINNINGS = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"\0\0\1\0", b"<svg", b"<?xml")


async def fetched_findings(pictures: Mapping[str, str]) -> tuple[Finding, ...]:
    """What is to be said about pictures, by their addresses with their places in the mail."""
    chosen = list(pictures.items())[:MOST_PICTURES]
    async with Fetcher(LIMITS, any_kind=True) as fetcher:
        found = await asyncio.gather(*(_look_at(fetcher, address, place) for address, place in chosen))
    return counted_findings(spot for spots in found for spot in spots)


async def _look_at(fetcher: Fetcher, address: str, place: str) -> list[Spot]:
    try:
        content = (await fetcher.get(address)).body
    except FetchError as error:
        message, remedy = f"a picture cannot be fetched: {error}", "Put it back in its place, or take it out."
        return [Spot(Severity.ERROR, "picture-broken", place, message, remedy, address)]
    if not is_picture(content):
        message = "what is fetched as a picture is none"
        return [Spot(Severity.ERROR, "picture-broken", place, message, "Give the address of the picture.", address)]
    return list(weigh(len(content), place, address))


def is_picture(content: bytes) -> bool:
    """True for a file that begins as pictures do."""
    start = content[:64].lstrip()
    return (
        content.startswith(BEGINNINGS)
        or start.startswith(BEGINNINGS)
        or content[8:12] == b"WEBP"
        or content[4:8] == b"ftyp"
    )
