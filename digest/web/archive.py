"""Past issues for everyone to read: what was sent, never what is still a draft, and nobody's own links."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from babel.dates import format_date
from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from sqlalchemy import Engine
from sqlmodel import Session, col, select
from starlette.exceptions import HTTPException

from digest.newsletters import Config, Newsletter
from digest.store.models import IssueRow, IssueState, StoryRow, VariantRow
from digest.web.headers import ISSUE_POLICY
from digest.web.public import public_html
from subscribers.mail import Render
from subscribers.publication import House

LOOK = ["GET", "HEAD"]
PUBLIC_STATES = (IssueState.SENDING, IssueState.SENT)
LINES = 50
HEADLINES = 5
LARGEST_NUMBER = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Line:
    """An issue as a line of the archive. ``date`` is the slot's day in the newsletter's zone and language."""

    number: int
    subject: str
    slot: datetime
    date: str


@dataclass(frozen=True, slots=True)
class Front:
    """A newsletter on the front page, with its latest issue if there is one."""

    newsletter: Newsletter
    latest: Line | None
    headlines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Archive:
    """Reads what the public may see of one database."""

    engine: Engine

    def lines(self, newsletter: Newsletter, before: int = LARGEST_NUMBER, limit: int = LINES) -> list[Line]:
        """Issues with a number below ``before``, the newest first."""
        query = (
            select(IssueRow)
            .where(
                IssueRow.newsletter == newsletter.key,
                col(IssueRow.state).in_(PUBLIC_STATES),
                col(IssueRow.number) < before,
            )
            .order_by(col(IssueRow.number).desc())
            .limit(limit)
        )
        with Session(self.engine) as session:
            return [_line(newsletter, row) for row in session.exec(query)]

    def front(self, newsletter: Newsletter) -> Front:
        """The newsletter, its latest issue and that issue's first headlines."""
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

    def html(self, newsletter: Newsletter, number: int) -> str | None:
        """The issue as it was sent, with its marks; None when there is no such public issue."""
        query = (
            select(VariantRow.html)
            .join(IssueRow, col(IssueRow.id) == VariantRow.issue_id)
            .where(
                IssueRow.newsletter == newsletter.key,
                IssueRow.number == number,
                col(IssueRow.state).in_(PUBLIC_STATES),
            )
            .order_by(col(VariantRow.id))
            .limit(1)
        )
        with Session(self.engine) as session:
            return session.exec(query).first()


def archive_router(config: Config, engine: Engine, house: House, render: Render) -> APIRouter:
    """The front page and the routes under ``/archive``."""
    archive = Archive(engine)
    router = APIRouter(default_response_class=HTMLResponse)

    def page(name: str, **words: object) -> HTMLResponse:
        return HTMLResponse(render(f"web/{name}.html.j2", {"house": house, "newsletter": None, **words}))

    def known(key: str) -> Newsletter:
        if key not in config.newsletters:
            raise HTTPException(404, "There is no such newsletter.")
        return config.newsletters[key]

    @router.api_route("/", methods=LOOK)
    def home() -> HTMLResponse:
        return page("home", fronts=[archive.front(newsletter) for newsletter in config.newsletters.values()])

    @router.api_route("/archive/{newsletter}", methods=LOOK)
    def past_issues(newsletter: str, before: int = LARGEST_NUMBER) -> HTMLResponse:
        chosen = known(newsletter)
        lines = archive.lines(chosen, min(max(before, 0), LARGEST_NUMBER))
        return page("archive", newsletter=chosen, lines=lines, older=_older(lines))

    @router.api_route("/archive/{newsletter}/{number:int}", methods=LOOK)
    def issue(newsletter: str, number: int) -> HTMLResponse:
        html = archive.html(known(newsletter), number) if number <= LARGEST_NUMBER else None
        if html is None:
            raise HTTPException(404, "There is no such issue.")
        return HTMLResponse(public_html(html), headers={"Content-Security-Policy": ISSUE_POLICY})

    return router


def _older(lines: Sequence[Line]) -> int | None:
    last = lines[-1].number if len(lines) == LINES else 1
    return last if last > 1 else None


def _line(newsletter: Newsletter, row: IssueRow) -> Line:
    day = row.slot.astimezone(newsletter.zone).date()
    date = format_date(day, "long", locale=newsletter.language.replace("-", "_"))
    return Line(row.number or 0, row.subject, row.slot, date)
