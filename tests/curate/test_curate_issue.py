"""Choosing the stories of an issue: new, whole, various, and each with its reason."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from digest.curate import curate
from digest.domain import Article, Candidate, Curation, Decision
from digest.newsletters import Newsletter, Source

NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
HOUR = timedelta(hours=1)
SUBJECTS = "tram ferry crane choir market library lighthouse bridge theatre museum harvest regatta".split()


def newsletter(**options: int) -> Newsletter:
    return Newsletter(key="daily", title="D", schedule="0 7 * * *", sender="d@example.com", **options)  # type: ignore[arg-type]


def candidate(
    number: int, *, source: str = "city", hours: float = 1, backlog: bool = False, **facts: object
) -> Candidate:
    subject = SUBJECTS[number % len(SUBJECTS)]
    text = " ".join(
        f"{subject} {word}{number}" for word in "opens closes moves sings grows waits turns rests".split() * 4
    )
    seen = NOW - timedelta(hours=hours)
    article = Article(
        f"https://{source}.example/{number}", f"The {subject} number {number}", text, source=source, published=seen
    )
    return Candidate(replace(article, **facts), seen, backlog)  # type: ignore[arg-type]


def choose(*candidates: Candidate, history: tuple[Article, ...] = (), **options: int) -> Curation:
    sources = {
        "city": Source(key="city", url="https://city.example/", section="City"),
        "sea": Source(key="sea", url="https://sea.example/", section="Sea", weight=2.0),
    }
    return curate(candidates, newsletter=newsletter(**options), sources=sources, history=history, now=NOW)


def reason(curation: Curation, number: int) -> str:
    return next(each.reason for each in curation.decisions if each.url.endswith(f"/{number}"))


def test_what_was_in_an_earlier_issue_is_not_chosen_again_nor_are_its_copies() -> None:
    used, copy, fresh = candidate(1), candidate(1, source="sea", title="Another title"), candidate(2)
    curation = choose(used, copy, fresh, history=(used.article,))
    assert [pick.article for pick in curation.picks] == [fresh.article]
    told = {each.source: each.reason for each in curation.decisions if not each.chosen}
    assert told == {"city": "already in an earlier issue", "sea": "a copy of what was already in an earlier issue"}


def test_new_means_never_used_not_newly_dated() -> None:
    back_dated = candidate(1, published=NOW - timedelta(days=30))
    undated = candidate(2, published=None)
    assert len(choose(back_dated, undated).picks) == 2


def test_the_first_issue_is_no_archive() -> None:
    old = candidate(1, backlog=True, published=NOW - timedelta(days=5))
    recent = candidate(2, backlog=True, published=NOW - 10 * HOUR)
    curation = choose(old, recent)
    assert [pick.article for pick in curation.picks] == [recent.article]
    assert reason(curation, 1) == "5 days old, and 48 hours is the limit"


def test_what_is_dated_in_the_future_waits_for_its_day() -> None:
    tomorrow = candidate(1, published=NOW + timedelta(days=1))
    assert choose(tomorrow).picks == ()
    assert reason(choose(tomorrow), 1) == "dated in the future: it waits for its day"


def test_copies_are_told_and_named_beside_the_best() -> None:
    original, copy = candidate(1), candidate(1, source="sea", original_url="https://city.example/1")
    curation = choose(original, copy)
    [pick] = curation.picks
    assert (pick.article, pick.also_in) == (original.article, (copy.article,))
    assert "a copy of “The ferry number 1”" in [each.reason for each in curation.decisions]


def test_no_source_fills_the_issue() -> None:
    curation = choose(*(candidate(number) for number in range(6)), candidate(7, source="sea"), max_per_source=2)
    assert [pick.article.source for pick in curation.picks].count("city") == 2
    assert sum(each.reason == "its source already has 2 stories" for each in curation.decisions) == 4


def test_a_heavier_source_and_a_fresher_article_rank_higher() -> None:
    picks = choose(candidate(1, hours=1), candidate(2, hours=20), candidate(3, hours=1, source="sea")).picks
    assert [pick.article.url[-1] for pick in picks] == ["3", "1", "2"]


def test_the_lead_comes_first_and_the_others_section_by_section() -> None:
    curation = choose(
        candidate(1), candidate(2, source="sea", hours=20), candidate(3, hours=9), candidate(4, source="sea", hours=30)
    )
    assert [(pick.section, pick.article.url[-1]) for pick in curation.picks] == [
        ("City", "1"),
        ("Sea", "2"),
        ("Sea", "4"),
        ("City", "3"),
    ]


def test_too_few_stories_make_no_issue_and_say_so() -> None:
    curation = choose(candidate(1), min_stories=2)
    assert curation.picks == ()
    assert reason(curation, 1) == "fewer than 2 stories are new"


def test_the_parts_add_up_to_the_score() -> None:
    for decision in choose(candidate(1), candidate(2, source="sea")).decisions:
        assert abs(sum(decision.parts.values()) - decision.score) < 0.001
        assert decision.score > 0


CANDIDATES = st.lists(
    st.builds(
        candidate,
        st.integers(0, 11),
        source=st.sampled_from(["city", "sea", "elsewhere"]),
        hours=st.floats(0, 100),
        backlog=st.booleans(),
    ),
    max_size=14,
    unique_by=lambda each: each.article.url,
)


@given(CANDIDATES, st.integers(1, 5), st.integers(1, 3), st.integers(0, 4), st.randoms(use_true_random=False))
def test_the_rules_hold_whatever_came_and_in_whatever_order(
    candidates: list[Candidate], most: int, per_source: int, used: int, dice: object
) -> None:
    history = tuple(each.article for each in candidates[:used])
    options = {"max_stories": most, "max_per_source": per_source}
    curation = choose(*candidates, history=history, **options)
    chosen = [pick.article for pick in curation.picks]
    assert len(chosen) <= most
    assert all(sum(each.source == source for each in chosen) <= per_source for source in ("city", "sea", "elsewhere"))
    assert not {each.url for each in chosen} & {each.url for each in history}
    assert sorted(each.url for each in curation.decisions) == sorted(each.article.url for each in candidates)
    assert [each.url for each in curation.decisions if each.chosen] == [each.url for each in chosen]
    dice.shuffle(candidates)  # type: ignore[attr-defined]
    assert choose(*candidates, history=history, **options) == curation


def test_every_decision_says_something() -> None:
    decisions: tuple[Decision, ...] = choose(*(candidate(number) for number in range(12)), max_stories=3).decisions
    assert all(each.reason for each in decisions)
