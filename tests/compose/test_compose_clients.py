"""What mail programs need that are no browsers: Outlook on Windows, which is Word, and Gmail, which is strict."""

import re
from dataclasses import replace

import pytest

from digest.compose.look import Faces
from tests.compose.conftest import LOGO, SPONSOR, at_its_fullest, changed, in_arabic, read_issue, rendered, tree

LARGEST_HTML = {"broadsheet": 85_000, "brief": 40_000, "cards": 85_000}  # Gmail shows the first 102 KB of a mail
LARGEST_STYLE = 8_192  # characters: Gmail drops a style element that has more
NOT_UNDERSTOOD_BY_GMAIL = re.compile(r":root|\[data-|text-wrap|prefers-color-scheme")


def styles(page: str) -> list[str]:
    return re.findall(r"<style[^>]*>(.*?)</style>", page, re.DOTALL)


def for_outlook(page: str) -> str:
    """The page as Outlook on Windows reads it, which takes what stands in its own comments."""
    page = re.sub(r"<!--\[if !mso\]><!-->.*?<!--<!\[endif\]-->", "", page, flags=re.DOTALL)
    return re.sub(r"<!--\[if [^]]*mso[^]]*\]>(.*?)<!\[endif\]-->", r"\1", page, flags=re.DOTALL)


def test_an_issue_at_its_fullest_is_small_enough_to_be_shown_whole(theme):
    assert len(rendered(at_its_fullest(), theme).html.encode()) < LARGEST_HTML[theme]
    assert (
        len(rendered(replace(in_arabic(), stories=(in_arabic().stories * 2)[:12]), theme).html.encode())
        < LARGEST_HTML[theme]
    )


def test_gmail_keeps_the_style_that_narrow_screens_need(theme):
    for style in styles(rendered(at_its_fullest(), theme).html):
        assert len(style) < LARGEST_STYLE
        assert not re.search(r"@[^{}]*\{[^{}]*@", style), "an at-rule within another"
        if ".title" in style:
            assert not NOT_UNDERSTOOD_BY_GMAIL.search(style)


def test_what_is_dark_by_night_is_dark_in_outlooks_own_night_too(theme):
    by_night = r"\.(?:paper|surface|tint|ink|faint|accent|plate|by-night) \{[^}]*\}"
    night, outlooks = styles(rendered(read_issue(), theme).html)[-3:-1]
    assert "prefers-color-scheme: dark" in night
    assert set(re.findall(by_night, night)) == set(re.findall(by_night, outlooks))
    assert len(re.findall(r"\[data-ogs[bc]\] \.", outlooks)) > 8


def test_every_colour_of_the_day_has_one_of_the_night(theme):
    issue = changed(at_its_fullest(), logo=LOGO)
    bare = replace(issue, stories=tuple(replace(story, image=None) for story in issue.stories))
    by_night = {"ink", "faint", "accent", "on-accent", "tint", "surface", "filled", "paper"}
    for element in (*tree(issue, theme).iter(), *tree(bare, theme).iter()):
        style, classes = element.get("style") or "", set((element.get("class") or "").split())
        if element.tag in ("a", "p", "h1", "h2", "h3", "span", "img", "td") and re.search(r"(^|;|-)color:", style):
            assert classes & by_night, (element.tag, style)


def test_words_without_a_colour_of_their_own_have_one_by_night(issue, theme):
    for element in tree(issue, theme).xpath("//h1 | //h2 | //h3 | //p[normalize-space()]"):
        assert {"ink", "faint", "accent", "on-accent"} & set(element.get("class", "").split()), element.text_content()


def test_grounds_stand_on_cells_for_outlook(theme):
    issue = changed(at_its_fullest(), sponsor=SPONSOR)
    for element in tree(issue, theme).xpath("//*[contains(@style, 'background-color')][not(self::img)]"):
        if element.tag == "td":
            assert element.get("bgcolor") in element.get("style")
        else:
            assert element.tag in ("body", "div")
            assert element.tag == "body" or element.get("class") == "paper"


def test_nothing_is_wider_than_the_mail_in_outlook(theme):
    page = for_outlook(rendered(at_its_fullest(), theme).html)
    columns = [int(width) for width in re.findall(r'<td style="vertical-align:top;width:(\d+)px', page)]
    assert columns
    assert max(columns) <= 568
    for width in re.findall(r'<img[^>]* width="(\d+)"', page):
        assert int(width) <= 568


def test_outlook_reads_lines_and_faces_as_they_are_meant(theme):
    page = for_outlook(rendered(read_issue(), theme).html)
    assert "mso-line-height-rule: exactly" in page
    assert f"font-family: '{'Georgia' if theme == 'broadsheet' else 'Segoe UI'}' !important" in page


def test_a_button_is_one_in_outlook_and_elsewhere():
    page = rendered(changed(read_issue(), sponsor=SPONSOR), "cards").html
    outlooks = for_outlook(page)
    elsewhere = re.sub(r"<!--\[if mso\]>.*?<!\[endif\]-->", "", page, flags=re.DOTALL)
    assert (outlooks.count(SPONSOR.url), elsewhere.count(SPONSOR.url)) == (1, 1)
    assert re.search(r"<v:roundrect [^>]*width:\d{3}px[^>]*>", outlooks)


@pytest.mark.parametrize(
    ("faces", "on_windows"),
    [
        ("Inter, 'Trebuchet MS', sans-serif", "Trebuchet MS"),
        ("Inter, sans-serif", "Arial"),
        ("'Iowan Old Style', serif", "Georgia"),
        ("Inter", "Arial"),
    ],
)
def test_outlook_gets_the_first_face_that_windows_has(faces, on_windows):
    assert Faces(faces, faces).on_windows == Faces(on_windows, on_windows)


def test_language_and_direction_are_the_newsletters(issue, theme):
    assert (tree(issue, theme).get("lang"), tree(issue, theme).get("dir")) == ("en", "ltr")
    page = tree(in_arabic(), theme)
    assert (page.get("lang"), page.get("dir")) == ("ar", "rtl")
    assert page.xpath("//body/div[@dir='rtl' and @lang='ar']"), "Gmail takes the html element away"
    assert page.xpath("//h1/@dir") == []
    assert tree(changed(issue, title="جريدة الميناء"), theme).xpath("//h1/@dir") == ["rtl"]


def test_an_arabic_mail_begins_at_the_right_in_every_row(theme):
    issue = in_arabic()
    assert "direction:ltr" not in rendered(issue, theme).html
    page = tree(replace(issue, stories=tuple(story for story in issue.stories if "mina." in story.url)), theme)
    assert not page.xpath("//*[self::h1 or self::h2 or self::h3 or self::p][contains(@style, 'text-align:left')]")


def test_a_story_in_another_script_is_told_its_own_way_even_in_outlook(issue, theme):
    [headline] = tree(issue, theme).xpath("//*[self::h2 or self::h3][contains(., 'الضباب')]")
    assert headline.xpath("ancestor::*[@dir][1]/@dir") == ["rtl"]
    assert "text-align:right" in headline.get("style")
    page = rendered(issue, theme).html
    assert "auto" not in re.findall(r'\bdir="([^"]*)"', page)
    assert "text-align:start" not in page
    assert "<bdi" not in page


def test_type_is_large_enough_to_read(theme):
    sizes = [int(size) for size in re.findall(r"font-size:(\d+)px", rendered(at_its_fullest(), theme).html)]
    assert min(size for size in sizes if size > 1) >= 14  # 0 and 1 px are MJML's, where there are no words
