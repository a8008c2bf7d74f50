"""From chosen articles to the words of an issue: headlines, summaries, the subject and the preheader.

They are our own, or a model's when one is asked and what it says stands in the article. What an editor wrote is never
touched.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from digest.domain import Article, Pick, Story, Summary, told_in_full
from digest.newsletters import Newsletter, Source
from digest.store import issues
from digest.store.answers import StoredAnswers
from digest.store.issues import BY_HAND, DraftStory
from digest.summarize import (
    IN_BRIEF,
    LEAD,
    STORY,
    Length,
    clean_headline,
    preheader,
    reading_minutes,
    subject_line,
    summarize,
)
from digest.summarize.asking import Piece, SubjectLines, Words
from digest.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Written:
    """The words of an issue. ``lines.note`` says why a model's subject was not used, when one was asked."""

    stories: tuple[DraftStory, ...]
    lines: SubjectLines


def untold_story(pick: Pick, sources: Mapping[str, Source]) -> DraftStory:
    """The story of a chosen article, before it has words of its own."""
    article = pick.article
    name = _name_of(article, sources)
    others = dict.fromkeys(_name_of(copy, sources) for copy in pick.also_in)
    story = Story(
        url=article.url,
        headline=clean_headline(article.title, name, article.url, article.text),
        summary="",
        source_name=name,
        section=pick.section,
        author=article.author,
        image=article.image,
        published=article.published,
        also_in=tuple(other for other in others if other != name),
        language=article.language,
    )
    return DraftStory(story, "", folded=tuple(copy.url for copy in pick.also_in))


async def write(
    workspace: Workspace,
    newsletter: Newsletter,
    drafted: Sequence[DraftStory],
    articles: Mapping[str, Article],
    *,
    issue_id: int | None = None,
) -> Written:
    """Put the stories, in reading order, into words. ``articles`` are theirs by address, as they read now."""
    lengths = _lengths(newsletter, len(drafted))
    stories = [_told(each, articles[each.story.url], length) for each, length in zip(drafted, lengths, strict=True)]
    recent = issues.recent_subjects(workspace.engine, newsletter.key, but=issue_id)
    if workspace.settings.llm_url:
        return await _by_model(workspace, newsletter, stories, articles, recent)
    return Written(tuple(stories), lines_of(stories, recent))


async def _by_model(
    workspace: Workspace,
    newsletter: Newsletter,
    stories: Sequence[DraftStory],
    articles: Mapping[str, Article],
    recent: Sequence[str],
) -> Written:
    from digest.model import Model, Voice  # noqa: PLC0415  # only where one is asked

    voice = Voice(newsletter.title, newsletter.voice, newsletter.language)
    model = Model(workspace.settings, StoredAnswers(workspace.engine, workspace.clock), voice)
    asked = [rank for rank, each in enumerate(stories) if each.origin != BY_HAND]
    lengths = _lengths(newsletter, len(stories))
    pieces = [_piece(stories[rank], articles, lengths[rank]) for rank in asked]
    answers = dict(zip(asked, await model.stories(pieces), strict=True))
    told = tuple(_in_words(each, answers[rank]) if rank in answers else each for rank, each in enumerate(stories))
    words = [Words(each.story.headline, _summary_of(each)) for each in told]
    return Written(told, await model.subject(words, lines_of(told, recent), recent))


def _lengths(newsletter: Newsletter, stories: int) -> list[Length]:
    """How long each of so many stories may be: the lead, what is told in full, what is told in brief."""
    in_full = told_in_full(stories, newsletter.in_full)
    return [LEAD, *[STORY] * (in_full - 1), *[IN_BRIEF] * (stories - in_full)][:stories]


def _told(drafted: DraftStory, article: Article, length: Length) -> DraftStory:
    """The story in our own words, unless an editor gave it others."""
    if drafted.origin == BY_HAND:
        return drafted
    summary = summarize(article, max_sentences=length.sentences, max_words=length.words)
    headline = clean_headline(article.title, drafted.story.source_name, article.url, article.text)
    minutes = reading_minutes(article.text)
    return _in_words(replace(drafted, story=replace(drafted.story, minutes=minutes)), Words(headline, summary))


def _in_words(drafted: DraftStory, words: Words) -> DraftStory:
    story = replace(drafted.story, headline=words.headline, summary=words.summary.text)
    return replace(drafted, story=story, origin=words.summary.origin, note=words.summary.note)


def _piece(drafted: DraftStory, articles: Mapping[str, Article], length: Length) -> Piece:
    story = drafted.story
    return Piece(articles[story.url], story.headline, _summary_of(drafted), length.words)


def _summary_of(drafted: DraftStory) -> Summary:
    return Summary(drafted.story.summary, drafted.origin, drafted.note)


def lines_of(stories: Sequence[DraftStory], recent: Sequence[str]) -> SubjectLines:
    """The subject and the preheader that stories in this order give; ``recent`` are subjects of late."""
    headlines = [each.story.headline for each in stories]
    subject = subject_line(headlines, recent)
    return SubjectLines(subject, preheader(headlines, subject))


def _name_of(article: Article, sources: Mapping[str, Source]) -> str:
    return sources[article.source].title if article.source in sources else article.source
