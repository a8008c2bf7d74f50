"""From everything collected to the few stories of one issue, with a reason for each and every one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from digest.curate.duplicates import fold_duplicates
from digest.curate.ranking import effective_time, score
from digest.curate.selection import Ranked, choose, in_reading_order
from digest.curate.shingles import words_of
from digest.curate.topics import first_fit, topics_of
from digest.domain import Article, Candidate, Cluster, Curation, Decision, Pick
from digest.newsletters import Newsletter, Source, Topic

EARLY = timedelta(hours=1)  # clocks differ: a date so little in the future is no future
FEWEST_WORDS = 25  # of an article without a dek; words, or characters where a script has no spaces
USED = "already in an earlier issue"


@dataclass(frozen=True, slots=True)
class Desk:
    """What an editor has at hand when choosing: the newsletter, its sources and topics by key, the time.

    ``interest`` is, by source, how often the readers follow its links, as a multiple of what is usual. A source that
    is not in it counts as usual, and while nothing is known of clicks none is.
    """

    newsletter: Newsletter
    sources: Mapping[str, Source]
    now: datetime
    topics: Mapping[str, Topic] = field(default_factory=dict)
    interest: Mapping[str, float] = field(default_factory=dict)

    def section(self, cluster: Cluster) -> str:
        """The heading that a piece stands under: its topic's, else its source's."""
        told = (topic.section for topic in topics_of(cluster.best, self.topics) if topic.section)
        source = self.sources.get(cluster.best.source)
        return next(told, source.section if source else "")


def curate(candidates: Sequence[Candidate], *, desk: Desk, history: Sequence[Article]) -> Curation:
    """Choose the stories of the newsletter's next issue.

    ``history`` are the articles of its earlier issues: neither they nor copies of them are chosen again.
    Every candidate gets one decision. With fewer than ``min_stories`` to choose from nothing is chosen.
    """
    newsletter = desk.newsletter
    by_url = {candidate.article.url: candidate for candidate in sorted(candidates, key=_first_seen, reverse=True)}
    dropped = {url: why for url, candidate in by_url.items() if (why := _unfit(candidate, desk))}
    fitting = [candidate.article for url, candidate in by_url.items() if url not in dropped]
    clusters, used = _without_history(fitting, history)
    dropped |= used
    dropped |= {copy.url: f"a copy of “{each.best.title}”" for each in clusters for copy in each.others}
    ranked = [_ranked(each, _became_news(each, by_url), desk) for each in clusters]
    chosen, passed_over = choose(
        ranked,
        at_most=newsletter.max_stories,
        per_source=newsletter.max_per_source,
        per_section=newsletter.max_per_section,
    )
    if len(chosen) < newsletter.min_stories:
        passed_over |= {each.url: f"fewer than {newsletter.min_stories} stories are new" for each in chosen}
        chosen = []
    ordered = in_reading_order(chosen, newsletter.section_order)
    picks = tuple(Pick(each.cluster.best, each.cluster.others, each.section, round(each.score, 4)) for each in ordered)
    return Curation(picks, tuple(_decisions(by_url, ordered, ranked, {**dropped, **passed_over})))


def _first_seen(candidate: Candidate) -> tuple[datetime, str]:
    return candidate.seen, candidate.article.url


def _unfit(candidate: Candidate, desk: Desk) -> str:
    """Why the candidate cannot stand in this issue whatever it is worth; "" when it can."""
    if candidate.gone:
        return candidate.gone
    if not candidate.article.title:
        return "it has no title"
    if not candidate.article.dek and len(words_of(candidate.article.text)) < FEWEST_WORDS:
        return "hardly any text"
    if block := first_fit(candidate.article, desk.newsletter.blocks):
        return f"blocked by “{block}”"
    return _untimely(candidate, desk)


def _untimely(candidate: Candidate, desk: Desk) -> str:
    article, now, most = candidate.article, desk.now, desk.newsletter.max_age_hours
    source = desk.sources.get(article.source)
    if article.published is None and candidate.backlog and (source is None or source.type != "page"):
        return "undated, and there when its source was first read: it may be of any age"
    if article.published is not None and article.published > now + EARLY:
        return "dated in the future: it waits for its day"
    hours = (now - effective_time(candidate)).total_seconds() / 3600
    return f"{_ago(hours)} old, and {most} hours is the limit" if hours > most else ""


def _ranked(cluster: Cluster, became_news: datetime, desk: Desk) -> Ranked:
    article = cluster.best
    parts = score(
        cluster,
        became_news,
        newsletter=desk.newsletter,
        source=desk.sources.get(article.source),
        topics=desk.topics,
        interest=desk.interest.get(article.source, 1.0),
        now=desk.now,
    )
    return Ranked(cluster, parts, desk.section(cluster), first_fit(article, desk.newsletter.pins))


def _without_history(articles: Sequence[Article], history: Sequence[Article]) -> tuple[list[Cluster], dict[str, str]]:
    """The pieces that no earlier issue had, and the reason for the articles of those that one had."""
    past = {article.url for article in history}
    fresh: list[Cluster] = []
    used: dict[str, str] = {}
    for cluster in fold_duplicates([*history, *(article for article in articles if article.url not in past)]):
        members = (cluster.best, *cluster.others)
        if past.isdisjoint(member.url for member in members):
            fresh.append(cluster)
        else:
            used |= {member.url: f"a copy of what was {USED}" for member in members if member.url not in past}
    return fresh, used | {article.url: USED for article in articles if article.url in past}


def _became_news(cluster: Cluster, by_url: Mapping[str, Candidate]) -> datetime:
    return min(effective_time(by_url[member.url]) for member in (cluster.best, *cluster.others))


def _decisions(
    by_url: Mapping[str, Candidate], ordered: Sequence[Ranked], ranked: Iterable[Ranked], reasons: Mapping[str, str]
) -> Iterable[Decision]:
    places = {each.url: (place, each) for place, each in enumerate(ordered, 1)}
    parts = {each.url: each.parts for each in ranked}
    worth = {url: sum(parts.get(url, {}).values()) for url in by_url}
    for url in sorted(by_url, key=lambda url: (places[url][0] if url in places else len(places) + 1, -worth[url], url)):
        article = by_url[url].article
        reason = _chosen_as(*places[url]) if url in places else reasons.get(url, "")
        own = parts.get(url, {})
        yield Decision(url, article.title, article.source, url in places, reason, round(worth[url], 4), own)


def _chosen_as(place: int, one: Ranked) -> str:
    pinned = f", pinned by “{one.pin}”" if one.pin else ""
    return ("the lead" if place == 1 else f"story {place}") + pinned


def _ago(hours: float) -> str:
    return f"{round(hours / 24)} days" if hours >= 36 else f"{round(hours)} hours"
