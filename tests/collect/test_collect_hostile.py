"""What one source sends, by mistake or on purpose, costs neither the time nor the news of the others."""

import time
from datetime import UTC, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.collect import Remembered, canonical_url, extract_page, parse_feed
from digest.collect.beginning import MOST_ENTRIES
from digest.collect.cleaning import clean
from digest.collect.dates import instant
from digest.collect.fetch import _retry_after
from digest.collect.network import is_public
from digest.errors import FeedError
from digest.newsletters import Source
from tests.collect.conftest import NOW, gather
from tests.speed import seconds
from tests.website import Site

URL = "https://news.example/feed"
LONG = "The night tram carries four hundred people home every weekend, and the council has decided to keep it. " * 10
PAGE = (
    f'<html><head><meta property="og:title" content="T"></head><body><article><p>{LONG * 2}</p></article></body></html>'
)


def item(link: str, description: str = LONG, more: str = "") -> str:
    return f"<item><title>The tram</title><link>{link}</link><description>{description}</description>{more}</item>"


def rss(items: str, head: str = "") -> bytes:
    return f'{head}<rss version="2.0"><channel><title>T</title>{items}</channel></rss>'.encode()


def source(url: str, key: str = "city") -> Source:
    return Source(key=key, url=url, allow_private=True)  # type: ignore[arg-type]


@pytest.mark.parametrize("target", ["http://[bad", "https://%00/"])
def test_a_redirect_to_nowhere_is_that_sources_failure_alone(site: Site, target: str) -> None:
    site.page("/bad", b"", status=302, Location=target)
    site.page("/good", rss(item(f"{site.url}/1")))
    bad, good = gather(source(f"{site.url}/bad", "bad"), source(f"{site.url}/good", "good"))
    assert "refused" in bad.error or "cannot be reached" in bad.error
    assert len(good.articles) == 1


@pytest.mark.parametrize(("asked", "waited"), [("9" * 400, 86_400), ("99999999999", 86_400), ("60", 60)])
def test_nobody_is_left_alone_for_longer_than_a_day(site: Site, asked: str, waited: int) -> None:
    url = site.page("/busy", b"", status=503, Retry_After=asked)
    [harvest] = gather(source(url))
    assert harvest.retry_at == NOW + timedelta(seconds=waited)


@given(st.text(max_size=40))
def test_whatever_stands_in_retry_after_it_is_a_time_or_nothing(value: str) -> None:
    seconds = _retry_after(value)
    assert seconds is None or 0 <= seconds <= 86_400


@pytest.mark.parametrize("etag", ['"é…"', '"a\r\nX-Injected: 1"'])
def test_a_validator_that_fits_into_no_header_is_not_sent(site: Site, etag: str) -> None:
    url = site.page("/feed", rss(item("/1")))
    [harvest] = gather(source(url), memory={"city": Remembered(etag)})
    assert len(harvest.articles) == 1
    assert not {"If-None-Match", "X-Injected"} & site.asked[0][1].keys()


def test_a_fault_that_nobody_thought_of_is_that_sources_failure_alone(site: Site) -> None:
    site.page("/good", rss(item(f"{site.url}/1")))
    # No file system knows a NUL in a name, and Python does not call that an OSError.
    unthought = Source(key="bad", type="folder", path="a\0b")
    bad, good = gather(unthought, source(f"{site.url}/good", "good"))
    assert "could not be read (ValueError)" in bad.error
    assert len(good.articles) == 1


def test_the_servers_learn_where_to_ask_who_we_are(site: Site) -> None:
    gather(source(site.page("/feed", rss(""))), public_url="https://post.example/")
    assert site.asked[0][1]["User-Agent"].endswith("(+https://post.example/)")


def test_an_article_keeps_its_address_when_its_page_is_out_of_reach(site: Site) -> None:
    words = (
        "The council has decided to keep the night tram, which carries four hundred people home every weekend, for now."
    )
    url = site.page("/feed", rss(item(f"{site.url}/1", words)))
    site.page("/1", b"", status=302, Location="/tram/keeps/running")
    site.page("/tram/keeps/running", PAGE.encode())
    [reached] = gather(source(url))
    del site.answers["/tram/keeps/running"]
    site.page("/1", b"", status=500)
    site.page("/feed", rss(item(f"{site.url}/1", words * 2)))
    [missed] = gather(source(url))
    assert len(reached.articles[0].text) > len(missed.articles[0].text)
    assert reached.articles[0].url == missed.articles[0].url == f"{site.url}/1"
    assert reached.articles[0].dek == words


def test_a_page_is_read_once_and_again_when_its_source_tells_something_new(site: Site) -> None:
    feed = rss(item(f"{site.url}/1", "Short."))
    site.page("/1", PAGE.encode())
    url = site.page("/feed", feed)
    [first] = gather(source(url))
    assert first.read == {f"{site.url}/1"}
    [second] = gather(source(url), marks=first.marks)
    assert (second.articles, second.listed) == ((), {f"{site.url}/1"})
    site.page("/feed", feed.replace(b"Short.", b"Corrected."))
    [third] = gather(source(url), marks=first.marks)
    assert third.read == {f"{site.url}/1"}


