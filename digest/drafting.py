"""From what was gathered to a draft: what the issue says, and why.

Nothing is changed here: the preview shows what these functions give, ``publish`` keeps it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from digest import gathering
from digest.collect import look_again
from digest.curate import Desk, curate
from digest.domain import Article, Candidate, Curation, Decision
from digest.gathering import Gathered
from digest.newsletters import Newsletter, Source
from digest.store import articles, issues
from digest.store.issues import Draft, DraftStory
from digest.store.models import IssueRow
from digest.workspace import Workspace
from digest.writing import untold_story, write

HISTORY = timedelta(days=30)
ROUNDS = 4  # of choosing and looking: with each, fewer of the chosen are gone


async def curate_issue(
    workspace: Workspace, newsletter: Newsletter, gathered: Gathered, *, issue_id: int | None = None
) -> Curation:
    """Choose the stories of the newsletter's next issue, and see that each is still there.

    Whose page is gone is dropped, and the next best takes the place. What was found is added to ``gathered.looks``.
    ``issue_id`` is that of an issue whose stories do not count as used: the one that is being made.
    """
    sources = {source.key: source for source in workspace.config.sources_of(newsletter)}
    max_age = timedelta(hours=newsletter.max_age_hours)
    candidates = gathering.candidates(workspace, gathered, list(sources), max_age)
    since = gathered.at - max(HISTORY, max_age * 2)
    history = articles.used_articles(workspace.engine, newsletter.key, since=since, but=issue_id)
    desk = Desk(newsletter, sources, gathered.at, workspace.config.topics)
    for _ in range(ROUNDS):
        curation = curate([_as_looked(each, gathered) for each in candidates], desk=desk, history=history)
        if not await _look_at(workspace, gathered, sources, [pick.article for pick in curation.picks]):
            break
    return curation


async def draft_issue(
    workspace: Workspace, newsletter: Newsletter, gathered: Gathered, *, issue_id: int | None = None
) -> Draft:
    """What the newsletter's next issue says, from what is stored and what was just gathered."""
    curation = await curate_issue(workspace, newsletter, gathered, issue_id=issue_id)
    if not curation.picks:
        return Draft("", "", (), curation.decisions, skipped=_why_nothing(newsletter, curation))
    sources = {source.key: source for source in workspace.config.sources_of(newsletter)}
    stories = [untold_story(pick, sources) for pick in curation.picks]
    chosen = {pick.article.url: pick.article for pick in curation.picks}
    written = await write(workspace, newsletter, stories, chosen, issue_id=issue_id)
    lines, found = written.lines, _found(gathered)
    return Draft(lines.subject, lines.preheader, written.stories, curation.decisions, *found, note=lines.note)


async def revise_issue(workspace: Workspace, newsletter: Newsletter, gathered: Gathered, row: IssueRow) -> Draft:
    """The drafted issue as it should be now: without what is gone, in the words that were corrected since.

    What an editor wrote stays as it is. The next best stories take the places of those that are gone.
    """
    issue_id = row.id or 0
    drafted = issues.stories_of(workspace.engine, issue_id)
    gone = await _gone_since(workspace, newsletter, gathered, drafted)
    stories = [each for each in drafted if each.story.url not in gone]
    decisions = issues.decisions_of(row)
    if gone:
        fresh = await curate_issue(workspace, newsletter, gathered, issue_id=issue_id)
        added = _others(workspace, newsletter, fresh, drafted)[: len(gone)]
        decisions = _decided_anew(decisions, gone, [each.story.url for each in added], fresh.decisions)
        for each in added:
            stories.insert(_place_for(each, stories), each)
    if not stories:
        nothing = "all its stories were gone before it could be sent"
        return Draft(row.subject, row.preheader, (), decisions, *_found(gathered), skipped=nothing)
    stored = articles.articles_by_url(workspace.engine, [each.story.url for each in stories])
    now = {article.url: _as_found(article, gathered) for article in stored}
    written = await write(workspace, newsletter, stories, now, issue_id=issue_id)
    return Draft(
        row.subject if row.subject_by_hand else written.lines.subject,
        row.preheader if row.preheader_by_hand else written.lines.preheader,
        written.stories,
        decisions,
        *_found(gathered),
        note=written.lines.note,
    )


