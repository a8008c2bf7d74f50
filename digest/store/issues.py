"""Issues in the database: one for each (newsletter, slot), and the steps of its life.

Each step is one transaction that takes effect once, whoever tries it and however often: it names the
state it expects, and the loser of a race finds that state gone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, Update, func, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from digest.domain import Decision, Image, Issue, Story
from digest.errors import AskedWrongly
from digest.newsletters import Config, Newsletter
from digest.store.articles import article_ids
from digest.store.models import ArticleRow, IssueRow, IssueState, NewsletterRow, StoryRow, VariantRow

DRAFTING_LEASE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class DraftStory:
    """A story with what the store keeps beside the reader's words: where these come from, what was folded in."""

    story: Story
    origin: str
    folded: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """What an issue will say, and why: its stories in reading order, or none and the reason."""

    subject: str
    preheader: str
    stories: tuple[DraftStory, ...]
    decisions: tuple[Decision, ...]
    skipped: str = ""


def open_issue(engine: Engine, newsletter: Newsletter, slot: datetime, now: datetime) -> IssueRow:
    """The issue for that slot: made now if there is none, else the one that is there."""
    with Session(engine, expire_on_commit=False) as session:
        session.add(
            IssueRow(
                newsletter=newsletter.key,
                slot=slot,
                created_at=now,
                expires_at=max(slot, now) + timedelta(hours=newsletter.expires_hours),
            )
        )
        try:
            session.commit()
        except IntegrityError:
            session.rollback()
        found = select(IssueRow).where(IssueRow.newsletter == newsletter.key, IssueRow.slot == slot)
        return session.exec(found).one()


def issue_by_id(engine: Engine, issue_id: int) -> IssueRow:
    """The issue of that id. Raises AskedWrongly when there is none."""
    with Session(engine, expire_on_commit=False) as session:
        row = session.get(IssueRow, issue_id)
    if row is None:
        raise AskedWrongly(f"there is no issue {issue_id} (`digest issues` lists them)")
    return row


def state_of(engine: Engine, newsletter: str, slot: datetime) -> str | None:
    """The state of the issue for that slot; None when there is no such issue yet."""
    with Session(engine) as session:
        found = select(IssueRow.state).where(IssueRow.newsletter == newsletter, IssueRow.slot == slot)
        return session.exec(found).one_or_none()


def list_issues(engine: Engine, newsletter: str | None = None, limit: int = 30) -> list[IssueRow]:
    """The latest issues, the newest first."""
    query = select(IssueRow).order_by(col(IssueRow.slot).desc(), col(IssueRow.id).desc()).limit(limit)
    if newsletter:
        query = query.where(IssueRow.newsletter == newsletter)
    with Session(engine, expire_on_commit=False) as session:
        return list(session.exec(query))


def unfinished_issues(engine: Engine, newsletter: str) -> list[IssueRow]:
    """Issues that somebody began and nobody ended, the oldest first."""
    states = (IssueState.DRAFT, IssueState.APPROVED, IssueState.SENDING)
    query = select(IssueRow).where(IssueRow.newsletter == newsletter, col(IssueRow.state).in_(states))
    with Session(engine, expire_on_commit=False) as session:
        return list(session.exec(query.order_by(col(IssueRow.slot))))


def recent_subjects(engine: Engine, newsletter: str, limit: int = 30) -> list[str]:
    """Subjects of the newsletter's latest issues, so that none is used twice."""
    return [row.subject for row in list_issues(engine, newsletter, limit) if row.subject]


def hold_draft(engine: Engine, issue_id: int, holder: str, now: datetime, gone: Sequence[str] = ()) -> bool:
    """Take the issue for drafting; False while another living process has it.

    ``gone`` are holders known to be dead: their lease counts for nothing.
    """
    free = (
        (col(IssueRow.held_until).is_(None))
        | (col(IssueRow.held_until) < now)
        | (col(IssueRow.holder).in_([holder, *gone]))
    )
    step = (
        update(IssueRow)
        .where(col(IssueRow.id) == issue_id, col(IssueRow.state) == IssueState.DRAFT, free)
        .where(col(IssueRow.drafted_at).is_(None))
        .values(holder=holder, held_until=now + DRAFTING_LEASE)
    )
    return _takes_effect(engine, step)


def let_go(engine: Engine, issue_id: int, holder: str) -> None:
    """Give the issue back undrafted, for whoever tries next."""
    mine = update(IssueRow).where(col(IssueRow.id) == issue_id, col(IssueRow.holder) == holder)
    _takes_effect(engine, mine.values(holder="", held_until=None))


def save_draft(engine: Engine, issue_id: int, draft: Draft, holder: str, now: datetime) -> bool:
    """Keep the draft and its reasons; a draft without stories makes the issue *skipped*.

    False when the issue was taken over or cancelled meanwhile: then nothing is kept.
    """
    state = IssueState.SKIPPED if draft.skipped else IssueState.DRAFT
    step = (
        update(IssueRow)
        .where(col(IssueRow.id) == issue_id, col(IssueRow.state) == IssueState.DRAFT, col(IssueRow.holder) == holder)
        .values(
            state=state,
            reason=draft.skipped,
            subject=draft.subject,
            preheader=draft.preheader,
            decisions=[asdict(decision) for decision in draft.decisions],
            drafted_at=now,
            holder="",
            held_until=None,
        )
    )
    with Session(engine) as session:
        if session.connection().execute(step).rowcount != 1:
            return False
        session.add_all(_story_rows(session, issue_id, draft.stories))
        session.commit()
    return True


