"""An editor with a browser looks at the next issue while it is being made."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Frame, Page

from digest.preview.studio import Studio
from digest.workspace import Workspace
from tests.browser import NEEDS_BROWSER, browser
from tests.postbox import Postbox
from tests.preview.conftest import own_theme, running, studio
from tests.publish.conftest import make_workspace, workspace, write_articles
from tests.website import Site

__all__ = ["browser", "make_workspace", "studio", "workspace"]  # fixtures

pytestmark = NEEDS_BROWSER
VIEWS = ("mail", "text", "headers", "source", "html", "lint", "why")
LIGHTHOUSE = b'<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><rect width="10" height="10"/></svg>'
LIGHT, DARK = "rgb(251, 249, 244)", "rgb(22, 19, 15)"  # the paper of the theme


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    opened = browser.new_page(viewport={"width": 1440, "height": 900})
    yield opened
    opened.close()


@pytest.fixture
def url(studio: Studio) -> Iterator[str]:
    with running(studio) as address:
        yield address


def mail_in(tab: Page) -> Frame:
    tab.wait_for_load_state("load")
    return tab.frames[1]


def background(frame: Frame) -> str:
    return str(frame.evaluate("getComputedStyle(document.querySelector('.paper')).backgroundColor"))


@pytest.mark.parametrize("system", ["light", "dark"])
def test_the_mail_is_light_or_dark_as_chosen_whatever_the_system_says(browser: Browser, url: str, system: str) -> None:
    tab = browser.new_page(color_scheme=system)  # type: ignore[arg-type]
    for scheme, paper in (("light", LIGHT), ("dark", DARK), ("forced", LIGHT)):
        tab.goto(f"{url}/?device=phone&scheme={scheme}")
        frame = mail_in(tab)
        assert background(frame) == paper
        used = frame.evaluate("getComputedStyle(document.documentElement).colorScheme")
        assert used == ("dark" if scheme == "dark" else "light")
        filters = frame.evaluate("getComputedStyle(document.documentElement).filter")
        assert ("invert" in filters) == (scheme == "forced")
    tab.close()


def test_without_pictures_a_mail_shows_what_stands_for_them(tab: Page, workspace: Workspace, site: Site) -> None:
    picture = site.page("/lighthouse.svg", LIGHTHOUSE, Content_Type="image/svg+xml")
    image = f'<img src="{picture}" alt="A lighthouse" width="80" height="80">'
    own_theme(workspace, f"<mj-raw>{image}</mj-raw>", "Words")
    natural = "document.querySelector('img').naturalWidth"
    shown = "document.querySelector('img').getBoundingClientRect().width"
    with running(Studio(workspace, "daily")) as url:
        tab.goto(f"{url}/?theme=mine&device=phone")
        assert (mail_in(tab).evaluate(natural), mail_in(tab).evaluate(shown)) == (10, 80)
        asked = len(site.asked)
        tab.goto(f"{url}/?theme=mine&device=phone&images=off")
        assert mail_in(tab).evaluate(natural) == 0
        assert mail_in(tab).evaluate(shown) > 80, "the words take more room than the picture would"
        assert len(site.asked) == asked


def test_the_page_looks_again_by_itself_and_keeps_the_place(tab: Page, url: str, workspace: Workspace) -> None:
    complaints: list[str] = []
    tab.on("console", lambda message: complaints.append(message.text))
    tab.goto(f"{url}/?device=phone")
    tab.locator(".live").wait_for()
    mail_in(tab).evaluate("document.scrollingElement.scrollTop = 240")
    tab.wait_for_timeout(700)  # until the watch has begun
    file = workspace.config.folder / "digest.toml"
    with tab.expect_navigation(timeout=15_000):
        file.write_text(file.read_text().replace("The Harbour Post Daily", "The Evening Post"))
    tab.get_by_role("heading", name="The Evening Post").wait_for()
    tab.wait_for_function("document.querySelector('iframe').contentDocument.scrollingElement.scrollTop === 240")
    assert complaints == []


def test_a_test_is_sent_by_keyboard(tab: Page, url: str, postbox: Postbox) -> None:
    tab.goto(url)
    tab.get_by_label("Your address").fill("me@example.com")
    with tab.expect_navigation():
        tab.keyboard.press("Enter")
    assert "Sent to me@example.com: 250" in tab.get_by_role("status").inner_text()
    assert [address for address, _ in postbox.received] == ["me@example.com"]


def test_choosing_a_reader_shows_the_mail_at_once(tab: Page, url: str) -> None:
    tab.goto(f"{url}/?view=headers&scheme=dark")
    with tab.expect_navigation():
        tab.locator("select[name=reader]").select_option("japanese")
    assert "山田 花子" in tab.locator("main").inner_text()
    assert "scheme=dark" in tab.url


def test_everything_works_without_script(browser: Browser, url: str, postbox: Postbox) -> None:
    tab = browser.new_page(java_script_enabled=False)
    tab.goto(url)
    tab.get_by_role("link", name="Dark", exact=True).click()
    tab.get_by_role("link", name="Headers").click()
    tab.locator("select[name=reader]").select_option("arabic")
    tab.get_by_role("button", name="Show").first.click()
    assert "ليلى" in tab.locator("main").inner_text()
    tab.get_by_label("Your address").fill("me@example.com")
    tab.get_by_role("button", name="Send").click()
    assert len(postbox.received) == 1
    tab.close()


@pytest.mark.parametrize(
    ("width", "scheme"),
    [
        (1440, "light"),
        (390, "dark"),
        pytest.param(1440, "dark", marks=pytest.mark.thorough),
        pytest.param(390, "light", marks=pytest.mark.thorough),
    ],
)
def test_the_page_is_accessible_and_no_wider_than_its_window(
    browser: Browser, url: str, width: int, scheme: str
) -> None:
    tab = browser.new_page(viewport={"width": width, "height": 844}, color_scheme=scheme)  # type: ignore[arg-type]
    for query in [*(f"view={view}" for view in VIEWS), "scheme=dark&images=off", "scheme=forced", "reader=hostile"]:
        tab.goto(f"{url}/?{query}")
        found = Axe().run(tab, options={"resultTypes": ["violations"]})
        assert found.violations_count == 0, f"{query}: {found.generate_report()}"
        assert tab.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), query
    tab.close()


def test_a_problem_is_shown_accessibly(tab: Page, make_workspace: Callable[..., Workspace]) -> None:
    workspace = make_workspace()
    write_articles(workspace, 1)
    theme: Path = workspace.config.folder / "templates" / "issue" / "broadsheet"
    theme.mkdir(parents=True)
    (theme / "issue.txt.j2").write_text("{{ nothing.here }}")
    with running(Studio(workspace, "daily")) as address:
        tab.goto(address)
        assert "nothing.here" in tab.get_by_role("alert").inner_text()
        found = Axe().run(tab)
        assert found.violations_count == 0, found.generate_report()
