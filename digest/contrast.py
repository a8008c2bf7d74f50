"""How well one colour is read on another: relative luminance and contrast ratio as WCAG 2.2 defines them (§1.4.3)."""

from collections.abc import Sequence

LEAST_CONTRAST = 4.5  # AA, for type of any size


def contrast_ratio(one: Sequence[float], other: Sequence[float]) -> float:
    """From 1 (alike) to 21 (black on white), for colours as red, green and blue from 0 to 1."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: Sequence[float]) -> float:
    """From 0 (black) to 1 (white)."""
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour[:3])
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
