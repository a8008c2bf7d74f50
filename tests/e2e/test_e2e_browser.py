"""The pages as a phone shows them."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import NEEDS_BROWSER, browser
from tests.e2e.conftest import Operator

__all__ = ["browser"]  # fixture

pytestmark = NEEDS_BROWSER


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    opened = browser.new_page(viewport={"width": 390, "height": 800})
    yield opened
    opened.close()


def test_nothing_on_a_phone_is_wider_than_the_phone(operator: Operator, tab: Page) -> None:
    operator.write_article(1)
    operator.process("subscribers", "add", "ana@example.com")
    operator.process("send", "daily", "--slot", "now")
    with operator.running("serve"):
        for path in ("/", "/subscribe/daily", "/archive/daily", "/archive/daily/1"):
            tab.goto(f"{operator.address}{path}")
            assert tab.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
