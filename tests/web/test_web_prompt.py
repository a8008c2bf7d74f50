"""The prompt on a publisher's own page: another origin, a strict policy, a real browser."""

import base64
import contextlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, expect
from sqlalchemy import Engine
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from digest.newsletters import Config
from digest.settings import Settings
from digest.signups import AskedField, SignUp
from digest.templating import templates_folder
from digest.web import create_app
from subscribers.mail import Mail
from subscribers.reception import State
from subscribers.web.scripting import SAID, WORDS
from tests.browser import NEEDS_BROWSER, browser
from tests.web.conftest import Stage
from tests.web.letters import eventually
from tests.website import Site, website

__all__ = ["browser"]  # fixture

LIMIT = 5_000  # bytes, as served
PROMPT = "Subscribe free to our daily newsletter"
CHECK, SLOW = SAID[State.CHECK], SAID[State.SLOW]
WRONG_PROOF = "export const prove = async () => 'bm8='"
ANYBODYS = {"Content-Type": "text/javascript", "Access-Control-Allow-Origin": "*"}
TOWN = AskedField(key="town", label="Your <town>", options=("Porto", "Faro"))
WORK = AskedField(key="work", label="What you do")
DESKTOP, PHONE = {"width": 1200, "height": 800}, {"width": 390, "height": 800}
PLAIN = """<form data-digest-prompt method="post" action="{reception}/subscribe">
<input type="hidden" name="newsletter" value="daily"><label>Your email address <input name="email" type="email"></label>
<button>Subscribe free</button></form>"""
ARTICLE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A ferry without a sound</title>
<meta name="viewport" content="width=device-width, initial-scale=1"></head><body>
<main><article><h1>A ferry without a sound</h1><p>First.</p>{middle}{paragraphs}<p id="last">Last.</p></article></main>
<aside><h2>Related Posts</h2><p>Another story.</p></aside></body></html>"""


@dataclass
class Reception:
    """The running application, and what the browser asked of it."""

    url: str
    serve: Callable[..., None]
    wishes: list[dict[str, Any]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def noting(self, app: ASGIApp) -> ASGIApp:
        """The application, which keeps what a script asks."""

        async def noted(scope: Scope, receive: Receive, send: Send) -> None:
            async def heard() -> Message:
                message = await receive()
                if message.get("body"):  # no browser cuts so little in two
                    self.wishes.append(json.loads(message["body"]))
                return message

            if "/api/prompt/" in scope["path"]:
                self.asked.append(f"{scope['path'].rpartition('/')[2]} {scope['query_string'].decode()}")
            await app(scope, heard if scope["path"] == "/api/subscribe" else receive, send)

        return noted


@pytest.fixture
def reception(
    stage: Stage,
    config: Config,
    settings: Settings,
    sqlite_engine: Engine,
    mails: list[Mail],
    publisher: Site,
    monkeypatch: pytest.MonkeyPatch,
) -> Reception:
    """Serves for the publisher's site. Whoever sends a form within two seconds proves some work: here little."""
    monkeypatch.setattr("subscribers.work.LARGEST_NUMBER", 600)
    here = settings.model_copy(update={"public_url": stage.url})

    def serve(fields: tuple[AskedField, ...] = (), **signup: object) -> None:
        taking = SignUp.model_validate({"sites": (publisher.url,), **signup})
        changed = config.model_copy(update={"signup": taking, "fields": {each.key: each for each in fields}})
        stage.app = made.noting(create_app(changed, here, sqlite_engine, mails.append))  # type: ignore[assignment]

    made = Reception(stage.url, serve)
    serve()
    return made


@pytest.fixture(scope="module")
def publisher() -> Iterator[Site]:
    with website() as site:
        yield site


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    opened = browser.new_context(viewport=DESKTOP)
    yield opened
    opened.close()


