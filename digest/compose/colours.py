"""Colours that can be read on one another: how to have enough contrast."""

from collections.abc import Sequence

from digest.contrast import LEAST_CONTRAST, contrast_ratio

STEP = 0.02  # of the way to black or white
BLACK, WHITE = "#000000", "#ffffff"


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours ``#rrggbb``, from 1 to 21."""
    return contrast_ratio(*([channel / 255 for channel in _channels(colour)] for colour in (one, other)))


def legible(colour: str, *grounds: str) -> str:
    """The colour, as much darker or lighter as it takes to be read on every one of the grounds (all dark or all light).

    Where the grounds are too unlike one another for any colour, black or white comes nearest.
    """
    end = max(BLACK, WHITE, key=lambda end: min(contrast(end, ground) for ground in grounds))
    shades = (mixed(colour, end, step * STEP) for step in range(round(1 / STEP)))
    return next((each for each in shades if _is_read_on(each, grounds)), end)


def _is_read_on(colour: str, grounds: Sequence[str]) -> bool:
    return all(contrast(colour, ground) >= LEAST_CONTRAST for ground in grounds)


def mixed(colour: str, end: str, share: float) -> str:
    """The colour, ``share`` of the way to another."""
    mixed = (round(a + (b - a) * share) for a, b in zip(_channels(colour), _channels(end), strict=True))
    return "#" + "".join(f"{channel:02x}" for channel in mixed)


def _channels(colour: str) -> tuple[int, int, int]:
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return red, green, blue
