"""A text as the runs of four words in it, hashed, and a small sketch of them by which like texts find each other.

Shingles and their sampling after Broder, "On the resemblance and containment of documents" (1997). The hashes are
the same in every run: those of words are sums of their bytes, and Python's own seed does not touch those of numbers.
"""

import html
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from unicodedata import normalize
from zlib import crc32

SHINGLE = 4  # words; in scripts without spaces the "word" is a character
BEGINNING = 60  # words, all of whose shingles are in the sketch: what was cut short is nearly always a beginning
CHOSEN_BELOW = (1 << 32) // 11  # words hashed to less begin the shingles of the sketch: one word in eleven
WORD = re.compile(r"[^\W_]+")
UNSPACED = r"\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"  # Thai, Lao, Khmer, CJK
IN_UNSPACED = re.compile(f"[{UNSPACED}]")
PIECE = re.compile(rf"[{UNSPACED}]|[^\W_{UNSPACED}]+")
INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")  # soft hyphens, marks of width and direction


def words_of(text: str) -> list[str]:
    """The words of a text, lower-case, in one spelling; in scripts without spaces, its characters."""
    text = plain(text).lower()
    return (WORD if text.isascii() or not IN_UNSPACED.search(text) else PIECE).findall(text)


def plain(text: str) -> str:
    """The text without what differs from site to site: entities, ligatures, accents in two parts, soft hyphens."""
    if text.isascii() and "&" not in text:
        return text
    return INVISIBLE.sub("", normalize("NFKC", html.unescape(text)))


@lru_cache(maxsize=1 << 17)
def _hashed(word: str) -> int:
    return crc32(word.encode("utf-8", "replace"))


def shingles(words: Iterable[str]) -> list[int]:
    """The hash of each run of four words, in their order."""
    return _runs(list(map(_hashed, words)))


def _runs(own: Sequence[int]) -> list[int]:
    return list(map(hash, zip(own, own[1:], own[2:], own[3:], strict=False)))


def sketch(words: Iterable[str]) -> tuple[int, ...]:
    """Some of the shingles: all at the beginning, and behind it those that begin with certain words.

    Which words these are is the same for every text, so that like texts have like sketches.
    """
    own = list(map(_hashed, words))
    begun = (at for at, each in enumerate(own[: 1 - SHINGLE]) if each < CHOSEN_BELOW)
    return tuple({*_runs(own[:BEGINNING]), *(hash(tuple(own[at : at + SHINGLE])) for at in begun)})