@pytest.fixture
def tab(context: BrowserContext) -> Page:
    page = context.new_page()
    page.set_default_timeout(5_000)
    return page


Visit = Callable[..., str]


@pytest.fixture
def visit(publisher: Site, reception: Reception, tab: Page) -> Visit:
    """Open an article of the publisher's, under a strict policy, with the prompt declared so."""

    def open_article(
        attributes: str = "", *, keys: str = "daily", before: str = "", head: str = "", policy: str = ""
    ) -> str:
        origin = reception.url
        strict = f"default-src 'none'; script-src {origin}; connect-src {origin}; form-action {origin}"
        script = f'<script async src="{origin}/static/prompt.js" data-newsletter="{keys}" {attributes}></script>'
        page = ARTICLE.format(middle=before + script, paragraphs="<p>More of it, and more.</p>" * 60)
        page = page.replace("</head>", f"{head}</head>")
        headers = {"Content_Type": "text/html; charset=utf-8", "Content_Security_Policy": policy or strict}
        tab.goto(publisher.page("/ferry", page.encode(), **headers))
        return publisher.url

    return open_article


def region(tab: Page) -> Locator:
    return tab.get_by_role("region", name=PROMPT)


def email(tab: Page) -> Locator:
    return tab.get_by_label(WORDS["email"])


def send(tab: Page, address: str = "ann@example.com") -> None:
    email(tab).fill(address)
    tab.get_by_role("button", name=WORDS["button"]).click()


def read_to_the_end(tab: Page) -> None:
    tab.locator("#last").scroll_into_view_if_needed()
    tab.mouse.wheel(0, 2_000)


def test_the_script_weighs_less_than_five_thousand_bytes(reception: Reception) -> None:
    served = httpx.get(f"{reception.url}/static/prompt.js", headers={"Accept-Encoding": "identity"})
    assert len(served.content) < LIMIT
    assert served.headers["content-type"].startswith(("text/javascript", "application/javascript"))


def solved(proof: str) -> dict[str, Any]:
    return dict(json.loads(base64.b64decode(proof)))


def test_no_text_is_ever_read_as_markup() -> None:
    for file in (templates_folder() / "web" / "static").glob("pro*.js"):
        source = file.read_text(encoding="utf-8")
        assert not any(word in source for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "eval(", ".style="))


