"""What the summarizer has learnt: small numbers, read from ``weights.json``, which needs no library to be used.

tests/benchmarks/learn_weights.py learnt them from articles and their publishers' own deks.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

# What is known of a word, and into how many steps each fact is cut.
WORD_FACTS = {
    "count": 8,
    "share": 13,
    "title": 3,
    "first": 8,
    "in the first sentence": 2,
    "in the first three": 2,
    "letters": 13,
    "capitals": 3,
    "digits": 2,
    "sentences": 6,
}
SENTENCE_FACTS = ("is first", "is second", "earliness", "is short", "is long", "asks", "colon", "title", "speaks to us")


@dataclass(frozen=True)
class Weights:
    """``words``: by fact and step, as in ``WORD_FACTS``; ``sentences``: by fact, as in ``SENTENCE_FACTS``."""

    words: Sequence[Sequence[float]]
    sentences: Sequence[float]


@lru_cache(maxsize=1)
def shipped_weights() -> Weights:
    """The weights that travel with the package."""
    read: Any = json.loads(files("digest.summarize").joinpath("weights.json").read_text(encoding="utf-8"))
    return Weights([read["words"][fact] for fact in WORD_FACTS], [read["sentences"][fact] for fact in SENTENCE_FACTS])
