"""Search in a newsletter's archive: issues in which all of the words occur.

What was sent never changes, so that its words are read once and kept in memory, folded. Neither database could do
it better by itself: SQLite's LIKE knows no letters beyond ASCII, PostgreSQL's no accents, and an index of words would
be another for each. Thirteen years of a daily are some ten megabytes, looked through in milliseconds.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby, islice
from threading import Lock

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from digest.newsletters import Newsletter
from digest.store.models import IssueRow, IssueState, StoryRow
from digest.web.archive.reading import Archive, Line
from digest.web.archive.words import Piece, excerpt, folded, held, marked, needles

RESULTS = 20
STORIES = 3


@dataclass(frozen=True, slots=True)
class FoundStory:
    """A story that holds some of the words. ``summary`` is given where it holds some that the headline does not."""

    headline: tuple[Piece, ...]
    summary: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """An issue that was found, with the stories for which it was."""

    line: Line
    subject: tuple[Piece, ...]
    stories: tuple[FoundStory, ...]


@dataclass(frozen=True, slots=True)
class Findings:
    """How many issues were found in all, and some of them, the newest first; ``more`` when there are older ones."""

    total: int
    issues: tuple[Found, ...] = ()
    more: bool = False


@dataclass(slots=True)
class Index:
    """The folded words of every issue that was sent of one newsletter, by number."""

    engine: Engine
    newsletter: str
    _texts: dict[int, str] = field(default_factory=dict)
    _growing: Lock = field(default_factory=Lock)

    def numbers(self, wanted: Sequence[str]) -> list[int]:
        """The issues in which all of the needles stand, the newest first."""
        sent = self._sent()
        self._grow(sent)
        texts = self._texts
        found = (number for number in sent if all(needle in texts.get(number, "") for needle in wanted))
        return sorted(found, reverse=True)

    def _sent(self) -> set[int]:
        query = select(IssueRow.number).where(
            IssueRow.newsletter == self.newsletter, IssueRow.state == IssueState.SENT, col(IssueRow.number).is_not(None)
        )
        with Session(self.engine) as session:
            return {number for number in session.exec(query) if number is not None}

    def _grow(self, sent: set[int]) -> None:
        with self._growing:
            missing = sent - self._texts.keys()
            if missing:
                self._texts.update(self._read(min(missing), max(missing)))

    def _read(self, first: int, last: int) -> dict[int, str]:
        """The folded words of the issues from the first number to the last."""
        mine = IssueRow.newsletter == self.newsletter, col(IssueRow.number).between(first, last)
        beginning = col(IssueRow.preheader) + "\n" + col(IssueRow.intro)
        heads = select(IssueRow.number, IssueRow.subject, beginning).where(*mine)
        told = (
            select(IssueRow.number, StoryRow.headline, StoryRow.summary)
            .join(StoryRow, col(StoryRow.issue_id) == IssueRow.id)
            .where(*mine)
        )
        with Session(self.engine) as session:
            rows = [*session.exec(heads), *session.exec(told)]
        rows.sort(key=lambda row: row[0] or 0)
        return {
            number or 0: folded("\n".join(f"{one}\n{other}" for _, one, other in group))
            for number, group in groupby(rows, key=lambda row: row[0])
        }


@dataclass(frozen=True, slots=True)
class Search:
    """Finds issues of every newsletter of an archive."""

    archive: Archive
    _indexes: dict[str, Index] = field(default_factory=dict)

    def find(self, newsletter: Newsletter, query: str, before: int) -> Findings:
        """Issues with all the words of ``query``, those with a number below ``before``; none for no words."""
        wanted = needles(query)
        if not wanted:
            return Findings(0)
        index = self._indexes.setdefault(newsletter.key, Index(self.archive.engine, newsletter.key))
        numbers = index.numbers(wanted)
        here = [number for number in numbers if number < before]
        shown = here[:RESULTS]
        stories = self._stories(newsletter, shown)
        issues = (
            _found(line, stories.get(line.number, ()), wanted) for line in self.archive.lines_of(newsletter, shown)
        )
        return Findings(len(numbers), tuple(issues), more=len(here) > RESULTS)

    def _stories(self, newsletter: Newsletter, numbers: Sequence[int]) -> dict[int, list[tuple[str, str]]]:
        query = (
            select(IssueRow.number, StoryRow.headline, StoryRow.summary)
            .join(StoryRow, col(StoryRow.issue_id) == IssueRow.id)
            .where(IssueRow.newsletter == newsletter.key, col(IssueRow.number).in_(numbers))
            .order_by(col(IssueRow.number), col(StoryRow.rank))
        )
        with Session(self.archive.engine) as session:
            rows = list(session.exec(query))
        return {
            number or 0: [(headline, summary) for _, headline, summary in group]
            for number, group in groupby(rows, key=lambda row: row[0])
        }


def _found(line: Line, stories: Sequence[tuple[str, str]], wanted: Sequence[str]) -> Found:
    told = (_found_story(headline, summary, line.subject, wanted) for headline, summary in stories)
    return Found(line, marked(line.subject, wanted), tuple(islice(filter(None, told), STORIES)))


def _found_story(headline: str, summary: str, subject: str, wanted: Sequence[str]) -> FoundStory | None:
    in_headline, in_summary = held(headline, wanted), held(summary, wanted)
    more = in_summary - in_headline
    if not more and (not in_headline or headline == subject):  # the subject is often the first headline
        return None
    return FoundStory(marked(headline, wanted), excerpt(marked(summary, wanted)) if more else ())
