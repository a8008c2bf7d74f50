"""The beginning of a feed: as much as can be read in a few seconds, whatever was made to look like one.

feedparser takes some 30–70 µs an element, so a feed of ten megabytes can keep it busy for minutes. The newest
entries stand first; what is cut off is the oldest.
"""

import re
from bisect import bisect_left
from itertools import islice

from digest.errors import FeedError

MOST_ENTRIES = 500
LARGEST = 10_000_000  # bytes in UTF-8, which may be more than came
MOST_TAGS = 40_000
MOST_ENTITIES = 300_000
MOST_ATTRIBUTES = 300_000  # counted by their equals signs, as those of addresses in the text are
MOST_BASES = 1000
MOST_IN_TAG = 100  # attributes: looking one up takes as long as there are others
QUOTED = re.compile(rb"\"[^\"]*\"|'[^']*'")
TAG = re.compile(rb"<[A-Za-z](?:[^<>\"']+|\"[^\"<]*\"|'[^'<]*')*")
LONGEST_PROLOGUE = 100_000  # bytes before the first element
NO_FEED = "this is not a feed: neither RSS, Atom nor JSON Feed"
ELEMENT = re.compile(rb"<\w")
ROOT = re.compile(rb"<([A-Za-z][\w:.-]{0,40})")
BASE = re.compile(rb"\sxml:base\s{0,9}=\s{0,9}(?P<value>\"[^\"]*\"|'[^']*')")
LONGEST_BASE = 300
END_OF_ENTRY = re.compile(rb"</(?:\w{1,20}:)?(?:item|entry)\s{0,20}>", re.IGNORECASE)


def readable_beginning(content: bytes) -> bytes:
    """The whole feed, in UTF-8, or its first entries when there are more than can be read; closed where it was cut.

    Raises FeedError when no element begins, or when not even the first entry is within bounds.
    """
    if not ELEMENT.search(content, 0, LONGEST_PROLOGUE):
        raise FeedError(NO_FEED)
    if any(tag[0].count(b"=") > MOST_IN_TAG and _attributes(tag[0]) > MOST_IN_TAG for tag in TAG.finditer(content)):
        raise FeedError("this is too complicated to be a feed")
    content = _without_piled_bases(content)
    ends = [match.end() for match in islice(END_OF_ENTRY.finditer(content), MOST_ENTRIES + 1)]
    if len(ends) <= MOST_ENTRIES and _is_readable(content, len(content)):
        return content
    within = bisect_left(ends[:MOST_ENTRIES], True, key=lambda end: not _is_readable(content, end))
    if not within:
        raise FeedError("this is too complicated to be a feed")
    return _closed(content[: ends[within - 1]])


def _is_readable(content: bytes, end: int) -> bool:
    if end > LARGEST:
        return False
    bounds = {b"<": MOST_TAGS, b"&": MOST_ENTITIES, b"=": MOST_ATTRIBUTES}
    return all(content.count(mark, 0, end) <= most for mark, most in bounds.items())


def _attributes(tag: bytes) -> int:
    """How many there are: equals signs outside of what is quoted."""
    return QUOTED.sub(b"", tag).count(b"=")


def _without_piled_bases(content: bytes) -> bytes:
    """Bases that stand in one another are joined into ever longer ones, which can fill any memory."""
    bases = [len(match["value"]) for match in BASE.finditer(content)]
    if len(bases) <= MOST_BASES and max(bases, default=0) <= LONGEST_BASE:
        return content
    return BASE.sub(b"", content)


def _closed(content: bytes) -> bytes:
    """The content with the ends of the elements that are open between two entries."""
    root = ROOT.search(content)
    name = root[1] if root else b"rss"
    return content + (b"</channel>" if name.lower() == b"rss" else b"") + b"</" + name + b">"
