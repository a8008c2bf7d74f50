"""HTML source in lines, each in pieces that are coloured by their kind: comments, tags, and the values in tags."""

import re
from collections.abc import Iterator

Piece = tuple[str, str]  # kind (``comment``, ``tag``, ``value`` or nothing) and text

MARKUP = re.compile(
    r"""(?P<comment><!--.*?-->)|(?P<tag><[!/]?[A-Za-z](?:"[^"]*"|'[^']*'|[^>"'])*>)""",
    re.DOTALL,
)
VALUE = re.compile(r"""("[^"]*"|'[^']*')""")


def coloured_lines(html: str) -> list[list[Piece]]:
    """The source's lines as pieces; the texts joined, with line ends between lines, are the source."""
    lines: list[list[Piece]] = [[]]
    for kind, text in _pieces(html):
        first, *others = text.split("\n")
        lines[-1].append((kind, first))
        lines += [[(kind, each)] for each in others]
    return lines


def _pieces(html: str) -> Iterator[Piece]:
    end = 0
    for found in MARKUP.finditer(html):
        yield "", html[end : found.start()]
        yield from [("comment", found[0])] if found["comment"] else _tag(found[0])
        end = found.end()
    yield "", html[end:]


def _tag(text: str) -> Iterator[Piece]:
    for place, piece in enumerate(VALUE.split(text)):
        yield ("value" if place % 2 else "tag"), piece
