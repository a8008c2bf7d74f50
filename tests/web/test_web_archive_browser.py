"""The archive's pages in a browser: nothing that axe-core complains of, nothing wider than a phone."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from digest.web import create_app
from tests.browser import NEEDS_BROWSER, browser
from tests.web.conftest import Told

__all__ = ["browser"]  # fixture

pytestmark = NEEDS_BROWSER
STORIES = [
    Told("A quiet ferry to Heron Island", "It crossed at dawn. " * 8, section="City", also_in=("Tideline",)),
    Told("عبّارة بلا صوت إلى الجزيرة", "توقفت الأحاديث حين لاحظ الركاب.", section="Sea", language="ar"),
    *(Told(f"A ferry in a line {number}", "Six words of it, no more.") for number in range(6)),
    Told("Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft", language="de"),
]


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    opened = browser.new_page()
    yield opened
    opened.close()


@pytest.fixture(params=["en", "ar"])
def address(request, stage, config, settings, sqlite_engine, issue) -> str:
    """An archive of three issues, in a language of each direction."""
    daily = config.newsletters["daily"].model_copy(update={"language": request.param})
    changed = config.model_copy(update={"newsletters": {"daily": daily}})
    stage.app = create_app(changed, settings, sqlite_engine, lambda _: None)
    for number in (1, 2, 3):
        issue(number, stories=STORIES, subject=f"A ferry of number {number}", preheader="Also: bread by the tide table")
    return stage.url


PATHS = ("/archive/daily", "/archive/daily/2", "/archive/daily?q=ferry", "/archive/daily?q=zebra")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_page(tab, address, scheme):
    tab.emulate_media(color_scheme=scheme)
    for path in PATHS:
        tab.goto(f"{address}{path}")
        results = Axe().run(tab)
        assert results.violations_count == 0, f"{path}: {results.generate_report()}"


def test_no_page_is_wider_than_a_phone_and_none_breaks_its_own_policy(tab, address):
    complaints: list[str] = []
    tab.on("console", lambda message: complaints.append(message.text))
    for width in (320, 390, 1280):
        tab.set_viewport_size({"width": width, "height": 800})
        for path in PATHS:
            tab.goto(f"{address}{path}")
            assert tab.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (path, width)
    assert complaints == []
