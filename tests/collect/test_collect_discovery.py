"""What a site offers is found on its page and in its robots.txt, the best first."""

import pytest

from digest.collect.discovery import Found, feeds_on, sitemaps_in

URL = "https://news.example/city/"


def link(href: str, title: str = "", kind: str = "application/rss+xml") -> str:
    return f'<link rel="alternate" type="{kind}" title="{title}" href="{href}">'


def page(*links: str, head: str = "<title>The Harbour Post</title>") -> bytes:
    return f"<!doctype html><html><head>{head}{''.join(links)}</head><body><p>News</p></body></html>".encode()


def test_the_main_feed_comes_before_those_of_parts_of_wordpress_and_of_comments() -> None:
    found = feeds_on(
        page(
            link("/comments/feed/", "The Harbour Post » Comments Feed"),
            link("/category/city/feed/", "The Harbour Post » City Category Feed"),
            '<link rel="https://api.w.org/" href="https://news.example/wp-json/">',
            link("/feed/", "The Harbour Post » Feed"),
            link("/wp-json/wp/v2/posts/7", "JSON", "application/json"),
        ),
        URL,
    )
    assert [(each.type, each.url) for each in found] == [
        ("feed", "https://news.example/feed/"),
        ("feed", "https://news.example/category/city/feed/"),
        ("wordpress", "https://news.example/"),
        ("feed", "https://news.example/comments/feed/"),
    ]
    assert found[0].title == "The Harbour Post"


@pytest.mark.parametrize(
    "kind", ["application/rss+xml", "application/atom+xml; charset=utf-8", "application/feed+json", "text/xml"]
)
def test_feeds_of_every_type_are_found_where_the_page_says(kind: str) -> None:
    base = '<base href="https://cdn.example/x/">'
    assert feeds_on(page(link("feed.xml", "RSS", kind), head=f"{base}<title>Post</title>"), URL) == [
        Found("https://cdn.example/x/feed.xml", "Post")
    ]


def test_a_page_that_names_no_feed_is_searched_for_links_to_one_of_the_same_site() -> None:
    html = (
        b'<p><a href="/rss">RSS</a> <a href="https://feeds.news.example/all.rss">all</a> <a href="/feedback">Ask</a>'
        b'<a href="https://elsewhere.example/feed">a friend</a> <a href="/index.php?feed=rss2">2</a></p>'
    )
    assert [each.url for each in feeds_on(html, URL)] == [
        "https://news.example/rss",
        "https://feeds.news.example/all.rss",
        "https://news.example/index.php?feed=rss2",
    ]


@pytest.mark.parametrize("html", [b"", b"\0", b"Just words.", b"<div>" * 100_000, page(link("javascript:alert(1)"))])
def test_a_page_that_offers_nothing_gives_nothing(html: bytes) -> None:
    assert feeds_on(html, URL) == []


def test_the_name_of_a_feed_is_plain_text() -> None:
    [found] = feeds_on(page(link("/feed", "&lt;script&gt;x&lt;/script&gt;The &lt;b&gt;Post&lt;/b&gt;")), URL)
    assert found.title == "The Post"


def test_sitemaps_of_news_come_first_in_what_robots_are_told() -> None:
    robots = (
        "User-agent: *\nDisallow: /private\nSitemap: https://news.example/sitemap.xml\n"
        "sitemap:https://news.example/news-sitemap.xml # new\nSitemap: /relative.xml\nSitemap: file:///etc/passwd\n"
    )
    assert sitemaps_in(robots) == ["https://news.example/news-sitemap.xml", "https://news.example/sitemap.xml"]
