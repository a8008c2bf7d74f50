"""Feeds of any dress become articles, or one reason in words."""

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.collect import parse_feed
from digest.collect.encodings import decode
from digest.collect.feeds import feed_title
from digest.domain import Article
from digest.errors import FeedError
from tests.collect.conftest import FEEDS
from tests.speed import seconds

URL = "https://news.example/feed"


def rss(items: str, head: str = "") -> bytes:
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>T</title>{head}{items}</channel></rss>'.encode()


def only(content: bytes) -> Article:
    [article] = parse_feed(content, URL)
    return article


@pytest.mark.parametrize("name", [each.name for each in sorted(FEEDS.glob("*_spec_1.*"))])
def test_every_kept_feed_gives_articles_with_a_web_address_and_a_title(name: str) -> None:
    articles = parse_feed((FEEDS / name).read_bytes(), URL)
    assert articles
    assert all(article.url.startswith(("http://", "https://")) and article.title for article in articles)


@pytest.mark.parametrize("name", ["euc-kr.xml", "utf-16le.xml"])
def test_a_feed_without_entries_gives_none(name: str) -> None:
    assert parse_feed((FEEDS / name).read_bytes(), URL) == []


@pytest.mark.parametrize("name", ["broken_cdata.xml", "demoronize-1.xml"])
def test_a_feed_whose_entries_lead_nowhere_is_told_so(name: str) -> None:
    with pytest.raises(FeedError, match="each needs a link to the web"):
        parse_feed((FEEDS / name).read_bytes(), URL)


def test_the_shared_feeds_give_articles_or_a_reason_and_take_no_time(shared_data: Path) -> None:
    refused = set()
    for file in sorted((shared_data / "feeds").rglob("*.*")):
        began = time.monotonic()
        try:
            articles = parse_feed(file.read_bytes(), URL)
            assert articles or file.parent.name == "hostile"  # where some have no entries
        except FeedError as error:
            refused |= {str(error)} if file.suffix == ".xml" and file.parent.name == "real" else set()
        assert time.monotonic() - began < seconds(5)
    assert all(reason.startswith(("none of its entries can be", "the feed breaks off")) for reason in refused)


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
    with pytest.raises(FeedError, match="each needs a link to the web"):
        parse_feed(rss(f"<item><title>T</title><link>{link}</link></item>"), "")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the feed is empty"),
        (b"<!doctype html><html><body>Hello</body></html>", "this is a web page, not a feed"),
        (b'{"version": "1"}', 'it has no "items"'),
        (b"{not json", "neither JSON nor XML"),
        (b"Just a text.", "this is not a feed"),
        (b"<?xml version='1.0'?><!-- x --><!DOCTYPE html><html><body>Hello</body></html>", "a web page, not a feed"),
        (b"<opml version='2.0'><body/></opml>", "digest sources import"),
        (b"<urlset><url><loc>https://a.example/</loc></url></urlset>", 'type = "sitemap"'),
        (b'[{"link": "https://a.example/", "title": {"rendered": "T"}}]', 'type = "wordpress"'),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "begins with <svg>"),
        (b"<rss version='2.0'><channel><title>T</title><image></channel>", "breaks off"),
        (rss("<item><title>T</title></item>"), "each needs a link to the web"),
        (b'{"items": [{"id": 7, "title": ["T"]}]}', "each needs a link to the web"),
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
    assert time.monotonic() - began < seconds(2)
    assert all(len(article.title) < 1000 for article in articles)


def test_very_deep_markup_takes_no_time() -> None:
    began = time.monotonic()
    deep = "&lt;div&gt;" * 100_000
    parse_feed(
        rss(f"<item><title>T</title><link>https://a.example/</link><description>{deep}</description></item>"), URL
    )
    assert time.monotonic() - began < seconds(5)


