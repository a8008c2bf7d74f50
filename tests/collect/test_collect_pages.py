"""What a page says of its article, and which of its words are the article's."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.collect import extract_page
from digest.domain import Article

URL = "https://post.example/2026/tram"
BODY = [
    "The council decided on Monday to keep the night tram, which carries four hundred people home every weekend.",
    "Shop owners on the quay, who had asked for the tram in a petition, were pleased. Drivers were less so.",
    "The first tram of the new timetable leaves the harbour at midnight on the first Friday of the new year.",
    "It will run until the council meets again in June, when it wants to see how many people have taken it.",
]
PARAGRAPHS = "".join(f"<p>{line}</p>" for line in BODY)


def page(
    head: str = "", body: str = f"<article><h1>The tram stays</h1>{PARAGRAPHS}</article>", html: str = ""
) -> bytes:
    return f"<!doctype html><html {html}><head>{head}</head><body>{body}</body></html>".encode()


def read(
    head: str = "", body: str = f"<article><h1>The tram stays</h1>{PARAGRAPHS}</article>", url: str = URL
) -> Article:
    article = extract_page(page(head, body), url)
    assert article
    return article


def linked(**facts: object) -> str:
    said = json.dumps({"@graph": [{"@type": "WebSite"}, {"@type": ["NewsArticle"], "headline": "The tram", **facts}]})
    return f'<script type="application/ld+json">{said}</script>'


def meta(name: str, content: str) -> str:
    return f'<meta property="{name}" content="{content}">'


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (linked(author={"@type": "Person", "name": "Ana Reis"}), "Ana Reis"),
        (linked(author=[{"name": "Ana Reis"}, {"name": "Jo Lund"}, {"name": "Ana Reis"}]), "Ana Reis, Jo Lund"),
        (linked(author={"name": ["Ana Reis", "Jo Lund"]}), "Ana Reis, Jo Lund"),
        (linked(author="By Ana Reis"), "Ana Reis"),
        (linked(author={"name": "The Post"}, publisher={"name": "The Post"}) + meta("author", "Ana Reis"), "Ana Reis"),
        (meta("og:site_name", "The Post") + meta("author", "The Post"), ""),
        (meta("article:author", "https://social.example/ana"), ""),
        (meta("author", "ana@post.example"), ""),
        (meta("author", "admin"), ""),
        (linked(author=None), ""),
        (linked(author=7), ""),
    ],
)
def test_the_author_is_a_name_and_not_the_site(head: str, name: str) -> None:
    assert read(head).author == name


@pytest.mark.parametrize(
    ("byline", "name"),
    [
        ('<a rel="author" href="/authors/ana">Ana Reis</a>', "Ana Reis"),
        ('<p class="byline">By Ana Reis</p>', "Ana Reis"),
        ('<p class="byline">Por Ana Reis</p>', "Ana Reis"),
        (
            '<p class="byline">Von <a href="/autoren/ana">Ana Reis</a> am 3. Mai, <a href="/c">Kultur</a></p>',
            "Ana Reis",
        ),
        ('<div class="comments"><span class="author">Troll</span></div>', ""),
        ('<form><p class="comment-form-author">Name (required)</p></form>', ""),
    ],
)
def test_the_author_is_read_from_the_byline(byline: str, name: str) -> None:
    assert read(body=f"<article><h1>The tram stays</h1>{byline}{PARAGRAPHS}</article>").author == name


@pytest.mark.parametrize(
    ("head", "moment"),
    [
        (
            linked(datePublished="2026-05-03T09:00:00+02:00", dateModified="2026-05-04"),
            datetime(2026, 5, 3, 7, tzinfo=UTC),
        ),
        (linked(dateModified="2026-05-04"), None),
        (meta("article:modified_time", "2026-05-04T09:00:00Z"), None),
        (meta("article:published_time", "2026-05-03 09:00"), datetime(2026, 5, 3, 9, tzinfo=UTC)),
        (meta("date", "3 May 2026"), datetime(2026, 5, 3, tzinfo=UTC)),
        (
            linked(datePublished="2026-05-03") + meta("date", "2026-05-03T09:30:00Z"),
            datetime(2026, 5, 3, 9, 30, tzinfo=UTC),
        ),
        (linked(datePublished="soon"), None),
    ],
)
def test_the_time_is_when_it_was_published_and_never_when_it_was_changed(head: str, moment: datetime | None) -> None:
    assert read(head).published == moment


def test_a_time_in_the_page_counts_unless_it_tells_a_change() -> None:
    times = (
        '<time class="updated" datetime="2026-05-04">today</time><time datetime="2026-05-03T09:00Z">yesterday</time>'
    )
    assert read(body=f"<article>{times}<h1>T</h1>{PARAGRAPHS}</article>").published == datetime(
        2026, 5, 3, 9, tzinfo=UTC
    )
    assert read(url="https://post.example/2026/05/03/tram").published == datetime(2026, 5, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("head", "image"),
    [
        (meta("og:image", "/tram.jpg"), ("https://post.example/tram.jpg", None, None)),
        (
            meta("og:image", "/tram.jpg") + meta("og:image:width", "1200") + meta("og:image:height", "630px"),
            ("https://post.example/tram.jpg", 1200, 630),
        ),
        (
            linked(image={"@type": "ImageObject", "url": "/tram.jpg", "width": "1200", "height": {"value": 630}}),
            ("https://post.example/tram.jpg", 1200, 630),
        ),
        (
            meta("og:image", "/tram.jpg?w=1") + linked(image=[{"url": "/tram.jpg", "width": 1200, "height": 630}]),
            ("https://post.example/tram.jpg?w=1", 1200, 630),
        ),
        (
            meta("og:image", "/site-logo.png") + linked(image=["/tram.jpg"]),
            ("https://post.example/tram.jpg", None, None),
        ),
        (meta("og:image", "/harbour.svg"), None),
        (meta("og:image", "/a.gif") + meta("og:image:width", "1") + meta("og:image:height", "1"), None),
        (meta("og:image", "data:image/png;base64,AAAA"), None),
    ],
)
def test_the_picture_is_the_articles_with_its_size(head: str, image: tuple[str, int | None, int | None] | None) -> None:
    found = read(head).image
    assert (found and (found.url, found.width, found.height)) == image


def test_a_pictures_size_is_taken_from_where_it_is_shown() -> None:
    shown = f'<article><h1>T</h1><img src="/tram.jpg" width="640" height="427">{PARAGRAPHS}</article>'
    found = read(meta("og:image", "https://post.example/tram.jpg"), shown).image
    assert found
    assert (found.width, found.height) == (640, 427)


@pytest.mark.parametrize(
    ("html", "head", "language"),
    [
        ('lang="pt_br"', "", "pt-BR"),
        ("", linked(inLanguage="de"), "de"),
        ("", meta("og:locale", "fr_FR"), "fr-FR"),
        ("", '<meta http-equiv="Content-Language" content="es">', "es"),
        ("", "", ""),
    ],
)
def test_the_language_is_the_one_told_and_none_is_invented(html: str, head: str, language: str) -> None:
    article = extract_page(page(head, html=html), URL)
    assert article
    assert article.language == language


@pytest.mark.parametrize(
    ("head", "own", "original"),
    [
        ('<link rel="canonical" href="/tram?utm_source=x">', "https://post.example/tram", ""),
        ('<link rel="canonical" href="">', URL, ""),
        ('<link rel="canonical" href="/">', URL, ""),
        ('<link rel="canonical" href="https://www.post.example/t">', "https://www.post.example/t", ""),
        ('<link rel="canonical" href="https://gull.example/tram">', URL, "https://gull.example/tram"),
        ('<link rel="canonical" href="https://gull.example/">', URL, ""),
        ('<link rel="canonical" href="http://localhost:3000/tram">', URL, ""),
        ('<link rel="syndication-source" href="https://gull.example/tram">', URL, "https://gull.example/tram"),
        ('<meta name="original-source" content="https://gull.example/tram">', URL, "https://gull.example/tram"),
    ],
)
def test_the_address_is_the_canonical_one_and_one_elsewhere_the_original(head: str, own: str, original: str) -> None:
    article = read(head)
    assert (article.url, article.original_url) == (own, original)


@pytest.mark.parametrize(
    "note",
    [
        'This article first appeared in <a href="https://gull.example/tram">The Gull</a>.',
        'Publicado originalmente en <a href="https://gull.example/tram">La Gaviota</a>.',
        'Publicado originalmente em <a href="https://gull.example/tram">A Gaivota</a>.',
        'Cet article a été initialement publié sur <a href="https://gull.example/tram">La Mouette</a>.',
        'Dieser Artikel erschien zuerst bei <a href="https://gull.example/tram">Die Möwe</a>.',
        '<a href="https://gull.example/tram">Read the original article</a>',
        '<a href="https://gull.example/tram">Leer el artículo original</a>',
        '<a href="https://gull.example/tram">Leia o artigo original</a>',
        '<a href="https://gull.example/tram">Lire l’article original</a>',
        '<a href="https://gull.example/tram">Zum Originalartikel</a>',
    ],
)
def test_where_a_piece_first_appeared_is_linked_in_its_foot(note: str) -> None:
    article = read(body=f"<article><h1>The tram stays</h1>{PARAGRAPHS}<p>{note}</p></article>")
    assert article.original_url == "https://gull.example/tram"
    assert article.text.split("\n\n") == BODY


def test_captions_the_title_and_the_next_article_are_no_part_of_the_text() -> None:
    caption = '<figure><img src="/a.jpg"><figcaption>The tram at the quay on Sunday.</figcaption></figure>'
    below = '<p><img src="/b.jpg"><br><em>Another tram, at another quay</em></p>'
    more = "".join(f'<article class="post"><h2>The ferry</h2><p>{line} And so on.</p></article>' for line in BODY)
    article = read(body=f'<article class="post"><h1>The tram stays</h1>{PARAGRAPHS}{caption}{below}</article>{more}')
    assert article.text.split("\n\n") == BODY


def test_paragraphs_whose_class_only_sounds_like_an_aside_stay() -> None:
    paragraphs = "".join(
        f'<p class="newsletter text">{line} Number {number}.</p>' for number in range(8) for line in BODY
    )
    article = read(body=f"<article><h1>The tram stays</h1>{paragraphs}</article>")
    assert len(article.text.split("\n\n")) == 32


def test_a_word_over_the_title_goes_with_it() -> None:
    article = read(body=f"<div><p>Review</p><h1>The tram stays</h1>{PARAGRAPHS}</div>")
    assert article.text.split("\n\n") == BODY


def test_a_post_that_the_article_quotes_stays_whatever_its_box_is_called() -> None:
    words = "The tram stays. I can’t thank this council enough for what it has done. — Jo Lund, 3 May 2026"
    post = f'<div class="embed widget"><blockquote class="twitter-tweet"><p>{words}</p></blockquote></div>'
    article = read(body=f"<article><h1>The tram</h1>{PARAGRAPHS}{post}{PARAGRAPHS.replace('The', 'Yet the')}</article>")
    assert words in article.text


def test_the_headings_between_paragraphs_stay_though_they_are_links() -> None:
    parts = "".join(
        f'<h3><a href="/shop/{place}">Tram number {place}</a></h3><p>{line}</p>' for place, line in enumerate(BODY)
    )
    article = read(body=f"<article><h1>The trams of the year</h1><p>{BODY[0]} So it said.</p>{parts}</article>")
    assert [line for line in article.text.split("\n\n") if line.startswith("Tram number")] == [
        f"Tram number {place}" for place in range(4)
    ]


def test_a_table_is_read_out_without_its_lines() -> None:
    table = "<table><tr><th>Line</th><th>People</th></tr><tr><td>Night tram</td><td>400</td></tr></table>"
    article = read(
        body=f"<article><h1>The tram</h1>{PARAGRAPHS}{table}{PARAGRAPHS.replace('The', 'Yet the')}</article>"
    )
    assert "Night tram, 400" in article.text.split("\n\n")
    assert "|" not in article.text


def test_the_updates_of_a_live_report_stay() -> None:
    updates = "".join(f'<article class="update"><h2>Update</h2><p>{line}</p></article>' for line in BODY)
    article = read(body=f'<article class="live"><h1>The tram, live</h1><p>{BODY[0]} Read on.</p>{updates}</article>')
    assert all(line in article.text for line in BODY[1:])


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        ("cp1252", "windows-1252"),
        ("iso8859-1", ""),
        ("utf-16", ""),
        ("utf-8", "iso-8859-1"),
        ("cp1251", "windows-1251"),
    ],
)
def test_a_page_is_read_in_its_encoding(encoding: str, declared: str) -> None:
    word = "Трамвай" if encoding == "cp1251" else "Café"
    head = f'<meta charset="{declared}">' if declared else ""
    text = page(head).decode().replace("The council", f"{word}: the council")
    article = extract_page(text.encode(encoding), URL)
    assert article
    assert article.text.startswith(f"{word}: the council")


def test_an_encoding_that_only_the_server_names_is_believed() -> None:
    text = page().decode().replace("The council", "夜の路面電車は残ることになった。The council")
    article = extract_page(text.encode("euc_jp"), URL, charset="euc-jp")
    assert article
    assert article.text.startswith("夜の路面電車は残ることになった。")


BROKEN = st.binary(max_size=200) | st.sampled_from(
    [
        b"<article>",
        b"<p>",
        b"</p>",
        b"<h1>",
        b"<meta charset=utf-16>",
        b"<![CDATA[",
        b"\0",
        b"<a href='http://[x'>",
        b"&#0;",
    ]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(BROKEN, max_size=6), st.integers(0, 900))
def test_whatever_a_page_is_made_of_it_is_an_article_or_none(parts: list[bytes], cut: int) -> None:
    whole = page(linked(author="Ana") + meta("og:image", "http://[x"))
    article = extract_page(whole[:cut] + b"".join(parts) + whole[cut:], "https://post.example/x")
    assert article is None or (article.title and article.text)


@pytest.mark.parametrize(
    "data", ["[" * 100_000, '{"@graph":' * 50_000, "<!--", '"\ud83d"', '{"@type": {"a": 1}}', "[[1], 2, null]"]
)
def test_data_that_was_made_to_break_programs_breaks_none(data: str) -> None:
    head = f'<script type="application/ld+json">{data.encode("utf-8", "replace").decode()}</script>'
    assert read(head).title == "The tram stays"
