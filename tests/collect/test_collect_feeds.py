"""Feeds of any dress become articles, or one reason in words."""

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.collect import parse_feed
from digest.domain import Article
from digest.errors import FeedError
from tests.collect.conftest import FEEDS

URL = "https://news.example/feed"


def rss(items: str, head: str = "") -> bytes:
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>T</title>{head}{items}</channel></rss>'.encode()


def only(content: bytes) -> Article:
    [article] = parse_feed(content, URL)
    return article


@pytest.mark.parametrize("name", [each.name for each in sorted(FEEDS.glob("*")) if each.name.endswith(("xml", "json"))])
def test_every_kept_feed_gives_articles_with_a_web_address_and_a_title(name: str) -> None:
    for article in parse_feed((FEEDS / name).read_bytes(), URL):
        assert article.url.startswith(("http://", "https://"))
        assert article.title


def test_the_shared_feeds_give_articles_or_a_reason_and_take_no_time(shared_data: Path) -> None:
    empty = 0
    for file in sorted((shared_data / "feeds").rglob("*.*")):
        began = time.monotonic()
        try:
            articles = parse_feed(file.read_bytes(), URL)
        except FeedError:
            continue
        else:
            empty += file.parent.name == "real" and not articles
        finally:
            assert time.monotonic() - began < 5
    assert empty <= 7  # whose entries have no address at all


def test_an_item_becomes_an_article() -> None:
    article = only(
        rss(
            "<item><title>The &lt;b&gt;ferry&lt;/b&gt; is back &amp;amp; on time</title>"
            "<link>/ferry?utm_source=rss</link>"
            "<pubDate>Mon, 23 Nov 2026 08:30:00 +0200</pubDate><author>Ana Reis</author>"
            "<description>It sailed at dawn.</description>"
            '<enclosure url="/ferry.jpg" type="image/jpeg" length="1"/></item>',
            "<language>en_GB</language>",
        )
    )
    assert article.title == "The ferry is back & on time"
    assert article.url == "https://news.example/ferry"
    assert article.published == datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
    assert article.language == "en-GB"
    assert article.image
    assert article.image.url == "https://news.example/ferry.jpg"


def test_full_text_is_preferred_and_the_summary_becomes_the_dek() -> None:
    article = only(
        b'<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><item>'
        b"<title>T</title><link>https://news.example/1</link><description>A short one.</description>"
        b"<content:encoded><![CDATA[<p>First.</p><script>alert(1)</script><p>Second <a href='/'>link</a>.</p>]]>"
        b"</content:encoded></item></channel></rss>"
    )
    assert (article.text, article.dek) == ("First.\n\nSecond link.", "A short one.")


@pytest.mark.parametrize("link", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", ""])
def test_what_does_not_lead_to_the_web_is_no_article(link: str) -> None:
    assert parse_feed(rss(f"<item><title>T</title><link>{link}</link></item>"), "") == []


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the feed is empty"),
        (b"<!doctype html><html><body>Hello</body></html>", "this is a web page, not a feed"),
        (b'{"version": "1"}', 'it has no "items"'),
        (b"{not json", "neither JSON nor XML"),
        (b"Just a text.", "this is not a feed"),
        (b"a" * 10_000_001, "larger than 10 MB"),
    ],
)
def test_what_is_no_feed_is_told_in_words(content: bytes, reason: str) -> None:
    with pytest.raises(FeedError, match=reason):
        parse_feed(content, URL)


def test_an_entity_bomb_does_nothing() -> None:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 20}">' for n in range(1, 12))
    bomb = f'<!DOCTYPE r [<!ENTITY e0 "ha">{entities}]>'.encode()
    began = time.monotonic()
    articles = parse_feed(bomb + rss("<item><title>&e11;T</title><link>https://a.example/</link></item>"), URL)
    assert time.monotonic() - began < 2
    assert all(len(article.title) < 1000 for article in articles)


def test_very_deep_markup_takes_no_time() -> None:
    began = time.monotonic()
    deep = "&lt;div&gt;" * 100_000
    parse_feed(
        rss(f"<item><title>T</title><link>https://a.example/</link><description>{deep}</description></item>"), URL
    )
    assert time.monotonic() - began < 5


@given(st.binary(max_size=400) | st.builds(lambda text: rss(f"<item>{text}</item>"), st.text(max_size=200)))
def test_whatever_arrives_it_is_articles_or_a_reason(content: bytes) -> None:
    try:
        articles = parse_feed(content, URL)
    except FeedError:
        return
    else:
        assert all(article.url.startswith(("http://", "https://")) for article in articles)