@given(st.binary(max_size=400) | st.builds(lambda text: rss(f"<item>{text}</item>"), st.text(max_size=200)))
def test_whatever_arrives_it_is_articles_or_a_reason(content: bytes) -> None:
    try:
        articles = parse_feed(content, URL)
    except FeedError:
        return
    else:
        assert all(article.url.startswith(("http://", "https://")) for article in articles)


ATOM = (
    "<feed xmlns='http://www.w3.org/2005/Atom' xml:base='https://a.example/'>{}<entry><title>T</title>{}</entry></feed>"
)
MEDIA = "xmlns:media='http://search.yahoo.com/mrss/' xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd'"


@pytest.mark.parametrize(
    ("head", "entry", "author"),
    [
        ("", "<author><name>Ana Reis</name></author><author><name>Bo Li</name></author>", "Ana Reis, Bo Li"),
        ("<author><name>Ana Reis</name></author>", "", "Ana Reis"),
        ("<author><name>The Planet</name></author>", "<source><author><name>Bo</name></author></source>", "Bo"),
        ("<author><name>The Desk</name></author>", "<author><name>Bo</name><email>b@a.example</email></author>", "Bo"),
    ],
)
def test_an_atom_entry_is_by_its_own_authors_else_by_those_of_its_feed(head: str, entry: str, author: str) -> None:
    assert only(ATOM.format(head, f"<link href='1'/>{entry}").encode()).author == author


@pytest.mark.parametrize(
    ("told", "author"),
    [
        ("<author>ana@a.photography (Ana Reis)</author>", "Ana Reis"),
        ("<author>Ana Reis &lt;ana@a.example&gt;</author>", "Ana Reis"),
        ("<author>ana@a.example</author>", ""),
        ("<dc:creator>Ana Reis</dc:creator><dc:creator>Bo Li</dc:creator>", "Ana Reis, Bo Li"),
        ("<author>ana@a.example (Ana Reis)</author><dc:creator>Ana Reis</dc:creator>", "Ana Reis"),
    ],
)
def test_an_author_is_a_name_and_no_mail_address(told: str, author: str) -> None:
    assert only(rss(f"<item><title>T</title><link>/1</link>{told}</item>")).author == author


@pytest.mark.parametrize(
    ("told", "url", "width"),
    [
        ("<media:content url='/s.jpg' width='140'/><media:content url='/l.jpg' width='700'/>", "/l.jpg", 700),
        ("<media:content url='/huge.jpg' width='6000'/><media:content url='/l.jpg' width='700'/>", "/l.jpg", 700),
        ("<media:content url='/film.mp4'/><media:thumbnail url='/still' width='480'/>", "/still", 480),
        ("<media:content url='/film' medium='video'/><itunes:image href='/cover'/>", "/cover", None),
        ("<enclosure url='/a.mp3' type='audio/mpeg'/><enclosure url='/a.PNG?w=9'/>", "/a.PNG?w=9", None),
        ("<description>&lt;img src='data:,' data-src='/late.jpg'&gt;</description>", "/late.jpg", None),
        ("<description>&lt;img src='/dot.gif' width=1&gt;&lt;img src='//b.example/2'&gt;</description>", "2", None),
    ],
)
def test_the_picture_that_suits_a_mail_best_is_taken(told: str, url: str, width: int | None) -> None:
    content = rss(f"<item><title>T</title><link>/1</link>{told}</item>").replace(b"<rss", f"<rss {MEDIA}".encode())
    image = only(content).image
    assert image
    assert image.url == {"2": "https://b.example/2"}.get(url, f"https://news.example{url}")
    assert image.width == width