async def _gone_since(
    workspace: Workspace, newsletter: Newsletter, gathered: Gathered, drafted: Sequence[DraftStory]
) -> dict[str, str]:
    """Why some of the drafted stories are gone, by address."""
    sources = {source.key: source for source in workspace.config.sources_of(newsletter)}
    urls = [each.story.url for each in drafted]
    await _look_at(workspace, gathered, sources, articles.articles_by_url(workspace.engine, urls))
    gone = articles.gone_among(workspace.engine, urls) | _found(gathered)[1]
    return {url: gone[url] for url in urls if url in gone}


def _others(
    workspace: Workspace, newsletter: Newsletter, fresh: Curation, drafted: Sequence[DraftStory]
) -> list[DraftStory]:
    """The stories of a fresh choice that the draft does not have in any copy."""
    sources = {source.key: source for source in workspace.config.sources_of(newsletter)}
    there = {url for each in drafted for url in (each.story.url, *each.folded)}
    picked = [untold_story(pick, sources) for pick in fresh.picks]
    return [each for each in picked if there.isdisjoint((each.story.url, *each.folded))]


async def _look_at(
    workspace: Workspace, gathered: Gathered, sources: Mapping[str, Source], chosen: Sequence[Article]
) -> bool:
    """Look at those pages that nobody has looked at yet; True when something was found to be otherwise."""
    seen = gathered.read | gathered.looks.keys()
    unseen = [article for article in chosen if article.url not in seen]
    looks = await look_again(unseen, sources, gathered.lines, public_url=workspace.settings.public_url)
    gathered.looks.update(looks)
    before = {article.url: article for article in unseen}
    return any(look.gone or look.article != before[url] for url, look in looks.items())


def _as_looked(candidate: Candidate, gathered: Gathered) -> Candidate:
    look = gathered.looks.get(candidate.article.url)
    if look is None:
        return candidate
    return replace(candidate, article=_as_found(candidate.article, gathered), gone=look.gone or candidate.gone)


def _as_found(article: Article, gathered: Gathered) -> Article:
    look = gathered.looks.get(article.url)
    if look is None:
        return article
    return replace(article, text=look.article.text, title=look.article.title, dek=look.article.dek)


def _found(gathered: Gathered) -> tuple[tuple[Article, ...], dict[str, str]]:
    """What looks at pages found: the articles as they read now, and why others are gone, by address."""
    gone = {url: look.gone for url, look in gathered.looks.items() if look.gone}
    return tuple(look.article for url, look in gathered.looks.items() if url not in gone), gone


def _why_nothing(newsletter: Newsletter, curation: Curation) -> str:
    if not curation.decisions:
        return "no articles came from any source"
    count = len(curation.decisions)
    return f"nothing new enough to send: {count} candidates, fewer than {newsletter.min_stories} to choose"


def _decided_anew(
    before: Sequence[Decision], gone: Mapping[str, str], added: Sequence[str], fresh: Sequence[Decision]
) -> tuple[Decision, ...]:
    """The decisions after some stories are gone and others took their places, the chosen ones first."""
    kept = [replace(each, chosen=False, reason=gone[each.url]) if each.url in gone else each for each in before]
    new = [replace(each, reason="took the place of a story that was gone") for each in fresh if each.url in set(added)]
    return tuple(sorted([*(each for each in kept if each.url not in added), *new], key=lambda each: not each.chosen))


def _place_for(story: DraftStory, stories: Sequence[DraftStory]) -> int:
    """Behind the last story of its section, else at the end."""
    same = [place for place, each in enumerate(stories, 1) if place > 1 and each.story.section == story.story.section]
    return same[-1] if same else len(stories)
