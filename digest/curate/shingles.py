"""A text as the runs of four words in it, hashed, and a small sketch of them by which like texts find each other.

Shingles and their sampling after Broder, "On the resemblance and containment of documents" (1997). The hashes are
the same in every run, whatever Python's own seed.
"""

import html
import re
from collections.abc import Sequence
from unicodedata import normalize
from zlib import crc32

SHINGLE = 4  # words; in scripts without spaces the "word" is a character
BEGINNING = 60  # words, all of whose shingles are in the sketch: what was cut short is nearly always a beginning
ONE_IN = 11  # words, any of which begins a shingle of the sketch
# Odd and of 28 bits: with words of 32 bits the sums stay in 62, where Python's integers are fast.
FACTORS = (0x9E3779B, 0xC2B2AE3, 0x85EBCA7, 0xB492B67)
WORD = re.compile(r"[^\W_]+")
UNSPACED = re.compile(r"[\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def words_of(text: str) -> list[str]:
    """The words of a text, lower-case, in one spelling; in scripts without spaces, its characters."""
    text = plain(text)
    words = WORD.findall(text.lower())
    if not UNSPACED.search(text):
        return words
    return [piece for word in words for piece in (list(word) if UNSPACED.search(word) else [word])]


def plain(text: str) -> str:
    """The text without what differs from site to site: entities, ligatures, composed and decomposed accents."""
    if text.isascii() and "&" not in text:
        return text
    return normalize("NFKC", html.unescape(text))


class Hashes(dict[str, int]):
    """The hash of each word that was met."""

    def __missing__(self, word: str) -> int:
        found = self[word] = crc32(word.encode("utf-8", "replace"))
        return found


def shingles(words: Sequence[str], hashes: Hashes) -> list[int]:
    """The hash of each run of four words, in their order."""
    first, second, third, fourth = FACTORS
    own = list(map(hashes.__getitem__, words))
    return [
        a * first + b * second + c * third + d * fourth
        for a, b, c, d in zip(own, own[1:], own[2:], own[3:], strict=False)
    ]


def sketch(words: Sequence[str], hashes: Hashes) -> frozenset[int]:
    """Some of the shingles: all at the beginning, and behind it those that begin with certain words.

    Which words these are is the same for every text, so that like texts have like sketches.
    """
    first, second, third, fourth = FACTORS
    own = list(map(hashes.__getitem__, words))
    last = len(own) - SHINGLE
    chosen = [place for place, each in enumerate(own) if place < BEGINNING or each % ONE_IN == 0]
    return frozenset(
        own[at] * first + own[at + 1] * second + own[at + 2] * third + own[at + 3] * fourth
        for at in chosen
        if at <= last
    )
