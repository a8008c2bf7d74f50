"""Issues in the database: one for each (newsletter, slot), and the steps of its life.

Each step is one transaction that takes effect once, whoever tries it and however often: it names the
state it expects, and the loser of a race finds that state gone.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, Update, delete, func, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from digest.domain import Article, Decision, Image, Issue, Story
from digest.errors import AskedWrongly
from digest.newsletters import Config, Newsletter
from digest.store.articles import article_ids, save_looks
from digest.store.models import ArticleRow, IssueRow, IssueState, NewsletterRow, StoryRow, VariantRow

DRAFTING_LEASE = timedelta(minutes=10)
BY_HAND = "editor"  # the origin of words that an editor wrote


@dataclass(frozen=True, slots=True)
class DraftStory:
    """A story with what the store keeps beside the reader's words: where these come from, what was folded in."""

    story: Story
    origin: str
    note: str = ""
    folded: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """What an issue will say, and why: its stories in reading order, or none and the reason.

    ``corrected`` and ``gone`` (why, by address) are articles of which a last look found something new. ``note`` is
    why a model's subject was not used.
    """

    subject: str
    preheader: str
    stories: tuple[DraftStory, ...]
    decisions: tuple[Decision, ...]
    corrected: tuple[Article, ...] = ()
    gone: Mapping[str, str] = field(default_factory=dict)
    skipped: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Rendering:
    """An issue as it is to be sent, in one language (a BCP 47 tag), with marks for a recipient's own values.

    ``stories`` are the ranks of those that it holds, with commas between, and ``subject`` and ``preheader`` its own
    words; all are empty when it holds the whole issue.
    """

    language: str
    html: str
    text: str
    stories: str = ""
    subject: str = ""
    preheader: str = ""


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
    states = (IssueState.DRAFT, IssueState.APPROVED, IssueState.SENDING, IssueState.PAUSED)
    query = select(IssueRow).where(IssueRow.newsletter == newsletter, col(IssueRow.state).in_(states))
    with Session(engine, expire_on_commit=False) as session:
        return list(session.exec(query.order_by(col(IssueRow.slot))))


def being_sent(engine: Engine) -> list[tuple[int, str]]:
    """The ids of the issues that are being sent, and their newsletters' keys; whose sending began first comes first."""
    query = select(IssueRow.id, IssueRow.newsletter).where(IssueRow.state == IssueState.SENDING)
    with Session(engine) as session:
        found = session.exec(query.order_by(col(IssueRow.sending_at), col(IssueRow.id)))
        return [(issue_id or 0, newsletter) for issue_id, newsletter in found]


def recent_subjects(engine: Engine, newsletter: str, limit: int = 30, *, but: int | None = None) -> list[str]:
    """Subjects of the newsletter's latest issues, so that none is used twice; ``but`` is the one being made."""
    return [row.subject for row in list_issues(engine, newsletter, limit) if row.subject and row.id != but]


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
            note=draft.note,
            decisions=[asdict(decision) for decision in draft.decisions],
            drafted_at=now,
            looked_at=now,
            holder="",
            held_until=None,
        )
    )
    with Session(engine) as session:
        if session.connection().execute(step).rowcount != 1:
            return False
        _write_stories(session, issue_id, draft)
        session.commit()
    return True


def replace_draft(engine: Engine, row: IssueRow, draft: Draft, now: datetime) -> bool:
    """Keep the approved issue as it was revised; a draft without stories cancels it.

    False when somebody else changed it, or began to send it, meanwhile: then nothing is kept.
    """
    step = _step(
        row.id or 0,
        IssueState.APPROVED,
        state=IssueState.CANCELLED if draft.skipped else IssueState.APPROVED,
        reason=draft.skipped,
        subject=draft.subject,
        preheader=draft.preheader,
        note=draft.note,
        decisions=[asdict(decision) for decision in draft.decisions],
        looked_at=now,
        revision=row.revision + 1,
    ).where(col(IssueRow.revision) == row.revision)
    with Session(engine) as session:
        if session.connection().execute(step).rowcount != 1:
            return False
        _write_stories(session, row.id or 0, draft)
        session.commit()
    return True


def edit_draft(
    engine: Engine, row: IssueRow, draft: Draft, by_hand: Collection[str] = (), *, intro: str | None = None
) -> bool:
    """Keep an editor's version of a draft or an approved issue, with another ``intro`` if one is given.

    ``by_hand`` may name ``subject`` and ``preheader``: these are then never replaced by words of ours. False when
    the issue was changed, or began to be sent, since ``row`` was read.
    """
    step = (
        update(IssueRow)
        .where(col(IssueRow.id) == row.id, col(IssueRow.state) == row.state, col(IssueRow.revision) == row.revision)
        .values(
            subject=draft.subject,
            preheader=draft.preheader,
            decisions=[asdict(decision) for decision in draft.decisions],
            revision=row.revision + 1,
            intro=row.intro if intro is None else intro,
            **{f"{name}_by_hand": True for name in by_hand},
        )
    )
    with Session(engine) as session:
        if session.connection().execute(step).rowcount != 1:
            return False
        _write_stories(session, row.id or 0, draft)
        session.commit()
    return True


