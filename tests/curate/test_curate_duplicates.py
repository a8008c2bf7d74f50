"""Copies of one piece fold into one; two pieces stay two."""

import json
import random
from pathlib import Path
from unicodedata import normalize

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


def test_a_form_filled_in_anew_is_another_piece() -> None:
    form = (
        "Shares of {} rose by {} per cent on {} after the company said that its profit for the quarter had come to {} "
        "million euros, more than {} and others had expected, and that it would pay its owners {} cents for each share "
        "before the end of the year."
    )
    first = form.format("Alcyon Lines", "4.1", "Monday", "318", "Anna Berg", "35")
    second = form.format("Sardine Works", "2.7", "Thursday", "26", "Joao Matos", "12")
    assert len(fold_duplicates([article(1, first), article(2, second)])) == 2


def test_a_round_up_is_no_copy_of_what_it_quotes_and_brings_nothing_together() -> None:
    own = " ".join(f"We read much this week, and liked number {number} best of all of them." for number in range(12))
    round_up = f"{own}\n\n{TRAM}\n\n{own.replace('week', 'month')}\n\n{FERRY}"
    assert len(fold_duplicates([article(1, TRAM), article(2, round_up), article(3, FERRY)])) == 3


def test_one_that_only_begins_like_two_others_does_not_make_one_piece_of_them() -> None:
    both = f"{TRAM} {FERRY}"
    tram, ferry = f"{TRAM} {TRAM_AGAIN} {TRAM_AGAIN.upper()[::-1]}", f"{FERRY} {FERRY[::-1]}"
    clusters = fold_duplicates([article(1, tram), article(2, both), article(3, ferry)])
    assert not any({1, 3} <= set(numbers(each)) for each in clusters)


def test_where_there_is_no_text_a_telling_title_decides() -> None:
    title = "Council keeps the night tram to the docks"
    untold = article(1, "", title=title, source="wire")
    assert len(fold_duplicates([untold, article(2, TRAM, title=title, source="post")])) == 1
    assert len(fold_duplicates([untold, article(2, "", title=f"{title} again", source="post")])) == 2
    weather = [article(number, "", title="Weather", source=f"s{number}") for number in range(2)]
    assert len(fold_duplicates(weather)) == 2


@pytest.mark.parametrize(("one", "other"), [("en", "en-GB"), ("", "pt-BR"), ("es-419", "es")])
def test_editions_of_one_language_are_copies(one: str, other: str) -> None:
    assert len(fold_duplicates([article(1, TRAM, language=one), article(2, TRAM, language=other)])) == 1


def test_spelling_and_typography_make_no_difference() -> None:
    text = (
        "Açúcar & café: “ﬁve” prices rose — said João’s son, who sells both at the market on the old quay, on Monday."
    )
    other = normalize("NFD", text.replace("&", "&amp;").replace("ﬁ", "fi").replace("“", '"').replace("—", "-"))
    assert len(fold_duplicates([article(1, text), article(2, other)])) == 1


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


def test_what_is_left_of_a_long_page_is_a_copy_of_it_whatever_its_title(shared_data: Path) -> None:
    dice = random.Random(5)
    pages = json.loads((shared_data / "pages" / "ground-truth.json").read_text())
    long = [text for page in pages.values() if len((text := page["articleBody"]).split()) > 1000]
    found = []
    for text in long:
        sentences = text.replace("\n", " ").split(". ")
        half = ". ".join(each for each in sentences[len(sentences) // 10 :] if dice.random() < 0.5)
        found.append(len(fold_duplicates([article(1, text), article(2, half)])) == 1)
    assert sum(found) >= 0.9 * len(found) > 10


def test_a_teaser_between_a_sites_notices_is_a_copy() -> None:
    teaser = (
        "Follow the Harbour Post on Facebook and Instagram, and write to our desk in Almara.\n\n"
        f"{TRAM[:215]}…\n\nThis first appeared in The Evening Ledger. Subscribe to the Ledger for more."
    )
    assert len(fold_duplicates([article(1, f"{TRAM} {TRAM_AGAIN}"), article(2, teaser)])) == 1


def test_a_first_sentence_under_a_dek_is_a_copy() -> None:
    dek = "After four hours of debate the night tram to the docks may stay for three years, and parking pays for it."
    [cluster] = fold_duplicates([article(1, f"{TRAM} {TRAM_AGAIN}", dek=dek), article(2, TRAM[:40], dek=dek)])
    assert len(cluster.others) == 1


def test_two_edited_copies_meet_in_their_original_however_unlike_each_other(shared_data: Path) -> None:
    pages = json.loads((shared_data / "pages" / "ground-truth.json").read_text())
    text = max((page["articleBody"] for page in pages.values()), key=len)
    words = text.split()[:900]
    edited = [" ".join(word if place % 9 != turn else "other" for place, word in enumerate(words)) for turn in (2, 5)]
    longer = " ".join([*[f"word{number}" for number in range(90)], *words[60:]])
    articles = [article(number, each) for number, each in enumerate([" ".join(words), longer, *edited])]
    assert len(fold_duplicates(articles)) == 1


def numbers(cluster: Cluster) -> list[int]:
    return [int(each.url[12:].partition(".")[0]) for each in (cluster.best, *cluster.others)]
