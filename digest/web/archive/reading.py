"""What the public may read of a database: what was sent, never what is still a draft, and nobody's own links."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from babel.dates import format_date, format_skeleton
from sqlalchemy import Engine, ScalarSelect
from sqlalchemy import select as select_columns
from sqlalchemy.orm import defer
from sqlmodel import Session, col, func, select

from digest.catalogues import locale_of, translations
from digest.compose import Layout, lay_out, look_of, public_html
from digest.compose.look import Look
from digest.compose.wording import Wording
from digest.newsletters import Config, Newsletter
from digest.store.issues import load_issue
from digest.store.models import BEGUN, IssueRow, StoryRow, VariantRow

LINES = 50
HEADLINES = 5
LARGEST_NUMBER = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Line:
    """An issue as a line of a list.

    ``slot`` is told in the newsletter's zone. In words are ``date``, ``weekday`` (with the day, but no year),
    ``month`` (with the year) and ``stories``, how many it has.
    """

    number: int
    subject: str
    preheader: str
    slot: datetime
    date: str
    weekday: str
    month: str
    stories: str


@dataclass(frozen=True, slots=True)
class Front:
    """A newsletter on the front page, with its latest issue if there is one."""

    newsletter: Newsletter
    latest: Line | None
    headlines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Edition:
    """An issue to be read: laid out as it was for the mail.

    ``day`` is the slot's in the newsletter's zone; ``published`` is when its sending began.
    """

    number: int
    day: date
    published: datetime
    layout: Layout


@dataclass(frozen=True, slots=True)
class Archive:
    """Reads what the public may see of one database. ``public_url`` is where our pages stand, without end slash."""

    engine: Engine
    config: Config
    public_url: str

    def lines(self, newsletter: Newsletter, before: int = LARGEST_NUMBER, limit: int = LINES) -> list[Line]:
        """Issues with a number below ``before``, the newest first."""
        return self._lines(newsletter, col(IssueRow.number) < before, order=col(IssueRow.number).desc(), limit=limit)

    def lines_of(self, newsletter: Newsletter, numbers: Collection[int]) -> list[Line]:
        """The issues of these numbers, the newest first."""
        chosen = col(IssueRow.number).in_(numbers)
        return self._lines(newsletter, chosen, order=col(IssueRow.number).desc(), limit=len(numbers))

    def older(self, newsletter: Newsletter, number: int) -> Line | None:
        """The issue before."""
        return next(iter(self.lines(newsletter, number, 1)), None)

    def newer(self, newsletter: Newsletter, number: int) -> Line | None:
        """The issue after."""
        later = col(IssueRow.number) > number
        return next(iter(self._lines(newsletter, later, order=col(IssueRow.number), limit=1)), None)

    def front(self, newsletter: Newsletter) -> Front:
        """The newsletter, its latest issue and that issue's first headlines; no issue where the archive is unlisted."""
        return Front(newsletter, None, ()) if newsletter.archive == "unlisted" else self.newest(newsletter)

    def newest(self, newsletter: Newsletter) -> Front:
        """The same for those who have the address, or get the issue anyway."""
        latest = next(iter(self.lines(newsletter, limit=1)), None)
        if latest is None:
            return Front(newsletter, None, ())
        query = (
            select(StoryRow.headline)
            .join(IssueRow, col(IssueRow.id) == StoryRow.issue_id)
            .where(
                IssueRow.newsletter == newsletter.key,
                IssueRow.number == latest.number,
                StoryRow.headline != latest.subject,  # the subject is often the first headline
            )
            .order_by(col(StoryRow.rank))
            .limit(HEADLINES)
        )
        with Session(self.engine) as session:
            return Front(newsletter, latest, tuple(session.exec(query)))

    def edition(self, newsletter: Newsletter, number: int) -> Edition | None:
        """The issue of that number, laid out; None when there is no such public issue."""
        return next(iter(self._editions(newsletter, IssueRow.number == number, limit=1)), None)

    def latest(self, newsletter: Newsletter, limit: int) -> list[Edition]:
        """The latest issues, laid out, the newest first."""
        return self._editions(newsletter, limit=limit)

    def mail(self, newsletter: Newsletter, number: int) -> str | None:
        """The issue's HTML as it was mailed, for everyone's eyes; None when there is no such public issue."""
        query = (
            select(VariantRow.html)
            .join(IssueRow, col(IssueRow.id) == VariantRow.issue_id)
            .where(*_public(newsletter), IssueRow.number == number)
            .order_by(col(VariantRow.id))  # the newsletter's own language is the first
            .limit(1)
        )
        with Session(self.engine) as session:
            html = session.exec(query).first()
        return None if html is None else public_html(html)

    def look(self, newsletter: Newsletter) -> Look:
        """The newsletter's colours and faces."""
        return look_of(newsletter.theme, newsletter, self.config.templates)

    def wording(self, newsletter: Newsletter) -> Wording:
        """Our words in the newsletter's language."""
        messages = translations(newsletter.language, self.config.templates)
        return Wording(newsletter.language, messages, newsletter.labels)

    def _lines(self, newsletter: Newsletter, chosen: Any, *, order: Any, limit: int) -> list[Line]:
        # Not the whole row: it holds every decision that was taken.
        columns = col(IssueRow.number), col(IssueRow.subject), col(IssueRow.preheader), col(IssueRow.slot), _stories()
        query = select_columns(*columns).where(*_public(newsletter), chosen).order_by(order).limit(limit)
        wording = self.wording(newsletter)
        with Session(self.engine) as session:
            return [_line(*row, newsletter, wording) for row in session.connection().execute(query)]

    def _editions(self, newsletter: Newsletter, *chosen: Any, limit: int) -> list[Edition]:
        query = select(IssueRow).options(defer(IssueRow.decisions))  # type: ignore[arg-type]
        query = query.where(*_public(newsletter), *chosen).order_by(col(IssueRow.number).desc()).limit(limit)
        with Session(self.engine, expire_on_commit=False) as session:
            rows = list(session.exec(query))
        look, wording = self.look(newsletter), self.wording(newsletter)
        return [self._edition(newsletter, row, look, wording) for row in rows]

    def _edition(self, newsletter: Newsletter, row: IssueRow, look: Look, wording: Wording) -> Edition:
        issue = load_issue(self.engine, row, self.config)
        layout = lay_out(issue, look, wording, self.public_url)
        return Edition(issue.number, row.slot.astimezone(newsletter.zone).date(), row.sending_at or row.slot, layout)


def printed(layout: Layout) -> dict[str, object]:
    """What a page prints of an issue, by the names that a theme knows it by."""
    parts = ("issue", "stories", "lead", "sections", "briefs", "label")
    return {part: getattr(layout, part) for part in parts}


def _public(newsletter: Newsletter) -> tuple[Any, ...]:
    return IssueRow.newsletter == newsletter.key, col(IssueRow.state).in_(BEGUN)


def _stories() -> ScalarSelect[int]:
    return select(func.count()).where(StoryRow.issue_id == IssueRow.id).correlate(IssueRow).scalar_subquery()


def _line(
    number: int | None,
    subject: str,
    preheader: str,
    slot: datetime,
    stories: int,
    newsletter: Newsletter,
    wording: Wording,
) -> Line:
    slot, locale = slot.astimezone(newsletter.zone), locale_of(newsletter.language)
    return Line(
        number=number or 0,
        subject=subject,
        preheader=preheader,
        slot=slot,
        date=format_date(slot, "long", locale=locale),
        weekday=str(format_skeleton("MMMEd", slot.date(), locale=locale)),
        month=str(format_skeleton("yMMMM", slot.date(), locale=locale)),
        stories=wording.stories(stories),
    )
