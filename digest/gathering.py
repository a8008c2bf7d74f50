"""From the sources into the store: what they give now, and what is remembered of each."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from digest.collect import Look, Remembered, collect
from digest.domain import Candidate, Harvest
from digest.newsletters import Source
from digest.store import articles
from digest.store.models import SourceRow
from digest.workspace import Workspace

ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Gathered:
    """What the sources gave just now, with what was remembered of each before.

    What was ``kept`` is in the store, and its texts are no longer here. ``looks`` are what later looks at single
    pages found, by address.
    """

    harvests: tuple[Harvest, ...]
    remembered: dict[str, SourceRow]
    at: datetime
    kept: bool = False
    looks: dict[str, Look] = field(default_factory=dict)

    @property
    def read(self) -> frozenset[str]:
        """The addresses of the pages that were read just now."""
        return frozenset(url for harvest in self.harvests for url in harvest.read)

    @property
    def lines(self) -> dict[str, dict[str, int]]:
        """The lines that each source repeats."""
        known = {key: dict(row.lines) for key, row in self.remembered.items()}
        return known | {harvest.source: dict(harvest.lines) for harvest in self.harvests if harvest.lines}


async def gather(workspace: Workspace, sources: Sequence[Source], *, keep: bool = False) -> Gathered:
    """Collect ``sources``; each one's failure is told in its harvest.

    With ``keep`` each harvest, and how its source fared, is stored in one transaction as soon as it is there, so
    that of however many sources only a few are held in memory. Without, nothing is changed.
    """
    now, engine = workspace.clock(), workspace.engine
    rows = articles.sources_by_key(engine)
    remembered = {each.key: rows[each.key] for each in sources if _is_the_same(rows.get(each.key), each)}
    memory = {key: _memory(row) for key, row in remembered.items()}
    harvests: dict[str, Harvest] = {}
    brought = collect(
        sources,
        memory,
        known=partial(articles.marks_of, engine),
        now=now,
        folder=workspace.config.folder,
        public_url=workspace.settings.public_url,
    )
    places = {each.key: _place(each) for each in sources}
    async for harvest in brought:
        if keep:
            row = _row(remembered.get(harvest.source), harvest, places[harvest.source], now)
            _keep(workspace, harvest, row, seen=now, backlog=_is_first(remembered.get(harvest.source)))
        harvests[harvest.source] = _without_texts(harvest) if keep else harvest
    return Gathered(tuple(harvests[each.key] for each in sources), remembered, now, keep)


def failures(gathered: Gathered) -> str:
    """What went wrong with which source, on one line; empty when nothing did."""
    return "; ".join(f"{harvest.source}: {harvest.error}" for harvest in gathered.harvests if harvest.error)


def candidates(workspace: Workspace, gathered: Gathered, sources: Sequence[str], max_age: timedelta) -> list[Candidate]:
    """What a newsletter with these sources can choose from: what is stored, and what was gathered but not kept."""
    stored = articles.candidates(workspace.engine, sources, now=gathered.at, max_age=max_age)
    if gathered.kept:
        return stored
    found = {candidate.article.url: candidate for candidate in stored}
    for harvest in gathered.harvests:
        found |= _as_if_kept(workspace, gathered, harvest, found)
    return list(found.values())


def _as_if_kept(
    workspace: Workspace, gathered: Gathered, harvest: Harvest, stored: dict[str, Candidate]
) -> dict[str, Candidate]:
    """The candidates that storing this harvest would add or change."""
    changed: dict[str, Candidate] = {}
    backlog = _is_first(gathered.remembered.get(harvest.source))
    elsewhere = articles.articles_by_url(workspace.engine, sorted(harvest.listed - stored.keys()))
    for article in (*(replace(each, source=harvest.source) for each in elsewhere), *harvest.articles):
        known = stored.get(article.url)
        if known is None:
            changed[article.url] = Candidate(article, gathered.at, backlog)
        elif known.article.source == article.source:
            published = articles.date_kept(known.article.published, article.published, gathered.at)
            changed[article.url] = replace(known, article=replace(article, published=published), gone="")
    gone = dict(harvest.dropped) | dict.fromkeys(_taken_out(harvest, stored), articles.TAKEN_OUT)
    return changed | {url: replace(stored[url], gone=why) for url, why in gone.items() if url in stored}


def _taken_out(harvest: Harvest, stored: dict[str, Candidate]) -> list[str]:
    """The stored articles that the harvest's source lists no more although it would."""
    return [
        url
        for url, candidate in stored.items()
        if candidate.article.source == harvest.source
        and harvest.tells_all
        and url not in harvest.listed
        and articles.taken_out(candidate.article.published, harvest.complete_since)
    ]


def _keep(workspace: Workspace, harvest: Harvest, row: SourceRow, *, seen: datetime, backlog: bool) -> None:
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with Session(workspace.engine, autoflush=False) as session:
                articles.save_harvest(session, harvest, seen=seen, backlog=backlog)
                articles.save_source(session, row)
                session.commit()
        except IntegrityError:  # another process stored the same article at this very moment
            if attempt == ATTEMPTS:
                raise
        else:
            return


def _without_texts(harvest: Harvest) -> Harvest:
    return replace(harvest, articles=tuple(replace(article, text="") for article in harvest.articles))


def _memory(row: SourceRow) -> Remembered:
    return Remembered(row.etag, row.last_modified, row.retry_at, row.lines, is_new=_is_first(row))


def _is_first(row: SourceRow | None) -> bool:
    """True before a source's first collection: what it then brings may be as old as it says."""
    return row is None or row.first_collected_at is None


def _is_the_same(row: SourceRow | None, source: Source) -> bool:
    """False for a source that was given another address: it begins anew."""
    return row is not None and row.url in ("", _place(source))


def _place(source: Source) -> str:
    return f"{source.type} {source.path if source.type == 'folder' else source.url}"


def _row(row: SourceRow | None, harvest: Harvest, place: str, now: datetime) -> SourceRow:
    kept = {**(row.model_dump() if row else {"key": harvest.source}), "url": place}
    if harvest.error:
        failing_since = row.failing_since if row and row.failing_since else now
        # That it was not asked again is no news: what went wrong before is what the operator wants to know.
        was_asked = row is None or row.retry_at is None or row.retry_at <= now
        kept |= {
            "error": harvest.error if row is None or was_asked else row.error,
            "failing_since": failing_since,
            "retry_at": harvest.retry_at,
        }
    else:
        kept |= {
            "etag": harvest.etag,
            "last_modified": harvest.last_modified,
            "collected_at": now,
            "first_collected_at": (row and row.first_collected_at) or now,
            "lines": dict(harvest.lines),
            "error": "",
            "failing_since": None,
            "retry_at": None,
        }
    return SourceRow(**kept)
