"""How well pages are read: extraction against the true text of real pages, ours beside trafilatura's."""

import gzip
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable
from statistics import mean
from time import perf_counter

import trafilatura
from table import DATA, row

from digest.collect import extract_page

TOKEN = re.compile(r"\w+", re.UNICODE)


def print_extraction() -> None:
    """Mean shingle-4 F1 over the pages, by the measure of the benchmark they come from, and the time it takes."""
    truth = json.loads((DATA / "pages" / "ground-truth.json").read_text())
    pages = [(_html(key), page["url"], page["articleBody"]) for key, page in truth.items()]
    for name, read in READERS.items():
        read(*pages[0][:2])  # what is imported late is no page's fault
        began = perf_counter()
        texts = [read(html, url) for html, url, _ in pages]
        seconds = (perf_counter() - began) / len(pages)
        scores = [shingle_f1(body, text) for (_, _, body), text in zip(pages, texts, strict=True)]
        row(f"extraction, mean shingle F1, {name}", mean(scores))
        row(f"extraction, seconds a page, {name}", seconds)


def _html(key: str) -> bytes:
    return gzip.decompress((DATA / "pages" / "html" / f"{key}.html.gz").read_bytes())


def _ours(html: bytes, url: str) -> str:
    article = extract_page(html, url)
    return article.text if article else ""


def _as_it_comes(html: bytes, url: str) -> str:
    return trafilatura.extract(html, url=url, include_comments=False) or ""


def _with_precision(html: bytes, url: str) -> str:
    return trafilatura.extract(html, url=url, include_comments=False, favor_precision=True) or ""


READERS: dict[str, Callable[[bytes, str], str]] = {
    "ours": _ours,
    "trafilatura": _as_it_comes,
    "favor_precision": _with_precision,
}


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
