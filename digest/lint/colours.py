"""Colours as mails write them."""

from typing import Any, NamedTuple

from tinycss2.color4 import parse_color


class Colour(NamedTuple):
    """Red, green, blue and how opaque it is, each from 0 to 1."""

    red: float
    green: float
    blue: float
    alpha: float = 1.0

    def __str__(self) -> str:
        return "#" + "".join(f"{round(part * 255):02x}" for part in self[:3])

    def over(self, ground: "Colour") -> "Colour":
        """What is seen when this lies over an opaque ground."""
        return Colour(*(above * self.alpha + below * (1 - self.alpha) for above, below in zip(self[:3], ground[:3])))  # noqa: B905


BLACK, WHITE = Colour(0, 0, 0), Colour(1, 1, 1)


def read_colour(value: Any) -> Colour | None:
    """The colour of a CSS value or token; None for what is none, or none that can be told here."""
    found = parse_color(value)
    if found is None or isinstance(found, str):
        return None
    try:
        red, green, blue = (min(1.0, max(0.0, part or 0.0)) for part in found.to("srgb").coordinates)
    except NotImplementedError:
        return None
    return Colour(red, green, blue, min(1.0, max(0.0, found.alpha or 0.0)))


def read_attribute(value: str) -> Colour | None:
    """The colour of a ``bgcolor`` or ``color`` attribute, which may lack its number sign."""
    return read_colour(value.strip()) or read_colour(f"#{value.strip()}")
