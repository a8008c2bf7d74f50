"""An issue's own page: what it shows, what it tells of itself, and what it does not let through."""

from datetime import UTC, datetime

import pytest
from lxml import html
from sqlalchemy import update
from sqlmodel import Session

from digest.compose.marks import ADDRESS, UNSUBSCRIBE_URL
from digest.newsletters import Colours, Logo
from digest.store.models import ArticleRow
from tests.web.conftest import Told

FERRY = Told(
    "Nineteen minutes to Heron Island",
    "The first electric ferry crossed at dawn.",
    section="City",
    image="https://images.example.com/ferry.jpg",
    also_in=("Tideline",),
)
STORIES = [
    FERRY,
    Told("Sardine cannery reopens", "64 jobs and one old recipe.", section="Business", image="https://i.example/c.jpg"),
    Told("Un mercado flotante", "Diecisiete barcas.", section="Sea", language="es"),
    *(Told(f"In a line {number}", section="Sea") for number in range(4)),
]


def parsed(answer):
    assert answer.status_code == 200
    return html.fromstring(answer.text)


def words(element) -> str:
    return " ".join(element.text_content().split())


def meta(page, name: str) -> str | None:
    found = page.xpath(f'//meta[@property="{name}" or @name="{name}"]/@content')
    assert len(found) <= 1, name
    return found[0] if found else None


def test_the_page_tells_the_issue_in_the_order_of_the_mail(web, issue):
    issue(7, stories=STORIES, subject="Without a sound", preheader="Also: sardines", intro="Good morning.")
    page = parsed(web.get("/archive/daily/7"))
    [article] = page.xpath("//article")
    headings = [(heading.tag, words(heading)) for heading in article.iter("h1", "h2", "h3")]
    assert headings == [
        ("h1", "Without a sound"),
        ("h2", "Nineteen minutes to Heron Island"),
        ("h2", "Business"),
        ("h3", "Sardine cannery reopens"),
        ("h2", "Sea"),
        ("h3", "Un mercado flotante"),
        ("h3", "In a line 0"),
        ("h3", "In a line 1"),
        ("h2", "In brief"),
        ("h3", "In a line 2"),
        ("h3", "In a line 3"),
    ]
    assert words(article.find(".//time")) == "Monday, March 9, 2026"
    assert article.find(".//time").get("datetime") == "2026-03-09"
    assert "By Ana Reis · The Post · Also in Tideline · 1 min read" in words(article)
    assert words(page.xpath('//h3[@lang="es"]')[0]) == "Un mercado flotante"
    assert "No. 7" in words(article)
    assert words(article).index("Good morning.") < words(article).index(FERRY.headline)
    assert "You are up to date" in words(article)


def test_a_subject_that_is_the_first_headline_is_said_once(web, issue):
    issue(1, stories=STORIES, subject=FERRY.headline)
    [heading] = parsed(web.get("/archive/daily/1")).xpath("//h1")
    assert words(heading) == FERRY.headline
    assert heading.find("a") is not None


def test_pictures_keep_their_room_and_tell_nobody_who_looks(web, issue):
    issue(1, stories=STORIES)
    lead, other = parsed(web.get("/archive/daily/1")).xpath("//article//img")
    assert (lead.get("width"), lead.get("height"), lead.get("alt")) == ("1200", "675", "A white ferry")
    assert lead.get("loading") is None
    assert other.get("loading") == "lazy"
    assert {picture.get("referrerpolicy") for picture in (lead, other)} == {"no-referrer"}


def test_an_issue_leads_to_the_public_ones_around_it(web, issue):
    issue(1)
    issue(2, "cancelled")
    issue(3)
    issue(4, "draft")
    issue(5, "sending")
    page = parsed(web.get("/archive/daily/3"))
    assert page.xpath('//link[@rel="prev"]/@href') == ["https://mail.example.com/archive/daily/1"]
    assert page.xpath('//link[@rel="next"]/@href') == ["https://mail.example.com/archive/daily/5"]
    assert page.xpath('//nav//a[@rel="next"]/@href') == ["/archive/daily/5"]
    assert not parsed(web.get("/archive/daily/5")).xpath('//*[@rel="next"]')
    assert not parsed(web.get("/archive/daily/1")).xpath('//*[@rel="prev"]')