def stories_of(engine: Engine, issue_id: int) -> list[DraftStory]:
    """The issue's stories in reading order."""
    with Session(engine) as session:
        found = _with_articles(session, issue_id)
        folded = sorted({number for row, _ in found for number in row.folded})
        urls = {row.id: row.url for row in session.exec(select(ArticleRow).where(col(ArticleRow.id).in_(folded)))}
        return [
            DraftStory(
                _story(row, article),
                row.origin,
                row.note,
                tuple(urls[number] for number in row.folded if number in urls),
            )
            for row, article in found
        ]


def decisions_of(row: IssueRow) -> tuple[Decision, ...]:
    """Why each candidate was chosen or dropped, as it was kept with the issue."""
    return tuple(Decision(**decision) for decision in row.decisions)


def approve(engine: Engine, issue_id: int) -> bool:
    """draft → approved; False when the issue is no draft, or is still being drafted."""
    drafted = col(IssueRow.drafted_at).is_not(None)
    return _takes_effect(engine, _step(issue_id, IssueState.DRAFT, state=IssueState.APPROVED).where(drafted))


def pause(engine: Engine, issue_id: int) -> bool:
    """sending → paused: no delivery is begun any more; False when the issue is not being sent."""
    return _takes_effect(engine, _step(issue_id, IssueState.SENDING, state=IssueState.PAUSED))


def resume(engine: Engine, issue_id: int) -> bool:
    """paused → sending; False when the issue is not paused."""
    return _takes_effect(engine, _step(issue_id, IssueState.PAUSED, state=IssueState.SENDING))


def cancel(session: Session, issue_id: int, reason: str) -> bool:
    """draft, approved, sending or paused → cancelled; False when it is too late."""
    states = (IssueState.DRAFT, IssueState.APPROVED, IssueState.SENDING, IssueState.PAUSED)
    step = update(IssueRow).where(col(IssueRow.id) == issue_id, col(IssueRow.state).in_(states))
    return session.connection().execute(step.values(state=IssueState.CANCELLED, reason=reason)).rowcount == 1


def next_number(session: Session, newsletter: str) -> int:
    """The number that the newsletter's next issue will bear."""
    last = session.exec(select(func.max(IssueRow.number)).where(IssueRow.newsletter == newsletter)).one()
    return (last or 0) + 1


def begin_sending(
    session: Session, row: IssueRow, number: int, renderings: Sequence[Rendering], now: datetime, *, intro: str = ""
) -> list[int]:
    """approved → sending, with what it begins with and its renderings; return the variants' ids, in the same order.

    The whole issue in the newsletter's own language comes first. There are none when the issue was not approved any
    more, or was changed since ``row`` was read. The caller fills the outbox in the same transaction.
    """
    issue_id = row.id or 0
    step = _step(issue_id, IssueState.APPROVED, state=IssueState.SENDING, number=number, sending_at=now, intro=intro)
    if session.connection().execute(step.where(col(IssueRow.revision) == row.revision)).rowcount != 1:
        return []
    ids = []
    for each in renderings:
        variant = VariantRow(issue_id=issue_id, **asdict(each))
        session.add(variant)
        session.flush()  # one by one: the order of their ids is that of the renderings
        ids.append(variant.id or 0)
    return ids


def variants_of(engine: Engine, issue_id: int) -> list[VariantRow]:
    """The issue as it was rendered when its sending began, the whole in the newsletter's own language first."""
    query = select(VariantRow).where(VariantRow.issue_id == issue_id).order_by(col(VariantRow.id))
    with Session(engine, expire_on_commit=False) as session:
        return list(session.exec(query))


def versions_of(engine: Engine, issue_id: int) -> list[tuple[str, str]]:
    """The language and the ``stories`` of each rendering that the issue was sent in, the whole ones first."""
    query = select(VariantRow.language, VariantRow.stories).where(VariantRow.issue_id == issue_id)
    with Session(engine) as session:
        return list(session.exec(query.order_by(col(VariantRow.id))))


def load_issue(engine: Engine, row: IssueRow, config: Config) -> Issue:
    """The drafted issue with its stories, ready to be composed; or one that was sent, with what it began with then.

    Raises AskedWrongly when its newsletter is no longer in the configuration.
    """
    newsletter = config.newsletter(row.newsletter)
    with Session(engine) as session:
        stories = tuple(_story(story, article) for story, article in _with_articles(session, row.id or 0))
        number = row.number or next_number(session, row.newsletter)
    intro = row.intro if row.sending_at else row.intro or newsletter.intro
    return Issue(newsletter, config.site, number, row.slot, row.subject, row.preheader, stories, intro)


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


def _with_articles(session: Session, issue_id: int) -> list[tuple[StoryRow, ArticleRow]]:
    found = (
        select(StoryRow, ArticleRow)
        .join(ArticleRow, col(ArticleRow.id) == StoryRow.article_id)
        .where(StoryRow.issue_id == issue_id)
        .order_by(col(StoryRow.rank))
    )
    return list(session.exec(found))


def _write_stories(session: Session, issue_id: int, draft: Draft) -> None:
    session.connection().execute(delete(StoryRow).where(col(StoryRow.issue_id) == issue_id))
    save_looks(session, draft.corrected, draft.gone)
    session.add_all(_story_rows(session, issue_id, draft.stories))


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
            note=each.note,
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
        language=article.language,
    )


def _step(issue_id: int, expected: IssueState, **values: Any) -> Update:
    return update(IssueRow).where(col(IssueRow.id) == issue_id, col(IssueRow.state) == expected).values(**values)


def _takes_effect(engine: Engine, step: Update) -> bool:
    with engine.begin() as connection:
        return connection.execute(step).rowcount == 1
