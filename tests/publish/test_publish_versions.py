"""Which versions an issue has, and what each of them says."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.domain import Issue, Story
from digest.newsletters import Newsletter, Site
from digest.summarize.headlines import alike
from digest.versions import MOST, Version, in_order, kept_ranks, shortened, wanted_versions
from subscribers.audience import Wish

TOPICS = ("city", "sport", "transport")
DAILY = Newsletter(key="daily", title="Daily", schedule="0 7 * * *", sender="d@post.example", reader_topics=TOPICS)
CHOICES = st.frozensets(st.sampled_from(TOPICS))
ABOUT = st.lists(CHOICES, min_size=1, max_size=12)


@given(about=ABOUT, chosen=CHOICES)
def test_a_story_is_left_out_only_when_it_is_about_other_offered_topics(
    about: list[frozenset[str]], chosen: frozenset[str]
) -> None:
    ranks = kept_ranks(about, chosen)
    unwanted = [rank for rank, topics in enumerate(about, 1) if topics and not topics & chosen]
    if not chosen or not unwanted or len(unwanted) == len(about):
        assert ranks == ()
    else:
        assert sorted([*ranks, *unwanted]) == list(range(1, len(about) + 1))


@pytest.mark.parametrize("topics", ["", "weather", "weather,gardens", "city,sport,transport"])
def test_who_chose_nothing_or_what_is_not_offered_any_more_or_all_gets_the_whole(topics: str) -> None:
    assert wanted_versions([Wish("", topics)], [{"sport"}, {"city"}, set()], DAILY) == {}


def test_there_is_one_version_for_each_language_and_choice_of_stories() -> None:
    wishes = [Wish("", ""), Wish("", "sport"), Wish("de", "sport"), Wish("de", "city,sport"), Wish("de", "")]
    assert wanted_versions(wishes, [{"sport"}, {"transport"}, set()], DAILY) == {
        ("", "sport"): Version("en", (1, 3)),
        ("de", "sport"): Version("de", (1, 3)),
        ("de", "city,sport"): Version("de", (1, 3)),
        ("de", ""): Version("de"),
    }


def test_with_too_many_choices_the_rarest_get_the_whole_in_their_language() -> None:
    offered = tuple(f"topic{number}" for number in range(100))
    daily = DAILY.model_copy(update={"reader_topics": offered})
    wishes = [Wish("de" if number % 2 else "", topic) for number, topic in enumerate(offered)]
    wanted = wanted_versions(wishes, [{topic} for topic in offered], daily)
    made = in_order([Version("en"), *wanted.values()])
    assert len(made) == MOST
    assert made[:2] == [Version("en"), Version("de")]
    assert [wanted.get((wish.language, wish.topics), Version("en")).ranks for wish in wishes] == [
        (rank,) if rank <= MOST - 2 else () for rank in range(1, 101)
    ]


HEADLINES = (
    "Ferry crews call off their strike after night talks",
    "Harbour wall to be rebuilt by spring",
    "Almara win the island cup on penalties",
    "School kitchens open their doors to pensioners",
)


def issue(subject: str) -> Issue:
    stories = tuple(Story(f"https://post.example/{n}", headline, "…", "Post") for n, headline in enumerate(HEADLINES))
    site = Site(name="Post", url="https://post.example")
    return Issue(DAILY, site, 1, datetime(2026, 11, 23, 7, tzinfo=UTC), subject, "An editor's own line", stories)


@given(
    ranks=st.sets(st.integers(1, 4), min_size=1, max_size=3).map(sorted),
    subject=st.sampled_from([*HEADLINES, "Ferry crews call off their strike · Almara win the island cup"]),
)
def test_neither_subject_nor_preheader_names_a_story_that_is_not_there(ranks: list[int], subject: str) -> None:
    told = shortened(issue(subject), ranks, [])
    assert [story.headline for story in told.stories] == [HEADLINES[rank - 1] for rank in ranks]
    left_out = [headline for rank, headline in enumerate(HEADLINES, 1) if rank not in ranks]
    parts = [*told.subject.split(" · "), *filter(None, told.preheader.split(" · "))]
    assert told.subject
    assert not any(alike(part, headline) for part in parts for headline in left_out)


def test_a_subject_that_stays_true_stays() -> None:
    assert shortened(issue("What the night talks brought"), [1, 3], []).subject == "What the night talks brought"
    assert shortened(issue("What the night talks brought"), [2, 3], []).subject == HEADLINES[1]
    assert shortened(issue("Anything"), (), []) == issue("Anything")
