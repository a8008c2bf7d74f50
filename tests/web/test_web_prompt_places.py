"""The prompt at an article's end, and sliding in: when it comes, whom it leaves in peace, and for everybody's eyes."""

import contextlib

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from subscribers.web.scripting import WORDS
from tests.browser import NEEDS_BROWSER, browser
from tests.web.prompting import (
    CHECK,
    PHONE,
    TOWN,
    WORK,
    Reception,
    Visit,
    context,
    publisher,
    read_to_the_end,
    reception,
    region,
    send,
    tab,
    visit,
)

__all__ = ["browser", "context", "publisher", "reception", "tab", "visit"]  # fixtures

pytestmark = NEEDS_BROWSER


class TestAtTheEnd:
    AFTER_THE_LAST = "document.querySelector('digest-prompt').previousElementSibling.id"

    def test_at_the_end_is_after_the_last_paragraph_of_the_article(self, visit: Visit, tab: Page) -> None:
        visit('data-place="end"')
        expect(region(tab)).to_be_visible()
        assert tab.evaluate(self.AFTER_THE_LAST) == "last"

    def test_the_article_can_be_named(self, visit: Visit, tab: Page) -> None:
        visit('data-place="end" data-article="main"')
        expect(region(tab)).to_be_visible()
        assert tab.evaluate(self.AFTER_THE_LAST) == "last"


class TestSlidingIn:
    SLIDE = 'data-place="slide-in"'

    def test_it_comes_when_most_was_read_and_leaves_the_focus_alone(self, visit: Visit, tab: Page) -> None:
        visit(self.SLIDE)
        tab.wait_for_selector("digest-prompt", state="attached")
        tab.mouse.wheel(0, 200)
        expect(region(tab)).to_be_hidden()
        focused = tab.evaluate("document.activeElement.localName")
        read_to_the_end(tab)
        expect(region(tab)).to_be_visible()
        expect(region(tab)).to_be_in_viewport()
        assert tab.evaluate("document.activeElement.localName") == focused

    @pytest.mark.parametrize("way", ["Escape", pytest.param("the button", marks=pytest.mark.thorough)])
    def test_who_closed_it_is_left_in_peace_for_ninety_days(self, visit: Visit, tab: Page, way: str) -> None:
        visit(self.SLIDE)
        tab.wait_for_selector("digest-prompt", state="attached")
        read_to_the_end(tab)
        expect(region(tab)).to_be_visible()
        if way == "Escape":
            tab.keyboard.press("Escape")
        else:
            tab.get_by_role("button", name=WORDS["close"]).click()
        expect(region(tab)).to_have_count(0)
        assert not self._comes_again(tab, days=89)
        assert self._comes_again(tab, days=91)

    def test_who_subscribed_is_never_asked_again(self, visit: Visit, tab: Page) -> None:
        visit(self.SLIDE)
        tab.wait_for_selector("digest-prompt", state="attached")
        read_to_the_end(tab)
        send(tab)
        expect(tab.get_by_role("alert")).to_have_text(CHECK)
        tab.keyboard.press("Escape")
        expect(region(tab)).to_have_count(0)
        assert not self._comes_again(tab, days=365)

    def test_a_browser_that_keeps_nothing_is_no_obstacle(self, visit: Visit, tab: Page) -> None:
        tab.add_init_script("Object.defineProperty(window, 'localStorage', {get() { throw new Error('kept shut') }})")
        visit(self.SLIDE)
        tab.wait_for_selector("digest-prompt", state="attached")
        read_to_the_end(tab)
        expect(region(tab)).to_be_visible()
        tab.keyboard.press("Escape")
        expect(region(tab)).to_have_count(0)

    def test_on_a_phone_it_stands_at_the_articles_end_and_covers_nothing(self, visit: Visit, tab: Page) -> None:
        tab.set_viewport_size(PHONE)
        visit(self.SLIDE)
        expect(region(tab)).to_be_visible()
        read_to_the_end(tab)
        expect(region(tab)).to_have_css("position", "static")
        assert tab.evaluate(TestAtTheEnd.AFTER_THE_LAST) == "last"
        assert tab.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

    @pytest.mark.parametrize(("wish", "animation"), [("reduce", "none"), ("no-preference", "i")])
    def test_it_moves_only_where_movement_is_welcome(self, visit: Visit, tab: Page, wish: str, animation: str) -> None:
        tab.emulate_media(reduced_motion=wish)  # type: ignore[arg-type]
        visit(self.SLIDE)
        tab.wait_for_selector("digest-prompt", state="attached")
        read_to_the_end(tab)
        expect(region(tab)).to_have_css("animation-name", animation)

    def _comes_again(self, tab: Page, days: int) -> bool:
        later = tab.context.new_page()
        later.add_init_script(f"Date.now = (real => () => real() + {days} * 864e5)(Date.now)")
        later.goto(tab.url)
        read_to_the_end(later)
        with contextlib.suppress(Exception):
            later.wait_for_selector("digest-prompt", state="attached", timeout=500)
        came = later.locator("digest-prompt").count() == 1
        later.close()
        return came


class TestForEverybody:
    @pytest.mark.parametrize("scheme", ["dark", pytest.param("light", marks=pytest.mark.thorough)])
    @pytest.mark.parametrize("place", ["inline", "slide-in"])
    def test_axe_finds_nothing(self, visit: Visit, tab: Page, reception: Reception, place: str, scheme: str) -> None:
        reception.serve((TOWN, WORK))
        tab.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        sheet = "<style>html { color-scheme: light dark }</style>"
        visit(
            f'data-name data-place="{place}"', keys="daily,weekly", head=sheet, policy="default-src * 'unsafe-inline'"
        )
        tab.wait_for_selector("digest-prompt", state="attached")
        read_to_the_end(tab)
        expect(region(tab)).to_be_visible()
        results = Axe().run(tab)
        assert results.violations_count == 0, results.generate_report()
