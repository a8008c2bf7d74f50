"""Articles and what is remembered of their sources, in the database.

An article is stored once, by its canonical URL. Seen again, its words may be corrected, but when it was first seen,
who first brought it and the date it bore then stay as they were: a new date alone makes no news.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import Engine
from sqlmodel import Session, col, or_, select

from digest.domain import Article, Candidate, Harvest, Image
from digest.store.models import BEGUN, ArticleRow, IssueRow, IssueState, SightingRow, SourceRow, StoryRow

USED_STATES = (IssueState.DRAFT, IssueState.APPROVED, *BEGUN)
Item = TypeVar("Item")

BATCH = 500  # names in one IN (…): every SQLite allows 999
TAKEN_OUT = "taken out of its source"
WATCHED = timedelta(days=7)  # how long it matters whether a source still lists an article


def sources_by_key(engine: Engine) -> dict[str, SourceRow]:
    """What is remembered of every source."""
    with Session(engine, expire_on_commit=False) as session:
        return {row.key: row for row in session.exec(select(SourceRow))}


def save_source(session: Session, row: SourceRow) -> None:
    """Remember a source's last collection."""
    session.merge(row)


def marks_of(engine: Engine, source: str, urls: Sequence[str]) -> dict[str, str | None]:
    """By URL the mark of each stored article; None for those that another source brought first."""
    with Session(engine) as session:
        return {row.url: row.mark if row.source == source else None for row in _rows_by_url(session, urls).values()}


def save_harvest(session: Session, harvest: Harvest, *, seen: datetime, backlog: bool) -> int:
    """Store what is new, correct what is known, note what is gone; return how many articles were new."""
    rows = _rows_by_url(session, sorted({*harvest.listed, *(article.url for article in harvest.articles)}))
    before = len(rows)
    for article in harvest.articles:
        row = rows.get(article.url)
        if row is None:
            row = rows[article.url] = ArticleRow(
                url=article.url,
                source=article.source,
                title="",
                text="",
                published_at=article.published,
                seen_at=seen,
            )
            session.add(row)
        elif row.source != article.source:
            continue
        _write(row, article, seen)
        row.mark = harvest.marks.get(article.url, "")
    session.flush()
    _save_sightings(session, harvest.source, list(rows.values()), seen=seen, backlog=backlog)
    if harvest.tells_all:
        _note_gone(session, harvest, now=seen)
    return len(rows) - before


def save_looks(session: Session, corrected: Sequence[Article], gone: Mapping[str, str]) -> None:
    """Keep what a last look at some articles' pages found: corrected words, and why others are gone, by URL."""
    rows = _rows_by_url(session, [*(article.url for article in corrected), *gone])
    for article in corrected:
        row = rows[article.url]
        row.text, row.title, row.dek = article.text, article.title, article.dek
    for url, why in gone.items():
        rows[url].gone = why


def candidates(engine: Engine, sources: Sequence[str], *, now: datetime, max_age: timedelta) -> list[Candidate]:
    """The articles of ``sources`` that became news within ``max_age`` (a little more, to explain the rest).

    Each is under the first of the sources that brought it.
    """
    since = now - max_age * 2
    with Session(engine) as session:
        found = session.exec(
            select(ArticleRow, SightingRow)
            .join(SightingRow, col(SightingRow.article_id) == ArticleRow.id)
            .where(col(SightingRow.source).in_(sources))
            # What was announced for a later day is news on that day, however long it has been known.
            .where(or_(col(SightingRow.seen_at) >= since, col(ArticleRow.published_at) >= since))
            .order_by(col(SightingRow.seen_at), col(ArticleRow.id))
        )
        first: dict[str, Candidate] = {}
        for row, sighting in found:
            if row.url not in first:
                article = replace(as_article(row), source=sighting.source)
                first[row.url] = Candidate(article, sighting.seen_at, sighting.backlog, row.gone)
        return list(first.values())


def articles_by_url(engine: Engine, urls: Sequence[str]) -> list[Article]:
    """The stored articles of these addresses."""
    with Session(engine) as session:
        return [as_article(row) for row in _rows_by_url(session, urls).values()]


def gone_among(engine: Engine, urls: Sequence[str]) -> dict[str, str]:
    """Why some of these articles can be read no more, by address."""
    with Session(engine) as session:
        return {url: row.gone for url, row in _rows_by_url(session, urls).items() if row.gone}


