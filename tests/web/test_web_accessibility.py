"""Pages and letters as browsers and their helpers read them: axe-core finds nothing, in any language, day or night."""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

import pytest
import time_machine
from axe_playwright_python.sync_playwright import Axe
from fastapi import FastAPI
from playwright.sync_api import Browser, Page
from sqlalchemy import Engine
from sqlmodel import Session

from digest.catalogues import LANGUAGES
from digest.newsletters import Config, Site
from digest.settings import Settings
from digest.signups import SignUp
from digest.web import create_app
from digest.web.app import house_of, publication_of
from digest.web.pages import ReadersLanguages, page_renderer
from subscribers.mail import Kind, Letter, Letters, Mail
from subscribers.merging import print_of
from subscribers.models import Status, Subscriber, Subscription
from subscribers.tokens import Change, Membership, Tokens
from tests.browser import NEEDS_BROWSER, browser
from tests.web.conftest import Stage

__all__ = ["browser"]  # fixture

NOW = datetime(2026, 3, 2, 7, 5, tzinfo=UTC)
KEY = "a secret key for tests"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]  # a letter is no page, and needs no landmarks
pytestmark = NEEDS_BROWSER
# The longest words, another direction; the others stand in the same pages.
TELLING = ("de", "ar")
by_language = pytest.mark.parametrize(
    "language", [pytest.param(each, marks=[] if each in TELLING else pytest.mark.thorough) for each in LANGUAGES]
)


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 390, "height": 800})
    yield page
    page.close()


@pytest.fixture
def translated(config: Config, language: str) -> Config:
    """The publisher's own words are Arabic, so that whatever is English is ours."""
    own = {"language": language, "title": "جريدة الميناء", "tagline": "كل الأخبار"}
    daily = config.newsletters["daily"].model_copy(update=own)
    site = Site(name="دار الميناء", url="https://news.example.com", postal_address="شارع الرصيف 1")
    everybody_works = SignUp(pressure=0)
    return config.model_copy(update={"newsletters": {"daily": daily}, "site": site, "signup": everybody_works})


@pytest.fixture
def app(translated: Config, settings: Settings, sqlite_engine: Engine, mails: list[Mail]) -> FastAPI:
    return create_app(translated, settings, sqlite_engine, mails.append)


@pytest.fixture
def pages(stage: Stage, app: FastAPI, settings: Settings, sqlite_engine: Engine, tab: Page) -> Iterator[str]:
    """Every page that a subscriber can come to, opened in the tab one after the other."""
    stage.app = app
    return _walk(tab, stage.url, Tokens(settings.keys), _three_subscribers(sqlite_engine))


@pytest.fixture
def letters(translated: Config, settings: Settings) -> Iterator[Mail]:
    tokens, publication = Tokens(settings.keys), publication_of(translated.newsletters["daily"], translated)
    desk = Letters(house_of(translated, settings), tokens, page_renderer(), ReadersLanguages())
    return (desk.write(Letter(kind, 1, "daily", "ann@example.com", "", NOW), [publication]) for kind in Kind)


def _three_subscribers(engine: Engine) -> dict[Status, int]:
    with Session(engine) as session:
        for number, status in enumerate(Status, 1):
            session.add(Subscriber(id=number, address=f"{status}@example.com", created_at=NOW))
            session.flush()
            session.add(Subscription(subscriber_id=number, newsletter="daily", status=status, requested_at=NOW))
        session.commit()
    return {status: number for number, status in enumerate(Status, 1)}


