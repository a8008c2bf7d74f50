"""The archive as feeds, read by a feed parser and by our own collector."""

from datetime import UTC, datetime

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from digest.collect.feeds import parse_feed
from digest.web.archive.feeds import Feed, Item, json_feed, rss
from tests.web.conftest import Told

STORIES = [
    Told("A quiet <ferry> & gulls", "Crossed at dawn.", section="City", image="https://i.example/ferry.jpg"),
    Told("Bread by the tide", "Baked twice a day.", section="City"),
]


def test_feedparser_reads_the_rss_without_complaint(web, issue):
    issue(1, subject="The first")
    issue(2, stories=STORIES, subject="Ferries & gulls", preheader="Also: bread")
    answer = web.get("/archive/daily/feed.xml")
    assert answer.headers["Content-Type"].startswith("application/rss+xml")
    feed = feedparser.parse(answer.content)
    assert not feed.bozo
    assert (feed.version, feed.feed.title, feed.feed.language) == ("rss20", "The Harbour Daily", "en")
    assert {
        "rel": "self",
        "href": "https://mail.example.com/archive/daily/feed.xml",
        "type": "application/rss+xml",
    } in feed.feed.links
    newest, oldest = feed.entries
    assert (newest.title, oldest.title) == ("Ferries & gulls", "The first")
    assert newest.id == newest.link == "https://mail.example.com/archive/daily/2"
    assert b'<guid isPermaLink="true">https://mail.example.com/archive/daily/2</guid>' in answer.content
    assert newest.published == "Wed, 04 Mar 2026 07:00:00 GMT"
    assert '<a href="https://e.example/daily/2/1">A quiet &lt;ferry&gt; &amp; gulls</a>' in newest.summary
    assert "Crossed at dawn." in newest.content[0].value


def test_the_json_feed_is_of_version_1_1(web, issue):
    issue(1, stories=STORIES, subject="Ferries & gulls", preheader="Also: bread")
    answer = web.get("/archive/daily/feed.json")
    assert answer.headers["Content-Type"] == "application/feed+json"
    feed = answer.json()
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"] == "https://mail.example.com/archive/daily/feed.json"
    [item] = feed["items"]
    assert item["id"] == item["url"] == "https://mail.example.com/archive/daily/1"
    assert item["title"] == "Ferries & gulls"
    assert item["summary"] == "Also: bread"
    assert item["image"] == "https://i.example/ferry.jpg"
    assert item["date_published"] == "2026-03-03T07:00:00+00:00"
    assert "A quiet &lt;ferry&gt;" in item["content_html"]


@pytest.mark.parametrize("name", ["feed.xml", "feed.json"])
def test_our_own_collector_takes_the_archive_for_a_source(web, issue, name):
    issue(1, stories=STORIES, subject="Ferries & gulls")
    url = f"https://mail.example.com/archive/daily/{name}"
    [article] = parse_feed(web.get(f"/archive/daily/{name}").content, url)
    assert (article.url, article.title) == ("https://mail.example.com/archive/daily/1", "Ferries & gulls")
    assert article.published == datetime(2026, 3, 3, 7, tzinfo=UTC)
    assert article.language == "en"
    assert "Baked twice a day." in article.text


@pytest.mark.parametrize("name", ["feed.xml", "feed.json"])
def test_a_feed_holds_the_latest_thirty_and_none_when_there_is_none(web, issue, name):
    assert parse_feed(web.get(f"/archive/daily/{name}").content, "https://mail.example.com/") == []
    for number in range(1, 33):
        issue(number)
    articles = parse_feed(web.get(f"/archive/daily/{name}").content, "https://mail.example.com/")
    assert [article.title for article in articles] == [f"Subject <{number}>" for number in range(32, 2, -1)]


def test_a_feed_that_was_not_changed_since_is_not_sent_again(web, issue):
    issue(1)
    first = web.get("/archive/daily/feed.xml")
    assert first.headers["Last-Modified"] == "Tue, 03 Mar 2026 07:00:00 GMT"
    for since, status in (
        ("Tue, 03 Mar 2026 07:00:00 GMT", 304),
        ("Tue, 03 Mar 2026 06:59:59 GMT", 200),
        ("yesterday", 200),
        ("Tue, 03 Mar 2026 08:00:00", 200),
    ):
        assert web.get("/archive/daily/feed.xml", headers={"If-Modified-Since": since}).status_code == status, since


@given(st.text())
def test_any_text_makes_a_feed_that_can_be_read(text):
    item = Item("https://e.example/1", text, text, text, text, datetime(2026, 3, 3, tzinfo=UTC))
    feed = Feed(text, text, "en", "https://e.example", "https://e.example/x", "https://e.example/j", (item,))
    channel = etree.fromstring(rss(feed)).find("channel")
    assert channel.find("item/guid").text == "https://e.example/1"
    assert b'"https://jsonfeed.org/version/1.1"' in json_feed(feed)
