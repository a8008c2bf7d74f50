"""From everything collected to the few stories of one issue, with a reason for each and every one."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from digest.curate.duplicates import fold_duplicates
from digest.curate.ranking import effective_time, score
from digest.curate.selection import Ranked, choose, in_reading_order
from digest.domain import Article, Candidate, Cluster, Curation, Decision, Pick
from digest.newsletters import Newsletter, Source

EARLY = timedelta(hours=1)  # clocks differ: a date so little in the future is no future
USED = "already in an earlier issue"


def curate(
    candidates: Sequence[Candidate],
    *,
    newsletter: Newsletter,
    sources: Mapping[str, Source],
    history: Sequence[Article],
    now: datetime,
) -> Curation:
    """Choose the stories of the newsletter's next issue.

    ``history`` are the articles of its earlier issues: neither they nor copies of them are chosen again.
    Every candidate gets one decision. With fewer than ``min_stories`` to choose from nothing is chosen.
    """
    by_url = {candidate.article.url: candidate for candidate in sorted(candidates, key=_first_seen, reverse=True)}
    dropped = {url: why for url, candidate in by_url.items() if (why := _untimely(candidate, newsletter, now))}
    timely = [candidate.article for url, candidate in by_url.items() if url not in dropped]
    clusters, used = _without_history(timely, history)
    dropped |= used
    dropped |= {copy.url: f"a copy of “{each.best.title}”" for each in clusters for copy in each.others}
    ranked = [
        Ranked(
            each,
            score(
                each, _became_news(each, by_url), newsletter=newsletter, source=sources.get(each.best.source), now=now
            ),
        )
        for each in clusters
    ]
    chosen, passed_over = choose(ranked, at_most=newsletter.max_stories, per_source=newsletter.max_per_source)
    if len(chosen) < newsletter.min_stories:
        passed_over |= {
            each.cluster.best.url: f"fewer than {newsletter.min_stories} stories are new" for each in chosen
        }
        chosen = []
    ordered = in_reading_order(chosen, lambda each: _section(each.cluster, sources))
    picks = tuple(
        Pick(each.cluster.best, each.cluster.others, _section(each.cluster, sources), round(each.score, 4))
        for each in ordered
    )
    return Curation(picks, tuple(_decisions(by_url, ordered, ranked, {**dropped, **passed_over})))


def _first_seen(candidate: Candidate) -> tuple[datetime, str]:
    return candidate.seen, candidate.article.url


def _untimely(candidate: Candidate, newsletter: Newsletter, now: datetime) -> str:
    published = candidate.article.published
    if published is not None and published > now + EARLY:
        return "dated in the future: it waits for its day"
    hours = (now - effective_time(candidate)).total_seconds() / 3600
    if hours > newsletter.max_age_hours:
        return f"{_ago(hours)} old, and {newsletter.max_age_hours} hours is the limit"
    return ""


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
    places = {each.cluster.best.url: place for place, each in enumerate(ordered, 1)}
    parts = {each.cluster.best.url: each.parts for each in ranked}
    for url in sorted(
        by_url, key=lambda url: (places.get(url, len(places) + 1), -sum(parts.get(url, {}).values()), url)
    ):
        article, place = by_url[url].article, places.get(url)
        reason = reasons.get(url, "") if place is None else "the lead" if place == 1 else f"story {place}"
        own = parts.get(url, {})
        yield Decision(url, article.title, article.source, place is not None, reason, round(sum(own.values()), 4), own)


def _section(cluster: Cluster, sources: Mapping[str, Source]) -> str:
    source = sources.get(cluster.best.source)
    return source.section if source else ""


def _ago(hours: float) -> str:
    return f"{round(hours / 24)} days" if hours >= 36 else f"{round(hours)} hours"
