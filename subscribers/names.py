"""A name, or other words that somebody typed, made harmless."""

LONGEST = 100


def clean_name(text: str, longest: int = LONGEST) -> str:
    """One line without control or invisible characters, at most ``longest`` characters long."""
    text = text[: longest * 4]
    printable = text if text.isprintable() else "".join(mark if mark.isprintable() else " " for mark in text)
    return " ".join(printable.split())[:longest].rstrip()