def test_a_shared_address_shows_a_card(web, issue):
    issue(7, stories=STORIES, subject="Without a sound", preheader="Also: sardines")
    page = parsed(web.get("/archive/daily/7"))
    assert words(page.find(".//title")) == "Without a sound – The Harbour Daily"
    assert meta(page, "description") == meta(page, "og:description") == "Also: sardines"
    assert meta(page, "og:title") == "Without a sound"
    assert meta(page, "og:type") == "article"
    assert meta(page, "og:site_name") == "The Harbour Daily"
    assert meta(page, "og:locale") == "en_US"
    assert meta(page, "og:image") == FERRY.image
    assert (meta(page, "og:image:width"), meta(page, "og:image:height")) == ("1200", "675")
    assert meta(page, "og:image:alt") == "A white ferry"
    assert meta(page, "twitter:card") == "summary_large_image"
    assert datetime.fromisoformat(meta(page, "article:published_time")) == datetime(2026, 3, 9, 7, tzinfo=UTC)
    canonical = page.xpath('//link[@rel="canonical"]/@href')
    assert canonical == [meta(page, "og:url")] == ["https://mail.example.com/archive/daily/7"]


def test_without_a_wide_picture_the_card_shows_the_logo(reading, issue):
    issue(1, stories=[Told("Small", image="https://i.example/small.jpg", width=200, height=150)])
    logo = Logo(url="https://news.example.com/logo.png", width=180, height=40)
    page = parsed(reading(logo=logo).get("/archive/daily/1"))
    assert meta(page, "og:image") == "https://news.example.com/logo.png"
    assert meta(page, "twitter:card") == "summary"
    assert page.xpath("//article/header//img/@alt") == ["The Harbour Daily"]
    assert meta(parsed(reading().get("/archive/daily/1")), "og:image") is None


def test_an_arabic_newsletter_is_read_from_right_to_left_in_its_own_dates(reading, issue):
    issue(1, stories=[Told("عبّارة بلا صوت", language="ar"), Told("A quiet ferry", language="en")])
    page = parsed(reading(language="ar").get("/archive/daily/1"))
    [article] = page.xpath("//article")
    assert (article.get("dir"), article.get("lang")) == ("rtl", "ar")
    assert "مارس" in words(article.find(".//time"))
    assert meta(page, "og:locale") == "ar_EG"
    assert [words(heading) for heading in page.xpath('//h2[@lang="en"]')] == ["A quiet ferry"]


def test_the_day_is_that_of_the_newsletters_zone(reading, issue):
    issue(1, slot=datetime(2026, 3, 1, 22, tzinfo=UTC))
    east = reading(timezone="Pacific/Auckland")
    assert parsed(east.get("/archive/daily/1")).xpath("//article//time/@datetime") == ["2026-03-03"]
    assert parsed(east.get("/archive/daily")).xpath("//main//time/@datetime") == ["2026-03-03"]


def test_what_comes_from_outside_is_only_ever_text(web, issue):
    issue(
        1,
        stories=[
            Told("<script>alert(1)</script>", '"><img src=x>', url="javascript:alert(1)", image="javascript:alert(2)"),
            Told("Read \u202ethis\u202c \x07now", section="<b>City</b>", url="data:text/html,x"),
        ],
        subject="</title><script>",
        preheader='"><script>',
    )
    answer = web.get("/archive/daily/1")
    page = parsed(answer)
    assert not page.xpath("//script | //article//img | //b")
    assert "\u202e" not in answer.text
    assert "Read this now" in words(page)
    assert not [href for href in page.xpath("//@href | //@src") if href.startswith(("javascript:", "data:"))]


