"""The prompt's own page: what one would get, how often, and what is asked."""

import pytest
from lxml import html
from playwright.sync_api import Browser

from digest.rhythm import rhythm_of
from digest.signups import AskedField
from digest.web import create_app
from tests.browser import NEEDS_BROWSER, browser
from tests.web.test_web_accessibility import violations

__all__ = ["browser"]  # fixture

TOWN = AskedField(key="town", label="Your <town>", options=("Porto", "Faro"))
WORK = AskedField(key="work", label="What you do")


@pytest.fixture
def config(config):
    return config.model_copy(update={"fields": {"town": TOWN, "work": WORK}})


def text(element) -> str:
    return " ".join(element.text_content().split())


def checked(page) -> list[str]:
    return page.xpath("//input[@name='newsletter'][@checked]/@value")


def test_it_shows_the_latest_issue_as_a_taste(web, issue):
    issue(1, subject="Yesterday’s <news>")
    issue(2, subject="Today’s <news>")
    [latest] = html.fromstring(web.get("/subscribe/daily").text).xpath("//aside")
    assert "Today’s <news>" in text(latest)
    assert "Headline 2" in text(latest)
    assert latest.xpath("string(.//h2/a/@href)").endswith("/archive/daily/2")


def test_what_is_unlisted_or_not_sent_yet_is_no_taste(reading, issue):
    assert "<aside" not in reading().get("/subscribe/daily").text
    issue(1)
    assert "<aside" in reading().get("/subscribe/daily").text
    assert "<aside" not in reading(archive="unlisted").get("/subscribe/daily").text


def test_the_newsletter_of_the_page_is_chosen_and_no_other(web):
    page = html.fromstring(web.get("/subscribe/weekly").text)
    assert checked(page) == ["weekly"]
    assert [text(each) for each in page.xpath("//label[@class='choice']")] == [
        "The Harbour Daily Every morning",
        "The <Long> Weekend Once a week",
    ]


def test_where_there_is_one_newsletter_nothing_is_to_be_chosen(config, settings, sqlite_engine, stage, web):
    alone = config.model_copy(update={"newsletters": {"daily": config.newsletters["daily"]}})
    stage.app = create_app(alone, settings, sqlite_engine, lambda _: None)
    page = html.fromstring(web.get("/subscribe/daily").text)
    assert page.xpath("//input[@name='newsletter']/@type") == ["hidden"]


def test_who_chose_nothing_is_told_so_and_keeps_what_was_typed(web):
    answer = web.post("/subscribe", data={"email": "ann@example.com", "name": "Ann", "field.town": "Faro"})
    page = html.fromstring(answer.text)
    assert answer.status_code == 422
    assert text(page.xpath("//fieldset//*[@role='alert']")[0]) == "Please choose at least one newsletter."
    assert checked(page) == []
    assert page.xpath("string(//input[@name='email']/@value)") == "ann@example.com"
    assert page.xpath("string(//option[@selected])") == "Faro"


def test_an_answer_that_there_is_not_is_told_at_its_question(web):
    answer = web.post("/subscribe", data={"newsletter": "daily", "email": "ann@example.com", "field.town": "Atlantis"})
    page = html.fromstring(answer.text)
    assert answer.status_code == 422
    [mistaken] = page.xpath("//*[@aria-invalid]")
    assert mistaken.get("name") == "field.town"
    assert page.get_element_by_id(mistaken.get("aria-describedby")).get("role") == "alert"


def test_every_field_has_a_label(web):
    page = html.fromstring(web.get("/subscribe/daily").text)
    for field in page.xpath("//form//input[not(@type='hidden')] | //form//select"):
        assert page.xpath("//label[@for=$id]", id=field.get("id")) or field.xpath("ancestor::label")


@pytest.mark.parametrize(
    ("schedule", "rhythm"),
    [
        ("0 7 * * *", "Every morning"),
        ("0 12 * * *", "Every day"),
        ("0 18 * * 0-6", "Every evening"),
        ("30 6 * * mon-fri", "Every weekday morning"),
        ("0 16 * * 1-5", "Every weekday"),
        ("0 8 * * 7", "Once a week"),
        ("0 8 * * 1,3", "Several times a week"),
        ("0 9 1 * *", "Once a month"),
        ("*/30 * * * *", ""),
        ("0 9 1 1 *", ""),
        ("0 9 1-7 * 1", ""),
        ("0 7,19 * * *", ""),
    ],
)
def test_a_schedule_is_told_as_a_reader_would_tell_it(schedule, rhythm):
    assert rhythm_of(schedule) == rhythm


class TestInABrowser:
    pytestmark = NEEDS_BROWSER

    def test_axe_finds_nothing_and_nothing_is_wider_than_a_phone(self, browser: Browser, web, issue):
        issue(1, subject="A quiet ferry to Heron Island")
        tab = browser.new_page(viewport={"width": 320, "height": 700})
        tab.goto(str(web.base_url.join("/subscribe/daily")))
        assert violations(tab) == []
        assert tab.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        tab.close()
