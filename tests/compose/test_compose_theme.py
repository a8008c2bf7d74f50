"""The broadsheet as it is read: in light and dark, wide and narrow, with and without pictures, by everyone."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html
from playwright.sync_api import sync_playwright

from digest.compose import Rendered, public_html, render
from digest.compose.colours import contrast, legible
from digest.compose.layout import count_words, web_address
from digest.compose.look import look_of
from digest.compose.marks import ADDRESS, MAIL_ONLY, NAME, PREFERENCES_URL, UNSUBSCRIBE_URL, one_line
from digest.compose.plaintext import columns, wrap
from digest.contrast import LEAST_CONTRAST
from digest.domain import Image, Issue
from digest.errors import TemplateError
from digest.newsletters import Colours
from digest.templating import themes
from tests.compose.conftest import read_issue

PUBLIC_URL = "https://news.example.com"
CHROMIUM = Path("/usr/bin/chromium")
LARGEST_HTML = 85_000  # Gmail shows only the first 102 KB of a mail


@cache
def rendered(issue: Issue, templates: Path | None = None, theme: str = "broadsheet") -> Rendered:
    return render(issue, theme, public_url=PUBLIC_URL, templates=templates)


def tree(issue: Issue) -> lxml_html.HtmlElement:
    return lxml_html.fromstring(rendered(issue).html)


def in_language(issue: Issue, language: str, **changes: object) -> Issue:
    return replace(issue, newsletter=issue.newsletter.model_copy(update={"language": language, **changes}))


def test_both_parts_tell_every_story(issue):
    both = rendered(issue)
    seen = " ".join(lxml_html.fromstring(both.html).text_content().split())
    written = " ".join(both.text.split())
    for story in issue.stories:
        for words in (story.headline, story.summary, story.source_name):
            assert words in seen
            assert words in written
        assert (story.url in both.text) == story.url.startswith("https:")


def test_stories_stand_in_the_order_they_were_given(issue):
    links = tree(issue).xpath("//h2//a | //h3//a")
    linked = [story for story in issue.stories if story.url.startswith("https:")]
    assert [link.text for link in links] == [story.headline for story in linked]
    assert [link.get("href") for link in links] == [story.url for story in linked]


def test_a_story_without_a_web_address_is_not_linked(issue):
    assert "file:" not in rendered(issue).html + rendered(issue).text
    [headline] = tree(issue).xpath("//h3[contains(., 'night watchman')]")
    assert headline.xpath(".//a") == []


def test_headings_are_an_outline_under_one_title(issue):
    levels = [int(heading.tag[1]) for heading in tree(issue).iter("h1", "h2", "h3", "h4", "h5", "h6")]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(deeper - level <= 1 for level, deeper in pairwise(levels))


def test_every_link_leads_somewhere_and_says_so(issue):
    for link in tree(issue).iter("a"):
        assert link.get("href").startswith("https://") or link.get("href") in (UNSUBSCRIBE_URL, PREFERENCES_URL)
        assert link.text_content().strip() or link.xpath(".//img/@alt")[0].strip()


def test_only_pictures_are_fetched(issue):
    page = rendered(issue).html
    assert not re.search(r"<(link|script|iframe|object|video)\b|@import|@font-face|url\(", page)
    assert tree(issue).xpath("//img/@src") == [issue.stories[number].image.url for number in (0, 1, 3)]


def test_pictures_keep_their_place_when_they_are_not_shown(issue):
    for image in tree(issue).iter("img"):
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
    ],
)
def test_a_picture_that_is_none_is_left_out(issue, image):
    assert tree(replace(issue, stories=(replace(issue.stories[0], image=image),))).xpath("//img") == []


def test_tables_are_for_layout_alone(issue):
    assert {table.get("role") for table in tree(issue).iter("table")} == {"presentation"}


def test_language_and_direction_are_the_newsletters(issue):
    assert (tree(issue).get("lang"), tree(issue).get("dir")) == ("en", "ltr")
    arabic = tree(in_language(issue, "ar", title="جريدة الميناء"))
    assert (arabic.get("lang"), arabic.get("dir")) == ("ar", "rtl")
    assert arabic.xpath("//h1/@dir") == []
    assert tree(in_language(issue, "en", title="جريدة الميناء")).xpath("//h1/@dir") == ["rtl"]


@pytest.mark.parametrize(
    ("language", "zone", "slot", "words"),
    [
        ("en", "Europe/Lisbon", datetime(2026, 11, 23, 7, tzinfo=UTC), "Monday, November 23, 2026"),
        ("pt-PT", "Europe/Lisbon", datetime(2026, 11, 23, 7, tzinfo=UTC), "segunda-feira, 23 de novembro de 2026"),
        ("de", "Asia/Tokyo", datetime(2026, 11, 23, 22, tzinfo=UTC), "Dienstag, 24. November 2026"),
    ],
)
def test_the_date_is_the_readers_day_in_the_readers_language(issue, language, zone, slot, words):
    both = rendered(replace(in_language(issue, language, timezone=zone), slot=slot))
    assert words in both.html
    assert f"{words} · " in both.text


def test_the_issue_says_how_long_it_is():
    assert "8 stories · 305 words · 2 minutes" in " ".join(tree(read_issue()).text_content().split())
    short = replace(read_issue(), stories=read_issue().stories[2:3])
    assert "1 story · 49 words · 1 minute\n" in rendered(short).text


def test_the_footer_says_why_who_and_how_to_leave(issue):
    both = rendered(issue)
    for part in (both.html, both.text):
        for words in (ADDRESS, UNSUBSCRIBE_URL, issue.site.postal_address, f"{PUBLIC_URL}/archive/daily/214"):
            assert words in part
        assert f"{PUBLIC_URL}/subscribe/daily" in part


def test_the_public_page_is_nobodys_own(issue):
    page = public_html(rendered(issue).html)
    assert not re.search("[\ue000-\uf8ff]", page)
    assert "Unsubscribe" not in page
    assert "is subscribed to" not in page
    assert f"{PUBLIC_URL}/subscribe/daily" in page


def test_an_issue_of_twelve_stories_is_small_enough_to_be_shown_whole(issue):
    twelve = replace(issue, stories=(issue.stories * 2)[:12])
    assert len(rendered(twelve).html.encode()) < LARGEST_HTML


def test_no_text_from_outside_is_markup_or_a_mark(issue):
    evil = f'<script>x</script> {{{{ 7 * 7 }}}} & "quoted" {UNSUBSCRIBE_URL}{ADDRESS}{NAME}{MAIL_ONLY}\u202etxt.exe'
    story = replace(
        issue.stories[0], headline=evil, summary=evil, author=evil, source_name="z", section=evil, also_in=(evil,)
    )
    quiet = replace(story, headline="x", summary="x", author="y", source_name="z", section="x", also_in=("x",))
    hostile, harmless = (tree(replace(issue, stories=(each,))) for each in (story, quiet))
    assert [element.tag for element in hostile.iter()] == [element.tag for element in harmless.iter()]
    both = rendered(replace(issue, stories=(story,), subject=evil, preheader=evil))
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


def test_what_a_picture_shows_may_be_told_in_any_script(issue):
    told = 'C:\\quay "é" \u200d 👩\u200d👧 \u064f &#57345; \\u{e001}'
    story = replace(issue.stories[0], image=Image("https://images.example.com/é\\x.jpg", 1200, 675, told))
    [image] = tree(replace(issue, stories=(story,))).iter("img")
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


COLOURS = st.from_regex(r"#[0-9a-f]{6}", fullmatch=True)


@pytest.mark.parametrize("theme", themes())
def test_every_colour_of_type_is_legible_by_day_and_by_night(issue, theme):
    look = look_of(theme, issue.newsletter)
    for colours in (look.light, look.dark):
        for ground in (colours.paper, colours.surface, colours.tint):
            for ink in (colours.ink, colours.faint, colours.accent):
                assert contrast(ground, ink) >= LEAST_CONTRAST, (theme, ground, ink)
        assert contrast(colours.accent, colours.on_accent) >= LEAST_CONTRAST


@given(COLOURS)
def test_a_publishers_accent_can_be_read_whatever_it_is(accent):
    newsletter = read_issue().newsletter.model_copy(update={"colours": Colours(accent=accent)})
    look = look_of("broadsheet", newsletter)
    for colours in (look.light, look.dark):
        assert contrast(colours.accent, colours.paper) >= LEAST_CONTRAST


@given(COLOURS, COLOURS)
def test_a_colour_is_moved_only_as_far_as_it_takes_to_be_read(colour, ground):
    moved = legible(colour, ground)
    assert contrast(moved, ground) >= LEAST_CONTRAST
    if contrast(colour, ground) >= LEAST_CONTRAST:
        assert moved == colour


def test_the_text_part_is_76_columns_wide_and_its_links_stay_whole(issue):
    for line in rendered(issue).text.split("\n"):
        assert columns(line) <= 76 or line.strip() in {story.url for story in issue.stories} or ADDRESS in line
        assert line == line.rstrip()


@given(st.text(st.sampled_from("ab é漢字 "), max_size=400), st.integers(4, 40))
def test_wrapping_loses_nothing_and_keeps_the_width(text, width):
    lines = wrap(text, width=width).split("\n")
    assert "".join("".join(lines).split()) == "".join(text.split())
    for line in lines:
        assert columns(line) <= width or not re.search("[ 漢字]", line)


def test_a_publisher_replaces_one_block_and_keeps_the_rest(issue, tmp_path):
    own = tmp_path / "issue" / "broadsheet" / "issue.mjml.j2"
    own.parent.mkdir(parents=True)
    own.write_text(
        '{% extends "digest/issue/broadsheet/issue.mjml.j2" %}'
        "{% block end %}<mj-section><mj-column><mj-text>Good day, {{ recipient.name }}.</mj-text>"
        "</mj-column></mj-section>{% endblock %}"
    )
    page = rendered(issue, tmp_path).html
    assert f"Good day, {NAME}." in page
    assert "up to date" not in page
    assert "Heron Island" in page


def test_a_publisher_replaces_single_words_with_a_catalogue(issue, tmp_path):
    own = tmp_path / "locale" / "en.po"
    own.parent.mkdir()
    own.write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8"\n\n'
        'msgid "That’s all. You are up to date."\nmsgstr "Até amanhã."\n'
    )
    both = rendered(issue, tmp_path)
    assert "Até amanhã." in both.html
    assert "Até amanhã." in both.text
    assert "Unsubscribe" in both.text


def test_a_publisher_has_own_words_for_ours(issue):
    both = rendered(in_language(issue, "en", labels={"the_end": "Até amanhã."}))
    assert "Até amanhã." in both.html
    assert "Até amanhã." in both.text


def test_a_catalogue_that_is_none_is_named(issue, tmp_path):
    own = tmp_path / "locale" / "en.po"
    own.parent.mkdir()
    own.write_text("msgid what")
    with pytest.raises(TemplateError, match=r"locale/en\.po"):
        rendered(issue, tmp_path)


@pytest.mark.parametrize(
    ("template", "place", "why"),
    [
        ("<mjml>\n{{ issue.nothing }}", r"issue\.txt\.j2:2", "no attribute 'nothing'"),
        ("\n\n{% if %}", r"issue\.txt\.j2:3", "Expected an expression"),
        ("{{ ''.__class__.__mro__ }}", r"issue\.txt\.j2:1", "unsafe"),
        ("\n{{ stories.append(1) }}", r"issue\.txt\.j2:2", "append"),
        ("\n{{ 1 / 0 }}", r"issue\.txt\.j2:2", "ZeroDivisionError"),
        ("{% include '../../secret' %}", r"issue\.txt\.j2:1", "secret"),
    ],
)
def test_a_mistake_in_a_template_is_told_with_its_file_and_line(issue, tmp_path, template, place, why):
    own = tmp_path / "issue" / "broadsheet" / "issue.txt.j2"
    own.parent.mkdir(parents=True)
    own.write_text(template)
    with pytest.raises(TemplateError, match=f"{place}: .*{why}"):
        rendered(issue, tmp_path)


def test_mjml_that_is_none_is_told_with_its_line(issue, tmp_path):
    own = tmp_path / "issue" / "broadsheet" / "issue.mjml.j2"
    own.parent.mkdir(parents=True)
    own.write_text("<mjml><mj-body>\n<mj-include path='/etc/passwd' /></mj-body></mjml>")
    with pytest.raises(TemplateError, match=r"issue/broadsheet/issue\.mjml\.j2: .*line 2"):
        rendered(issue, tmp_path)


def test_an_unknown_theme_is_named(issue):
    with pytest.raises(TemplateError, match=r"issue/gazette/theme\.toml"):
        rendered(issue, theme="gazette")


@pytest.mark.browser
@pytest.mark.skipif(not CHROMIUM.exists(), reason="Debian's chromium is not here")
def test_it_fits_a_narrow_screen_and_turns_dark_with_the_reader(issue):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 320, "height": 800}, color_scheme="dark")
        page.route("**/*", lambda route: route.abort())
        page.set_content(rendered(issue).html)
        width = page.evaluate("document.documentElement.scrollWidth")
        ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
        ink = page.evaluate("getComputedStyle(document.querySelector('h1')).color")
        browser.close()
    assert width == 320
    assert (ground, ink) == ("rgb(22, 19, 15)", "rgb(236, 229, 216)")
