"""A reader's name as it was typed, made harmless."""

LONGEST = 100


def clean_name(text: str, longest: int = LONGEST) -> str:
    """One line without control or invisible characters, at most ``longest`` characters long."""
    printable = "".join(mark if mark.isprintable() else " " for mark in text[: longest * 4])
    return " ".join(printable.split())[:longest].rstrip()
