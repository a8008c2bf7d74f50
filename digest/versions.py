"""The versions of one issue: one for each language and choice of stories that somebody in its audience wants.

Readers choose topics among those that their newsletter offers. A story that is about offered topics, and about none
that the reader chose, is left out; all others stay, so that general news reaches everybody.
"""

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, replace

from digest.catalogues import language_for
from digest.compose import render
from digest.curate.topics import topics_of
from digest.domain import Issue
from digest.newsletters import Newsletter
from digest.store import articles
from digest.store.issues import Rendering
from digest.summarize import preheader, subject_line
from digest.summarize.headlines import alike
from digest.workspace import Workspace
from subscribers.audience import Wish

MOST = 64  # of one issue: each is rendered, kept and held in memory while it is sent


@dataclass(frozen=True, slots=True)
class Version:
    """An issue in one language, a BCP 47 tag, with the stories of those ranks, from 1; with all when none is named."""

    language: str
    ranks: tuple[int, ...] = ()


def wanted_versions(
    wishes: Sequence[Wish], about: Sequence[Set[str]], newsletter: Newsletter
) -> dict[tuple[str, str], Version]:
    """The version for each language and topics that readers chose, where that is not the whole in our own language.

    ``wishes`` begin with what most chose; ``about`` are the offered topics of each story. There are ``MOST`` versions
    in all: the whole issue in each language comes first, and who would have one too many gets that.
    """
    wanted = {(wish.language, wish.topics): _version(wish, about, newsletter) for wish in wishes}
    own = Version(newsletter.language)
    whole = [own, *(Version(version.language) for version in wanted.values())]
    made = set(list(dict.fromkeys([*whole, *wanted.values()]))[:MOST])
    given = {pair: each if each in made else Version(each.language) for pair, each in wanted.items()}
    return {pair: version for pair, version in given.items() if version != own}


def in_order(versions: Iterable[Version]) -> list[Version]:
    """Each version once, those with all stories before those without some."""
    return sorted(dict.fromkeys(versions), key=lambda version: version.ranks != ())


def topics_in(workspace: Workspace, issue: Issue) -> list[Set[str]]:
    """Of each story of the issue, the topics that it is about among those that the newsletter offers its readers."""
    offered = {key: workspace.config.topics[key] for key in issue.newsletter.reader_topics}
    if not offered:
        return [frozenset() for _ in issue.stories]
    stored = articles.articles_by_url(workspace.engine, [story.url for story in issue.stories])
    about = {each.url: frozenset(topic.key for topic in topics_of(each, offered)) for each in stored}
    return [about.get(story.url, frozenset()) for story in issue.stories]


def rendering_of(workspace: Workspace, issue: Issue, version: Version, recent: Sequence[str]) -> Rendering:
    """The issue in that version, rendered. ``recent`` are subjects of late, of which none is used again."""
    told = shortened(issue, version.ranks, recent)
    rendered = render(
        told,
        issue.newsletter.theme,
        public_url=workspace.settings.public_url,
        language=version.language,
        templates=workspace.templates,
    )
    if not version.ranks:
        return Rendering(version.language, rendered.html, rendered.text)
    ranks = ",".join(map(str, version.ranks))
    return Rendering(version.language, rendered.html, rendered.text, ranks, told.subject, told.preheader)


def shortened(issue: Issue, ranks: Sequence[int], recent: Sequence[str]) -> Issue:
    """The issue with the stories of those ranks only; as it is when none is named.

    The subject stays while the lead does and it tells of nothing that is left out. The preheader is written anew:
    it names the stories behind the lead, and they may be others.
    """
    if not ranks:
        return issue
    kept = [issue.stories[rank - 1] for rank in ranks]
    left_out = [story.headline for rank, story in enumerate(issue.stories, 1) if rank not in ranks]
    headlines = [story.headline for story in kept]
    tells = any(alike(part, headline) for part in issue.subject.split(" · ") for headline in left_out)
    subject = subject_line(headlines, recent) if tells or 1 not in ranks else issue.subject
    return replace(issue, stories=tuple(kept), subject=subject, preheader=preheader(headlines, subject))


def _version(wish: Wish, about: Sequence[Set[str]], newsletter: Newsletter) -> Version:
    chosen = frozenset(wish.topics.split(",")).intersection(newsletter.reader_topics)
    return Version(language_for(wish.language, newsletter.language), kept_ranks(about, chosen))


def kept_ranks(about: Sequence[Set[str]], chosen: Set[str]) -> tuple[int, ...]:
    """The ranks of the stories for readers who chose those of the offered topics; none is named for the whole issue.

    That is for who chose none, and for whom nothing would be left: an issue about other things is better than none.
    """
    kept = tuple(rank for rank, topics in enumerate(about, 1) if not topics or topics & chosen)
    return kept if chosen and len(kept) < len(about) else ()
