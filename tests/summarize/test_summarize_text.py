"""The words under a headline: whole sentences, from the article, and never too many."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.domain import Article
from digest.summarize import (
    reading_minutes,
    summarize,
    summarize_text,
)
from digest.summarize.sentences import split_sentences
from digest.summarize.words import count_words

TEXT = (
    "The council voted on Monday to keep the night tram to the docks. He said so on Tuesday. "
    "Mayor Inês Prado called the vote “a promise to those who work at night. We keep it.” "
    "Line 4 carries four hundred people every weekend, according to Dr. Reis of the transport office. "
    "The tram will cost the city €1.2 million a year. Subscribe to our newsletter."
)


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Dr. Reis came at 5 p.m. on Monday. She left.", ["Dr. Reis came at 5 p.m. on Monday.", "She left."]),
        ("It cost 1.5 million. J. K. Smith paid.", ["It cost 1.5 million.", "J. K. Smith paid."]),
        ("“Stop. Now!” she said. He did.", ["“Stop. Now!” she said.", "He did."]),
        ("Er kam am 3. Mai. Dann ging er.", ["Er kam am 3. Mai.", "Dann ging er."]),
        ("El Sr. Díaz llegó. ¿Quién? Nadie.", ["El Sr. Díaz llegó.", "¿Quién?", "Nadie."]),
        ("他来了。她走了！", ["他来了。", "她走了！"]),
        ("وصل الوفد. هل غادر؟ نعم.", ["وصل الوفد.", "هل غادر؟", "نعم."]),
        ("यह पहला है। यह दूसरा है।", ["यह पहला है।", "यह दूसरा है।"]),
        ("One.\n\nTwo", ["One.", "Two"]),
        ("He said no. Then he left.", ["He said no.", "Then he left."]),
        ("", []),
    ],
)
def test_sentences_end_where_they_end(text: str, sentences: list[str]) -> None:
    assert split_sentences(text) == sentences


def test_a_summary_is_whole_sentences_in_their_order() -> None:
    summary = summarize_text("Night tram stays", TEXT, "en", 3, 60)
    sentences = split_sentences(TEXT)
    places = [sentences.index(each) for each in split_sentences(summary)]
    assert places == sorted(places)
    assert len(places) >= 2


def test_no_sentence_hangs_in_the_air_and_none_speaks_of_the_site() -> None:
    summary = summarize_text("Night tram stays", TEXT, "en", 4, 90)
    assert "He said so" not in summary
    assert "Subscribe" not in summary


def test_a_text_of_one_long_sentence_is_cut_at_a_clause() -> None:
    long = "The council, " + "which met in the old hall by the harbour and talked for hours, " * 6 + "voted."
    summary = summarize_text("", long, "en", 1, 20)
    assert summary.endswith("…")
    assert count_words(summary) <= 20
    assert not summary.endswith(",…")


@given(st.text(max_size=300), st.text(max_size=40), st.integers(0, 4), st.integers(0, 40))
def test_whatever_the_text_the_summary_is_short_enough(text: str, title: str, sentences: int, words: int) -> None:
    summary = summarize_text(title, text, "", sentences, words)
    assert count_words(summary) <= max(words, 0)


@given(st.lists(st.sampled_from(split_sentences(TEXT)), max_size=8), st.integers(15, 80))
def test_what_is_said_stands_in_the_article(sentences: list[str], words: int) -> None:
    text = " ".join(sentences)
    for sentence in split_sentences(summarize_text("Tram", text, "en", 3, words)):
        assert sentence.rstrip("…") in text


DEK = "Line 4 will run until half past two for at least three more years, paid for by drivers."


@pytest.mark.parametrize(
    ("dek", "origin"),
    [
        (DEK, "dek"),
        (DEK.rstrip("."), "dek"),
        ("Read more…", "extract"),
        ("The council voted on Monday to keep the night tram…", "extract"),
        ("The council voted on Monday to keep the night tram", "extract"),
        ("NIGHT TRAM STAYS FOR THREE MORE YEARS, THE COUNCIL SAYS", "extract"),
        ("The night tram stays for three years now", "extract"),
        ("Subscribe free to our daily newsletter and get the news every morning.", "extract"),
        ("Too short.", "extract"),
        (DEK * 5, "extract"),
        ("", "extract"),
    ],
)
def test_the_publishers_dek_is_taken_when_it_is_good(dek: str, origin: str) -> None:
    article = Article("https://a.example/", "The night tram stays for three years", TEXT, dek=dek, language="en")
    summary = summarize(article)
    assert summary.origin == origin
    assert summary.text.endswith((".", "…", "”"))


def test_an_article_without_text_has_its_dek_or_nothing() -> None:
    assert summarize(Article("https://a.example/", "T", dek="Read more…")).text == "Read more…"
    assert summarize(Article("https://a.example/", "T")).text == ""


def test_reading_takes_a_minute_at_least() -> None:
    assert [reading_minutes(text) for text in ("", "word " * 460, "字" * 920)] == [1, 2, 2]


@pytest.mark.parametrize("name", ["deks/wild.json"])
def test_one_sentence_says_more_than_the_first_one(shared_data: Path, name: str) -> None:
    cases = json.loads((shared_data / name).read_text())
    ours = [
        overlap(each["dek"], summarize_text(each["title"], each["body"], each["language"], 1, 60)) for each in cases
    ]
    lead = [overlap(each["dek"], split_sentences(each["body"])[0]) for each in cases]
    assert sum(ours) > sum(lead)


def overlap(truth: str, found: str) -> float:
    expected, got = set(truth.lower().split()), set(found.lower().split())
    return 2 * len(expected & got) / (len(expected) + len(got))
