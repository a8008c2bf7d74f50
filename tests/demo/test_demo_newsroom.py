"""The sample newsroom is a web server like any publisher's, with what makes collecting and curating hard."""

import re
import socket
import struct
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import feedparser
import httpx
import pytest
from lxml import html

from digest.demo.newsroom import SLIDING, Newsroom, Prompts
from digest.demo.newsroom.feeds import FEEDS
from digest.demo.newsroom.pieces import CONTENT, Piece, read_pieces

OPENED = datetime(2026, 3, 14, 7, 0, tzinfo=UTC)
PICTURES = sorted(CONTENT.glob("images/*.jpg"))
NOT_OF_USUAL_LENGTH = {"post/fog-photo", "wire/seagrass"}  # a caption; a truncated copy

CLUTTER = (
    "use cookies",
    "Tweet",
    "Please follow and like us",
    "Related Posts",
    "About the Author",
    "All rights reserved",
)


@pytest.fixture(scope="module")
def newsroom() -> Iterator[Newsroom]:
    with Newsroom(OPENED) as running:
        yield running


@pytest.fixture(scope="module")
def client(newsroom: Newsroom) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=newsroom.url) as opened:
        yield opened


@pytest.fixture(scope="module")
def pieces(newsroom: Newsroom) -> dict[str, Piece]:
    return {piece.url.removeprefix(f"{newsroom.url}/"): piece for piece in read_pieces(newsroom.url, OPENED)}


def text_of(piece: Piece) -> str:
    return "\n".join(block.striptags() for block in piece.blocks)


def test_a_server_that_stopped_frees_its_port() -> None:
    with Newsroom() as newsroom:
        port = httpx.URL(newsroom.url).port
        assert httpx.get(newsroom.url).status_code == 200
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


@pytest.mark.parametrize(
    ("path", "version", "count"),
    [
        ("/post/city.xml", "rss20", 6),
        ("/post/culture.xml", "rss20", 2),
        ("/post/business.xml", "rss20", 2),
        ("/tideline/atom.xml", "atom10", 2),
    ],
)
def test_a_feed_is_what_it_says_it_is(client: httpx.Client, path: str, version: str, count: int) -> None:
    answer = client.get(path)
    feed = feedparser.parse(answer.content, response_headers=dict(answer.headers))
    assert not feed.bozo
    assert feed.version == version
    assert len(feed.entries) == count
    for entry in feed.entries:
        assert entry.title
        assert entry.author
        assert client.get(entry.link).status_code == 200


def test_the_json_feed_holds_the_full_text(client: httpx.Client, pieces: dict[str, Piece]) -> None:
    answer = client.get("/wire/feed.json")
    assert answer.headers["content-type"].startswith("application/feed+json")
    items = {item["url"]: item for item in answer.json()["items"]}
    assert len(items) == 4
    for url, item in items.items():
        piece = next(piece for piece in pieces.values() if piece.url == url)
        assert html.fromstring(item["content_html"]).text_content().strip() == text_of(piece)


def test_the_atom_feed_holds_the_full_text(client: httpx.Client, pieces: dict[str, Piece]) -> None:
    for entry in feedparser.parse(client.get("/tideline/atom.xml").content).entries:
        piece = next(piece for piece in pieces.values() if piece.url == entry.link)
        assert text_of(piece) in html.fromstring(entry.content[0].value).text_content()


def test_the_rss_feeds_hold_too_little_to_do_without_the_pages(client: httpx.Client) -> None:
    for path in ("/post/city.xml", "/post/culture.xml", "/post/business.xml"):
        for entry in feedparser.parse(client.get(path).content).entries:
            assert len(entry.description.split()) <= 40
            assert "content" not in entry


def test_deks_are_good_missing_or_useless_as_in_life(pieces: dict[str, Piece]) -> None:
    deks = [piece.dek for piece in pieces.values()]
    assert "" in deks
    assert "Read more…" in deks
    assert sum(len(dek) > 60 for dek in deks) >= 8


def test_dates_count_back_from_the_opening(client: httpx.Client, pieces: dict[str, Piece]) -> None:
    entries = feedparser.parse(client.get("/post/city.xml").content).entries
    dates = {entry.id.rpartition("/")[2]: datetime(*entry.published_parsed[:6], tzinfo=UTC) for entry in entries}
    assert dates["night-tram"] == OPENED - timedelta(hours=5)
    assert dates["weekend-guide"].date() == OPENED.date() + timedelta(days=1)
    assert OPENED - pieces["post/auction-clock"].published > timedelta(days=5)


def test_a_syndicated_copy_has_another_title_and_says_where_it_is_from(pieces: dict[str, Piece]) -> None:
    copy, original = pieces["post/steam-crane"], pieces["wire/steam-crane"]
    assert copy.title != original.title
    assert copy.blocks[:-1] == original.blocks
    assert text_of(copy).endswith("This post was originally posted on Riverside Wire – View Original Article")


def test_a_truncated_copy_ends_where_the_agency_cut_it(pieces: dict[str, Piece]) -> None:
    copy, original = pieces["wire/seagrass"], pieces["tideline/seagrass"]
    assert copy.blocks[:3] == original.blocks[:3]
    assert text_of(copy).endswith("Continue reading at Tideline")
    assert len(copy.blocks) < len(original.blocks)


