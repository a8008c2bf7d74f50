"""Prints how well pages are read, copies are folded and articles are summarized, and how fast; fails nothing.

Run by ``make bench-editorial`` on the material beside the repository.
"""

import gzip
import json
import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from itertools import combinations
from pathlib import Path
from statistics import mean
from time import perf_counter

from digest.collect import extract_page
from digest.curate import fold_duplicates
from digest.domain import Article
from digest.summarize import summarize_text
from digest.summarize.sentences import split_sentences

DATA = Path(__file__).parents[3] / "shared" / "data"
TOKEN = re.compile(r"\w+", re.UNICODE)
WRITTEN = 0.9  # a dek with a smaller share of copied 4-grams was written by somebody
Case = tuple[str, str, str, str]  # title, body, dek, language


def main() -> int:
    """Print the table."""
    if not DATA.is_dir():
        print(f"the material is not here ({DATA.name}): nothing was measured")
        return 0
    print(f"{'what':<44}{'figure':>10}")
    print_extraction()
    for name, cases in {"pages/deks.json": page_deks(), "deks/wild.json": wild_deks()}.items():
        print_summaries(name, cases)
    print_duplicates()
    return 0


def row(what: str, figure: float | str) -> None:
    """One line of the table."""
    print(f"{what:<44}{figure if isinstance(figure, str) else format(figure, '.3f'):>10}")


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


def print_duplicates() -> None:
    """Pairs folded rightly, on copies made of the pages: cut, retitled, edited, with lines added."""
    truth = json.loads((DATA / "pages" / "ground-truth.json").read_text())
    dice, articles, piece = random.Random(7), [], {}
    for key, page in truth.items():
        for number, text in enumerate([page["articleBody"], *copies(page["articleBody"], dice)]):
            url = f"https://site{number}.example/{key}"
            articles.append(Article(url, f"Title {number} of {key[:4]}", text, source=f"site{number}"))
            piece[url] = key
    dice.shuffle(articles)
    clusters = fold_duplicates(articles)
    found = {pair for each in clusters for pair in pairs(copy.url for copy in (each.best, *each.others))}
    by_piece: dict[str, list[str]] = {}
    for url, key in piece.items():
        by_piece.setdefault(key, []).append(url)
    wanted = {pair for urls in by_piece.values() for pair in pairs(urls)}
    row(f"copies of {len(truth)} pages, precision", len(found & wanted) / len(found))
    row(f"copies of {len(truth)} pages, recall", len(found & wanted) / len(wanted))
    many = [Article(f"{each.url}?{n}", each.title, scrambled(each.text, dice)) for n in range(25) for each in articles][
        :10_000
    ]
    began = perf_counter()
    fold_duplicates(many)
    row(f"seconds to fold {len(many)} articles", perf_counter() - began)


def pairs(urls: Iterable[str]) -> Iterable[tuple[str, str]]:
    """Unordered pairs."""
    return combinations(sorted(urls), 2)


def copies(text: str, dice: random.Random) -> list[str]:
    """A truncated one, one with boilerplate around it, a lightly edited one."""
    words = text.split()
    edited = [word for word in words if dice.random() > 0.04]
    return [
        " ".join(words[: max(40, len(words) // 3)]) + " … Read more",
        f"Subscribe to our newsletter.\n\n{text}\n\nThis post first appeared on another site. Follow us.",
        " ".join(edited),
    ]


def scrambled(text: str, dice: random.Random) -> str:
    """Other words in the same number: an article of its own for measuring time."""
    words = text.split()
    dice.shuffle(words)
    return " ".join(words)


if __name__ == "__main__":
    sys.exit(main())