class TestInABrowser:
    pytestmark = NEEDS_BROWSER

    def test_it_stands_where_the_script_stands_and_sends_what_was_given(
        self, visit: Visit, tab: Page, reception: Reception, mails: list[Mail]
    ) -> None:
        complaints: list[str] = []
        tab.on("console", lambda message: complaints.append(message.text))
        site = visit("data-name")
        before = "document.querySelector('digest-prompt').previousElementSibling.textContent"
        expect(region(tab)).to_be_visible()
        assert tab.evaluate(before) == "First."
        tab.get_by_label(WORDS["name"]).fill("Ann")
        send(tab)
        expect(tab.get_by_role("alert")).to_have_text(CHECK)
        expect(tab.get_by_role("alert")).to_be_focused()
        expect(email(tab)).to_have_count(0)
        wish = reception.wishes[0]
        assert wish.pop("form").startswith("prompt.")
        assert wish == {
            "newsletter": ["daily"],
            "email": "ann@example.com",
            "name": "Ann",
            "lang": "en",
            "page": f"{site}/ferry",
            "fields": {},
        }
        eventually(mails, 1)
        assert mails[0].to_address == "ann@example.com"
        # Above all, the page's policy had nothing to forbid.
        assert [each for each in complaints if "428" not in each] == []

    def test_what_follows_the_address_of_the_page_is_nobodys_business(
        self, visit: Visit, tab: Page, reception: Reception
    ) -> None:
        visit()
        expect(region(tab)).to_be_visible()
        tab.evaluate("history.replaceState(0, '', '?email=ann@example.com#top')")
        send(tab)
        expect(tab.get_by_role("alert")).to_have_text(CHECK)
        assert reception.wishes[0]["page"].endswith("/ferry")

    def test_nobody_needs_a_mouse(self, visit: Visit, tab: Page, reception: Reception) -> None:
        visit()
        expect(region(tab)).to_be_visible()
        tab.keyboard.press("Tab")
        expect(email(tab)).to_be_focused()
        tab.keyboard.type("ann@example.com")
        tab.keyboard.press("Enter")
        expect(tab.get_by_role("alert")).to_be_focused()
        assert reception.wishes[0]["email"] == "ann@example.com"

    def test_a_mistake_is_told_and_can_be_mended(self, visit: Visit, tab: Page) -> None:
        visit()
        send(tab, "ann@")
        expect(tab.get_by_role("alert")).to_contain_text("This does not look like an email address")
        expect(email(tab)).to_be_focused()
        expect(email(tab)).to_have_attribute("aria-invalid", "true")
        send(tab)
        expect(tab.get_by_role("alert")).to_have_text(CHECK)

    def test_whatever_the_server_says_is_told(self, visit: Visit, tab: Page, reception: Reception) -> None:
        reception.serve(per_network=1)
        visit()
        send(tab)
        expect(tab.get_by_role("alert")).to_have_text(SLOW)  # the proof was the second time that it knocked
        expect(email(tab)).to_have_value("ann@example.com")

    def test_a_proof_of_work_is_found_and_sent_with_the_same_wish(
        self, visit: Visit, tab: Page, reception: Reception
    ) -> None:
        visit()
        send(tab)
        expect(tab.get_by_role("alert")).to_have_text(CHECK)
        first, second = reception.wishes
        proof = solved(second.pop("proof"))
        assert second == first
        assert {*proof} == {"algorithm", "challenge", "number", "salt", "signature"}

    def test_a_proof_that_is_asked_for_again_is_not_given_for_ever(
        self, visit: Visit, tab: Page, reception: Reception
    ) -> None:
        visit()
        tab.route("**/static/proof.js", lambda route: route.fulfill(body=WRONG_PROOF, headers=ANYBODYS))
        send(tab)
        expect(tab.get_by_role("alert")).to_have_text(WORDS["failed"])
        assert len(reception.wishes) == 2

    def test_where_the_network_forbids_it_the_form_is_sent_as_forms_are(self, visit: Visit, tab: Page) -> None:
        visit()
        tab.route("**/api/subscribe", lambda route: route.abort())
        send(tab)
        expect(tab.get_by_text("We have sent a mail to")).to_be_visible()  # after a moment of proof, by that page

    def test_without_a_network_nothing_is_lost(self, visit: Visit, tab: Page, context: BrowserContext) -> None:
        visit()
        expect(region(tab)).to_be_visible()
        context.set_offline(True)
        send(tab)
        expect(tab.get_by_role("alert")).to_have_text(WORDS["failed"])
        expect(email(tab)).to_have_value("ann@example.com")

    def test_several_newsletters_are_chosen_from_and_none_is_chosen_beforehand(
        self, visit: Visit, tab: Page, reception: Reception
    ) -> None:
        visit(keys="daily,weekly")
        send(tab)
        expect(tab.get_by_role("alert")).to_have_text("Please choose at least one newsletter.")
        expect(tab.get_by_label("The Harbour Daily")).to_be_focused()
        tab.get_by_label("The <Long> Weekend").check()
        send(tab)
        expect(tab.get_by_role("alert")).to_have_text(CHECK)
        assert [wish["newsletter"] for wish in reception.wishes] == [[], ["weekly"], ["weekly"]]

    def test_what_else_a_publisher_asks_is_sent_as_fields(self, visit: Visit, tab: Page, reception: Reception) -> None:
        reception.serve((TOWN, WORK))
        visit()
        tab.get_by_label("Your <town>").select_option("Faro")
        tab.get_by_label("What you do").fill("Pilot")
        send(tab)
        expect(tab.get_by_role("alert")).to_have_text(CHECK)
        assert reception.wishes[0]["fields"] == {"town": "Faro", "work": "Pilot"}

    def test_a_plain_form_gives_its_place_and_what_was_typed(
        self, visit: Visit, tab: Page, reception: Reception
    ) -> None:
        held: list[Route] = []
        # A handler is marked by playwright, and a built-in bears no mark.
        tab.route("**/api/prompt/**", lambda route: held.append(route))  # noqa: PLW0108
        visit(before=PLAIN.format(reception=reception.url))
        tab.fill("form[data-digest-prompt] [name=email]", "ann@exam")
        held[0].continue_()
        expect(region(tab)).to_be_visible()
        expect(tab.locator("form[data-digest-prompt]")).to_have_count(0)
        expect(email(tab)).to_have_value("ann@exam")

    def test_without_script_the_plain_form_does_the_whole_work(
        self, browser: Browser, publisher: Site, reception: Reception
    ) -> None:
        with browser.new_context(java_script_enabled=False) as context:
            tab = context.new_page()
            tab.goto(publisher.page("/plain", PLAIN.format(reception=reception.url).encode(), Content_Type="text/html"))
            tab.get_by_label("Your email address").fill("ann@example.com")
            tab.get_by_role("button").click()
            assert "We have sent a mail to" in tab.inner_text("main")

    def test_a_prompt_that_cannot_be_drawn_leaves_the_plain_form(
        self, visit: Visit, tab: Page, reception: Reception
    ) -> None:
        tab.route("**/api/prompt/**", lambda route: route.abort())
        visit(before=PLAIN.format(reception=reception.url))
        tab.wait_for_load_state("networkidle")
        expect(tab.get_by_label("Your email address")).to_be_visible()

    def test_no_other_site_can_show_it(self, visit: Visit, tab: Page, reception: Reception) -> None:
        reception.serve(sites=())
        visit(before=PLAIN.format(reception=reception.url))
        tab.wait_for_load_state("networkidle")
        expect(region(tab)).to_have_count(0)
        expect(tab.get_by_label("Your email address")).to_be_visible()

    def test_the_language_is_that_of_the_page_unless_another_is_asked_for(
        self, visit: Visit, tab: Page, reception: Reception
    ) -> None:
        visit()
        expect(region(tab)).to_be_visible()
        visit('data-lang="ar"')
        expect(tab.get_by_role("region")).to_contain_text("اشترك")
        assert reception.asked == ["daily lang=en", "daily lang=ar"]
        expect(tab.locator("digest-prompt")).to_have_attribute("dir", "rtl")
        expect(tab.locator("digest-prompt")).to_have_attribute("lang", "ar")

    def test_a_publisher_has_the_last_word_on_words_and_colours(self, visit: Visit, tab: Page) -> None:
        colours = 'data-accent="#00ff00" data-ink="red;} body { display: none" data-paper="rgb(1 2 3)"'
        visit(f'data-prompt="Good &lt;b&gt; mornings" data-button="Yes" data-note="Never sold." {colours}')
        box = tab.get_by_role("region", name="Good <b> mornings")
        expect(box).to_contain_text("Never sold.")
        expect(box).to_have_css("background-color", "rgb(1, 2, 3)")
        button = tab.get_by_role("button", name="Yes")
        expect(button).to_have_css("background-color", "rgb(0, 255, 0)")
        assert tab.locator("digest-prompt").evaluate("e => e.style.getPropertyValue('--ink')") == ""
        assert button.evaluate("e => getComputedStyle(e).color").startswith("lab(0 ")  # black is read on such a green


class TestAtTheEnd:
    pytestmark = NEEDS_BROWSER
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
    pytestmark = NEEDS_BROWSER
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
    pytestmark = NEEDS_BROWSER

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
