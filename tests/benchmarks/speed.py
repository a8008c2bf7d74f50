"""How long a thousand collected articles take from raw text to stories, on one core, and how much memory.

It runs in a process of its own, so that the memory is that of the job and the imports are counted.
"""

import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from time import perf_counter

from table import DATA, row

ARTICLES = 1000


def print_speed() -> None:
    """Seconds by step, and the most memory held."""
    answer = subprocess.run([sys.executable, __file__], capture_output=True, text=True, check=True)
    for what, figure in json.loads(answer.stdout).items():
        row(what, figure)


def measure() -> dict[str, float]:
    """The figures, by what they tell."""
    began = perf_counter()
    from datetime import UTC, datetime, timedelta  # to be counted

    from digest.collect.cleaning import clean
    from digest.curate import Desk, curate
    from digest.domain import Article, Candidate
    from digest.newsletters import Newsletter, Source
    from digest.summarize import summarize

    seconds = {"seconds to import": perf_counter() - began}
    now = datetime(2026, 11, 23, 7, tzinfo=UTC)
    desk = Desk(
        Newsletter(
            key="daily", title="D", schedule="0 7 * * *", sender="d@example.com", max_stories=30, max_per_source=9
        ),
        {f"s{number}": Source(key=f"s{number}", url="https://s.example/") for number in range(40)},  # type: ignore[arg-type]
        now,
    )
    raw = [
        Article(
            f"https://s.example/{number}",
            title,
            text,
            published=now - timedelta(minutes=number),
            source=f"s{number % 40}",
        )
        for number, (title, text) in enumerate(_bodies())
    ]
    began = perf_counter()
    articles = [replace(article, text=clean(article.text).text) for article in raw]
    seconds[f"seconds to clean {len(articles)}"] = perf_counter() - began
    began = perf_counter()
    curation = curate([Candidate(article, now) for article in articles], desk=desk, history=())
    seconds[f"seconds to fold, rank and choose {len(articles)}"] = perf_counter() - began
    began = perf_counter()
    for article in articles:
        summarize(article, max_sentences=2, max_words=40)
    seconds[f"seconds to summarize {len(articles)}"] = perf_counter() - began
    seconds["stories chosen"] = float(len(curation.picks))
    seconds["seconds in all"] = sum(value for what, value in seconds.items() if what.startswith("seconds"))
    seconds["most memory, MB"] = _most_memory()
    return seconds


def _most_memory() -> float:
    """The most that this process held: ``ru_maxrss`` begins with what the process that started it held."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(found[1]) / 1024 if found else float("nan")


def _bodies() -> list[tuple[str, str]]:
    """A thousand texts of real length and form, no two of which are copies."""
    pages = json.loads((DATA / "pages" / "ground-truth.json").read_text())
    real = [(f"Page {key[:6]}", page["articleBody"]) for key, page in pages.items()]
    real += [(case["title"], case["body"]) for case in json.loads((DATA / "deks" / "wild.json").read_text())]
    rounds = -(-ARTICLES // len(real))
    return [(_changed(title, turn), _changed(text, turn)) for turn in range(rounds) for title, text in real][:ARTICLES]


def _changed(text: str, turn: int) -> str:
    """Other long words in every round, with the sentences as they were."""
    if not turn:
        return text
    return " ".join(word[:3] + "aeiou"[turn % 5] + word[3:] if len(word) > 4 else word for word in text.split(" "))


if __name__ == "__main__":
    print(json.dumps(measure()))