def test_a_correction_after_the_sending_does_not_change_what_was_said(web, issue, sqlite_engine):
    issue(1, stories=STORIES)
    before = web.get("/archive/daily/1").text
    with Session(sqlite_engine) as session:
        session.connection().execute(update(ArticleRow).values(title="Corrected", text="Corrected", dek="Corrected"))
        session.commit()
    assert web.get("/archive/daily/1").text == before


def test_the_mail_stays_beside_the_page_as_it_was_sent(web, issue):
    issue(1, html=f'<p style="color:red">News for {ADDRESS}. <a href="{UNSUBSCRIBE_URL}">Leave</a></p>')
    answer = web.get("/archive/daily/1/mail")
    assert answer.text == '<p style="color:red">News for . <a href="../../../">Leave</a></p>'
    assert "style-src 'unsafe-inline'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Link"] == '<https://mail.example.com/archive/daily/1>; rel="canonical"'
    assert web.get("/archive/daily/2/mail").status_code == 404
    assert "/archive/daily/1/mail" in web.get("/archive/daily/1").text


def test_the_pages_bear_the_newsletters_own_colours(reading, issue):
    issue(1)
    client = reading(colours=Colours(accent="#0b6e4f"))
    for path in ("/archive/daily", "/archive/daily/1", "/archive/daily?q=x"):
        assert parsed(client.get(path)).xpath('//link[@href="/archive/daily/look.css"]')
    look = client.get("/archive/daily/look.css")
    assert look.headers["Content-Type"].startswith("text/css")
    assert "--accent: #0b6e4f;" in look.text
    assert "'Times New Roman'" in look.text


@pytest.mark.parametrize("path", ["", "/1", "/1/mail", "/feed.xml", "/feed.json", "/look.css"])
def test_what_is_still_the_same_is_not_sent_again(web, issue, path):
    issue(1)
    first = web.get(f"/archive/daily{path}")
    tag = first.headers["ETag"]
    assert "max-age" in first.headers["Cache-Control"]
    for known in (tag, f'"other", W/{tag}', "*"):
        again = web.get(f"/archive/daily{path}", headers={"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
    assert web.get(f"/archive/daily{path}", headers={"If-None-Match": '"other"'}).status_code == 200


def test_an_unlisted_archive_is_read_by_its_address_and_asks_not_to_be_found(reading, issue):
    issue(1, subject="Between us")
    client = reading(archive="unlisted")
    for path in ("", "/1", "/1/mail", "/feed.xml", "/feed.json", "?q=between"):
        answer = client.get(f"/archive/daily{path}")
        assert answer.status_code == 200
        assert answer.headers["X-Robots-Tag"] == "noindex", path
    for path in ("", "/1"):
        page = parsed(client.get(f"/archive/daily{path}"))
        assert meta(page, "robots") == "noindex"
        assert not page.xpath('//link[@rel="alternate"]')
    assert "Between us" not in client.get("/").text
    assert "/archive/daily" not in client.get("/robots.txt").text


def test_a_public_archive_may_be_found_but_what_was_searched_for_in_it_and_what_is_personal_may_not(web, issue):
    issue(1)
    for path in ("/", "/archive/daily", "/archive/daily/1", "/archive/daily/feed.xml"):
        assert "X-Robots-Tag" not in web.get(path).headers, path
    for path in ("/archive/daily?q=headline", "/confirm/x", "/unsubscribe/x"):
        assert web.get(path).headers["X-Robots-Tag"] == "noindex", path


def test_crawlers_are_let_in_to_read_what_they_may_not_show(web):
    lines = web.get("/robots.txt").text.splitlines()
    assert "Disallow:" in lines
    assert not [line for line in lines if line.startswith("Disallow: ")]
    assert "Sitemap: https://mail.example.com/archive/daily/feed.xml" in lines
