"""The prompt amid an article: what it sends, what it says, and what becomes of it when all goes wrong."""

import base64
import json
from typing import Any

import httpx
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from digest.templating import templates_folder
from subscribers.mail import Mail
from subscribers.web.scripting import WORDS
from tests.browser import NEEDS_BROWSER, browser
from tests.web.letters import eventually
from tests.web.prompting import (
    CHECK,
    PLAIN,
    SLOW,
    TOWN,
    WORK,
    Reception,
    Visit,
    context,
    email,
    publisher,
    reception,
    region,
    send,
    tab,
    visit,
)
from tests.website import Site

__all__ = ["browser", "context", "publisher", "reception", "tab", "visit"]  # fixtures

LIMIT = 5_000  # bytes, as served
WRONG_PROOF = "export const prove = async () => 'bm8='"
ANYBODYS = {"Content-Type": "text/javascript", "Access-Control-Allow-Origin": "*"}


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
