"""Words as a search compares them: without case and accents, in any script, and where they stand in a text.

The forms are those of UAX #15: a letter and its accents are taken apart, the accents left out.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

LONGEST_QUERY = 100
MOST_WORDS = 8
BEFORE, AFTER = 50, 110  # characters of an excerpt
WORD = re.compile(r"(\w+)")
BETWEEN = re.compile(r"\W+")
# Accents of Latin, Greek and Cyrillic; points of Hebrew; vowels and the stretching stroke of Arabic.
ACCENT = re.compile("[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670]")
# What Unicode does not take apart, and readers type without.
WHOLE = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe"})
# Scripts that put no spaces between words, or write articles and particles together with them.
RUNNING = re.compile("[\u0590-\u08ff\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a text; ``hit`` when it is what was searched for."""

    text: str
    hit: bool = False


def folded(text: str) -> str:
    """The text's words, each with one space before it.

    >>> folded("Łódź, l’été à 7 h!")
    ' lodz l ete a 7 h'
    """
    text = text.casefold()
    if not text.isascii():
        # Once more, because some capitals are hidden in forms that are only now taken apart (𝕬).
        apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
        text = unicodedata.normalize("NFKC", ACCENT.sub("", apart))
    if not text.isascii():
        text = text.translate(WHOLE)
    return f" {BETWEEN.sub(' ', text)}".replace("  ", " ").rstrip()


def needles(query: str) -> tuple[str, ...]:
    """What has to stand in a folded text: each word's beginning, or all of it anywhere where words run together.

    >>> needles("Ferry  ISLAND ferry")
    (' ferry', ' island')
    """
    words = dict.fromkeys(folded(query[:LONGEST_QUERY]).split())
    return tuple(word if RUNNING.search(word) else f" {word}" for word in list(words)[:MOST_WORDS])


def marked(text: str, wanted: Sequence[str]) -> tuple[Piece, ...]:
    """The text in pieces, with those that hold one of the needles marked."""
    parts = WORD.split(unicodedata.normalize("NFC", text))
    pieces = (piece for part in parts for piece in _pieces(part, wanted) if piece.text)
    return tuple(
        Piece("".join(piece.text for piece in group), hit)
        for hit, group in groupby(pieces, key=lambda piece: piece.hit)
    )


def excerpt(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """The pieces from a little before the first hit to a little after it, at whole words."""
    first = next((place for place, piece in enumerate(pieces) if piece.hit), 0)
    before = shortened("".join(piece.text for piece in pieces[:first]), BEFORE, from_end=True)
    room, chosen = AFTER, [Piece(before)]
    for piece in pieces[first:]:
        chosen.append(Piece(shortened(piece.text, room), piece.hit))
        room -= len(piece.text)
        if room <= 0:
            break
    return tuple(filter(lambda piece: piece.text, chosen))


def shortened(text: str, length: int, *, from_end: bool = False) -> str:
    """The text's beginning, or its end, at whole words, with an ellipsis where something was left out."""
    if len(text) <= length:
        return text
    if from_end:
        return "…" + text[-length:].partition(" ")[2]
    return text[:length].rpartition(" ")[0] + "…"


def held(text: str, wanted: Sequence[str]) -> frozenset[str]:
    """Those of the needles that stand in the text."""
    plain = folded(text)
    return frozenset(needle for needle in wanted if needle in plain)


def _pieces(part: str, wanted: Sequence[str]) -> Sequence[Piece]:
    """A word is marked whole; of a run of words without spaces only what was searched for."""
    plain = folded(part)
    found = [needle for needle in wanted if needle in plain]
    literal = next((needle for needle in found if needle in part and not needle.startswith(" ")), "")
    if not literal:
        return [Piece(part, bool(found))]
    before, _, after = part.partition(literal)
    return [Piece(before), Piece(literal, True), Piece(after)]
