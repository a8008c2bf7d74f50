"""Articles whose publishers wrote a dek, and how near a sentence comes to it."""

import json
import re
from collections import Counter

from table import DATA

TOKEN = re.compile(r"\w+", re.UNICODE)
WRITTEN = 0.9  # a dek with a smaller share of copied 4-grams was written by somebody
Case = tuple[str, str, str, str]  # title, body, dek, language


def page_deks() -> list[Case]:
    """The pages whose publishers wrote a dek of their own."""
    truth = json.loads((DATA / "pages" / "ground-truth.json").read_text())
    deks = json.loads((DATA / "pages" / "deks.json").read_text())
    written = [entry for entry in deks if entry["copied"] < WRITTEN]
    return [(entry["title"], truth[entry["id"]]["articleBody"], entry["dek"], entry["lang"]) for entry in written]


def wild_deks() -> list[Case]:
    """Articles in several languages with a dek that somebody wrote."""
    wild = json.loads((DATA / "deks" / "wild.json").read_text())
    return [(entry["title"], entry["body"], entry["dek"], entry["language"]) for entry in wild]


def rouge_1(truth: str, found: str) -> float:
    """F1 over the multisets of tokens, case folded."""
    expected, got = (Counter(TOKEN.findall(text.casefold())) for text in (truth, found))
    hits = (expected & got).total()
    return 2 * hits / (expected.total() + got.total()) if hits else 0.0