def _walk(tab: Page, url: str, tokens: Tokens, numbers: dict[Status, int]) -> Iterator[str]:
    def press(form: str = "", *, wrongly: bool = False) -> None:
        if wrongly:
            tab.eval_on_selector("form", "form => { form.noValidate = true }")
        with tab.expect_navigation():
            tab.locator(f"form{form} button").first.click()

    def opened(path: str) -> str:
        tab.goto(url + path)
        return path

    with time_machine.travel(NOW, tick=False):
        old = tokens.issue_confirm(1, "daily")
    for path in ("/", "/nowhere", "/confirm/x", f"/confirm/{old}"):
        yield opened(path)
    yield opened(f"/preferences/{tokens.issue_preferences(numbers[Status.UNSUBSCRIBED], 'daily')}")
    yield opened("/subscribe/daily")
    press(wrongly=True)
    yield "a mistyped address"
    tab.get_by_role("textbox").last.fill("zoe@example.com")
    tab.route("**/moment.js", lambda route: route.abort())
    press()
    yield "one moment"
    tab.unroute("**/moment.js")
    with tab.expect_navigation():
        tab.add_script_tag(url="/static/moment.js", type="module")
    yield "check your inbox"
    for door in (
        f"/confirm/{tokens.issue_confirm(numbers[Status.PENDING], 'daily')}",
        f"/preferences/{tokens.issue_preferences(numbers[Status.ACTIVE], 'daily')}",
        f"/unsubscribe/{tokens.issue_unsubscribe(numbers[Status.ACTIVE], 'daily')}",
    ):
        yield opened(door)
        press()
        yield f"{door}, pressed"
    yield from _the_readers_own(opened, press, tokens, numbers[Status.ACTIVE])


def _the_readers_own(
    opened: Callable[[str], str], press: Callable[[str], None], tokens: Tokens, number: int
) -> Iterator[str]:
    """From the goodbye back, to all that is stored, and to where nothing is."""
    press("[action*=undo]")
    yield "undone"
    opened(f"/unsubscribe/{tokens.issue_unsubscribe(number, 'daily')}")
    press("[action*=pause]")
    yield "paused"
    yield opened(f"/preferences/{tokens.issue_preferences(number, 'daily')}")
    press("[action*='/me']")
    yield "the link is mailed"
    me = f"/me/{tokens.issue_personal(number, 'daily')}"
    yield opened(me)
    owner = Membership(number, "daily")
    change = Change(owner, print_of(f"{Status.ACTIVE}@example.com", KEY), "new@example.com")
    yield opened(f"/address/{tokens.issue_change(change)}")
    press("")
    yield "moved"
    yield opened(f"{me}/forget")
    press("")
    yield "forgotten"


def latin(text: str) -> set[str]:
    """The words in Latin letters, but for addresses."""
    return set(re.findall(r"[A-Za-zÀ-ž]{2,}", re.sub(r"https?://\S+|\S+@\S+", "", text)))


def violations(tab: Page, rules: Sequence[str] | None = None) -> list[str]:
    """What axe-core has to say by day, by these rules, and of colours by night."""
    day = Axe().run(tab, options={"resultTypes": ["violations"], **({"runOnly": rules} if rules else {})}).response
    tab.emulate_media(color_scheme="dark")
    night = tab.evaluate("axe.run({runOnly: ['color-contrast'], resultTypes: ['violations']})")
    tab.emulate_media(color_scheme="light")
    return [violation["id"] for found in (day, night) for violation in found["violations"]]


@by_language
def test_no_page_keeps_anybody_out(pages: Iterator[str], tab: Page) -> None:
    for page in pages:
        assert violations(tab) == [], page
        assert tab.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), page


@by_language
def test_no_letter_keeps_anybody_out(letters: Iterator[Mail], tab: Page) -> None:
    for letter in letters:
        tab.set_content(letter.html)
        assert violations(tab, WCAG) == [], letter.subject


@pytest.mark.parametrize("language", ["ar"])
def test_nothing_is_left_in_english(pages: Iterator[str], letters: Iterator[Mail], tab: Page) -> None:
    named_in_themselves = {"English", "Español", "Português", "Français", "Deutsch"}
    for page in pages:
        # The names of some towns are not known in every language.
        tab.evaluate("document.querySelectorAll('optgroup > option').forEach(town => town.remove())")
        seen = latin(tab.inner_text("body")) - {"Website"}  # the robots' own field
        assert seen <= named_in_themselves, page
        assert latin(tab.title()) == set(), page
    for letter in letters:
        assert latin(letter.subject) == set()
        assert latin(letter.text) == set()
        tab.set_content(letter.html)
        assert latin(tab.inner_text("body")) == set()
