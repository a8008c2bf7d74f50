"""From sources to a draft: what the next issue would say if it were made now, and why.

``gather`` and ``draft_issue`` change nothing: the preview shows what they give, ``publish`` keeps it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from digest.collect import Harvest, Remembered, collect
from digest.curate import Desk, curate
from digest.domain import Article, Candidate, Curation, Pick, Story
from digest.newsletters import Newsletter, Source
from digest.store import articles, issues
from digest.store.issues import Draft, DraftStory
from digest.store.models import SourceRow
from digest.summarize import clean_headline, preheader, reading_minutes, subject_line, summarize
from digest.workspace import Workspace

HISTORY = timedelta(days=30)
KNOWN = timedelta(days=90)  # how long an article that a feed still tells of is not fetched again
LEAD_WORDS, STORY_WORDS = 60, 40
ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Gathered:
    """What the sources gave just now, with what was remembered of each before."""

    harvests: tuple[Harvest, ...]
    remembered: dict[str, SourceRow]
    at: datetime

    def backlog(self, source: str) -> bool:
        """True when this was the source's first collection: its articles may be as old as they say."""
        row = self.remembered.get(source)
        return row is None or row.first_collected_at is None

    @property
    def candidates(self) -> list[Candidate]:
        """Every article that came, as a candidate first seen now."""
        return [
            Candidate(article, self.at, self.backlog(harvest.source))
            for harvest in self.harvests
            for article in harvest.articles
        ]


async def gather(workspace: Workspace, sources: Sequence[Source]) -> Gathered:
    """Collect ``sources``; each one's failure is told in its harvest."""
    now = workspace.clock()
    remembered = articles.sources_by_key(workspace.engine)
    known = articles.urls_by_source(workspace.engine, since=now - KNOWN)
    memory = {key: _remembered(row, known.get(key, frozenset())) for key, row in remembered.items()}
    config, public_url = workspace.config, workspace.settings.public_url
    harvests = await collect(sources, memory, now=now, folder=config.folder, public_url=public_url)
    return Gathered(harvests, remembered, now)


def failures(gathered: Gathered) -> str:
    """What went wrong with which source, on one line; empty when nothing did."""
    return "; ".join(f"{harvest.source}: {harvest.error}" for harvest in gathered.harvests if harvest.error)


def keep(workspace: Workspace, gathered: Gathered) -> None:
    """Store what was gathered, and how each source fared, in one transaction."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with Session(workspace.engine, autoflush=False) as session:
                _save(session, gathered)
                session.commit()
        except IntegrityError:  # another process stored the same article at this very moment
            if attempt == ATTEMPTS:
                raise
        else:
            return


def _save(session: Session, gathered: Gathered) -> None:
    for harvest in gathered.harvests:
        backlog = gathered.backlog(harvest.source)
        articles.save_articles(session, harvest.articles, seen=gathered.at, backlog=backlog)
        session.flush()
        articles.save_source(session, _source_row(gathered, harvest))


def draft_issue(
    workspace: Workspace, newsletter: Newsletter, gathered: Gathered, *, issue_id: int | None = None
) -> Draft:
    """What the newsletter's next issue says, from what is stored and what was just gathered."""
    engine, now = workspace.engine, gathered.at
    sources = {source.key: source for source in workspace.config.sources_of(newsletter)}
    max_age = timedelta(hours=newsletter.max_age_hours)
    stored = articles.candidates(engine, list(sources), now=now, max_age=max_age)
    known = {candidate.article.url for candidate in stored}
    fresh = [candidate for candidate in gathered.candidates if candidate.article.url not in known]
    since = now - max(HISTORY, max_age * 2)
    history = articles.used_articles(engine, newsletter.key, since=since, but=issue_id)
    desk = Desk(newsletter, sources, now, workspace.config.topics)
    curation = curate([*stored, *fresh], desk=desk, history=history)
    recent = issues.recent_subjects(engine, newsletter.key)
    return _draft(newsletter, sources, curation, recent)


def _draft(newsletter: Newsletter, sources: dict[str, Source], curation: Curation, recent: Sequence[str]) -> Draft:
    if not curation.picks:
        return Draft("", "", (), curation.decisions, skipped=_why_nothing(newsletter, curation))
    stories = tuple(_story(pick, sources, lead=rank == 0) for rank, pick in enumerate(curation.picks))
    headlines = [each.story.headline for each in stories]
    return Draft(subject_line(headlines, recent), preheader(headlines), stories, curation.decisions)


def _why_nothing(newsletter: Newsletter, curation: Curation) -> str:
    if not curation.decisions:
        return "no articles came from any source"
    count = len(curation.decisions)
    return f"nothing new enough to send: {count} candidates, fewer than {newsletter.min_stories} to choose"


def _story(pick: Pick, sources: dict[str, Source], *, lead: bool) -> DraftStory:
    article = pick.article
    summary = summarize(article, max_sentences=3 if lead else 2, max_words=LEAD_WORDS if lead else STORY_WORDS)
    name = _name_of(article, sources)
    others = dict.fromkeys(_name_of(copy, sources) for copy in pick.also_in)
    story = Story(
        url=article.url,
        headline=clean_headline(article.title, name),
        summary=summary.text,
        source_name=name,
        section=pick.section,
        author=article.author,
        image=article.image,
        published=article.published,
        minutes=reading_minutes(article.text),
        also_in=tuple(other for other in others if other != name),
    )
    return DraftStory(story, summary.origin, tuple(copy.url for copy in pick.also_in))


def _name_of(article: Article, sources: dict[str, Source]) -> str:
    return sources[article.source].title if article.source in sources else article.source


def _remembered(row: SourceRow, known_urls: frozenset[str]) -> Remembered:
    return Remembered(row.etag, row.last_modified, row.retry_at, known_urls)


def _source_row(gathered: Gathered, harvest: Harvest) -> SourceRow:
    row, now = gathered.remembered.get(harvest.source), gathered.at
    kept = row.model_dump() if row else {"key": harvest.source}
    if harvest.error:
        failing_since = row.failing_since if row and row.failing_since else now
        kept |= {"error": harvest.error, "failing_since": failing_since, "retry_at": harvest.retry_at}
    else:
        kept |= {
            "etag": harvest.etag,
            "last_modified": harvest.last_modified,
            "collected_at": now,
            "first_collected_at": (row and row.first_collected_at) or now,
            "error": "",
            "failing_since": None,
            "retry_at": None,
        }
    return SourceRow(**kept)