def test_what_is_relative_begins_at_the_base_that_the_feed_names() -> None:
    entry = "<link href='1'/><content type='html' xml:base='pictures/'>&lt;img src='a.jpg'&gt;</content>"
    article = only(ATOM.format("", entry).encode())
    assert article.url == "https://a.example/1"
    assert article.image
    assert article.image.url == "https://a.example/pictures/a.jpg"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Caf&eacute; &amp; bar", "Café & bar"),
        ("AT&T &mdash; x", "AT&T — x"),
        ("R&D; &nobody;", "R&D; &nobody;"),
        ("don&#146;t &#x1F680;&#0;&#xFFFFFFF;", "don’t 🚀\ufffd\ufffd"),
        ("1 &#60; 2 &lt; 3", "1 < 2 < 3"),
        ("<![CDATA[Caf&eacute; &amp; R&D]]>", "Café & R&D"),
    ],
)
def test_references_that_xml_does_not_know_are_read_as_they_are_meant(written: str, read: str) -> None:
    assert only(rss(f"<item><title>{written}</title><link>/1?a=1&b=2&copy=3</link></item>")) == Article(
        "https://news.example/1?a=1&b=2&copy=3", read
    )


@pytest.mark.parametrize(
    "written", ["0001-01-01T00:00:00Z", "Mon, 01 Jan 0001 00:00:00 +0000", "-0001-11-30T00:00:00Z"]
)
def test_what_a_program_writes_that_knows_no_date_is_none(written: str) -> None:
    assert only(rss(f"<item><title>T</title><link>/1</link><pubDate>{written}</pubDate></item>")).published is None


def test_a_text_that_is_told_twice_is_no_dek() -> None:
    told = "&lt;p&gt;One.&lt;/p&gt;&lt;p&gt;Two.&lt;/p&gt;"
    article = only(ATOM.format("", f"<link href='1'/><content type='html'>{told}</content>").encode())
    assert (article.text, article.dek) == ("One.\n\nTwo.", "")


def test_a_json_item_is_by_the_feeds_author_where_it_names_none() -> None:
    feed = (
        b'{"author": {"name": "Ana"}, "items": [{"id": "https://a.example/1", "title": "T", "tags": 1, "url": null}]}'
    )
    assert only(feed) == Article("https://a.example/1", "T", author="Ana")


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("One <b> two & three\\n\\nFour", "One <b> two & three\n\nFour"),
        ("<p>One &amp; two</p><p>Three", "One & two\n\nThree"),
    ],
)
def test_the_plain_text_of_a_json_item_stays_plain(written: str, text: str) -> None:
    feed = f'{{"items": [{{"id": "https://a.example/1", "title": "T", "content_text": "{written}"}}]}}'
    assert only(feed.encode()).text == text


def test_an_entry_in_another_language_than_its_feed_says_so() -> None:
    item = "<item><title>T</title><link>/1</link><dc:language>pt-br</dc:language></item>"
    assert only(rss(item, "<language>en</language>")).language == "pt-BR"


CONTENT = "<item><title>{}</title><link>https://news.example/1</link></item>"
SENTENCES = {
    "euc_jp": ("ja", "港の連絡船は嵐のあと一週間ぶりに運航を再開しました"),
    "cp932": ("ja", "港の連絡船は嵐のあと一週間ぶりに運航を再開しました"),
    "gb18030": ("zh-cn", "渡轮在暴风雨之后恢复通航，市议会批准了新的预算"),
    "big5": ("zh-tw", "渡輪在暴風雨之後恢復通航，市議會批准了新的預算"),
    "euc_kr": ("ko", "폭풍이 지나간 뒤 연락선이 다시 운항을 시작했다"),
    "cp1251": ("ru", "Паром снова ходит после недели штормов"),
    "koi8_r": ("ru", "Паром снова ходит после недели штормов"),
    "cp1255": ("he", "המעבורת חזרה לפעול אחרי שבוע של סערות"),
    "cp1256": ("ar", "عادت العبارة إلى العمل بعد أسبوع من العواصف"),
    "cp1253": ("el", "Το φέρι επέστρεψε μετά από μια εβδομάδα καταιγίδων"),
    "cp874": ("th", "เรือข้ามฟากกลับมาให้บริการอีกครั้งหลังพายุ"),
    "cp1252": ("de", "Die Fähre fährt wieder – „pünktlich“, heißt es in der Straße"),
}


