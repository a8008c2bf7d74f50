"""A reader's name as it was typed, made harmless."""

LONGEST = 100


def clean_name(text: str) -> str:
    """One line without control or invisible characters, at most a hundred characters long."""
    text = text[: LONGEST * 4]
    printable = text if text.isprintable() else "".join(mark if mark.isprintable() else " " for mark in text)
    return " ".join(printable.split())[:LONGEST].rstrip()
