"""A WordPress site's own list of posts becomes articles, or one reason in words."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.collect.wordpress import parse_posts, posts_url
from digest.domain import Article, Image
from digest.errors import FeedError

URL = "https://news.example/wp-json/wp/v2/posts"
BODY = "<p>The night boat came back at dawn with forty cars and one lost cat on deck.</p><p>It had been away.</p>"
POST: dict[str, Any] = {
    "link": "https://news.example/ferry/",
    "date": "2026-11-23T08:30:00",
    "date_gmt": "2026-11-23T06:30:00",
    "title": {"rendered": "The ferry &#8216;is back&#8217; &amp; on time"},
    "content": {"rendered": BODY, "protected": False},
    "excerpt": {"rendered": "<p>After a week of storms, the islands are no longer alone.</p>\n", "protected": False},
    "_embedded": {
        "author": [{"name": "Ana Reis"}],
        "wp:featuredmedia": [
            {
                "media_type": "image",
                "alt_text": "The ferry",
                "source_url": "https://news.example/ferry-scaled.jpg",
                "media_details": {
                    "width": 2560,
                    "height": 1707,
                    "sizes": {
                        "thumbnail": {"width": 150, "height": 150, "source_url": "https://news.example/f-150.jpg"},
                        "medium_large": {"width": 768, "height": 512, "source_url": "https://news.example/f-768.jpg"},
                        "large": {"width": 1024, "height": 683, "source_url": "https://news.example/f-1024.jpg"},
                    },
                },
            }
        ],
    },
}


def only(**changes: Any) -> Article:
    [article] = parse_posts(json.dumps([{**POST, **changes}]).encode(), URL)
    return article


def test_a_post_becomes_an_article() -> None:
    assert only() == Article(
        url="https://news.example/ferry/",
        title="The ferry ‘is back’ & on time",
        text="The night boat came back at dawn with forty cars and one lost cat on deck.\n\nIt had been away.",
        dek="After a week of storms, the islands are no longer alone.",
        author="Ana Reis",
        image=Image("https://news.example/f-1024.jpg", 1024, 683, "The ferry"),
        published=datetime(2026, 11, 23, 6, 30, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    "excerpt",
    [
        "<p>The night boat came back at dawn with forty cars and one [&hellip;]</p>\n",
        '<p>The night boat came back at dawn with forty cars&#8230; <a href="/f">Continue reading A ferry</a></p>',
        "",
        "<p> </p>",
    ],
)
def test_an_excerpt_that_wordpress_cut_from_the_text_is_no_dek(excerpt: str) -> None:
    assert only(excerpt={"rendered": excerpt}).dek == ""


def test_a_post_behind_a_password_is_left_out() -> None:
    hidden = {**POST, "content": {"rendered": "", "protected": True}}
    assert parse_posts(json.dumps([hidden]).encode(), URL) == []


def test_without_an_author_or_a_picture_that_may_be_seen_there_is_none() -> None:
    article = only(_embedded={"author": [{"code": "rest_user_invalid_id"}], "wp:featuredmedia": [{"code": "x"}]})
    assert (article.author, article.image) == ("", None)


@pytest.mark.parametrize(
    ("site", "address"),
    [
        ("https://news.example", "https://news.example/wp-json/wp/v2/posts?per_page=50&"),
        ("https://news.example/blog/", "https://news.example/blog/wp-json/wp/v2/posts?per_page=50&"),
        ("https://news.example/wp-json/", "https://news.example/wp-json/wp/v2/posts?per_page=50&"),
        ("https://news.example/?rest_route=/", "https://news.example/?rest_route=/wp/v2/posts&per_page=50&"),
    ],
)
def test_the_list_is_found_from_the_sites_address(site: str, address: str) -> None:
    assert posts_url(site).startswith(address)
    assert "_embed=author,wp:featuredmedia" in posts_url(site)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "answers with nothing"),
        (b'{"code":"rest_no_route","message":"No route was found.","data":{"status":404}}', "does not open its REST"),
        (b'{"code":"rest_disabled","message":"<b>Members</b> only"}', "its REST interface: Members only"),
        (b"<!doctype html><html></html>", "this is a web page"),
        (b'{"posts": []}', "not a list of WordPress posts"),
        (b'"hello"', "not a list of WordPress posts"),
        (b"[" * 100_000, "not JSON"),
    ],
)
def test_what_is_no_list_of_posts_is_told_in_words(content: bytes, reason: str) -> None:
    with pytest.raises(FeedError, match=reason):
        parse_posts(content, URL)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*POST, "rendered"]), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(st.dictionaries(st.sampled_from(sorted(POST)), ANYTHING))
def test_whatever_a_post_holds_it_does_no_harm(post: dict[str, Any]) -> None:
    for article in parse_posts(json.dumps([post, POST]).encode(), URL):
        assert article.url.startswith("http")


def test_half_a_character_does_no_harm() -> None:
    assert only(title={"rendered": "The ferry \ud83d"}).title == "The ferry \ufffd"
