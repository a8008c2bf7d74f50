"""How well copies of one piece are folded, how well like pieces are kept apart, and how fast.

From real bodies are made copies of every kind that feeds are full of, and pieces that are not copies however like
they are: forms filled in anew, round-ups that quote, second reports with the same quotation, translations.
"""

import json
import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import combinations
from time import perf_counter

from table import DATA, row

from digest.curate import fold_duplicates
from digest.domain import Article

Making = Callable[[Article, random.Random], Article]
NOTICES = (
    "Subscribe to our newsletter and never miss a story.",
    "The views expressed here are those of the author alone and do not reflect those of this site.",
    "This article first appeared on another site. Follow us for more, and tell your friends about us.",
)
SPELLING = {"color": "colour", "center": "centre", "ize": "ise", "labor": "labour", "program": "programme"}


def print_duplicates() -> None:
    """Pairs of copies found, of all kinds and of each; and seconds for ten thousand articles."""
    dice = random.Random(7)
    originals = bodies()
    piece: dict[str, str] = {}
    kind: dict[str, str] = {}
    articles = []
    for number, original in enumerate(originals):
        articles.append(original)
        piece[original.url] = original.url
        made = [*dice.sample(sorted(COPIES), 4), *dice.sample(sorted(OTHERS), 2)]
        for name in made:
            making = COPIES.get(name) or OTHERS[name]
            copy = making(original, dice) if name != "round-up" else _round_up(original, originals, dice)
            if name in OTHERS and _is_the_same(copy, original, name):
                continue
            url = f"https://{name.replace(' ', '-')}.example/{number}"
            articles.append(replace(copy, url=url))
            piece[url] = original.url if name in COPIES else url
            kind[url] = name
    dice.shuffle(articles)
    clusters = fold_duplicates(articles)
    found = {pair for each in clusters for pair in pairs(copy.url for copy in (each.best, *each.others))}
    together = defaultdict(list)
    for url, name in piece.items():
        together[name].append(url)
    wanted = {pair for urls in together.values() for pair in pairs(urls)}
    row(f"folding {len(articles)} articles, precision", len(found & wanted) / len(found))
    row(f"folding {len(articles)} articles, recall", len(found & wanted) / len(wanted))
    for name in sorted(COPIES):
        of_kind = {pair for pair in wanted if name in (kind.get(pair[0]), kind.get(pair[1]))}
        row(f"  found of: {name}", len(found & of_kind) / len(of_kind))
    for name in sorted(OTHERS):
        made = [url for url in kind if kind[url] == name]
        wrong = {url for pair in found - wanted for url in pair if kind.get(url) == name}
        row(f"  kept apart: {name}", 1 - len(wrong) / len(made))
    many = [changed(each, turn) for turn in range(-(-10_000 // len(originals))) for each in originals][:10_000]
    words = sum(len(each.text.split()) for each in many) / len(many)
    began = perf_counter()
    fold_duplicates(many)
    row(f"seconds to fold {len(many)} of {words:.0f} words", perf_counter() - began)


def bodies() -> list[Article]:
    """Real articles in several languages, each its own piece."""
    pages = json.loads((DATA / "pages" / "ground-truth.json").read_text())
    titles = {
        case["id"].partition(".")[0]: case["title"] for case in json.loads((DATA / "pages" / "deks.json").read_text())
    }
    found = [
        Article(f"https://page.example/{key}", titles.get(key, page["articleBody"][:60]), page["articleBody"])
        for key, page in pages.items()
    ]
    for case in json.loads((DATA / "deks" / "wild.json").read_text()):
        url = f"https://wild.example/{case['id']}"
        found.append(Article(url, case["title"], case["body"], case["dek"], language=case["language"]))
    return [replace(each, source=f"s{number}") for number, each in enumerate(found) if len(each.text.split()) >= 60]


def _is_the_same(made: Article, original: Article, name: str) -> bool:
    """True when too little came out differently for a piece of its own."""
    before, after = Counter(original.text.split()), Counter(made.text.split())
    alike = (before & after).total() / before.total()
    return before.total() < 120 or (name in {"form filled in anew", "translation"} and alike > 0.9)


def pairs(urls: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Unordered pairs."""
    return combinations(sorted(urls), 2)


def changed(article: Article, turn: int) -> Article:
    """A piece of its own of the same length: the long words are others."""
    words = (
        word[:2] + chr(97 + turn % 26) * (1 + turn // 26) + word[3:] if len(word) > 2 else word
        for word in article.text.split()
    )
    return replace(article, url=f"{article.url}?{turn}", text=" ".join(words), title=f"{article.title} {turn}", dek="")


def _beginning(article: Article, dice: random.Random) -> Article:
    words = article.text.split()
    return replace(article, text=" ".join(words[: dice.randint(35, 60)]) + "… Read more", dek="")


def _third(article: Article, dice: random.Random) -> Article:
    words = article.text.split()
    return replace(article, text=" ".join(words[: max(40, len(words) // 3)]), title="Another title", dek="")


def _retitled(article: Article, _: random.Random) -> Article:
    return replace(article, title="Something else entirely", dek="")


def _framed(article: Article, dice: random.Random) -> Article:
    first, last = dice.sample(NOTICES, 2)
    return replace(article, text=f"{first}\n\n{article.text}\n\n{last}")


def _edited(article: Article, dice: random.Random) -> Article:
    """One word in twenty is left out, doubled or another."""
    kept = []
    for word in article.text.split():
        chance = dice.random()
        kept += [] if chance < 0.02 else [word, word] if chance < 0.03 else ["edited"] if chance < 0.05 else [word]
    return replace(article, text=" ".join(kept))


def _rearranged(article: Article, dice: random.Random) -> Article:
    parts = re.split(r"(?<=[.!?])\s+", article.text)
    kept = [part for part in parts if dice.random() > 0.2] or parts
    half = len(kept) // 2
    return replace(article, text=" ".join([*kept[half:], *kept[:half]]) if len(kept) < 8 else " ".join(kept))


def _respelt(article: Article, _: random.Random) -> Article:
    text = article.text.replace("'", "’").replace('"', "“").replace(" - ", " — ").replace("&", "&amp;")
    for one, other in SPELLING.items():
        text = text.replace(one, other)
    return replace(article, text=text)


def _updated(article: Article, dice: random.Random) -> Article:
    news = " ".join(dice.sample(article.text.split(), min(60, len(article.text.split()))))
    return replace(article, text=f"UPDATE: {news}.\n\n{article.text}", title=f"Update: {article.title}")


def _form(article: Article, dice: random.Random) -> Article:
    """The same form filled in anew: other names and other numbers."""
    names: dict[str, str] = {}

    def anew(match: re.Match[str]) -> str:
        word = match[0]
        if word[0].isdigit():
            return "".join(str(dice.randint(0, 9)) if letter.isdigit() else letter for letter in word)
        return names.setdefault(word, "".join(dice.choices("aeioulmnrst", k=len(word))).title())

    return replace(
        article, text=re.sub(r"\d[\d.,]*|(?<=[a-z,] )[^\W\d_a-z]\w+", anew, article.text), title="Another day"
    )


def _second_report(article: Article, dice: random.Random) -> Article:
    """Another writer's words, with two sentences quoted from the same people."""
    sentences = re.split(r"(?<=[.!?])\s+", article.text)
    quoted = dice.sample(sentences, min(2, len(sentences)))
    words = article.text.split()
    dice.shuffle(words)
    text = " ".join([*words[: len(words) // 2], *quoted, *words[len(words) // 2 :]])
    return replace(article, text=text, title=f"{article.title}: another view", dek="")


def _translated(article: Article, _: random.Random) -> Article:
    table = str.maketrans("aeioustnr", "eiouatsrn")
    return replace(article, text=article.text.translate(table), title=article.title.translate(table), dek="")


def _round_up(article: Article, originals: list[Article], dice: random.Random) -> Article:
    """A piece of the writer's own that quotes a passage from each of six."""
    quoted = []
    for other in [article, *dice.sample(originals, 5)]:
        words = other.text.split()
        begin = dice.randint(0, max(0, len(words) - 60))
        quoted.append(" ".join(words[begin : begin + 60]))
    own = " ".join(f"wordnumber{dice.randint(0, 10_000)}" for _ in range(80))
    return replace(article, text="\n\n".join([own, *quoted]), title="What we read this week", dek="")


COPIES: dict[str, Making] = {
    "beginning of 35–60 words": _beginning,
    "first third, retitled": _third,
    "retitled": _retitled,
    "notices around it": _framed,
    "light edits": _edited,
    "a fifth left out": _rearranged,
    "other typography": _respelt,
    "updated": _updated,
}
OTHERS: dict[str, Making] = {
    "form filled in anew": _form,
    "second report": _second_report,
    "translation": _translated,
    "round-up": _form,  # made of several
}
