"""Copies of one piece fold into one; two pieces stay two."""

import json
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.curate import fold_duplicates
from digest.domain import Article, Cluster

TRAM = (
    "The council decided on Monday evening to keep the night tram to the docks for three more years. Thirteen "
    "members voted for it and eight against, after a debate of four hours. The tram carries four hundred people "
    "home every weekend. Line 4 will be paid for by a small increase of what parking costs in the harbour."
)
FERRY = (
    "The new electric ferry crossed the sound on Tuesday for the first time with passengers on board. It took nineteen "
    "minutes to Heron Island, and nobody heard an engine. The island's baker had been waiting for six years, he said."
)
TRAM_AGAIN = (
    "Drivers of the night tram will meet on Thursday to talk about what the vote means for their shifts. "
    "Their union asks for two more people on every line, and for a place to rest at the docks. The city has not "
    "answered."
)
CHINESE = "市议会周一晚上决定将通往码头的夜间电车再保留三年。经过四个小时的辩论，十三名议员投了赞成票，八名投了反对票。"


def article(number: int, text: str, **facts: str) -> Article:
    title = facts.pop("title", f"Title {number}")
    return Article(f"https://site{number}.example/", title, text, **facts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "copy",
    [
        TRAM,
        TRAM[:210] + "… Read more",
        "Subscribe to our newsletter. " + TRAM + " This post first appeared on another site.",
        TRAM.replace("Monday evening", "Monday night").replace("four hundred", "about 400"),
        "\n\n".join(TRAM.upper().split(". ")),
    ],
    ids=["syndicated", "cut short", "with boilerplate", "lightly edited", "set otherwise"],
)
def test_a_copy_folds_into_its_original(copy: str) -> None:
    [cluster] = fold_duplicates([article(1, TRAM), article(2, copy)])
    assert len(cluster.others) == 1


def test_another_article_on_the_same_event_stays_another() -> None:
    assert len(fold_duplicates([article(1, TRAM), article(2, TRAM_AGAIN), article(3, FERRY)])) == 3


def test_editions_in_other_languages_stay_apart() -> None:
    assert len(fold_duplicates([article(1, TRAM, language="en"), article(2, TRAM, language="es-ES")])) == 2


def test_scripts_without_spaces_fold_too() -> None:
    assert len(fold_duplicates([article(1, CHINESE), article(2, CHINESE[:40])])) == 1


def test_a_piece_that_names_its_original_folds_into_it_however_short() -> None:
    original, reprint = article(1, TRAM), article(2, "Tram stays.", original_url="https://site1.example/")
    assert fold_duplicates([reprint, original]) == [Cluster(original, (reprint,))]


def test_the_original_and_the_whole_is_the_best_copy() -> None:
    reprint = article(1, TRAM + " More words.", original_name="The Post")
    short, whole = article(2, TRAM[:200]), article(3, TRAM)
    assert fold_duplicates([reprint, short, whole]) == [Cluster(whole, (short, reprint))]


TEXTS = st.lists(st.sampled_from([TRAM, TRAM[:200], FERRY, FERRY[:150], TRAM_AGAIN, CHINESE, "", "short"]), max_size=9)


@given(TEXTS, st.randoms(use_true_random=False))
def test_every_article_is_in_one_cluster_whatever_the_order(texts: list[str], dice: random.Random) -> None:
    articles = [article(number, text) for number, text in enumerate(texts)]
    clusters = fold_duplicates(articles)
    assert sorted(each.url for cluster in clusters for each in (cluster.best, *cluster.others)) == sorted(
        each.url for each in articles
    )
    dice.shuffle(articles)
    assert {members(each) for each in fold_duplicates(articles)} == {members(each) for each in clusters}


def members(cluster: Cluster) -> tuple[str, frozenset[str]]:
    return cluster.best.url, frozenset(each.url for each in cluster.others)


def test_real_pages_fold_with_their_copies_and_with_nothing_else(shared_data: Path) -> None:
    pages = json.loads((shared_data / "pages" / "ground-truth.json").read_text())
    articles = []
    for number, page in enumerate(pages.values()):
        words = page["articleBody"].split()
        articles += [
            article(number * 2, " ".join(words)),
            article(number * 2 + 1, " ".join(words[: len(words) // 2 + 30])),
        ]
    clusters = fold_duplicates(articles)
    right = sum(len(each.others) == 1 and numbers(each)[0] // 2 == numbers(each)[1] // 2 for each in clusters)
    assert right / len(pages) >= 0.97
    assert right / len(clusters) >= 0.97


def numbers(cluster: Cluster) -> list[int]:
    return [int(each.url[12:].partition(".")[0]) for each in (cluster.best, *cluster.others)]
