"""Articles and what is remembered of their sources, in the database.

An article is stored once, by its canonical URL. Seen again, its words may be corrected, but when it
was first seen and who first brought it stay as they were.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from digest.domain import Article, Candidate, Image
from digest.store.models import ArticleRow, IssueRow, IssueState, SourceRow, StoryRow

USED_STATES = (IssueState.DRAFT, IssueState.APPROVED, IssueState.SENDING, IssueState.SENT)
Item = TypeVar("Item")

BATCH = 500  # names in one IN (…): every SQLite allows 999


def sources_by_key(engine: Engine) -> dict[str, SourceRow]:
    """What is remembered of every source."""
    with Session(engine, expire_on_commit=False) as session:
        return {row.key: row for row in session.exec(select(SourceRow))}


def save_source(session: Session, row: SourceRow) -> None:
    """Remember a source's last collection."""
    session.merge(row)


def save_articles(session: Session, articles: Sequence[Article], *, seen: datetime, backlog: bool) -> int:
    """Store the new articles, correct the known ones; return how many were new."""
    known = _rows_by_url(session, [article.url for article in articles])
    before = len(known)
    for article in articles:
        row = known.get(article.url)
        if row is None:
            row = known[article.url] = ArticleRow(
                url=article.url, source=article.source, title="", text="", seen_at=seen, backlog=backlog
            )
            session.add(row)
        elif row.source != article.source:
            continue
        _write(row, article)
    return len(known) - before


def urls_by_source(engine: Engine, *, since: datetime) -> dict[str, frozenset[str]]:
    """The URLs of the articles first seen since then, by the source that brought them."""
    urls: defaultdict[str, set[str]] = defaultdict(set)
    with Session(engine) as session:
        for source, url in session.exec(select(ArticleRow.source, ArticleRow.url).where(ArticleRow.seen_at >= since)):
            urls[source].add(url)
    return {source: frozenset(found) for source, found in urls.items()}


def candidates(engine: Engine, sources: Sequence[str], *, now: datetime, max_age: timedelta) -> list[Candidate]:
    """The articles of ``sources`` that were first seen within ``max_age`` (a little more, to explain the rest)."""
    since = now - max_age * 2
    with Session(engine) as session:
        rows = session.exec(
            select(ArticleRow)
            .where(col(ArticleRow.source).in_(sources), ArticleRow.seen_at >= since)
            .order_by(col(ArticleRow.id))
        )
        return [Candidate(as_article(row), row.seen_at, row.backlog) for row in rows]


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


def _write(row: ArticleRow, article: Article) -> None:
    image = article.image or Image("")
    row.title, row.text, row.dek = article.title, article.text, article.dek
    row.author, row.language = article.author, article.language
    row.image_url, row.image_alt = image.url, image.alt
    row.image_width, row.image_height = image.width, image.height
    row.original_url, row.original_name = article.original_url, article.original_name
    row.published_at = article.published


def _rows_by_url(session: Session, urls: Sequence[str]) -> dict[str, ArticleRow]:
    found = (session.exec(select(ArticleRow).where(col(ArticleRow.url).in_(part))) for part in batched(urls))
    return {row.url: row for rows in found for row in rows}


def batched(items: Sequence[Item]) -> list[Sequence[Item]]:
    """The items in parts short enough for one IN (…)."""
    return [items[start : start + BATCH] for start in range(0, len(items), BATCH)]