def in_bytes(title: str, encoding: str, *, says: str = "", head: str = "") -> bytes:
    declaration = f'<?xml version="1.0" encoding="{says}"?>' if says else ""
    text = f'{declaration}<rss version="2.0"><channel>{head}{CONTENT.format(title)}</channel></rss>'
    return text.encode(encoding)


@pytest.mark.parametrize("encoding", SENTENCES)
def test_a_feed_that_does_not_say_its_encoding_is_read_all_the_same(encoding: str) -> None:
    language, title = SENTENCES[encoding]
    assert only(in_bytes(title, encoding, head=f"<language>{language}</language>")).title == title


@pytest.mark.parametrize("encoding", ["cp932", "big5", "euc_kr", "cp1251", "koi8_r", "cp1256", "cp1253", "cp874"])
def test_a_feed_that_says_it_is_english_and_is_not_is_read_all_the_same(encoding: str) -> None:
    _, title = SENTENCES[encoding]
    assert only(in_bytes(title, encoding, head="<language>en-US</language>")).title == title


@pytest.mark.parametrize(
    ("language", "encoding", "title"),
    [
        ("pl", "cp1250", "Prom znów pływa po tygodniu sztormów: że też się udało"),
        ("cs", "cp1250", "Přívoz jezdí každý týden, šťastně řekl převozník"),
        ("tr", "cp1254", "Fırtınadan sonra vapur yeniden işliyor"),
        ("ru", "iso8859_5", "Паром снова ходит после недели штормов"),
    ],
)
def test_the_language_of_a_feed_tells_how_its_letters_are_written(language: str, encoding: str, title: str) -> None:
    assert only(in_bytes(title, encoding, head=f"<language>{language}</language>")).title == title


@pytest.mark.parametrize(
    ("says", "encoding"),
    [
        ("utf-8", "cp1252"),
        ("iso-8859-1", "utf-8"),
        ("iso-8859-1", "cp1252"),
        ("us-ascii", "utf-8"),
        ("nonsense", "utf-8"),
    ],
)
def test_a_feed_that_names_the_wrong_encoding_is_read_as_it_is(says: str, encoding: str) -> None:
    title = "Fähre – „pünktlich“"
    assert only(in_bytes(title, encoding, says=says)).title == title


def test_a_letter_that_was_pasted_in_from_elsewhere_spoils_no_other() -> None:
    content = in_bytes("Fähre, Möwe, Küste und Übermut: it@s", "utf-8").replace(b"@", b"\x92")
    assert only(content).title == "Fähre, Möwe, Küste und Übermut: it’s"


@given(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"], exclude_characters="<>&"), min_size=1)
)
def test_what_is_in_utf_8_is_read_letter_by_letter(text: str) -> None:
    assert decode(f"<rss>{text}</rss>".encode()) == f"<rss>{text}</rss>"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("lun., 23 nov. 2026", "2026-11-23T00:00"),
        ("mer, 18 nov 2026 00:38:15 +0100", "2026-11-17T23:38"),
        ("Montag, 23. November 2026 07:00", "2026-11-23T07:00"),
        ("23 de novembro de 2026", "2026-11-23T00:00"),
        ("Пн, 23 ноя 2026 07:00:00 +0300", "2026-11-23T04:00"),
        ("2026年11月23日 07:00", "2026-11-23T07:00"),
        ("23/11/2026 07:00", "2026-11-23T07:00"),
        ("11/23/2026 7:00:00 AM", "2026-11-23T07:00"),
        ("2026/11/23 07:00", "2026-11-23T07:00"),
        ("Mon, 23 Nov 2026 7:00 EST", "2026-11-23T12:00"),
        ("Mon, Nov 23 2026 02:02:33 PM", "2026-11-23T14:02"),
        ("Mon, 23 Nov 2026 07:00:00 GMT+0200", "2026-11-23T05:00"),
        ("1795417200", "2026-11-23T07:00"),
        ("1795417200000", "2026-11-23T07:00"),
        ("20261123T070000Z", "2026-11-23T07:00"),
        ("20261123070000", "2026-11-23T07:00"),
    ],
)
def test_dates_are_read_in_whatever_dress_they_come(written: str, meant: str) -> None:
    item = f"<item><title>T</title><link>https://a.example/</link><pubDate>{written}</pubDate></item>"
    found = only(rss(item)).published
    assert found
    assert found.isoformat()[:16] == meant


