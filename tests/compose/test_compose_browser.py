"""Every theme in a browser: narrow and wide, by day and by night, without style, and as axe-core judges it."""

import re
from dataclasses import replace

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from digest.compose import public_html
from digest.compose.look import look_of
from digest.domain import Issue
from tests.browser import NEEDS_BROWSER, browser
from tests.compose.conftest import LOGO, SPONSOR, at_its_fullest, changed, in_arabic, read_issue, rendered

PAGES_NOT_MAILS = {
    # A mail stands within a page of the mail program's, which has the landmarks.
    "landmark-one-main": {"enabled": False},
    "region": {"enabled": False},
}
__all__ = ["browser"]  # fixture

pytestmark = NEEDS_BROWSER


def shown(browser: Browser, html: str, width: int, scheme: str = "light") -> Page:
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)  # type: ignore[arg-type]
    page.route("**/*", lambda route: route.abort())  # so that pictures are off
    page.set_content(html)
    return page


def with_everything() -> Issue:
    return changed(at_its_fullest(), sponsor=SPONSOR, logo=LOGO)


def without_pictures() -> Issue:
    issue = read_issue()
    return replace(issue, stories=tuple(replace(story, image=None) for story in issue.stories))


@pytest.mark.parametrize("issue", [with_everything(), without_pictures(), in_arabic()], ids=["full", "bare", "ar"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_to_object_to(browser, theme, issue, scheme):
    page = shown(browser, public_html(rendered(issue, theme).html), 600, scheme)
    found = Axe().run(page, options={"resultTypes": ["violations"], "rules": PAGES_NOT_MAILS})
    page.close()
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("issue", [with_everything(), in_arabic()], ids=["full", "ar"])
@pytest.mark.parametrize("width", [320, 375, 480, 500, 600])
def test_it_fits_every_screen(browser, theme, issue, width):
    page = shown(browser, rendered(issue, theme).html, width)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.close()


@pytest.mark.parametrize("issue", [with_everything(), in_arabic()], ids=["full", "ar"])
def test_it_holds_without_any_style_of_its_own(browser, theme, issue):
    bare = re.sub("<style.*?</style>", "", rendered(issue, theme).html, flags=re.DOTALL)
    page = shown(browser, bare, 375)
    assert page.evaluate("document.documentElement.scrollWidth") == 375
    narrowest = "Math.min(...[...document.querySelectorAll('h2, h3')].map(h => h.getBoundingClientRect().width))"
    assert page.evaluate(narrowest) > 200
    page.close()


def test_it_turns_dark_with_the_reader(browser, issue, theme):
    night = look_of(theme, issue.newsletter).dark
    page = shown(browser, rendered(issue, theme).html, 375, "dark")
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    ink = page.evaluate("getComputedStyle(document.querySelector('h1')).color")
    page.close()
    assert (ground, ink) == (rgb(night.paper), rgb(night.ink))


def test_outlooks_own_night_gets_our_colours(browser, issue, theme):
    night = look_of(theme, issue.newsletter).dark
    page = shown(browser, rendered(issue, theme).html, 375)
    page.evaluate(
        "document.querySelectorAll('[style*=color]').forEach("
        "element => { element.dataset.ogsc = ''; element.dataset.ogsb = ''; })"
    )
    ground = page.evaluate("getComputedStyle(document.querySelector('.paper')).backgroundColor")
    inks = page.evaluate("[...document.querySelectorAll('.ink')].map(element => getComputedStyle(element).color)")
    page.close()
    assert (ground, set(inks)) == (rgb(night.paper), {rgb(night.ink)})


def test_an_arabic_mail_is_the_mirror_of_an_english_one(browser, theme):
    english = shown(browser, rendered(read_issue(), theme).html, 600)
    arabic = shown(browser, rendered(in_arabic(), theme).html, 600)
    left = english.evaluate("document.querySelector('h1').getBoundingClientRect().left")
    right = arabic.evaluate("document.querySelector('h1').getBoundingClientRect().right")
    assert left == pytest.approx(600 - right, abs=1)
    english.close()
    arabic.close()


@pytest.mark.parametrize("theme", ["cards"])
def test_two_cards_stand_side_by_side_and_the_first_at_the_start(browser, theme):
    for issue, is_mirrored in ((read_issue(), False), (in_arabic(), True)):
        page = shown(browser, rendered(issue, theme).html, 600)
        first, second = page.evaluate("[...document.querySelectorAll('.half')].map(e => e.getBoundingClientRect().x)")[
            :2
        ]
        page.close()
        assert (first > second) == is_mirrored


@pytest.mark.parametrize("theme", ["cards"])
def test_a_button_is_large_enough_for_a_thumb(browser, theme):
    page = shown(browser, rendered(with_everything(), theme).html, 320)
    assert page.evaluate(f"document.querySelector('a[href=\"{SPONSOR.url}\"]').getBoundingClientRect().height") >= 44
    page.close()


def rgb(colour: str) -> str:
    return f"rgb({', '.join(str(int(colour[place : place + 2], 16)) for place in (1, 3, 5))})"