def approve(engine: Engine, issue_id: int) -> bool:
    """draft → approved; False when the issue is no draft, or is still being drafted."""
    drafted = col(IssueRow.drafted_at).is_not(None)
    return _takes_effect(engine, _step(issue_id, IssueState.DRAFT, state=IssueState.APPROVED).where(drafted))


def cancel(session: Session, issue_id: int, reason: str) -> bool:
    """draft, approved or sending → cancelled; False when it is too late."""
    states = (IssueState.DRAFT, IssueState.APPROVED, IssueState.SENDING)
    step = update(IssueRow).where(col(IssueRow.id) == issue_id, col(IssueRow.state).in_(states))
    return session.connection().execute(step.values(state=IssueState.CANCELLED, reason=reason)).rowcount == 1


def next_number(session: Session, newsletter: str) -> int:
    """The number that the newsletter's next issue will bear."""
    last = session.exec(select(func.max(IssueRow.number)).where(IssueRow.newsletter == newsletter)).one()
    return (last or 0) + 1


def begin_sending(session: Session, issue_id: int, number: int, html: str, text: str, now: datetime) -> int | None:
    """approved → sending, with its number and rendering; return the variant's id, None if it was not approved.

    The caller fills the outbox in the same transaction.
    """
    step = _step(issue_id, IssueState.APPROVED, state=IssueState.SENDING, number=number, sending_at=now)
    if session.connection().execute(step).rowcount != 1:
        return None
    variant = VariantRow(issue_id=issue_id, key="default", html=html, text=text)
    session.add(variant)
    session.flush()
    return variant.id


def variant_of(engine: Engine, issue_id: int) -> VariantRow:
    """The issue as it was rendered when its sending began."""
    with Session(engine, expire_on_commit=False) as session:
        return session.exec(select(VariantRow).where(VariantRow.issue_id == issue_id)).one()


def load_issue(engine: Engine, row: IssueRow, config: Config) -> Issue:
    """The drafted issue with its stories, ready to be composed.

    Raises AskedWrongly when its newsletter is no longer in the configuration.
    """
    newsletter = config.newsletter(row.newsletter)
    with Session(engine) as session:
        found = session.exec(
            select(StoryRow, ArticleRow)
            .join(ArticleRow, col(ArticleRow.id) == StoryRow.article_id)
            .where(StoryRow.issue_id == row.id)
            .order_by(col(StoryRow.rank))
        )
        stories = tuple(_story(story, article) for story, article in found)
        number = row.number or next_number(session, row.newsletter)
    return Issue(newsletter, config.site, number, row.slot, row.subject, row.preheader, stories)


def watch(engine: Engine, newsletters: Mapping[str, Newsletter], now: datetime) -> dict[str, datetime]:
    """Since when each newsletter's present schedule is followed; new and changed ones begin now."""
    with Session(engine) as session:
        known = {row.key: row for row in session.exec(select(NewsletterRow))}
        for key, newsletter in newsletters.items():
            schedule = f"{newsletter.schedule} {newsletter.timezone}"
            if key not in known or known[key].schedule != schedule:
                known[key] = session.merge(NewsletterRow(key=key, schedule=schedule, since=now))
        since = {key: known[key].since for key in newsletters}
        session.commit()
    return since


def _story_rows(session: Session, issue_id: int, stories: Sequence[DraftStory]) -> list[StoryRow]:
    ids = article_ids(session, [url for each in stories for url in (each.story.url, *each.folded)])
    return [
        StoryRow(
            issue_id=issue_id,
            article_id=ids[each.story.url],
            rank=rank,
            section=each.story.section,
            headline=each.story.headline,
            summary=each.story.summary,
            origin=each.origin,
            source_name=each.story.source_name,
            minutes=each.story.minutes,
            also_in=list(each.story.also_in),
            folded=[ids[url] for url in each.folded if url in ids],
        )
        for rank, each in enumerate(stories, 1)
    ]


def _story(row: StoryRow, article: ArticleRow) -> Story:
    image = None
    if article.image_url:
        image = Image(article.image_url, article.image_width, article.image_height, article.image_alt)
    return Story(
        url=article.url,
        headline=row.headline,
        summary=row.summary,
        source_name=row.source_name,
        section=row.section,
        author=article.author,
        image=image,
        published=article.published_at,
        minutes=row.minutes,
        also_in=tuple(row.also_in),
    )


def _step(issue_id: int, expected: IssueState, **values: Any) -> Update:
    return update(IssueRow).where(col(IssueRow.id) == issue_id, col(IssueRow.state) == expected).values(**values)


def _takes_effect(engine: Engine, step: Update) -> bool:
    with engine.begin() as connection:
        return connection.execute(step).rowcount == 1
