"""Choosing the stories of an issue: new, whole, various, and each with its reason."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from digest.curate import Desk, curate
from digest.domain import Article, Candidate, Curation, Decision
from digest.newsletters import Newsletter, Source, Topic

NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
HOUR = timedelta(hours=1)
SUBJECTS = "tram ferry crane choir market library lighthouse bridge theatre museum harvest regatta".split()

UNLIKE = [
    "From Monday the night tram will call at every stop again, which the people of the docks have waited for.",
    "Those who have been to the library since the flood will find that every book is back where it belongs.",
    "With this year's harvest came more apples than the people of the valley will have room for in every cellar.",
    "The choir that sang for every mayor since the war will have a woman at its head from this year on.",
    "People who have a garden near the lighthouse will have to live with that light for another year.",
]
TOPICS = {
    "transport": Topic(key="transport", name="Getting about", words=("tram", "ferr*"), section="Transport"),
    "music": Topic(key="music", words=("choir",)),
}


def newsletter(**options: object) -> Newsletter:
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


def choose(*candidates: Candidate, history: tuple[Article, ...] = (), **options: object) -> Curation:
    sources = {
        "city": Source(key="city", url="https://city.example/", section="City"),
        "sea": Source(key="sea", url="https://sea.example/", section="Sea", weight=2.0),
    }
    return curate(candidates, desk=Desk(newsletter(**options), sources, NOW, TOPICS), history=history)


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


def test_what_was_dated_in_the_future_is_news_on_its_day_however_long_it_was_known() -> None:
    announced = candidate(1, hours=24 * 6, published=NOW - HOUR)
    assert [pick.article for pick in choose(announced).picks] == [announced.article]


def test_a_new_date_alone_makes_no_news() -> None:
    evergreen = candidate(1, hours=24 * 6, published=NOW - timedelta(days=6))
    assert reason(choose(evergreen), 1) == "6 days old, and 48 hours is the limit"


def test_what_was_there_undated_when_a_source_was_first_read_may_be_of_any_age() -> None:
    assert choose(candidate(1, backlog=True, published=None)).picks == ()
    assert len(choose(candidate(1, published=None)).picks) == 1


def test_what_can_be_read_no_more_is_left_out() -> None:
    curation = choose(replace(candidate(1), gone="taken out of its feed"), candidate(2))
    assert [pick.article.url[-1] for pick in curation.picks] == ["2"]
    assert reason(curation, 1) == "taken out of its feed"


def test_a_block_keeps_out_and_says_which() -> None:
    curation = choose(candidate(0), candidate(2), blocks=("TRAM number", "https://city.example/2"))
    assert curation.picks == ()
    assert (reason(curation, 0), reason(curation, 2)) == (
        "blocked by “TRAM number”",
        "blocked by “https://city.example/2”",
    )


def test_a_pin_comes_before_all_others_whatever_the_caps() -> None:
    others = [candidate(number) for number in range(2, 6)]
    pinned = candidate(1, hours=40)
    curation = choose(*others, pinned, pins=("ferry",), max_stories=3, max_per_source=1)
    assert curation.picks[0].article == pinned.article
    assert reason(curation, 1) == "the lead, pinned by “ferry”"


def test_a_pin_makes_no_old_story_new() -> None:
    assert choose(candidate(1, hours=100), pins=("ferry",)).picks == ()


def test_a_topics_weight_multiplies_and_its_section_stands_first() -> None:
    plain, music = candidate(2, hours=1), candidate(3, hours=20)
    assert choose(plain, music).picks[0].article == plain.article
    curation = choose(plain, music, topics={"music": 5.0})
    assert curation.picks[0].article == music.article
    assert curation.decisions[0].parts["about music"] > 0
    assert [pick.section for pick in choose(candidate(0), candidate(1)).picks] == ["Transport", "Transport"]


def test_no_section_fills_the_issue() -> None:
    curation = choose(*(candidate(number) for number in (2, 3, 4)), candidate(5, source="sea"), max_per_section=1)
    assert sorted(pick.section for pick in curation.picks) == ["City", "Sea"]
    assert "its section already has 1 story" in {each.reason for each in curation.decisions}


def test_sections_stand_in_the_order_that_was_asked_for() -> None:
    candidates = [candidate(2), candidate(3, hours=3), candidate(4, source="sea", hours=30), candidate(0, hours=5)]
    picks = choose(*candidates, section_order=("Sea", "Transport")).picks
    assert [pick.section for pick in picks] == ["City", "Sea", "Transport", "City"]


def test_a_story_too_like_a_chosen_one_makes_room_for_another() -> None:
    report = """The council voted on Monday to spend nine million euros on the harbour wall. Mayor Reis called the
    budget a promise kept, while the opposition asked where the money for the wall is to come from."""
    comment = """Nine million euros are a lot for one harbour wall. That the council found the money in this budget
    shows what Mayor Reis wants to be remembered for, and what the opposition has to answer."""
    same = [
        candidate(2, title="Council votes nine million for the harbour wall", text=report),
        candidate(14, title="The harbour wall and the mayor's budget", text=comment),
    ]
    other = candidate(5, hours=12)
    curation = choose(*same, other, max_stories=2)
    assert {pick.article.url[-1] for pick in curation.picks} > {"5"}
    assert any(each.reason.startswith("too like “") for each in curation.decisions)


def test_stories_that_share_but_a_few_common_words_are_not_held_to_be_alike() -> None:
    candidates = [
        candidate(number, title=f"Piece {number}", text=text * 2, hours=number) for number, text in enumerate(UNLIKE, 1)
    ]
    curation = choose(*candidates, max_stories=2)
    assert [pick.article.url[-1] for pick in curation.picks] == ["1", "2"]
    assert {each.reason for each in curation.decisions if not each.chosen} == {"ranked below the 2 chosen"}


def test_readers_interest_in_a_source_counts_and_is_bounded() -> None:
    sources = {"city": Source(key="city", url="https://city.example/")}

    def part(interest: float) -> float:
        desk = Desk(newsletter(), sources, NOW, interest={"city": interest})
        return curate([candidate(1)], desk=desk, history=()).decisions[0].parts.get("readers' interest", 0.0)

    assert part(1.0) == 0.0
    assert 0 < part(1.5) < part(2.0) == part(50.0)
    assert part(0.2) < 0


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
        candidate(11), candidate(2, source="sea", hours=20), candidate(3, hours=9), candidate(4, source="sea", hours=30)
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


@given(CANDIDATES, st.sampled_from(SUBJECTS), st.sampled_from(SUBJECTS), st.integers(1, 3))
def test_a_pin_is_in_a_block_is_out_and_the_caps_hold_for_all_others(
    candidates: list[Candidate], pin: str, block: str, per_section: int
) -> None:
    caps = {"max_stories": 20, "max_per_source": 2, "max_per_section": per_section}
    curation = choose(*candidates, pins=(pin,), blocks=(block,), **caps)
    for each in curation.decisions:
        assert not (each.chosen and f" {block} " in each.title)
        assert each.chosen or not (each.parts and f" {pin} " in each.title)
    others = [pick for pick in curation.picks if f" {pin} " not in pick.article.title]
    assert all(count <= per_section for count in Counter(pick.section for pick in others).values())
    assert all(count <= 2 for count in Counter(pick.article.source for pick in others).values())


def test_every_decision_says_something() -> None:
    decisions: tuple[Decision, ...] = choose(*(candidate(number) for number in range(12)), max_stories=3).decisions
    assert all(each.reason for each in decisions)
