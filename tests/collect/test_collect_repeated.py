"""What a source repeats in one article after the other is learnt, and dropped."""

import json

from hypothesis import given
from hypothesis import strategies as st

from digest.collect.repeated import MOST_LINES, learn, without_repeated

NOTICE = "Send us your tips at the news desk; we read them all."
WORDS = "harbour library market lighthouse school bridge station theatre museum beach".split()


def article(number: int, *lines: str) -> str:
    """Six paragraphs of its own, with some lines among them."""
    own = [
        f"The {WORDS[(number + part) % 10]} of part {part} was opened {number} times by {number * 7} people, we hear."
        for part in range(6)
    ]
    return "\n\n".join([*own[:3], *lines, *own[3:]])


def test_a_line_that_stands_in_three_articles_is_dropped() -> None:
    known = learn({}, [article(number, NOTICE) for number in range(3)])
    assert without_repeated(article(9, NOTICE), known) == article(9)


def test_a_line_that_stands_in_two_articles_may_be_the_articles_own() -> None:
    known = learn({}, [article(number, NOTICE) for number in range(2)])
    assert without_repeated(article(9, NOTICE), known) == article(9, NOTICE)


def test_what_is_learnt_is_kept_from_one_collection_to_the_next() -> None:
    known: dict[str, int] = {}
    for number in range(3):
        known = json.loads(json.dumps(learn(known, [article(number, NOTICE)])))
    assert NOTICE not in without_repeated(article(9, NOTICE), known)


def test_versions_of_one_article_do_not_teach_its_own_lines() -> None:
    known = learn({}, [article(1, NOTICE, f"Update {version}.") for version in range(9)])
    assert without_repeated(article(1, NOTICE), known) == article(1, NOTICE)


def test_an_article_never_loses_a_third_of_itself() -> None:
    weather = "Sun.\n\nWind from the north.\n\nHigh water at six."
    known = learn({}, [article(number, *weather.split("\n\n")) for number in range(5)])
    assert without_repeated(weather, known) == weather


def test_a_long_paragraph_is_somebodys_writing() -> None:
    background = "The tram was first promised in 1998, and the council has voted on it every year since. " * 5
    known = learn({}, [article(number, background.strip()) for number in range(5)])
    assert background.strip() in without_repeated(article(9, background.strip()), known)


def test_what_is_remembered_is_bounded_and_what_repeats_is_not_forgotten() -> None:
    known: dict[str, int] = {}
    for number in range(MOST_LINES):
        known = learn(known, [article(number, NOTICE)])
    assert len(known) == MOST_LINES
    assert NOTICE not in without_repeated(article(9, NOTICE), known)


@given(st.lists(st.lists(st.sampled_from([NOTICE, "One.", "Two words.", "x " * 70, ""]), max_size=6), max_size=8))
def test_nothing_is_added_and_the_order_stays(articles: list[list[str]]) -> None:
    texts = [article(number, *lines) for number, lines in enumerate(articles)]
    known = learn({}, texts)
    for text in texts:
        lines, left = iter(text.split("\n\n")), without_repeated(text, known)
        assert all(line in lines for line in left.split("\n\n"))
        assert len(left.split()) > len(text.split()) * 2 / 3
