"""Lists of feeds, as other readers export them, are read with their sections."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.collect.opml import Outline, opml_of, read_outlines
from digest.errors import FeedError
from tests.speed import seconds


def opml(*outlines: str) -> bytes:
    body = "".join(outlines)
    return f'<?xml version="1.0"?><opml version="2.0"><head><title>L</title></head><body>{body}</body></opml>'.encode()


def test_feeds_are_read_with_the_section_they_stand_in() -> None:
    content = opml(
        '<outline text="News"><outline text="Local" title="City &amp; port">'
        '<outline type="rss" text="The Post" xmlUrl="https://post.example/feed?a=1&amp;b=2" htmlUrl="https://post.example/"/>'
        "</outline>"
        '<outline type="rss" title="World" xmlUrl="https://world.example/rss"/></outline>',
        '<outline text="Alone" xmlUrl="https://alone.example/rss" category="/Culture/Film,/other"/>',
        '<outline text="No feed" htmlUrl="https://nowhere.example/"/>',
        '<outline text="Twice" xmlUrl="https://alone.example/rss"/>',
        '<outline text="Not the web" xmlUrl="file:///etc/passwd"/>',
    )
    assert read_outlines(content) == [
        Outline("The Post", "https://post.example/feed?a=1&b=2", "https://post.example/", "City & port"),
        Outline("World", "https://world.example/rss", "", "News"),
        Outline("Alone", "https://alone.example/rss", "", "Film"),
    ]


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("feed://a.example/rss", "http://a.example/rss"),
        ("feed:https://a.example/rss", "https://a.example/rss"),
        ("feed://https://a.example/rss", "https://a.example/rss"),
        (" https://a.example/rss\n", "https://a.example/rss"),
        ("https://a.example/rss?x=1&copy=2", "https://a.example/rss?x=1&copy=2"),
    ],
)
def test_addresses_are_read_in_the_dress_that_programs_give_them(written: str, url: str) -> None:
    assert [outline.url for outline in read_outlines(opml(f'<outline XMLURL="{written}"/>'))] == [url]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "windows-1252"])
def test_a_list_is_read_in_whatever_encoding_it_says(encoding: str) -> None:
    head = f'<?xml version="1.0" encoding="{encoding}"?>'
    content = f'{head}<opml><body><outline text="Café" xmlUrl="https://a.example/"/></body></opml>'
    assert read_outlines(content.encode(encoding))[0].title == "Café"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the OPML file is empty"),
        (b"<html></html>", "this is a web page, not an OPML file"),
        (b"<rss/>", "this is not an OPML file: it begins with <rss>"),
        (opml('<outline text="x"/>'), "lists no feeds"),
        (b'<!DOCTYPE o [<!ENTITY a "b">]>' + opml('<outline text="&a;"/>'), "refused: .* entities"),
        (opml('<outline xmlUrl="https://a.example/"/>' + "<x/>" * 100_000), "too large"),
        (opml(*(f'<outline xmlUrl="https://a.example/{number}"/>' for number in range(5001))), "more than 5000 feeds"),
    ],
)
def test_what_is_no_list_is_told_in_words(content: bytes, reason: str) -> None:
    with pytest.raises(FeedError, match=reason):
        read_outlines(content)


@pytest.mark.parametrize(
    "content",
    [
        opml('<outline text="x">' * 100_000),
        opml("<outline ", *(f'a{number}="x" ' for number in range(100_000)), "/>"),
        opml("<outline>" * 200, *(f'<outline xmlUrl="https://a.example/{number}"/>' for number in range(4000))),
    ],
    ids=["deep", "wide", "both"],
)
def test_a_list_made_to_keep_us_busy_does_not(content: bytes) -> None:
    began = time.monotonic()
    try:
        read_outlines(content)
    except FeedError:
        pass
    finally:
        assert time.monotonic() - began < seconds(5)


@given(st.binary(max_size=300) | st.text(max_size=200).map(opml))
def test_whatever_arrives_it_is_a_list_or_a_reason(content: bytes) -> None:
    try:
        outlines = read_outlines(content)
    except FeedError:
        return
    assert all(outline.url.startswith("http") for outline in outlines)


WORDS = st.text(st.characters(codec="utf-8"), max_size=20)
NAMED = st.builds(Outline, WORDS.filter(str.strip), st.uuids().map("https://a.example/?a&b={}".format), section=WORDS)


@given(WORDS, st.lists(NAMED, min_size=1, max_size=5, unique_by=lambda each: each.url))
def test_what_is_written_is_read_again(title: str, outlines: list[Outline]) -> None:
    again = read_outlines(opml_of(title, outlines).encode())
    assert read_outlines(opml_of(title, again).encode()) == again
    assert {each.url for each in again} == {each.url for each in outlines}
