"""From what was gathered to a draft: what the issue says, and why.

Nothing is changed here: the preview shows what these functions give, ``publish`` keeps it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from digest import gathering
from digest.collect import look_again
from digest.curate import Desk, curate
from digest.domain import Article, Candidate, Curation, Decision, Pick, Story
from digest.gathering import Gathered
from digest.newsletters import Newsletter, Source
from digest.store import articles, issues
from digest.store.issues import BY_HAND, Draft, DraftStory
from digest.store.models import IssueRow
from digest.summarize import clean_headline, preheader, reading_minutes, subject_line, summarize
from digest.workspace import Workspace

HISTORY = timedelta(days=30)
LEAD_WORDS, STORY_WORDS = 60, 40
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
    stories = tuple(_story(pick, sources, lead=rank == 0) for rank, pick in enumerate(curation.picks))
    subject, following = _lines(workspace, newsletter, stories, issue_id)
    return Draft(subject, following, stories, curation.decisions, *_found(gathered))


async def revise_issue(workspace: Workspace, newsletter: Newsletter, gathered: Gathered, row: IssueRow) -> Draft:
    """The drafted issue as it should be now: without what is gone, in the words that were corrected since.

    What an editor wrote stays as it is. The next best stories take the places of those that are gone.
    """
    sources = {source.key: source for source in workspace.config.sources_of(newsletter)}
    issue_id = row.id or 0
    drafted = issues.stories_of(workspace.engine, issue_id)
    urls = [each.story.url for each in drafted]
    await _look_at(workspace, gathered, sources, articles.articles_by_url(workspace.engine, urls))
    gone = articles.gone_among(workspace.engine, urls) | _found(gathered)[1]
    kept = [each for each in drafted if each.story.url not in gone]
    added, decisions = list[DraftStory](), issues.decisions_of(row)
    if len(kept) < len(drafted):
        fresh = await draft_issue(workspace, newsletter, gathered, issue_id=issue_id)
        there = {url for each in drafted for url in (each.story.url, *each.folded)}
        others = [each for each in fresh.stories if there.isdisjoint((each.story.url, *each.folded))]
        added = others[: len(drafted) - len(kept)]
        decisions = _decided_anew(decisions, gone, [each.story.url for each in added], fresh.decisions)
    now = {article.url: _as_found(article, gathered) for article in articles.articles_by_url(workspace.engine, urls)}
    stories = [_corrected(each, now[each.story.url], lead=rank == 0) for rank, each in enumerate(kept)]
    for each in added:
        stories.insert(_place_for(each, stories), each)
    subject, following = _lines(workspace, newsletter, stories, issue_id)
    return Draft(
        row.subject if row.subject_by_hand else subject,
        row.preheader if row.preheader_by_hand else following,
        tuple(stories),
        decisions,
        *_found(gathered),
        skipped="" if stories else "all its stories were gone before it could be sent",
    )


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
    return replace(article, text=look.article.text) if look else article


def _found(gathered: Gathered) -> tuple[tuple[Article, ...], dict[str, str]]:
    """What looks at pages found: the articles as they read now, and why others are gone, by address."""
    gone = {url: look.gone for url, look in gathered.looks.items() if look.gone}
    return tuple(look.article for url, look in gathered.looks.items() if url not in gone), gone


def _lines(
    workspace: Workspace, newsletter: Newsletter, stories: Sequence[DraftStory], issue_id: int | None
) -> tuple[str, str]:
    """The subject and the preheader."""
    headlines = [each.story.headline for each in stories]
    recent = issues.recent_subjects(workspace.engine, newsletter.key, but=issue_id)
    return subject_line(headlines, recent), preheader(headlines)


def _why_nothing(newsletter: Newsletter, curation: Curation) -> str:
    if not curation.decisions:
        return "no articles came from any source"
    count = len(curation.decisions)
    return f"nothing new enough to send: {count} candidates, fewer than {newsletter.min_stories} to choose"


def _story(pick: Pick, sources: Mapping[str, Source], *, lead: bool) -> DraftStory:
    article = pick.article
    name = _name_of(article, sources)
    others = dict.fromkeys(_name_of(copy, sources) for copy in pick.also_in)
    story = Story(
        url=article.url,
        headline=clean_headline(article.title, name),
        summary="",
        source_name=name,
        section=pick.section,
        author=article.author,
        image=article.image,
        published=article.published,
        also_in=tuple(other for other in others if other != name),
    )
    drafted = DraftStory(story, "", folded=tuple(copy.url for copy in pick.also_in))
    return _worded(drafted, article, lead=lead)


def _worded(drafted: DraftStory, article: Article, *, lead: bool) -> DraftStory:
    summary = summarize(article, max_sentences=3 if lead else 2, max_words=LEAD_WORDS if lead else STORY_WORDS)
    story = replace(drafted.story, summary=summary.text, minutes=reading_minutes(article.text))
    return replace(drafted, story=story, origin=summary.origin, note=summary.note)


def _corrected(drafted: DraftStory, article: Article, *, lead: bool) -> DraftStory:
    """The story in the article's present words, unless an editor gave it others."""
    if drafted.origin == BY_HAND:
        return drafted
    story = replace(drafted.story, headline=clean_headline(article.title, drafted.story.source_name))
    return _worded(replace(drafted, story=story), article, lead=lead)


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


def _name_of(article: Article, sources: Mapping[str, Source]) -> str:
    return sources[article.source].title if article.source in sources else article.source
