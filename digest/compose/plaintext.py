"""The text part's own layout: paragraphs of at most 76 columns, as they are seen in a fixed-width face."""

import re
import textwrap
import unicodedata

WIDTH = 76
# A second column for each wide character while textwrap counts. No text that comes from outside holds one.
SECOND_COLUMN = "\ue0ff"
SPACE = r"[^\S\u00a0\u202f]"  # not the two that keep words together, as French does before a question mark
UNBROKEN = re.compile(rf"\S{SECOND_COLUMN}|{SPACE}+|(?:(?!\S{SECOND_COLUMN})[\S\u00a0\u202f])+")
GAP = re.compile(r"\n{3,}")


class _Wrapper(textwrap.TextWrapper):
    """Breaks lines at spaces, and beside every wide character: those scripts put no spaces between words."""

    def _split(self, text: str) -> list[str]:
        return UNBROKEN.findall(text)


def wrap(text: str, indent: str = "", first: str | None = None, width: int = WIDTH) -> str:
    """The text in lines of at most ``width`` columns, ``indent`` before each (``first`` before the first).

    A word longer than a line, such as a web address, stays whole.
    """
    wrapper = _Wrapper(
        width, initial_indent=indent if first is None else first, subsequent_indent=indent, break_long_words=False
    )
    return wrapper.fill(_widened(text)).replace(SECOND_COLUMN, "")


def columns(text: str) -> int:
    """How many columns the text takes: East Asian characters take two (UAX #11)."""
    return len(text) + sum(map(_is_wide, text))


def tidy(text: str) -> str:
    """No spaces at the ends of lines, never more than one blank line, one line end at the end."""
    lines = "\n".join(line.rstrip() for line in text.split("\n"))
    return GAP.sub("\n\n", lines).strip("\n") + "\n"


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"


def _widened(text: str) -> str:
    return "".join(character + SECOND_COLUMN if _is_wide(character) else character for character in text)