@pytest.mark.parametrize(("language", "month"), [("en-US", 5), ("en-GB", 11), ("fr", 11)])
def test_which_of_two_numbers_is_the_month_depends_on_the_language(language: str, month: int) -> None:
    item = "<item><title>T</title><link>https://a.example/</link><pubDate>05/11/2026 07:00</pubDate></item>"
    found = only(rss(item, f"<language>{language}</language>")).published
    assert found
    assert found.month == month


@pytest.mark.parametrize("written", ["yesterday", "soon", "0000-00-00 00:00:00", "99/99/2026", "Monday", "1" * 5000])
def test_what_is_no_date_is_none(written: str) -> None:
    item = f"<item><title>T</title><link>https://a.example/</link><pubDate>{written}</pubDate></item>"
    assert only(rss(item)).published is None


def test_very_many_dates_that_nobody_can_read_take_no_time() -> None:
    item = "<item><title>T</title><link>https://a.example/{0}</link><pubDate>{0} Foo {0}</pubDate></item>"
    began = time.monotonic()
    assert len(parse_feed(rss("".join(item.format(number) for number in range(500))), URL)) == 500
    assert time.monotonic() - began < seconds(5)


@pytest.mark.parametrize(
    ("content", "title"),
    [
        (rss("<item><title>Of an item</title></item>"), "T"),
        (b"<feed><title type='html'><![CDATA[The <b>Post</b> &amp; co]]></title></feed>", "The Post & co"),
        (b'{"title": "The Post", "items": []}', "The Post"),
        (b"<rss><channel><item><title>Of an item</title></item></channel></rss>", ""),
        (b"", ""),
    ],
)
def test_a_feed_says_what_it_is_called(content: bytes, title: str) -> None:
    assert feed_title(content, URL) == title


def test_where_no_language_is_told_the_country_of_its_address_tells_it() -> None:
    _, title = SENTENCES["cp1255"]
    [article] = parse_feed(in_bytes(title, "cp1255"), "https://news.example.il/feed")
    assert article.title == title


@pytest.mark.parametrize(
    "says", ["punycode", "idna", "undefined", "unicode_escape", "zip", "rot13", "mbcs", "hz", "cp037"]
)
def test_a_name_that_no_feed_would_give_does_no_harm(says: str) -> None:
    content = in_bytes("Fähre" * 5000, "cp1252", says=says)
    began = time.monotonic()
    assert decode(content).startswith("<?xml")
    assert time.monotonic() - began < seconds(2)


@pytest.mark.parametrize(
    ("encoding", "name", "title"),
    [
        ("hz", "hz-gb-2312", SENTENCES["gb18030"][1]),
        ("iso2022_kr", "iso-2022-kr", SENTENCES["euc_kr"][1]),
        ("iso2022_jp", "iso-2022-jp", SENTENCES["euc_jp"][1]),
        ("johab", "johab", SENTENCES["euc_kr"][1]),
        ("cp500", "cp500", "Fähre [pünktlich]"),
        ("cp875", "cp875", "Το φέρι επέστρεψε"),
    ],
)
def test_an_encoding_that_is_hardly_used_any_more_is_read_by_its_name(encoding: str, name: str, title: str) -> None:
    assert only(in_bytes(title, encoding, says=name)).title == title


def test_the_servers_word_counts_where_the_feeds_own_cannot_be_true() -> None:
    language, title = SENTENCES["gb18030"]
    content = in_bytes(title, "gb18030", says="utf-8", head=f"<language>{language}</language>")
    [article] = parse_feed(content.replace(b"zh-cn", b"en"), URL, charset="gb2312")
    assert article.title == title
