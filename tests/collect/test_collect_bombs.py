"""Made to fill the memory or the day of whoever reads it: every answer is a FeedError or articles, soon, in bounds."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.collect import parse_feed
from digest.errors import FeedError
from tests.collect.conftest import FEEDS

URL = "https://news.example/feed"
ITEM = "<item><title>The tram</title><link>/1</link>{}</item>"
FEED = f'<rss version="2.0"><channel><title>T</title>{ITEM}</channel></rss>'
LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
BOMBS = {
    "one element of very many attributes": lambda: FEED.format(
        "<x " + " ".join(f'a{n}="1"' for n in range(299_000)) + "/>"
    ),
    "one attribute of ten megabytes": lambda: FEED.format(f'<x a="{"a" * 9_900_000}"/>'),
    "ten megabytes of one element": lambda: FEED.format("<x>" * 3_300_000),
    "twenty thousand levels": lambda: FEED.format("<x>" * 20_000 + "</x>" * 19_000),
    "a million ampersands": lambda: FEED.format(f"<description>{'&amp;' * 1_000_000}</description>"),
    "as many references as are read": lambda: FEED.format(f"<description>{'&eacute;' * 290_000}</description>"),
    "ten megabytes without an end": lambda: FEED.format("<description><![CDATA[" + "a" * 9_900_000),
    "an author of three megabytes": lambda: FEED.format(f"<author>{'a' * 3_000_000}</author>"),
    "a billion laughs": lambda: f'<!DOCTYPE r [<!ENTITY a0 "ha">{LAUGHS}]>' + FEED.format("<author>&a11;</author>"),
    "a deep list": lambda: '{"items":' + "[" * 5_000_000,
    "a hundred thousand items": lambda: (
        '{"items": [' + ",".join(['{"id": "https://a.example/", "title": "T"}'] * 100_000) + "]}"
    ),
}
READ = """
import resource, signal, sys
from digest.collect import parse_feed
from digest.errors import FeedError
resource.setrlimit(resource.RLIMIT_AS, (1_500_000_000,) * 2)
# Of the processor, so that a busy machine fails nobody.
signal.setitimer(signal.ITIMER_PROF, 5)
try:
    print(len(parse_feed(sys.stdin.buffer.read(), "https://news.example/feed")), "articles")
except FeedError as error:
    print(error)
"""


# Of UTF-16, what is read as XML, as an entity and as JSON; the others go the same ways.
TELLING = ("twenty thousand levels", "a billion laughs", "a deep list")
IN_UTF_16 = [pytest.param(name, "utf-16", marks=[] if name in TELLING else pytest.mark.thorough) for name in BOMBS]


@pytest.mark.parametrize(("name", "encoding"), [*((name, "utf-8") for name in BOMBS), *IN_UTF_16])
def test_a_bomb_costs_neither_five_seconds_nor_much_memory(name: str, encoding: str) -> None:
    content = BOMBS[name]().encode(encoding)
    told = subprocess.run([sys.executable, "-c", READ], input=content, capture_output=True, check=False)
    assert told.returncode == 0, told.stderr.decode()[-500:]
    assert told.stdout


@pytest.mark.parametrize(
    "trap",
    [
        "<gml:pos>1 2</gml:pos>",
        "<media:player/>",
        "<image><width/></image>",
        "<georss:where><gml:Polygon/></georss:where></item><textInput>",
    ],
)
def test_what_feedparser_fails_on_keeps_nobody_from_the_articles(trap: str) -> None:
    assert [article.title for article in parse_feed(FEED.format(trap).encode(), URL)] == ["The tram"]


PIECES = ["<![CDATA[", "]]>", "<!ENTITY a 'b'>", "&nbsp;", "&#0;", "</item>", "<entry>", "<gml:pos>1", "<media:group>"]
CHANGES = st.lists(
    st.tuples(st.floats(0, 1), st.floats(0, 0.1), st.sampled_from([b"", b"\xff", *(each.encode() for each in PIECES)])),
    min_size=1,
    max_size=6,
)


@settings(max_examples=200)
@given(st.sampled_from(sorted(FEEDS.glob("*.*"))), CHANGES, st.booleans())
def test_a_feed_in_pieces_is_articles_or_a_reason(
    file: Path, changes: list[tuple[float, float, bytes]], cut: bool
) -> None:
    content = file.read_bytes()
    for where, length, piece in changes:
        start = int(where * len(content))
        content = content[:start] + piece + content[start + int(length * len(content)) :]
    content = content[: int(changes[0][0] * len(content))] if cut else content
    try:
        articles = parse_feed(content, URL)
    except FeedError:
        return
    else:
        assert all(article.url.startswith(("http://", "https://")) and article.title for article in articles)