def used_articles(engine: Engine, newsletter: str, *, since: datetime, but: int | None = None) -> list[Article]:
    """The articles in the newsletter's issues since then, with the copies folded into them.

    ``but`` is the id of an issue to leave out: the one that is being made.
    """
    with Session(engine) as session:
        stories = session.exec(
            select(StoryRow)
            .join(IssueRow, col(IssueRow.id) == StoryRow.issue_id)
            .where(
                IssueRow.newsletter == newsletter,
                col(IssueRow.state).in_(USED_STATES),
                IssueRow.slot >= since,
                IssueRow.id != but,
            )
        ).all()
        ids = sorted({number for story in stories for number in (story.article_id, *story.folded)})
        found = (session.exec(select(ArticleRow).where(col(ArticleRow.id).in_(part))) for part in batched(ids))
        return [as_article(row) for rows in found for row in rows]


def article_ids(session: Session, urls: Sequence[str]) -> dict[str, int]:
    """The ids of stored articles, by URL."""
    return {url: row.id for url, row in _rows_by_url(session, urls).items() if row.id is not None}


def as_article(row: ArticleRow) -> Article:
    """The row as the value that stages take."""
    image = Image(row.image_url, row.image_width, row.image_height, row.image_alt) if row.image_url else None
    return Article(
        url=row.url,
        title=row.title,
        text=row.text,
        dek=row.dek,
        author=row.author,
        image=image,
        language=row.language,
        published=row.published_at,
        source=row.source,
        original_url=row.original_url,
        original_name=row.original_name,
    )


def _write(row: ArticleRow, article: Article, now: datetime) -> None:
    image = article.image or Image("")
    row.title, row.dek = article.title, article.dek
    # A page that is out of reach today must not take away what was read of it yesterday.
    row.text = article.text if len(article.text) * 2 > len(row.text) else row.text
    row.author, row.language = article.author, article.language
    row.image_url, row.image_alt = image.url, image.alt
    row.image_width, row.image_height = image.width, image.height
    row.original_url, row.original_name = article.original_url, article.original_name
    row.gone = ""
    row.published_at = date_kept(row.published_at, article.published, now)


def _save_sightings(
    session: Session, source: str, rows: Sequence[ArticleRow], *, seen: datetime, backlog: bool
) -> None:
    ids = [row.id for row in rows if row.id is not None]
    known: set[int] = set()
    for part in batched(ids):
        found = select(SightingRow.article_id).where(
            SightingRow.source == source, col(SightingRow.article_id).in_(part)
        )
        known.update(session.exec(found))
    session.add_all(
        SightingRow(source=source, article_id=article_id, seen_at=seen, backlog=backlog)
        for article_id in ids
        if article_id not in known
    )


def _note_gone(session: Session, harvest: Harvest, *, now: datetime) -> None:
    """Mark what the source lists no more although it lists older articles; unmark what it lists again."""
    recent = session.exec(
        select(ArticleRow).where(ArticleRow.source == harvest.source, ArticleRow.seen_at >= now - WATCHED)
    )
    pages = dict(harvest.dropped)
    for row in recent:
        if row.url in pages:
            row.gone = pages[row.url]
        elif row.url in harvest.listed:
            row.gone = "" if row.gone == TAKEN_OUT else row.gone
        elif taken_out(row.published_at, harvest.complete_since):
            row.gone = TAKEN_OUT


def date_kept(before: datetime | None, told: datetime | None, now: datetime) -> datetime | None:
    """The date that an article bears: that of its first sight, unless that day has not come yet."""
    return told if before is not None and before > now else before


def taken_out(published: datetime | None, complete_since: datetime | None) -> bool:
    """True for an unlisted article so dated that its source would list it, were it still there."""
    return published is not None and complete_since is not None and published > complete_since


def _rows_by_url(session: Session, urls: Sequence[str]) -> dict[str, ArticleRow]:
    found = (session.exec(select(ArticleRow).where(col(ArticleRow.url).in_(part))) for part in batched(urls))
    return {row.url: row for rows in found for row in rows}


def batched(items: Sequence[Item]) -> list[Sequence[Item]]:
    """The items in parts short enough for one IN (…)."""
    return [items[start : start + BATCH] for start in range(0, len(items), BATCH)]
