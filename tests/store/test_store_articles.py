"""Articles are stored once, by their address; what was used is remembered."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine
from sqlmodel import Session

from digest.domain import Article, Image
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


def save(engine: Engine, *found: Article, seen: datetime = NOW, backlog: bool = False) -> int:
    with Session(engine) as session:
        new = articles.save_articles(session, found, seen=seen, backlog=backlog)
        session.commit()
    return new


def stored(engine: Engine, *, now: datetime = NOW) -> list[Article]:
    return [each.article for each in articles.candidates(engine, ["city"], now=now, max_age=timedelta(days=2))]


def test_an_article_comes_back_as_it_was(engine: Engine) -> None:
    save(engine, TRAM)
    assert stored(engine) == [TRAM]


def test_seen_again_it_is_corrected_but_not_stored_anew(engine: Engine) -> None:
    assert save(engine, TRAM, backlog=True) == 1
    corrected = replace(TRAM, title="The night tram stays after all", image=None)
    assert save(engine, corrected, corrected, seen=NOW + timedelta(hours=1)) == 0
    [candidate] = articles.candidates(engine, ["city"], now=NOW, max_age=timedelta(days=2))
    assert (candidate.article, candidate.seen, candidate.backlog) == (corrected, NOW, True)


def test_another_source_with_the_same_address_changes_nothing(engine: Engine) -> None:
    save(engine, TRAM)
    save(engine, replace(TRAM, title="Stolen", source="thief"))
    assert stored(engine) == [TRAM]


def test_only_the_asked_sources_and_the_last_days_are_candidates(engine: Engine) -> None:
    save(engine, TRAM, replace(TRAM, url="https://sea.example/1", source="sea"))
    assert stored(engine) == [TRAM]
    assert stored(engine, now=NOW + timedelta(days=5)) == []


def test_more_articles_than_fit_into_one_question_are_no_trouble(engine: Engine) -> None:
    many = [replace(TRAM, url=f"https://post.example/{number}") for number in range(1200)]
    assert save(engine, *many) == 1200
    assert save(engine, *many) == 0
    assert len(stored(engine)) == 1200
