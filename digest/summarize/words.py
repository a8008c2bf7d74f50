"""Words and their number, in scripts with and without spaces; how long a text takes to read."""

import re
from functools import lru_cache

WORD = re.compile(r"[^\W_]+(?:['’.,-][^\W_]+)*")
TOKEN = re.compile(r"\w+")
UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0eff]")
SPACED = re.compile(r"\S*\w\S*")
CHARACTERS_A_WORD = 2  # about as many Chinese or Japanese characters say what a word says
WORDS_A_MINUTE = 230


def words_of(text: str) -> list[str]:
    """The words of a text, lower-case; a character of a script without spaces counts as one."""
    return [piece for word in WORD.findall(text.lower()) for piece in (list(word) if UNSPACED.search(word) else [word])]


@lru_cache(maxsize=128)  # a sentence is looked at from several sides
def tokens_of(text: str) -> tuple[str, ...]:
    """Runs of letters and digits as they are written; a character of a script without spaces is one."""
    tokens = TOKEN.findall(text)
    if text.isascii() or not UNSPACED.search(text):
        return tuple(tokens)
    return tuple(piece for token in tokens for piece in (list(token) if UNSPACED.search(token) else [token]))


def count_words(text: str) -> int:
    """How many words a text has: by spaces, and by characters where there are none."""
    if text.isascii():
        return len(SPACED.findall(text))
    unspaced = len(UNSPACED.findall(text))
    return len(SPACED.findall(UNSPACED.sub(" ", text))) + -(-unspaced // CHARACTERS_A_WORD)


def reading_minutes(text: str) -> int:
    """Whole minutes that a text takes to read, at least one."""
    return max(1, round(count_words(text) / WORDS_A_MINUTE))
