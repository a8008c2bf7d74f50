"""A reader's whole life as it is lived: in two languages, with scripts and without, by keyboard, past every scanner."""

import re
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.message import EmailMessage

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from digest.catalogues import translations
from tests.browser import NEEDS_BROWSER, browser
from tests.e2e.conftest import Operator, link_in, wait_until
from tests.e2e.keyboard import enter, press_until, tab_to
from tests.website import Site, website

__all__ = ["browser"]  # fixture

pytestmark = NEEDS_BROWSER
ANA = "ana@example.com"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ARTICLE = """<!doctype html><html lang="{lang}"><meta charset="utf-8"><title>The ferry is back</title>
<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">
<body><main><article><h1>The ferry is back</h1><p>It crossed at seven this morning.</p>{prompt}
<p>It crosses again at eight.</p></article></main>"""


@dataclass
class Reader:
    """Ana at her keyboard: which language she reads, and whether her browser runs scripts."""

    operator: Operator
    tab: Page
    language: str
    scripts: bool

    def says(self, sentence: str) -> str:
        """Our sentence in her language."""
        return translations(self.language).gettext(sentence)

    def presses(self, name: str, most: int = 100) -> None:
        press_until(self.tab, "button", self.says(name), most)
        enter(self.tab)

    def sees(self, heading: str) -> None:
        """The page's heading; with nothing on the page that axe-core complains of."""
        expect(self.tab.get_by_role("heading", level=1)).to_have_text(self.says(heading))
        assert self.tab.locator("html").get_attribute("lang") == self.language
        if self.scripts:
            found = Axe().run(self.tab, options={"runOnly": {"type": "tag", "values": WCAG}})
            assert found.violations_count == 0, found.generate_report()

    def gets(self, count: int) -> EmailMessage:
        """The mail that makes it so many."""
        wait_until(lambda: len(self.mails()) >= count, 30)
        assert len(self.mails()) == count
        return self.mails()[-1]

    def mails(self) -> list[EmailMessage]:
        return self.operator.mails_to(ANA)

    def stands(self) -> str:
        with sqlite3.connect(self.operator.folder / "digest.db") as opened:
            return str(opened.execute("SELECT status FROM subscription").fetchone()[0])


@pytest.fixture
def publisher() -> Iterator[Site]:
    with website() as site:
        yield site


@pytest.fixture
def reader(
    operator: Operator, publisher: Site, browser: Browser, request: pytest.FixtureRequest
) -> Iterator[Callable[[str, bool], Reader]]:
    config = operator.folder / "digest.toml"
    config.write_text(config.read_text() + f'\n[signup]\nsites = ["{publisher.url}"]\n')
    opened: list[Page] = []

    def sit_down(language: str, scripts: bool) -> Reader:
        tab = browser.new_page(viewport={"width": 390, "height": 800}, java_script_enabled=scripts)
        opened.append(tab)
        return Reader(operator, tab, language, scripts)

    yield sit_down
    for tab in opened:
        tab.close()


