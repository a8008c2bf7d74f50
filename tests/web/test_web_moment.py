"""The page that asks for a moment, in a real browser: it works by itself, and waits where no scripts run."""

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser

from digest.signups import SignUp
from digest.web import create_app
from tests.browser import NEEDS_BROWSER, browser
from tests.web.letters import eventually

__all__ = ["browser"]  # fixture

pytestmark = NEEDS_BROWSER


@pytest.fixture
def app(config, settings, sqlite_engine, mails) -> FastAPI:
    return create_app(config.model_copy(update={"signup": SignUp(pressure=0)}), settings, sqlite_engine, mails.append)


def test_a_browser_shows_by_itself_that_it_is_no_robot(web, browser: Browser, mails):
    page = browser.new_page()
    problems: list[str] = []
    page.on("console", lambda said: problems.append(said.text) if "Content Security Policy" in said.text else None)
    page.goto(f"{web.base_url}/subscribe/daily")
    page.get_by_label("Your email address").fill("ann@example.com")
    page.get_by_role("button", name="Subscribe free").click()
    page.get_by_role("heading", name="Check your inbox").wait_for(timeout=60_000)
    assert "ann@example.com" in page.inner_text("main")
    eventually(mails, 1)
    assert problems == []
    page.close()


def test_without_scripts_the_page_says_what_to_do(web, browser: Browser, mails):
    page = browser.new_page(java_script_enabled=False)
    page.goto(f"{web.base_url}/subscribe/daily")
    page.get_by_label("Your email address").fill("ann@example.com")
    page.get_by_role("button", name="Subscribe free").click()
    assert "Wait ten seconds" in page.inner_text("main")
    page.get_by_role("button", name="Go on").click()
    assert "Wait ten seconds" in page.inner_text("main")
    assert mails == []
    page.close()
