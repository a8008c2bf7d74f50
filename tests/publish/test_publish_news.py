"""New means never used, not newly dated; and what is sent is what stands there when it is sent."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlmodel import Session

from digest.drafting import curate_issue
from digest.editing import Changes, edit_issue
from digest.gathering import gather
from digest.publish import Report, publish
from digest.store import issues
from digest.store.articles import articles_by_url
from digest.store.models import IssueState, SourceRow
from digest.workspace import Workspace
from tests.publish.conftest import FEED, SLOT, at
from tests.publish.newsroom import Piece, page, tell
from tests.website import Site

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
Make = Callable[..., Workspace]


@pytest.fixture
def make_post(make_workspace: Make, site: Site) -> Make:
    """Makes a workspace with one feed, that of ``site``."""

    def make(options: str = "max_per_source = 9") -> Workspace:
        return make_workspace(options, sources=FEED.format(url=site.url))

    return make


def send(workspace: Workspace, moment: datetime = SLOT) -> Report:
    workspace = at(workspace, moment)
    return asyncio.run(publish(workspace, workspace.config.newsletter("daily"), moment))


def told(workspace: Workspace, report: Report) -> list[int]:
    """The numbers of the pieces in the issue."""
    stories = issues.stories_of(workspace.engine, report.issue.id or 0)
    return sorted(int(each.story.headline.rpartition(" ")[2]) for each in stories)


def reasons(report: Report) -> dict[str, str]:
    return {decision["url"].rpartition("/")[2]: decision["reason"] for decision in report.issue.decisions}


def test_the_first_issue_is_the_best_of_the_last_period_and_no_archive(make_post: Make, site: Site) -> None:
    tell(site, [Piece(1, SLOT - HOUR), Piece(2, SLOT - 30 * HOUR), Piece(3, SLOT - 9 * DAY), Piece(4, None)])
    workspace = make_post()
    report = send(workspace)
    assert told(workspace, report) == [1, 2]
    assert reasons(report)["3"] == "9 days old, and 48 hours is the limit"
    assert reasons(report)["4"].startswith("undated, and there when its source was first read")


def test_what_is_published_up_to_the_minute_of_the_slot_is_in(make_post: Make, site: Site) -> None:
    tell(site, [Piece(1, SLOT - timedelta(seconds=20))])
    workspace = make_post()
    assert told(workspace, send(workspace)) == [1]


def test_what_is_dated_in_the_future_waits_for_its_day_and_is_sent_once(make_post: Make, site: Site) -> None:
    workspace = make_post()
    pieces = [Piece(1, SLOT - HOUR), Piece(2, SLOT + 3 * DAY - HOUR)]
    sent = []
    for day in range(5):
        tell(site, [Piece(10 + day, SLOT + day * DAY - HOUR), *pieces])
        sent.append(told(workspace, send(workspace, SLOT + day * DAY)))
    assert sent == [[1, 10], [11], [12], [2, 13], [14]]


@pytest.mark.parametrize("published", [SLOT - 9 * DAY, None])
def test_what_comes_back_dated_or_undated_is_as_new_as_its_first_sight(
    make_post: Make, site: Site, published: datetime | None
) -> None:
    workspace = make_post()
    tell(site, [Piece(1, SLOT - HOUR)])
    send(workspace)
    tell(site, [Piece(2, published), Piece(1, SLOT - HOUR)])
    assert told(workspace, send(workspace, SLOT + DAY)) == [2]
    tell(site, [Piece(3, SLOT + 2 * DAY - HOUR), Piece(2, published), Piece(1, SLOT - HOUR)])
    assert told(workspace, send(workspace, SLOT + 2 * DAY)) == [3]


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(Piece(1, SLOT + DAY - HOUR), id="re-dated"),
        pytest.param(Piece(1, SLOT - HOUR, path="/moved/1"), id="another address"),
        pytest.param(Piece(1, SLOT + DAY - HOUR, path="/moved/1", guid="new"), id="another address, guid and date"),
        pytest.param(Piece(1, SLOT - HOUR, guid="new"), id="another guid"),
        pytest.param(Piece(1, SLOT + DAY - HOUR, price="ten"), id="edited"),
        pytest.param(Piece(1, SLOT + DAY - HOUR, name="Sold, and how: the library"), id="retitled"),
        pytest.param(
            Piece(1, SLOT + DAY - HOUR, "ten", "/moved/1", "new", "Sold, and how: the library"), id="all at once"
        ),
    ],
)
def test_what_was_used_is_never_news_again(make_post: Make, site: Site, changed: Piece) -> None:
    workspace = make_post()
    tell(site, [Piece(1, SLOT - HOUR)])
    assert told(workspace, send(workspace)) == [1]
    tell(site, [Piece(2, SLOT + DAY - HOUR), changed])
    report = send(workspace, SLOT + DAY)
    assert told(workspace, report) == [2]
    assert "already in an earlier issue" in reasons(report)["1"]


def test_what_was_used_is_no_news_on_the_later_day_that_it_is_dated_anew(make_post: Make, site: Site) -> None:
    workspace = make_post()
    sent = []
    for day in range(4):
        dated = SLOT - HOUR if day == 0 else SLOT + 2 * DAY - HOUR
        tell(site, [Piece(1, dated), Piece(10 + day, SLOT + day * DAY - HOUR)])
        sent.append(told(workspace, send(workspace, SLOT + day * DAY)))
    assert sent == [[1, 10], [11], [12], [13]]


def test_one_piece_under_two_addresses_is_one_story(make_post: Make, site: Site) -> None:
    workspace = make_post()
    tell(site, [Piece(1, SLOT - HOUR), Piece(1, SLOT - 2 * HOUR, path="/amp/1", guid="other"), Piece(2, SLOT - HOUR)])
    assert told(workspace, send(workspace)) == [1, 2]


def test_an_old_piece_with_a_new_date_is_no_news(make_post: Make, site: Site) -> None:
    workspace = make_post()
    tell(site, [Piece(1, SLOT - HOUR), Piece(2, SLOT - 9 * DAY)])
    send(workspace)
    tell(site, [Piece(3, SLOT + DAY - HOUR), Piece(2, SLOT + DAY - HOUR), Piece(1, SLOT - HOUR)])
    assert told(workspace, send(workspace, SLOT + DAY)) == [3]


def test_what_was_edited_before_it_was_sent_is_told_in_its_new_words(make_post: Make, site: Site) -> None:
    workspace = make_post("min_stories = 2")
    tell(site, [Piece(1, SLOT - HOUR, price="three")])
    assert send(workspace).issue.state == IssueState.SKIPPED
    corrected = Piece(1, SLOT - HOUR, price="five")
    tell(site, [Piece(2, SLOT + DAY - HOUR), corrected])
    report = send(workspace, SLOT + DAY)
    assert told(workspace, report) == [1, 2]
    assert any(
        "five million" in each.story.summary for each in issues.stories_of(workspace.engine, report.issue.id or 0)
    )


def test_a_new_address_of_a_source_is_a_first_collection(make_post: Make, site: Site) -> None:
    workspace = make_post()
    tell(site, [Piece(1, SLOT - HOUR)])
    send(workspace)
    tell(site, [Piece(2, SLOT - 9 * DAY), Piece(3, SLOT + DAY - HOUR)])
    with Session(workspace.engine) as session:
        row = session.get_one(SourceRow, "post")
        row.url = "feed https://elsewhere.example/feed"
        session.add(row)
        session.commit()
    assert told(workspace, send(workspace, SLOT + DAY)) == [3]


@pytest.mark.parametrize("status", [404, 410])
def test_a_story_whose_page_is_gone_makes_room_for_the_next_best(make_post: Make, site: Site, status: int) -> None:
    tell(site, [Piece(1, SLOT - HOUR), Piece(2, SLOT - 2 * HOUR), Piece(3, SLOT - 40 * HOUR)])
    site.page("/1", b"", status=status)
    workspace = make_post("max_stories = 2")
    report = send(workspace)
    assert told(workspace, report) == [2, 3]
    assert reasons(report)["1"] == f"its page is gone ({status})"


@pytest.mark.parametrize("status", [403, 500, 503])
def test_a_page_that_is_merely_out_of_reach_changes_nothing(make_post: Make, site: Site, status: int) -> None:
    tell(site, [Piece(1, SLOT - HOUR)])
    site.page("/1", b"", status=status)
    workspace = make_post()
    assert told(workspace, send(workspace)) == [1]


def test_a_story_that_its_feed_lists_no_more_is_not_sent(make_post: Make, site: Site) -> None:
    workspace = make_post()
    older = [Piece(2, SLOT - 2 * HOUR), Piece(3, SLOT - 3 * HOUR)]
    tell(site, [Piece(1, SLOT - HOUR), *older])
    asyncio.run(gather(at(workspace, SLOT - HOUR / 2), workspace.config.sources.values(), keep=True))  # type: ignore[arg-type]
    tell(site, older)
    report = send(workspace)
    assert told(workspace, report) == [2, 3]
    assert reasons(report)["1"] == "taken out of its source"


def test_a_story_whose_page_was_corrected_is_told_in_the_corrected_words(make_post: Make, site: Site) -> None:
    before = Piece(1, SLOT - HOUR, price="three")
    tell(site, [before])
    site.page("/1", page(Piece(1, SLOT, price="five")))
    workspace = make_post()
    report = send(workspace)
    [story] = issues.stories_of(workspace.engine, report.issue.id or 0)
    assert "five million" in story.story.summary


def test_a_headline_and_a_dek_that_were_corrected_on_the_page_are_told_corrected(make_post: Make, site: Site) -> None:
    before = Piece(
        1, SLOT, name="Library sold for three million 1", dek="The council sold the library for three million."
    )
    after = Piece(
        1, SLOT, "five", name="Library sold for five million 1", dek="The council sold the library for five million."
    )
    tell(site, [before])
    site.page("/1", page(after))
    workspace = make_post()
    report = send(workspace)
    [story] = issues.stories_of(workspace.engine, report.issue.id or 0)
    [stored] = articles_by_url(workspace.engine, [story.story.url])
    assert (story.story.headline, report.issue.subject, stored.dek) == (after.name, after.name, after.dek)


def test_a_title_that_is_the_pages_own_stays_beside_that_of_the_feed(make_post: Make, site: Site) -> None:
    tell(site, [Piece(1, SLOT - HOUR)])
    site.page("/1", page(Piece(1, SLOT, "five", name="What we know of the sale")))
    workspace = make_post()
    [story] = issues.stories_of(workspace.engine, send(workspace).issue.id or 0)
    assert story.story.headline == Piece(1, SLOT).title
    assert "five million" in story.story.summary


def test_a_page_that_says_something_else_altogether_is_not_believed(make_post: Make, site: Site) -> None:
    tell(site, [Piece(1, SLOT - HOUR)])
    site.page("/1", page(Piece(7, SLOT)))
    workspace = make_post()
    [story] = issues.stories_of(workspace.engine, send(workspace).issue.id or 0)
    assert "The library has its day number 1" in story.story.summary


class TestAnIssueThatWaitedForItsEditor:
    """Between the draft and its approval, hours go by."""

    @pytest.fixture
    def waiting(self, make_post: Make, site: Site) -> tuple[Workspace, int]:
        workspace = make_post('approval = "manual"\nmax_stories = 2')
        tell(site, [Piece(1, SLOT - HOUR), Piece(2, SLOT - 2 * HOUR), Piece(3, SLOT - 40 * HOUR)])
        return workspace, send(workspace).issue.id or 0

    def approved(self, workspace: Workspace, issue_id: int) -> Report:
        issues.approve(workspace.engine, issue_id)
        later = at(workspace, SLOT + 2 * HOUR)
        return asyncio.run(publish(later, later.config.newsletter("daily"), SLOT))

    def test_loses_what_is_gone_and_gains_the_next_best(self, waiting: tuple[Workspace, int], site: Site) -> None:
        site.page("/1", b"", status=410)
        report = self.approved(*waiting)
        assert (report.issue.state, told(waiting[0], report)) == (IssueState.SENT, [2, 3])
        assert reasons(report) == {
            "1": "its page is gone (410)",
            "2": "story 2",
            "3": "took the place of a story that was gone",
        }

    def test_keeps_what_the_editor_wrote(self, waiting: tuple[Workspace, int], site: Site) -> None:
        workspace, issue_id = waiting
        edit_issue(workspace, issue_id, Changes(subject="By hand", story=1, summary="Written by the editor."))
        site.page("/2", page(Piece(2, SLOT, price="five")))
        report = self.approved(workspace, issue_id)
        [first, second] = issues.stories_of(workspace.engine, issue_id)
        assert (report.issue.subject, first.story.summary) == ("By hand", "Written by the editor.")
        assert "five million" in second.story.summary

    def test_tells_what_its_feed_corrected_meanwhile(self, waiting: tuple[Workspace, int], site: Site) -> None:
        workspace, issue_id = waiting
        corrected = Piece(1, SLOT - HOUR, price="five", name="The library is sold for five million 1")
        tell(site, [corrected, Piece(2, SLOT - 2 * HOUR), Piece(3, SLOT - 40 * HOUR)])
        report = self.approved(workspace, issue_id)
        [first, _] = issues.stories_of(workspace.engine, issue_id)
        assert (first.story.headline, report.issue.subject) == (corrected.name, corrected.name)
        assert "five million" in first.story.summary

    def test_loses_what_was_taken_out_of_its_feed(self, waiting: tuple[Workspace, int], site: Site) -> None:
        tell(site, [Piece(2, SLOT - 2 * HOUR), Piece(3, SLOT - 40 * HOUR)])
        report = self.approved(*waiting)
        assert (told(waiting[0], report), reasons(report)["1"]) == ([2, 3], "taken out of its source")

    def test_is_cancelled_when_nothing_of_it_is_left(self, waiting: tuple[Workspace, int], site: Site) -> None:
        for number in (1, 2, 3):
            site.page(f"/{number}", b"", status=404)
        report = self.approved(*waiting)
        assert report.issue.state == IssueState.CANCELLED
        assert report.issue.reason == "all its stories were gone before it could be sent"

    def test_is_not_looked_at_again_when_it_was_so_lately(self, waiting: tuple[Workspace, int], site: Site) -> None:
        workspace, issue_id = waiting
        asked = len(site.asked)
        issues.approve(workspace.engine, issue_id)
        assert send(workspace).issue.state == IssueState.SENT
        assert len(site.asked) == asked


def test_why_chooses_as_the_issue_will_and_changes_nothing(make_post: Make, site: Site) -> None:
    workspace = make_post("max_stories = 2")
    older = [Piece(2, SLOT - 2 * HOUR), Piece(3, SLOT - 3 * HOUR), Piece(4, SLOT - 30 * HOUR)]
    tell(site, [Piece(1, SLOT - HOUR), *older])
    asyncio.run(gather(at(workspace, SLOT - HOUR / 2), workspace.config.sources.values(), keep=True))  # type: ignore[arg-type]
    tell(site, [Piece(5, SLOT), *older])
    site.page("/2", b"", status=404)
    newsletter = workspace.config.newsletter("daily")
    gathered = asyncio.run(gather(workspace, workspace.config.sources_of(newsletter)))
    decisions = asyncio.run(curate_issue(workspace, newsletter, gathered)).decisions
    assert {each.url.rpartition("/")[2]: each.reason for each in decisions} == reasons(send(workspace))
