"""What an article is worth to an issue: a sum of a few plain parts, each of which can be told to the editor."""

from collections.abc import Mapping
from datetime import datetime
from math import log2

from digest.curate.topics import topics_of
from digest.domain import Article, Candidate, Cluster
from digest.newsletters import Newsletter, Source, Topic

FRESHNESS, CARRIED, COMPLETENESS, PICTURE, DEK, INTEREST = 1.0, 0.35, 0.4, 0.1, 0.1, 0.3
FULL_LENGTH = 400  # words; more adds nothing
MOST_INTEREST = 2.0  # times what is usual; a few clicks must not decide alone
CUT_SHORT = ("…", "...", "[…]", "[...]")


def effective_time(candidate: Candidate) -> datetime:
    """When the article became news to us.

    New means never used, not newly dated: what appeared between two collections is as new as its first
    sight, however old the date it bears. One that was dated in the future becomes news on its day. Only
    a source's first collection, its archive, has to be taken at its word.
    """
    published = candidate.article.published
    if published is None:
        return candidate.seen
    return published if candidate.backlog else max(published, candidate.seen)


def score(
    cluster: Cluster,
    became_news: datetime,
    *,
    newsletter: Newsletter,
    source: Source | None,
    topics: Mapping[str, Topic],
    interest: float,
    now: datetime,
) -> Mapping[str, float]:
    """The parts of an article's score; their sum is what it is ranked by.

    Freshness halves with every quarter of ``max_age_hours``. ``interest`` is how often the readers follow the
    source's links, as a multiple of what is usual. The source's weight and then the topics' weights multiply what
    is there: their parts are what they add to or take from it.
    """
    article = cluster.best
    hours = max(0.0, (now - became_news).total_seconds() / 3600)
    parts = {
        "freshness": FRESHNESS * 0.5 ** (hours / (newsletter.max_age_hours / 4)),
        "carried by": CARRIED * log2(1 + len({copy.source for copy in cluster.others} - {article.source})),
        "completeness": COMPLETENESS * _completeness(article),
        "picture": PICTURE * (article.image is not None),
        "dek": DEK * bool(article.dek),
        "readers' interest": INTEREST * (min(MOST_INTEREST, max(0.0, interest)) - 1.0),
    }
    parts["source weight"] = ((source.weight if source else 1.0) - 1.0) * sum(parts.values())
    weighed = {key: topics[key] for key in newsletter.topics if key in topics}
    for topic in topics_of(article, weighed):
        parts[f"about {topic.title}"] = (newsletter.topics[topic.key] - 1.0) * sum(parts.values())
    return {name: round(value, 4) for name, value in parts.items() if round(value, 4)}


def _completeness(article: Article) -> float:
    """From 0 to 1: a text of full length that does not break off is complete."""
    words = max(len(article.text.split()), len(article.text) // 8)
    whole = 0.5 if article.text.rstrip().endswith(CUT_SHORT) else 1.0
    return whole * min(1.0, words / FULL_LENGTH)