def test_a_page_that_could_not_be_read_for_a_passing_reason_is_tried_again(site: Site) -> None:
    url = site.page("/feed", rss(item(f"{site.url}/1", "Short.") + item(f"{site.url}/2", "Short.")), ETag='"7"')
    site.page("/1", b"", status=503)
    site.page("/2", b"", status=403)
    [harvest] = gather(source(url))
    assert [bool(harvest.marks[f"{site.url}/{number}"]) for number in (1, 2)] == [False, True]
    assert harvest.etag == ""


def test_the_archive_of_a_new_source_is_not_fetched(site: Site) -> None:
    url = site.page("/feed", rss("".join(item(f"{site.url}/{number}", "Short.") for number in range(40))))
    [harvest] = gather(source(url))
    assert len(harvest.articles) + len(harvest.dropped) == 40
    assert sum(path != "/feed" for path, _ in site.asked) == 30


def test_what_another_source_brought_is_left_to_that_source(site: Site) -> None:
    url = site.page("/feed", rss(item(f"{site.url}/1", "Short.")))
    [harvest] = gather(source(url), marks={f"{site.url}/1": None})
    assert (harvest.articles, len(site.asked)) == ((), 1)


def test_an_encoding_that_only_the_server_names_is_believed(site: Site) -> None:
    body = rss(item("/1", f"Дальше {LONG}")).decode().encode("windows-1251")
    [harvest] = gather(source(site.page("/feed", body, Content_Type="text/xml; charset=windows-1251")))
    assert harvest.articles[0].text.startswith("Дальше")
    declared = b'<?xml version="1.0" encoding="utf-8"?>' + rss(item("/1", f"Дальше {LONG}"))
    [harvest] = gather(source(site.page("/feed", declared, Content_Type="text/xml; charset=iso-8859-1")))
    assert harvest.articles[0].text.startswith("Дальше")


@pytest.mark.parametrize("link", ["", "http://[bad", "javascript:alert(1)"])
def test_an_entry_without_an_address_does_not_take_the_feeds_own(link: str) -> None:
    [article] = parse_feed(rss(item(link) + item("/1")), URL)
    assert article.url == "https://news.example/1"
    [article] = parse_feed(
        f'{{"items": [{{"title": "T", "url": "{link}"}}, {{"title": "T", "url": "/1"}}]}}'.encode(), URL
    )
    assert article.url == "https://news.example/1"


def test_an_entry_without_a_picture_does_not_take_the_feed_for_one() -> None:
    [article] = parse_feed(b'{"items": [{"title": "T", "url": "/1", "content_text": "Text."}]}', URL)
    assert article.image is None


def test_counting_pixels_and_faces_are_no_pictures() -> None:
    tiny = '<media:thumbnail xmlns:media="http://search.yahoo.com/mrss/" url="/face.png" width="30" height="30"/>'
    [article] = parse_feed(rss(item("/1", '&lt;img src="/p.gif" width="1"&gt;&lt;img src="/tram.jpg"&gt;', tiny)), URL)
    assert article.image
    assert article.image.url == "https://news.example/tram.jpg"


@pytest.mark.parametrize(
    ("author", "name"),
    [("ana@news.example (Ana Reis)", "Ana Reis"), ("ana@news.example", ""), ("Ana Reis (Lisbon)", "Ana Reis (Lisbon)")],
)
def test_an_author_is_a_name_and_no_mail_address(author: str, name: str) -> None:
    [article] = parse_feed(rss(item("/1", more=f"<author>{author}</author>")), URL)
    assert article.author == name


@pytest.mark.parametrize(("told", "tag"), [("pt_BR", "pt-BR"), ("Portuguese of Brazil", ""), ("<b>", "")])
def test_a_language_is_a_tag_or_nothing(told: str, tag: str) -> None:
    [article] = parse_feed(rss(f"<language><![CDATA[{told}]]></language>" + item("/1")), URL)
    assert article.language == tag


@pytest.mark.parametrize(
    "foot",
    [
        "The post The tram appeared first on The Harbour Post.",
        "La entrada El tranvía se publicó primero en El Puerto.",
        "O post O elétrico apareceu primeiro em O Porto.",
        "L’article Le tram est apparu en premier sur Le Port.",
        "Der Beitrag Die Tram erschien zuerst auf Der Hafen.",
    ],
)
def test_the_foot_under_a_feeds_entries_goes(foot: str) -> None:
    assert clean(f"{LONG}\n\n{foot}").text == LONG.strip()
    content = f"<c:encoded xmlns:c='http://purl.org/rss/1.0/modules/content/'>&lt;p&gt;{LONG}&lt;/p&gt;</c:encoded>"
    [article] = parse_feed(
        rss(item("/1", f"&lt;p&gt;The tram stays.&lt;/p&gt;&lt;p&gt;{foot}&lt;/p&gt;", content)), URL
    )
    assert article.dek == "The tram stays."


