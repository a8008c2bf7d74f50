"""Articles are stored once, by their address; what was used is remembered."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from digest.domain import Article, Candidate, Harvest, Image
from digest.store import articles

NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
TRAM = Article(
    "https://post.example/tram",
    "The night tram stays",
    "The council decided.",
    dek="For three years.",
    author="Ana",
    image=Image("https://post.example/tram.jpg", 1200, 675, "A tram"),
    language="en",
    published=NOW - timedelta(hours=2),
    source="city",
    original_name="The Gull",
)


def save(engine: Engine, *found: Article, seen: datetime = NOW, backlog: bool = False, **facts: object) -> int:
    harvest = Harvest(found[0].source if found else "city", found, listed=frozenset(each.url for each in found))
    with Session(engine) as session:
        new = articles.save_harvest(session, replace(harvest, **facts), seen=seen, backlog=backlog)  # type: ignore[arg-type]
        session.commit()
    return new


def candidates(engine: Engine, *sources: str, now: datetime = NOW) -> list[Candidate]:
    return articles.candidates(engine, sources or ("city",), now=now, max_age=timedelta(days=2))


def stored(engine: Engine, *, now: datetime = NOW) -> list[Article]:
    return [each.article for each in candidates(engine, now=now)]


def test_an_article_comes_back_as_it_was(engine: Engine) -> None:
    save(engine, TRAM)
    assert stored(engine) == [TRAM]


def test_seen_again_it_is_corrected_but_not_stored_anew(engine: Engine) -> None:
    assert save(engine, TRAM, backlog=True) == 1
    corrected = replace(TRAM, title="The night tram stays after all", image=None)
    assert save(engine, corrected, corrected, seen=NOW + timedelta(hours=1)) == 0
    [candidate] = candidates(engine)
    assert (candidate.article, candidate.seen, candidate.backlog) == (corrected, NOW, True)


def test_a_new_date_changes_nothing_unless_its_day_was_still_to_come(engine: Engine) -> None:
    announced = replace(TRAM, url="https://post.example/2", published=NOW + timedelta(days=1))
    save(engine, TRAM, announced)
    later = NOW + timedelta(days=3)
    save(engine, replace(TRAM, published=later), replace(announced, published=later))
    dates = {article.url: article.published for article in stored(engine)}
    assert dates == {TRAM.url: TRAM.published, announced.url: later}


def test_a_page_that_is_out_of_reach_does_not_take_away_what_was_read(engine: Engine) -> None:
    whole = replace(TRAM, text="The council decided to keep the night tram for three years.")
    save(engine, whole)
    save(engine, replace(whole, text="The council decided…"))
    assert stored(engine) == [whole]


def test_another_source_with_the_same_address_changes_no_word_but_brings_it_too(engine: Engine) -> None:
    save(engine, TRAM)
    save(engine, replace(TRAM, title="Stolen", source="thief"), seen=NOW + timedelta(hours=1), backlog=True)
    assert stored(engine) == [TRAM]
    [brought] = candidates(engine, "thief")
    assert (brought.article, brought.backlog) == (replace(TRAM, source="thief"), True)


def test_what_its_source_lists_no_more_was_taken_out(engine: Engine) -> None:
    older = replace(TRAM, url="https://post.example/older", published=NOW - timedelta(days=1))
    save(engine, TRAM, older)
    save(engine, older, complete_since=older.published)
    assert {each.article.url: each.gone for each in candidates(engine)} == {
        TRAM.url: "taken out of its source",
        older.url: "",
    }
    save(engine, TRAM, older, complete_since=older.published)
    assert [each.gone for each in candidates(engine)] == ["", ""]


@pytest.mark.parametrize(
    "harvest",
    [
        Harvest("city", error="503"),
        Harvest("city", unchanged=True),
        Harvest("city", complete_since=NOW),
        Harvest("city"),
    ],
)
def test_a_source_that_tells_less_takes_nothing_out(engine: Engine, harvest: Harvest) -> None:
    save(engine, TRAM)
    with Session(engine) as session:
        articles.save_harvest(session, harvest, seen=NOW, backlog=False)
        session.commit()
    assert [each.gone for each in candidates(engine)] == [""]


def test_a_page_that_is_gone_takes_its_article_along(engine: Engine) -> None:
    save(engine, TRAM)
    save(engine, dropped=((TRAM.url, "its page is gone (410)"),), listed=frozenset({TRAM.url}))
    assert [each.gone for each in candidates(engine)] == ["its page is gone (410)"]


def test_the_mark_of_an_article_is_its_own_sources(engine: Engine) -> None:
    save(engine, TRAM, marks={TRAM.url: "7"})
    assert articles.marks_of(engine, "city", [TRAM.url, "https://post.example/new"]) == {TRAM.url: "7"}
    assert articles.marks_of(engine, "thief", [TRAM.url]) == {TRAM.url: None}


def test_only_the_asked_sources_and_the_last_days_are_candidates(engine: Engine) -> None:
    save(engine, TRAM)
    save(engine, replace(TRAM, url="https://sea.example/1", source="sea"))
    assert stored(engine) == [TRAM]
    assert stored(engine, now=NOW + timedelta(days=5)) == []


def test_what_was_announced_for_a_later_day_is_a_candidate_on_that_day(engine: Engine) -> None:
    announced = replace(TRAM, published=NOW + timedelta(days=9))
    save(engine, announced)
    assert stored(engine, now=NOW + timedelta(days=9)) == [announced]


def test_more_articles_than_fit_into_one_question_are_no_trouble(engine: Engine) -> None:
    many = [replace(TRAM, url=f"https://post.example/{number}") for number in range(1200)]
    assert save(engine, *many) == 1200
    assert save(engine, *many) == 0
    assert len(stored(engine)) == 1200