def test_two_pieces_about_one_event_share_no_sentence(pieces: dict[str, Piece]) -> None:
    ours, theirs = (
        set(re.split(r"(?<=[.!?”]) |\n", text_of(pieces[key]))) for key in ("post/electric-ferry", "wire/ferry-costs")
    )
    assert not ours & theirs


def test_articles_are_as_long_as_articles_are(pieces: dict[str, Piece]) -> None:
    for key, piece in pieces.items():
        if key not in NOT_OF_USUAL_LENGTH:
            assert 180 <= len(text_of(piece).split()) <= 450, key
    assert len(text_of(pieces["post/fog-photo"]).split()) < 20


@pytest.mark.parametrize(
    "path", ["/", "/post/night-tram", "/post/city.xml", "/tideline/atom.xml", "/wire/feed.json", "/images/seagrass.jpg"]
)
def test_what_has_not_changed_is_not_sent_again(client: httpx.Client, path: str) -> None:
    first = client.get(path)
    by_tag = client.get(path, headers={"If-None-Match": first.headers["etag"]})
    by_date = client.get(path, headers={"If-Modified-Since": first.headers["last-modified"]})
    for answer in (by_tag, by_date):
        assert answer.status_code == 304
        assert answer.content == b""
        assert answer.headers["etag"] == first.headers["etag"]
    assert client.get(path, headers={"If-None-Match": '"another"'}).content == first.content


def test_a_page_carries_what_readers_did_not_come_for(client: httpx.Client) -> None:
    page = html.fromstring(client.get("/post/night-tram").content)
    text = page.text_content()
    for clutter in CLUTTER:
        assert clutter in text
    blocks = [block.text_content() for block in page.xpath('//div[@class="entry-content"]/p')]
    assert blocks[2] == "Subscribe free to our daily newsletter"  # amid the article, as publishers like it


def test_prompts_that_are_given_stand_amid_the_articles_in_place_of_a_link() -> None:
    with Newsroom(OPENED, Prompts("<form id='amid'></form>", "<script data-place='slide-in'></script>")) as newsroom:
        amid, sliding = (
            html.fromstring(httpx.get(newsroom.url + path).content) for path in ("/post/night-tram", SLIDING)
        )
    assert amid.xpath("count(//div[@class='entry-content']/form[@id='amid']/preceding-sibling::p)") == 2
    assert sliding.xpath("//article//script/@data-place") == ["slide-in"]
    assert "Subscribe free" not in amid.text_content()


def test_a_page_says_in_its_head_what_it_is(client: httpx.Client, pieces: dict[str, Piece]) -> None:
    page = html.fromstring(client.get("/post/night-tram?utm_source=rss").content)
    piece = pieces["post/night-tram"]

    def meta(name: str) -> str:
        return str(page.xpath(f'string(//meta[@property="{name}" or @name="{name}"]/@content)'))

    assert page.get("lang") == "en"
    assert page.xpath('string(//link[@rel="canonical"]/@href)') == piece.url
    assert meta("description") == piece.dek
    assert meta("author") == "Tomás Reyle"
    assert datetime.fromisoformat(meta("article:published_time")) == piece.published
    assert meta("og:image") == piece.image
    assert (meta("og:image:width"), meta("og:image:height")) == ("1200", "675")


def test_a_feed_fails_and_a_page_is_no_feed(client: httpx.Client) -> None:
    assert client.get("/gazette/feed.xml").status_code == 500
    assert feedparser.parse(client.get("/noticeboard").content).version == ""
    assert client.get("/nothing").status_code == 404


def test_every_link_of_the_front_page_leads_somewhere(client: httpx.Client) -> None:
    page = html.fromstring(client.get("/").content)
    links = page.xpath("//a/@href | //link/@href")
    assert len(links) >= 17 + len(FEEDS)
    assert {client.get(str(link)).status_code for link in links} == {200}


def test_every_picture_that_is_named_is_there(client: httpx.Client, pieces: dict[str, Piece]) -> None:
    named = {piece.image for piece in pieces.values() if piece.image}
    assert {url.rpartition("/")[2] for url in named} == {picture.name for picture in PICTURES}
    assert {client.get(url).headers["content-type"] for url in named} == {"image/jpeg"}
    assert all(piece.alt for piece in pieces.values() if piece.image)


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.stem)
def test_a_picture_is_light_and_of_one_size(picture: Path) -> None:
    data = picture.read_bytes()
    assert len(data) <= 45_000
    assert jpeg_size(data) == (1200, 675)
    assert picture.with_suffix(".svg").stat().st_size <= 10_240


def jpeg_size(data: bytes) -> tuple[int, int]:
    """Width and height in pixels, from the frame header (ITU-T T.81 §B.2.2)."""
    at = 2
    while data[at + 1] not in (0xC0, 0xC1, 0xC2):
        at += 2 + struct.unpack(">H", data[at + 2 : at + 4])[0]
    height, width = struct.unpack(">HH", data[at + 5 : at + 9])
    return width, height
