"""A person with a browser: signs up, confirms and leaves, with the mouse put away."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import NEEDS_BROWSER, browser
from tests.e2e.conftest import Operator, link_in, wait_until
from tests.e2e.keyboard import enter, press_until

__all__ = ["browser"]  # fixture

pytestmark = NEEDS_BROWSER


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    opened = browser.new_page(viewport={"width": 390, "height": 800})
    yield opened
    opened.close()


def test_a_reader_signs_up_confirms_and_leaves_by_keyboard_without_script(operator: Operator, tab: Page) -> None:
    complaints: list[str] = []
    elsewhere: list[str] = []
    tab.on("console", lambda message: complaints.append(message.text))
    tab.on("request", lambda request: elsewhere.append(request.url))
    with operator.running("serve"):
        tab.goto(f"{operator.address}/")
        press_until(tab, "textbox", "Your email address")
        tab.keyboard.type("ana@example.com")
        enter(tab)
        assert "inbox" in tab.content()

        wait_until(lambda: operator.mails_to("ana@example.com"), 20)
        [confirmation] = operator.mails_to("ana@example.com")
        tab.goto(link_in(confirmation, "confirm"))
        tab.get_by_role("button").focus()
        enter(tab)
        assert "ana@example.com" in operator.process("subscribers", "list", "--status", "active").stdout

        wait_until(lambda: len(operator.mails_to("ana@example.com")) == 2, 20)
        welcome = operator.mails_to("ana@example.com")[1]
        tab.goto(link_in(welcome, "unsubscribe"))
        tab.get_by_role("button").focus()
        enter(tab)
        assert "ana@example.com" in operator.process("subscribers", "list", "--status", "unsubscribed").stdout
    assert complaints == []
    assert all(url.startswith(operator.address) for url in elsewhere)


def test_nothing_on_a_phone_is_wider_than_the_phone(operator: Operator, tab: Page) -> None:
    operator.write_article(1)
    operator.process("subscribers", "add", "ana@example.com")
    operator.process("send", "daily", "--slot", "now")
    with operator.running("serve"):
        for path in ("/", "/subscribe/daily", "/archive/daily", "/archive/daily/1"):
            tab.goto(f"{operator.address}{path}")
            assert tab.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
