"""What an article is worth to an issue: a sum of a few plain parts, each of which can be told to the editor."""

from collections.abc import Mapping
from datetime import datetime
from math import log2

from digest.domain import Article, Candidate, Cluster
from digest.newsletters import Newsletter, Source

FRESHNESS, CARRIED, COMPLETENESS, PICTURE, DEK = 1.0, 0.35, 0.4, 0.1, 0.1
FULL_LENGTH = 400  # words; more adds nothing


def effective_time(candidate: Candidate) -> datetime:
    """When the article became news to us.

    New means never used, not newly dated: what appeared between two collections is as new as its first
    sight, whatever date it bears. Only a source's first collection, its archive, has to be taken at its word.
    """
    published = candidate.article.published
    if candidate.backlog and published is not None:
        return min(published, candidate.seen)
    return candidate.seen


def score(
    cluster: Cluster, became_news: datetime, *, newsletter: Newsletter, source: Source | None, now: datetime
) -> Mapping[str, float]:
    """The parts of an article's score; their sum is what it is ranked by.

    Freshness halves with every quarter of ``max_age_hours``. ``weight`` is what the source's weight adds
    to or takes from the sum of the other parts.
    """
    article = cluster.best
    hours = max(0.0, (now - became_news).total_seconds() / 3600)
    parts = {
        "freshness": FRESHNESS * 0.5 ** (hours / (newsletter.max_age_hours / 4)),
        "carried by": CARRIED * log2(1 + len({copy.source for copy in cluster.others} - {article.source})),
        "completeness": COMPLETENESS * min(1.0, _length(article) / FULL_LENGTH),
        "picture": PICTURE * (article.image is not None),
        "dek": DEK * bool(article.dek),
    }
    weight = source.weight if source else 1.0
    parts["source weight"] = (weight - 1.0) * sum(parts.values())
    return {name: round(value, 4) for name, value in parts.items() if value}


def _length(article: Article) -> int:
    return max(len(article.text.split()), len(article.text) // 8)