@pytest.mark.long
@pytest.mark.parametrize(("language", "scripts"), [("es", True), ("de", False)])
def test_a_reader_joins_chooses_leaves_comes_back_and_is_forgotten(
    reader: Callable[[str, bool], Reader], publisher: Site, operator: Operator, language: str, scripts: bool
) -> None:
    operator.write_article(1)
    prompt = operator.process("embed", "daily", "--lang", language).stdout
    page = ARTICLE.format(lang=language, prompt=prompt).encode()
    article = publisher.page("/ferry", page, Content_Type="text/html; charset=utf-8")
    ana = reader(language, scripts)
    complaints: list[str] = []
    asked: list[str] = []
    ana.tab.on("console", lambda message: complaints.append(message.text))
    ana.tab.on("request", lambda request: asked.append(request.url))
    with operator.running("serve"):
        _joins(ana, article)
        assert operator.process("send", "daily", "--slot", "now").returncode == 0
        issue = ana.gets(3)
        assert issue["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

        _chooses(ana, issue)
        _names_herself(ana, issue)
        _leaves_and_takes_it_back(ana, issue)
        _is_followed_by_a_scanner(ana)
        _is_forgotten(ana)
    # Nobody types as fast as this: the script is asked for a proof of work, and the browser notes that.
    assert [each for each in complaints if "428" not in each] == []
    assert all(url.startswith((operator.address, publisher.url)) for url in asked)


def _joins(ana: Reader, article: str) -> None:
    ana.tab.goto(article)
    email = ana.tab.get_by_label(ana.says("Your email address"))
    expect(email).to_be_visible()
    if ana.scripts:
        expect(ana.tab.locator("digest-prompt")).to_be_visible()
    tab_to(ana.tab, email)
    ana.tab.keyboard.type(ANA)
    if ana.scripts:
        ana.tab.keyboard.press("Enter")
        check = "Check your inbox: we have sent you a mail. Press the button in it, and you are on the list."
        expect(ana.tab.get_by_role("alert")).to_have_text(ana.says(check))
    else:
        enter(ana.tab)
        ana.sees("Check your inbox")
    confirmation = ana.gets(1)
    assert ana.stands() == "pending"
    ana.tab.goto(link_in(confirmation, "confirm"))
    ana.sees("One last step")
    ana.presses("Yes, send it to me")
    ana.sees("You are on the list")
    assert ana.stands() == "active"
    ana.gets(2)


def _chooses(ana: Reader, issue: EmailMessage) -> None:
    ana.tab.goto(link_in(issue, "preferences"))
    ana.sees("Your preferences")
    assert ANA not in ana.tab.content(), "mails are forwarded"
    tab_to(ana.tab, ana.tab.get_by_label(ana.says("At what hour of your day")), 60)
    ana.tab.keyboard.press("End")  # 23 o'clock
    ana.presses("Save")
    expect(ana.tab.get_by_role("status")).to_contain_text(ana.says("Your choices are saved."))
    with sqlite3.connect(ana.operator.folder / "digest.db") as opened:
        assert opened.execute("SELECT hour FROM subscription").fetchone() == (23,)


def _names_herself(ana: Reader, issue: EmailMessage) -> None:
    ana.presses("Mail me the link")
    link = link_in(ana.gets(4), "me")
    ana.tab.goto(link)
    assert ANA in ana.tab.content()
    tab_to(ana.tab, ana.tab.get_by_label(ana.says("Your name"), exact=False).first, 60)
    ana.tab.keyboard.type("Ana Reis")
    enter(ana.tab)
    assert "Ana Reis" in ana.operator.process("subscribers", "show", ANA).stdout


def _leaves_and_takes_it_back(ana: Reader, issue: EmailMessage) -> None:
    goodbye = link_in(issue, "unsubscribe")
    ana.tab.goto(goodbye)
    ana.presses("Unsubscribe")
    ana.sees("You are unsubscribed")
    assert ana.stands() == "unsubscribed"
    ana.presses("Undo it")
    assert ana.stands() == "active"
    ana.tab.goto(goodbye)
    ana.presses("Have a pause for a month")
    assert ana.stands() == "active"


def _is_followed_by_a_scanner(ana: Reader) -> None:
    """Whatever looks at every link of every mail changes nothing at all."""
    before = _everything(ana.operator)
    links = {
        link
        for mail in ana.mails()
        for kind in ("plain", "html")
        for link in re.findall(rf'{ana.operator.address}/[^\s"<>]*', mail.get_body((kind,)).get_content())
    }
    assert {link.split("/")[3] for link in links} >= {"confirm", "preferences", "unsubscribe", "me", "archive"}
    with httpx.Client(follow_redirects=True) as scanner:
        for link in sorted(links):
            assert scanner.get(link).status_code in (200, 410), link
            assert scanner.head(link).status_code in (200, 410), link
    assert _everything(ana.operator) == before


def _is_forgotten(ana: Reader) -> None:
    ana.tab.goto(link_in(ana.mails()[3], "me"))
    tab_to(ana.tab, ana.tab.get_by_role("link", name=ana.says("Forget me")), 60)
    enter(ana.tab)
    ana.presses("Yes, forget me")
    with sqlite3.connect(ana.operator.folder / "digest.db") as opened:
        assert opened.execute("SELECT count(*) FROM subscriber").fetchone() == (0,)
    assert ANA not in "".join(_everything(ana.operator))


def _everything(operator: Operator) -> list[str]:
    with sqlite3.connect(operator.folder / "digest.db") as opened:
        return list(opened.iterdump())
