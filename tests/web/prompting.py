"""A publisher's page with the prompt: another origin than the application's, a strict policy, a real browser."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page
from sqlalchemy import Engine
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from digest.newsletters import Config
from digest.settings import Settings
from digest.signups import AskedField, SignUp
from digest.web import create_app
from subscribers.mail import Mail
from subscribers.reception import State
from subscribers.web.scripting import SAID, WORDS
from tests.speed import seconds
from tests.web.conftest import Stage
from tests.website import Site, website

PROMPT = "Subscribe free to our daily newsletter"
CHECK, SLOW = SAID[State.CHECK], SAID[State.SLOW]
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
    monkeypatch.setattr("subscribers.forms.FASTEST", timedelta(seconds=seconds(2)))
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
