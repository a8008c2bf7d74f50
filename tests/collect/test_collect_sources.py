"""Sources of every kind, collected at once; each one's failure is its own."""

import asyncio
import logging
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.collect import Remembered, canonical_url, collect, extract_page, read_folder
from digest.errors import FetchError
from digest.newsletters import Source
from tests.collect.conftest import NOW, gather
from tests.website import Site

BODY = "The night tram carries four hundred people home every weekend, and the council has decided to keep it. " * 6


def page(title: str, *, head: str = "", body: str = BODY) -> bytes:
    paragraphs = "".join(f"<p>{body} Part {number}.</p>" for number in range(3))
    return (
        f'<html lang="en"><head><title>{title}</title><meta property="og:title" content="{title}">{head}</head>'
        f"<body><nav>Home</nav><article><h1>{title}</h1>{paragraphs}</article></body></html>"
    ).encode()


def feed(site: Site, *paths: str) -> bytes:
    items = "".join(f"<item><title>{path[1:]}</title><link>{site.url}{path}</link></item>" for path in paths)
    return f'<rss version="2.0"><channel><title>T</title>{items}</channel></rss>'.encode()


def source(key: str, **options: object) -> Source:
    return Source(key=key, allow_private=True, **options)  # type: ignore[arg-type]


def test_a_feed_that_tells_little_is_completed_from_its_pages(site: Site) -> None:
    site.page("/a", page("The tram stays", head='<meta property="og:image" content="/tram.jpg">'))
    url = site.page("/feed", feed(site, "/a", "/gone"), ETag='"7"')
    [harvest] = gather(source("city", url=url))
    [article] = harvest.articles
    assert (article.title, article.source, article.text.count("Part")) == ("a", "city", 3)
    assert article.image
    assert article.image.url == f"{site.url}/tram.jpg"
    assert harvest.etag == '"7"'
    assert harvest.dropped == ((f"{site.url}/gone", "its page is gone (404)"),)


def test_the_feed_is_found_when_the_address_is_that_of_the_sites_home_page(site: Site) -> None:
    site.page("/a", page("The tram stays"))
    site.page("/news.xml", feed(site, "/a"), ETag='"8"')
    home = page("The Post", head='<link rel="alternate" type="application/rss+xml" href="/news.xml">')
    [harvest] = gather(source("city", url=site.page("/", home, ETag='"7"')))
    assert ([article.title for article in harvest.articles], harvest.error) == (["a"], "")
    assert harvest.etag == ""  # that of the page would hide what is new in the feed


def test_a_feed_is_looked_for_on_one_page_only(site: Site) -> None:
    link = '<link rel="alternate" type="application/rss+xml" href="{}">'
    site.page("/other", page("Another page", head=link.format("/feed")))
    home = site.page("/", page("The Post", head=link.format("/other")))
    [harvest] = gather(source("city", url=home))
    assert "this is a web page, not a feed" in harvest.error
    assert "/feed" not in [path for path, _ in site.asked]


def test_a_feed_that_did_not_change_gives_nothing_and_keeps_its_validators(site: Site) -> None:
    url = site.page("/feed", b"", status=304)
    [harvest] = gather(source("city", url=url), memory={"city": Remembered('"7"')})
    assert (harvest.unchanged, harvest.etag, harvest.error) == (True, '"7"', "")


def test_a_feed_that_has_moved_for_good_is_read_and_says_where_it_is(site: Site) -> None:
    url = site.page("/old", b"", status=301, Location="/new")
    site.page("/new", feed(site), ETag='"7"')
    [harvest] = gather(source("city", url=url))
    assert (harvest.error, harvest.moved_to) == ("", f"{site.url}/new")
    site.page("/new", b"", status=304, ETag='"8"')
    [again] = gather(source("city", url=url), memory={"city": Remembered(harvest.etag)})
    assert (again.unchanged, again.etag, again.moved_to) == (True, '"8"', f"{site.url}/new")


def test_an_article_that_is_no_page_keeps_its_sources_words_and_is_not_asked_for_again(site: Site) -> None:
    site.page("/episode", b"a" * 1000, Content_Type="audio/mpeg")
    [harvest] = gather(source("city", url=site.page("/feed", feed(site, "/episode"))))
    assert harvest.marks[f"{site.url}/episode"]


def test_each_failure_is_its_own(site: Site, tmp_path: Path, unused_port: int) -> None:
    site.page("/page", page("The tram stays"))
    site.page("/not-a-feed", page("A page"))
    site.page("/empty", b"<html><body></body></html>")
    harvests = gather(
        source("page", type="page", url=f"{site.url}/page"),
        source("not-a-feed", url=f"{site.url}/not-a-feed"),
        source("gone", url=f"{site.url}/nowhere"),
        source("unreachable", url=f"http://127.0.0.1:{unused_port}/"),
        source("empty", type="page", url=f"{site.url}/empty"),
        source("folder", type="folder", path="nowhere"),
        folder=tmp_path,
    )
    assert len(harvests[0].articles) == 1
    told = [harvest.error for harvest in harvests[1:]]
    for words, error in zip(
        ["web page, not a feed", "404 Not Found", "cannot be reached", "no article was found", "cannot be read"],
        told,
        strict=True,
    ):
        assert words in error


def test_a_source_that_wants_to_be_left_alone_is_not_asked(site: Site) -> None:
    url = site.page("/feed", b"", status=503, Retry_After="3600")
    [first] = gather(source("city", url=url))
    assert first.retry_at == NOW + timedelta(hours=1)
    [second] = gather(source("city", url=url), memory={"city": Remembered(retry_at=first.retry_at)})
    assert "left alone until 2026-11-23 08:00 UTC" in second.error
    assert len(site.asked) == 1


