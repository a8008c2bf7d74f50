"""How well one sentence says what a publisher's own dek says."""

import json
import re
from collections import Counter
from collections.abc import Callable
from statistics import mean

from table import DATA, row

from digest.summarize import summarize_text
from digest.summarize.sentences import split_sentences

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


def print_summaries(name: str, cases: list[Case]) -> None:
    """ROUGE-1 of one sentence against the dek: the lead, ours, the best sentence there is."""
    ways: dict[str, Callable[[Case], str]] = {
        "lead": lambda case: (split_sentences(case[1]) or [""])[0],
        "ours": lambda case: summarize_text(case[0], case[1], case[3], 1, 60),
        "oracle": lambda case: max(split_sentences(case[1]) or [""], key=lambda each: rouge_1(case[2], each)),
    }
    scores = {way: mean(rouge_1(case[2], choose(case)) for case in cases) for way, choose in ways.items()}
    for way, score in scores.items():
        row(f"{name} ({len(cases)}), {way}", score)
        row("    ratio to the lead", score / scores["lead"])


def rouge_1(truth: str, found: str) -> float:
    """F1 over the multisets of tokens, case folded."""
    expected, got = (Counter(TOKEN.findall(text.casefold())) for text in (truth, found))
    hits = (expected & got).total()
    return 2 * hits / (expected.total() + got.total()) if hits else 0.0