def test_of_a_feed_with_very_many_entries_the_first_are_read() -> None:
    articles = parse_feed(rss("".join(item(f"/{number}", "Text.") for number in range(5_000))), URL)
    assert [article.url for article in articles] == [f"https://news.example/{number}" for number in range(MOST_ENTRIES)]


BEGUN = "<rss version='2.0'><channel><item><link>https://a.example/</link><title>T</title><description>"
LARGE = 2_000_000
HOSTILE_FEEDS = {
    "tags that never end": b"<" * LARGE,
    "elements that never end": b"<a " * (LARGE // 3),
    "very deep elements": b"<rss>" + b"<a>" * (LARGE // 3),
    "ampersands": f"{BEGUN}{'&' * LARGE}".encode(),
    "escaped tags that never end": rss(item("/1", "&lt;b " * (LARGE // 6))),
    "a title of tags that never end": rss(f"<item><title>{'&lt;b ' * (LARGE // 6)}</title><link>/1</link></item>"),
    "doctypes that never end": b"<!DOCTYPE [ <!ENTITY" * (LARGE // 20),
    "bases piled up": ("<feed xmlns='http://www.w3.org/2005/Atom'>" + "<a xml:base='0123456789/'>" * 20_000).encode(),
    "one large entity, often": rss(item("/1", "&a;" * 100_000), f'<!DOCTYPE r [<!ENTITY a "{"A" * LARGE}">]>'),
    "the same in UTF-16": f'<!DOCTYPE r [<!ENTITY a "{"A" * LARGE}">]><rss>{"&a;" * 100_000}</rss>'.encode("utf-16"),
    "very many attributes": b"<rss><a " + b"b='1' " * 1_600_000 + b"></rss>",
    "JSON in JSON": b'{"items":' + b"[" * LARGE,
    "JSON with a title of tags": b'{"items":[{"url":"/1","title":"' + b"<b " * (LARGE // 3) + b'"}]}',
}


@pytest.mark.parametrize("content", HOSTILE_FEEDS.values(), ids=HOSTILE_FEEDS.keys())
def test_a_feed_made_to_keep_us_busy_does_not(content: bytes) -> None:
    began = time.process_time()
    try:
        articles = parse_feed(content, URL)
    except FeedError:
        articles = []
    assert time.process_time() - began < seconds(5)
    assert all(len(article.title) <= 20_000 for article in articles)


@pytest.mark.parametrize(
    "markup", ["<", "<div>", "<p>word word word. ", "x<br>", "<tr><td>x", "<li>a b c", "<a href=x>y</a>"]
)
def test_a_page_made_to_keep_us_busy_does_not(markup: str) -> None:
    began = time.process_time()
    extract_page(f"<html><body><article>{markup * (LARGE // len(markup))}".encode(), "https://news.example/1")
    assert time.process_time() - began < seconds(5)


@pytest.mark.parametrize(
    "markup",
    [
        "<div class=caption>" * 240 + "word " * (LARGE // 4),
        "<article class=a>" * 240 + "word " * (LARGE // 4),
        "<article><h1>T</h1><p>" + "word " * 70 + "</article>" + "<article><p>b</article>" * 10_000,
        "<div>" + "<blockquote class=tweet>a</blockquote>" * 20_000,
        f"<p>{'word ' * LARGE}" + "<a href=/x>original</a>" * 20_000,
        "<img><br>" * 20_000 + "<em>x</em>",
        "<time itemprop=datePublished>3rd of smarch</time>" * 20_000,
        f'<script type="application/ld+json">{"[{}," * 100_000}</script>',
    ],
    ids=lambda markup: markup[:20],
)
def test_a_page_with_one_thing_very_often_does_not_either(markup: str) -> None:
    began = time.process_time()
    extract_page(f"<html><body><h1>T</h1>{markup}"[:9_000_000].encode(), "https://news.example/1")
    assert time.process_time() - began < seconds(5)


@pytest.mark.parametrize("mark", [".", "(", '"', "we ", "share ", "related\n\n"])
def test_a_text_made_to_keep_us_busy_does_not(mark: str) -> None:
    began = time.process_time()
    clean(mark * (LARGE // len(mark)))
    assert time.process_time() - began < seconds(5)


@given(st.text(max_size=60) | st.integers() | st.floats() | st.none())
def test_whatever_stands_for_a_date_it_is_an_instant_or_nothing(value: object) -> None:
    moment = instant(value)
    assert moment is None or moment.tzinfo is UTC


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("64:ff9b::808:808", True),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b::a9fe:a9fe", False),
        ("168.63.129.16", False),
        ("::ffff:168.63.129.16", False),
        ("2001:0:4136:e378:8000:63bf:f7f7:f7f7", False),
    ],
)
def test_an_address_that_leads_to_a_private_one_is_private(address: str, public: bool) -> None:
    assert is_public(address) is public


def test_an_address_in_numbers_keeps_its_brackets() -> None:
    assert canonical_url("HTTP://[2001:DB8::1]:80/a") == "http://[2001:db8::1]/a"
    assert canonical_url("http://[2001:db8::1]:8080/a") == "http://[2001:db8::1]:8080/a"