def test_of_many_sources_only_a_few_are_held_at_a_time(site: Site) -> None:
    urls = [site.page(f"/feed/{number}", feed(site)) for number in range(60)]
    sources = [source(f"s{number}", url=url) for number, url in enumerate(urls)]

    async def taken_slowly() -> tuple[int, int]:
        brought = collect(sources, {}, known=lambda *_: {}, now=NOW, folder=Path())
        await anext(brought)
        await asyncio.sleep(0.5)
        asked = len(site.asked)
        return asked, 1 + len([harvest async for harvest in brought])

    asked, came = asyncio.run(taken_slowly())
    assert (asked <= 25, came) == (True, 60)


def test_a_canonical_address_on_another_site_is_the_original(site: Site) -> None:
    html = page("The tram stays", head='<link rel="canonical" href="https://gull.example/tram?utm_source=x">')
    article = extract_page(html, "https://post.example/tram")
    assert article
    assert (article.url, article.original_url) == ("https://post.example/tram", "https://gull.example/tram")


@pytest.mark.parametrize(("told", "tag"), [("pt_BR", "pt-BR"), ("English, please", ""), ("en onload=x", "")])
def test_a_language_that_is_no_tag_is_not_believed(tmp_path: Path, told: str, tag: str) -> None:
    article = extract_page(page("The tram stays").replace(b"<html", f'<html lang="{told}"'.encode()), "")
    (tmp_path / "a.md").write_text(f"---\ntitle: The crane\nlanguage: {told}\n---\n{BODY}")
    [written] = read_folder(tmp_path)
    assert article
    assert (article.language, written.language) == (tag, tag)


def test_what_went_wrong_is_told_without_the_password_and_the_token(site: Site) -> None:
    site.page("/not-a-feed?token=sesame", page("A page"))
    site.page("/empty?token=sesame", b"<html></html>")
    place = f"http://ana:hunter2@127.0.0.1:{site.port}"
    harvests = gather(
        source("feed", url=f"{place}/not-a-feed?token=sesame"),
        source("page", type="page", url=f"{place}/empty?token=sesame"),
        source("gone", url=f"{place}/gone?token=sesame"),
    )
    for harvest in harvests:
        assert f"127.0.0.1:{site.port}" in harvest.error
        assert "hunter2" not in harvest.error
        assert "sesame" not in harvest.error


def test_a_page_without_an_article_gives_none() -> None:
    for html in (b"", b"<html></html>", b"\xff\xfe\x00", b"<p>Hi</p>"):
        assert extract_page(html, "https://post.example/") is None


def test_files_of_a_folder_become_articles(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(f"The tram stays\n\n{BODY}\n")
    (tmp_path / "b.md").write_text(
        "---\ntitle: 'The crane'\nurl: https://post.example/crane\ndate: 2026-11-22\nauthor: Ana\n---\n\n"
        f"**Big** news.\n\n{BODY}"
    )
    (tmp_path / "c.html").write_bytes(page("The ferry"))
    (tmp_path / "d.pdf").write_bytes(b"%PDF")
    text, markdown, html = read_folder(tmp_path)
    assert (text.title, text.url) == ("The tram stays", (tmp_path / "a.txt").as_uri())
    assert (markdown.title, markdown.url, markdown.author) == ("The crane", "https://post.example/crane", "Ana")
    assert markdown.text.startswith("Big news.")
    assert markdown.published == datetime(2026, 11, 22, tzinfo=UTC)
    assert html.title == "The ferry"


def test_files_that_must_not_be_read_are_told_and_left_out(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    (tmp_path / "secret.txt").write_text(f"A secret\n\n{BODY}")
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    (folder / "large.txt").write_text("x" * 2_000_001)
    (folder / "binary.txt").write_bytes(b"Title\n\n\0\1\2")
    os.mkfifo(folder / "pipe.txt")
    with caplog.at_level(logging.WARNING):
        assert read_folder(folder) == []
    assert {record.getMessage().partition(" is left out")[0] for record in caplog.records} == {
        "link.txt",
        "large.txt",
        "binary.txt",
        "pipe.txt",
    }


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(FetchError, match="nowhere: the folder cannot be read"):
        read_folder(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("HTTPS://News.Example:443/a?utm_source=x&id=7#top", "https://news.example/a?id=7"),
        ("http://news.example", "http://news.example/"),
        (" http://news.example:8080/a b\n", "http://news.example:8080/a%20b"),
        ("https://news.example/?page&utm_source=x", "https://news.example/?page"),
        ("https://news.example/?q=caf%E9&fbclid=x", "https://news.example/?q=caf%E9"),
        ("https://bücher.example/ä", "https://xn--bcher-kva.example/%C3%A4"),
        ("https://user:pass@news.example/", "https://news.example/"),
        ("javascript:alert(1)", ""),
        ("//news.example/", ""),
        ("http://[::1/", ""),
    ],
)
def test_one_article_has_one_address(url: str, canonical: str) -> None:
    assert canonical_url(url) == canonical


@given(st.text(max_size=60) | st.builds("https://a.example/{}?{}".format, st.text(max_size=30), st.text(max_size=30)))
def test_a_canonical_address_stays_as_it_is(url: str) -> None:
    once = canonical_url(url)
    assert canonical_url(once) == once


@given(st.text(alphabet="ab=&%20;+é ", max_size=20))
def test_a_trackers_parameter_does_not_change_the_address(query: str) -> None:
    plain = canonical_url(f"https://a.example/?{query.strip()}")
    assert canonical_url(f"https://a.example/?utm_source=rss&{query.strip()}") == plain
