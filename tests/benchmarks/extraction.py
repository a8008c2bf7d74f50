"""How well pages are read: extraction against the true text of real pages."""

import gzip
import json
import re
from collections import Counter
from collections.abc import Iterable
from statistics import mean
from time import perf_counter

from table import DATA, row

from digest.collect import extract_page

TOKEN = re.compile(r"\w+", re.UNICODE)


def print_extraction() -> None:
    """Mean shingle-4 F1 over the pages, by the measure of the benchmark they come from."""
    truth = json.loads((DATA / "pages" / "ground-truth.json").read_text())
    began, scores = perf_counter(), []
    for key, page in truth.items():
        html = gzip.decompress((DATA / "pages" / "html" / f"{key}.html.gz").read_bytes())
        found = extract_page(html, page["url"])
        scores.append(shingle_f1(page["articleBody"], found.text if found else ""))
    row("extraction, mean shingle F1", mean(scores))
    row("extraction, seconds a page", (perf_counter() - began) / len(scores))


def shingle_f1(truth: str, found: str) -> float:
    """F1 over the multisets of 4-grams of tokens."""
    expected, got = (Counter(shingles(text)) for text in (truth, found))
    hits = (expected & got).total()
    if not hits:
        return float(expected == got)
    precision, recall = hits / got.total(), hits / expected.total()
    return 2 * precision * recall / (precision + recall)


def shingles(text: str, size: int = 4) -> Iterable[tuple[str, ...]]:
    """The 4-grams of a text; a shorter text is one shingle."""
    tokens = TOKEN.findall(text)
    return [tuple(tokens[i : i + size]) for i in range(max(1, len(tokens) - size + 1))] if tokens else []
