"""How well copies of one piece are folded, and how fast."""

import json
import random
from collections.abc import Iterable
from itertools import combinations
from time import perf_counter

from table import DATA, row

from digest.curate import fold_duplicates
from digest.domain import Article


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
