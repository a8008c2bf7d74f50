"""Sitemaps, of news and others, become articles; their indexes, the addresses of more."""

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.collect.sitemaps import Sitemap, parse_sitemap
from digest.errors import FeedError
from tests.speed import seconds

URL = "https://news.example/sitemap.xml"
NEWS = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
        xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"
        xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
  <url>
    <loc> https://news.example/ferry?utm_source=map </loc>
    <lastmod>2026-11-24</lastmod>
    <news:news>
      <news:publication><news:name>The Harbour Post</news:name><news:language>pt</news:language></news:publication>
      <news:publication_date>2026-11-23T08:30:00+02:00</news:publication_date>
      <news:title><![CDATA[The ferry &amp; the tide]]></news:title>
    </news:news>
    <image:image><image:loc>/ferry.jpg</image:loc><image:title>The ferry</image:title></image:image>
  </url>
</urlset>"""


def plain(*entries: tuple[str, str]) -> bytes:
    urls = "".join(f"<url><loc>{place}</loc><lastmod>{date}</lastmod></url>" for place, date in entries)
    return f"<urlset>{urls}</urlset>".encode()


def test_a_news_sitemap_tells_titles_dates_languages_and_pictures() -> None:
    [article] = parse_sitemap(NEWS.encode(), URL).articles
    assert (article.url, article.title, article.language) == (
        "https://news.example/ferry",
        "The ferry & the tide",
        "pt",
    )
    assert article.published == datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
    assert article.image
    assert (article.image.url, article.image.alt) == ("https://news.example/ferry.jpg", "The ferry")
    assert article.text == ""


def test_a_plain_sitemap_tells_addresses_and_when_they_changed_the_newest_first() -> None:
    content = plain(("/old", "2026-11-01"), ("/undated", ""), ("/new", "2026-11-23T07:00:00Z"), ("javascript:x", ""))
    articles = parse_sitemap(content, URL).articles
    assert [article.url for article in articles] == [
        "https://news.example/new",
        "https://news.example/old",
        "https://news.example/undated",
    ]
    assert {article.title for article in articles} == {""}


def test_an_index_tells_of_further_sitemaps_the_newest_first() -> None:
    index = (
        b'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        b"<sitemap><loc>https://news.example/2025.xml</loc><lastmod>2025-12-31</lastmod></sitemap>"
        b"<sitemap><loc>https://news.example/2026.xml.gz</loc><lastmod>2026-11-23</lastmod></sitemap>"
        b"<sitemap><loc>file:///etc/passwd</loc></sitemap></sitemapindex>"
    )
    assert parse_sitemap(index, URL) == Sitemap(
        maps=("https://news.example/2026.xml.gz", "https://news.example/2025.xml")
    )


def test_an_address_whose_ampersands_nobody_escaped_is_read_as_it_was_meant() -> None:
    [article] = parse_sitemap(plain(("/story?id=7&page=2&copy=3", "")), URL).articles
    assert article.url == "https://news.example/story?id=7&page=2&copy=3"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b" ", "the sitemap is empty"),
        (b"<!doctype html><html></html>", "this is a web page, not a sitemap"),
        (b"<rss><channel/></rss>", "this is a feed, not a sitemap"),
        (b"<opml/>", "this is not a sitemap: it begins with <opml>"),
        (b"Just words.", "this is not a sitemap: it is not XML"),
        (b'<!DOCTYPE u [<!ENTITY a "b">]><urlset>&a;</urlset>', "refused: the sitemap declares entities"),
        ('<!DOCTYPE u [<!ENTITY a "b">]><urlset>&a;</urlset>'.encode("utf-16"), "refused: the sitemap declares"),
    ],
)
def test_what_is_no_sitemap_is_told_in_words(content: bytes, reason: str) -> None:
    with pytest.raises(FeedError, match=reason):
        parse_sitemap(content, URL)


def test_of_a_very_long_sitemap_the_newest_are_taken_in_good_time() -> None:
    content = plain(*((f"/{number}", f"2026-{number % 12 + 1:02}-01") for number in range(50_000)))
    began = time.monotonic()
    articles = parse_sitemap(content, URL).articles
    assert time.monotonic() - began < seconds(5)
    assert len(articles) == 1000
    assert {article.published for article in articles} == {datetime(2026, 12, 1, tzinfo=UTC)}


@given(st.binary(max_size=300) | st.text(max_size=200).map(lambda text: f"<urlset><url>{text}</url></urlset>".encode()))
def test_whatever_arrives_it_is_a_sitemap_or_a_reason(content: bytes) -> None:
    try:
        found = parse_sitemap(content, URL)
    except FeedError:
        return
    assert all(article.url.startswith("http") for article in found.articles)
