"""sources → articles: fetched politely, read patiently, cleaned of all that is not the article."""

from digest.collect.canonical import canonical_url
from digest.collect.collect import collect
from digest.collect.feeds import parse_feed
from digest.collect.folders import read_folder
from digest.collect.harvest import Known, Remembered
from digest.collect.pages import extract_page
from digest.collect.recheck import Look, look_again
from digest.domain import Article, Harvest
from digest.errors import FeedError

__all__ = [
    "Article",
    "FeedError",
    "Harvest",
    "Known",
    "Look",
    "Remembered",
    "canonical_url",
    "collect",
    "extract_page",
    "look_again",
    "parse_feed",
    "read_folder",
]
