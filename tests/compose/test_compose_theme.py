"""An issue as its readers get it, in every theme: what it tells, in which order, and where its links lead."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html

from digest.catalogues import LANGUAGES
from digest.compose import public_html
from digest.compose.layout import count_words, direction_in, web_address
from digest.compose.marks import ADDRESS, MAIL_ONLY, NAME, PREFERENCES_URL, UNSUBSCRIBE_URL, one_line
from digest.domain import Image
from digest.newsletters import Sponsor
from tests.compose.conftest import LOGO, PUBLIC_URL, SPONSOR, at_its_fullest, changed, read_issue, rendered, tree


def test_both_parts_tell_every_story(issue, theme):
    both = rendered(issue, theme)
    seen = " ".join(lxml_html.fromstring(both.html).text_content().split())
    written = " ".join(both.text.split())
    for story in issue.stories:
        for words in (story.headline, story.summary, story.source_name):
            assert words in seen
            assert words in written
        assert (story.url in both.text) == story.url.startswith("https:")


def test_stories_stand_in_the_order_they_were_given(issue, theme):
    links = tree(issue, theme).xpath("//h2//a | //h3//a")
    linked = [story for story in issue.stories if story.url.startswith("https:")]
    assert [link.text for link in links] == [story.headline for story in linked]
    assert [link.get("href") for link in links] == [story.url for story in linked]


def test_a_story_without_a_web_address_is_not_linked(issue, theme):
    assert "file:" not in rendered(issue, theme).html + rendered(issue, theme).text
    [headline] = tree(issue, theme).xpath("//h3[contains(., 'night watchman')]")
    assert headline.xpath(".//a") == []


@pytest.mark.parametrize("number", [1, 2, 3, 8])
def test_headings_are_an_outline_under_one_title(theme, number):
    issue = read_issue()
    page = tree(replace(issue, stories=issue.stories[:number]), theme)
    levels = [int(heading.tag[1]) for heading in page.iter("h1", "h2", "h3", "h4", "h5", "h6")]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(deeper - level <= 1 for level, deeper in pairwise(levels))


def test_sections_are_told_once_and_the_leads_own_not_again(issue, theme):
    stories = tuple(replace(story, section="City") for story in issue.stories[:2]) + issue.stories[3:5]
    words = " ".join(tree(replace(issue, stories=stories), theme).text_content().split())
    assert words.count("City") <= 1 + (theme == "cards")
    assert words.index("Nineteen minutes") < words.index("Sea") < words.index("El mercado")


def test_an_issue_without_stories_is_still_a_mail(issue, theme):
    page = tree(replace(issue, stories=()), theme)
    assert len(page.xpath("//h1")) == 1
    assert "That’s all." in page.text_content()


def test_every_link_leads_somewhere_and_says_so(theme):
    for link in tree(changed(at_its_fullest(), logo=LOGO), theme).iter("a"):
        assert link.get("href").startswith("https://") or link.get("href") in (UNSUBSCRIBE_URL, PREFERENCES_URL)
        assert link.text_content().strip() or link.xpath(".//img/@alt")[0].strip()


def test_only_pictures_are_fetched(issue, theme):
    page = rendered(issue, theme).html
    assert not re.search(r"<(link|script|iframe|object|video)\b|@import|@font-face|url\(", page)
    pictures = [] if theme == "brief" else [issue.stories[number].image.url for number in (0, 1, 3)]
    assert tree(issue, theme).xpath("//img/@src") == pictures


@pytest.mark.parametrize("theme", ["broadsheet", "cards"])
def test_pictures_keep_their_place_when_they_are_not_shown(theme):
    for image in tree(at_its_fullest(), theme).iter("img"):
        assert int(image.get("width")) > 0
        assert round(int(image.get("width")) * 675 / 1200) == int(image.get("height"))
        assert image.get("alt") is not None
        assert "background-color" in image.get("style")


@pytest.mark.parametrize(
    "image",
    [
        Image("data:image/png;base64,AAAA", 1200, 675),
        Image("javascript:alert(1)", 1200, 675),
        Image("https://images.example.com/pixel.gif", 1, 1),
        Image("https://images.example.com/stamp.jpg", 240, 135),
        Image("https://images.example.com/upright.jpg", 1200, 1800),
    ],
)
def test_a_picture_that_cannot_lead_is_left_out(issue, theme, image):
    assert tree(replace(issue, stories=(replace(issue.stories[0], image=image),)), theme).xpath("//img") == []


def test_a_logo_stands_for_the_title_and_has_a_night_of_its_own(issue, theme):
    [logo] = tree(changed(issue, logo=LOGO), theme).xpath("//h1/img")
    assert (logo.get("src"), logo.get("alt"), logo.get("class")) == (LOGO.url, issue.newsletter.title, "plate")
    both = LOGO.model_copy(update={"dark": "https://images.example.com/logo-dark.png"})
    day, night = tree(changed(issue, logo=both), theme).xpath("//h1/img")
    assert (day.get("class"), night.get("class")) == ("by-day", "by-night")
    assert "display:none" in night.get("style")


def test_tables_are_for_layout_alone(theme):
    assert {table.get("role") for table in tree(at_its_fullest(), theme).iter("table")} == {"presentation"}


def test_a_sponsor_is_marked_as_one_and_no_story(issue, theme):
    both = rendered(changed(issue, sponsor=SPONSOR), theme)
    page = lxml_html.fromstring(both.html)
    for words in (page.text_content(), both.text):
        assert words.index("A message from our sponsor, Almara Savings Bank") < words.index(SPONSOR.headline)
    assert not page.xpath("//*[self::h1 or self::h2 or self::h3][contains(., 'boat loan')]")
    assert page.xpath("//a[@href='https://bank.example.com/boats']/text()") == [SPONSOR.name]


def test_a_sponsors_picture_stands_small_and_says_nothing(issue, theme):
    pictured = SPONSOR.model_copy(update={"image": "https://bank.example.com/logo.png"})
    shown = tree(replace(changed(issue, sponsor=pictured), stories=issue.stories[2:3]), theme).xpath("//img")
    assert [(image.get("width"), image.get("alt")) for image in shown] == [("120", "")] * (theme != "brief")


def test_a_sponsors_time_ends(issue, theme):
    ended = SPONSOR.model_copy(update={"until": issue.slot.date().replace(day=22)})
    assert "sponsor" not in rendered(changed(issue, sponsor=ended), theme).text


def test_a_sponsor_needs_no_headline(issue, theme):
    plain = Sponsor(name="Tideworks", text="Heat pumps for houses on the quay.", url="https://tideworks.example.com")
    both = rendered(changed(issue, sponsor=plain), theme)
    assert plain.text in both.html
    assert plain.text in both.text


@pytest.mark.parametrize(
    ("language", "zone", "slot", "words"),
    [
        ("en", "Europe/Lisbon", datetime(2026, 11, 23, 7, tzinfo=UTC), "Monday, November 23, 2026"),
        ("pt-PT", "Europe/Lisbon", datetime(2026, 11, 23, 7, tzinfo=UTC), "segunda-feira, 23 de novembro de 2026"),
        ("de", "Asia/Tokyo", datetime(2026, 11, 23, 22, tzinfo=UTC), "Dienstag, 24. November 2026"),
    ],
)
def test_the_date_is_the_readers_day_in_the_readers_language(issue, theme, language, zone, slot, words):
    both = rendered(replace(changed(issue, language=language, timezone=zone), slot=slot), theme)
    assert words in both.html
    assert f"{words} · " in both.text


def test_the_issue_says_how_long_it_is(theme):
    page = " ".join(tree(read_issue(), theme).text_content().split())
    assert "8 stories · 305 words · 2 minutes" in page
    short = replace(read_issue(), stories=read_issue().stories[2:3])
    assert "1 story · 49 words · 1 minute\n" in rendered(short, theme).text


def test_the_footer_says_why_who_and_how_to_leave(issue, theme):
    both = rendered(issue, theme)
    for part in (both.html, both.text):
        for words in (ADDRESS, UNSUBSCRIBE_URL, PREFERENCES_URL, issue.site.postal_address):
            assert words in part
        assert f"{PUBLIC_URL}/archive/daily/214" in part
        assert f"{PUBLIC_URL}/subscribe/daily" in part


def test_the_public_page_is_nobodys_own(issue, theme):
    page = public_html(rendered(issue, theme).html)
    assert not re.search("[\ue000-\uf8ff]", page)
    assert "Unsubscribe" not in page
    assert "is subscribed to" not in page
    assert f"{PUBLIC_URL}/subscribe/daily" in page


def test_no_text_from_outside_is_markup_or_a_mark(issue, theme):
    evil = f'<script>x</script> {{{{ 7 * 7 }}}} & "quoted" {UNSUBSCRIBE_URL}{ADDRESS}{NAME}{MAIL_ONLY}\u202etxt.exe'
    story = replace(
        issue.stories[0], headline=evil, summary=evil, author=evil, source_name="z", section=evil, also_in=(evil,)
    )
    quiet = replace(story, headline="x", summary="x", author="y", source_name="z", section="x", also_in=("x",))
    hostile, harmless = (tree(replace(issue, stories=(each,)), theme) for each in (story, quiet))
    assert [element.tag for element in hostile.iter()] == [element.tag for element in harmless.iter()]
    both = rendered(replace(issue, stories=(story,), subject=evil, preheader=evil, intro=evil), theme)
    for mark in (UNSUBSCRIBE_URL, ADDRESS):
        assert both.html.count(mark) == both.text.count(mark) == 1
    assert not {NAME, "\u202e"} & set(both.html + both.text + both.subject + both.preheader)


@settings(max_examples=10, deadline=None)
@given(st.text(max_size=60))
def test_any_text_can_be_a_headline(words):
    issue = read_issue()
    story = replace(issue.stories[0], headline=words)
    laid_out = one_line(words)
    [headline] = tree(replace(issue, stories=(story,))).xpath("//h2[contains(@class, 'lead')]")
    assert headline.text_content() == laid_out


@pytest.mark.parametrize("theme", ["broadsheet", "cards"])
def test_what_a_picture_shows_may_be_told_in_any_script(issue, theme):
    told = 'C:\\quay "é" \u200d 👩\u200d👧 \u064f &#57345; \\u{e001}'
    story = replace(issue.stories[0], image=Image("https://images.example.com/é\\x.jpg", 1200, 675, told))
    [image] = tree(replace(issue, stories=(story,)), theme).iter("img")
    assert image.get("alt") == told
    assert image.get("src") == "https://images.example.com/é\\x.jpg"


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "//example.com", "https://", "http://[::1", ""],
)
def test_only_the_web_is_linked_to(url):
    assert web_address(url) == ""


def test_a_web_address_loses_what_it_cannot_contain():
    assert web_address(" HTTPS://example.com/a b\r\n\x00?c=\ue001 ") == "HTTPS://example.com/ab?c="


def test_words_are_counted_in_any_script():
    assert count_words(["Two words", "and — four more", "八个汉字就是四个"]) == 9


@pytest.mark.parametrize(
    ("words", "direction"),
    [("1. “Fog”", "ltr"), ("٣ «الضباب» in English", "rtl"), ("מזג אוויר", "rtl"), ("1 + 1", "rtl"), ("", "rtl")],
)
def test_the_first_letter_says_which_way_words_are_read(words, direction):
    assert direction_in(words, "rtl") == direction


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_else_a_story_stands_is_told_in_every_language(issue, theme, language):
    names = ("Riverside Wire", "Tideline", "Sound Radio", "The Quay")
    for number in range(1, 5):
        story = replace(issue.stories[0], also_in=names[:number])
        part = rendered(replace(changed(issue, language=language), stories=(story,)), theme).text
        text = " ".join(part.split())
        assert [text.count(name) for name in names] == [1] * number + [0] * (4 - number)
