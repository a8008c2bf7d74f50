"""The cascade as a browser has it: colours, grounds, sizes and weights, in light and in dark mode."""

from datetime import UTC, datetime

import pytest
from lxml import html as lxml_html
from playwright.sync_api import Browser

from digest.compose import compose
from digest.domain import Recipient
from digest.lint.cascade import Look, Mode, looks
from digest.lint.colours import read_colour
from digest.lint.page import read_page
from tests.browser import NEEDS_BROWSER, browser
from tests.compose.conftest import read_issue
from tests.lint.conftest import DATA, page

pytestmark = NEEDS_BROWSER
__all__ = ["browser"]  # fixture
TANGLE = page(
    """
    <div id="a" class="x y" style="color:#123456;font-size:1.2em"><p class="x">one <b>two</b></p>
    <p class="y" style="color:#654321 !important">three <font color="#ff0000" size="2">four</font></p></div>
    <table bgcolor="#eeeeee"><tr><th>five</th><td class="z" bgcolor="#dddddd"><a href="https://a.test.org/">six</a></td></tr>
    <tr><td style="background:rgba(0,0,0,.5);color:white">seven <span>eight</span></td></tr>
    </table><ul><li>nine</li><li class="z">ten</li></ul><h3>eleven <small>twelve</small></h3>
    <p style="font:italic bold 12px/30px Georgia,serif">thirteen <span style="font-weight:400">fourteen</span></p>
    <p style="color:hsl(120 50% 30%)">fifteen <span style="color:currentColor;font-size:80%">sixteen</span></p>
    """,
    """<style>
    p { color: #111111; font-size: 15px }
    .x { color: #222222 } .x .x { color: #333333 } #a > .y { color: #444444 }
    div p.x { font-weight: 700 }
    th { background: #abcdef; color: #101010 }
    td.z { background-color: #fedcba !important }
    li + li { color: #0000aa } ul > li { font-size: 2rem }
    @media screen { h3 { color: #550055 } }
    @media print { h3 { color: #ffffff } }
    @media (prefers-color-scheme: light) { li { color: #005500 } }
    @media (prefers-color-scheme: dark) { p { color: #eeeeee !important } .y { background: #000033 } }
    @media (prefers-color-scheme: dark) { a { color: #99bbff } }
    </style>""",
)
SEEN = """() => Object.fromEntries([...document.querySelectorAll('[data-n]')].reverse().map(element => {
  const style = getComputedStyle(element)
  const grounds = []
  for (let one = element; one; one = one.parentElement) grounds.push(getComputedStyle(one).backgroundColor)
  return [element.dataset.n, [style.color, parseFloat(style.fontSize), Number(style.fontWeight) >= 600, grounds]]
}))"""
OWN_FACES = ("html", "head", "input", "form", "a")  # which each client gives looks of its own


CARELESS = (DATA / "careless.html").read_text()


def broadsheet() -> str:
    made = compose(read_issue(), public_url="https://news.example.com", date=datetime(2026, 11, 23, 7, tzinfo=UTC))
    return made.html_for(Recipient("reader@example.org", "", "7.daily.c2ln", "<daily.214.7@news.example.com>"))


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("name", ["tangle", "broadsheet", "careless"])
def test_every_element_looks_as_in_chromium(browser: Browser, name: str, mode: Mode):
    parsed = read_page({"tangle": TANGLE, "broadsheet": broadsheet(), "careless": CARELESS}[name])
    found = looks(parsed, mode)
    # The parsers put different elements around the same ones.
    for number, element in enumerate(parsed.elements):
        element.set("data-n", str(number))
    seen = in_chromium(browser, lxml_html.tostring(parsed.root, encoding="unicode", doctype="<!doctype html>"), mode)
    compared = [(element, look) for element, look in found.items() if element.xpath("ancestor-or-self::body")]
    assert len(compared) > 10
    for element, look in compared:
        if element.tag not in OWN_FACES:
            assert_alike(look, *seen[element.get("data-n")])


def assert_alike(look: Look, colour: str, size: float, is_bold: bool, grounds: list[str]) -> None:
    assert (look.size, look.is_bold) == (pytest.approx(size, abs=0.2), is_bold)
    assert str(look.colour) == str(read_colour(colour))
    ground = read_colour("#ffffff")
    for each in reversed(grounds):
        ground = read_colour(each).over(ground)
    if any(read_colour(each).alpha for each in grounds):  # else it is the browser's own
        assert str(look.ground) == str(ground)


def in_chromium(browser: Browser, html: str, mode: Mode) -> dict[str, list]:
    """What Chromium computes for every element, without fetching anything."""
    with browser.new_context(color_scheme=mode, offline=True) as context:
        tab = context.new_page()
        tab.set_content(html)
        return tab.evaluate(SEEN)
