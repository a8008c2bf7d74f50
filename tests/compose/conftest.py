"""An issue of an invented newspaper, as the stages before hand it over, and as every theme shows it."""

import tomllib
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from lxml import html as lxml_html

from digest.compose import Rendered, render
from digest.domain import Image, Issue, Recipient, Story
from digest.newsletters import Logo, Newsletter, Site, Sponsor
from digest.templating import themes

PUBLIC_URL = "https://news.example.com"
SPONSOR = Sponsor(
    name="Almara Savings Bank",
    headline="A boat loan that waits for the tide",
    text="Borrow up to €40,000 for a hull, an engine or a net, and pay nothing in the months you cannot fish.",
    url="https://bank.example.com/boats",
)
LOGO = Logo(url="https://images.example.com/logo.png", width=220, height=48)
DATA = Path(__file__).parents[1] / "data" / "compose"


def read_issue(file: Path = DATA / "harbour.toml") -> Issue:
    table = tomllib.loads(file.read_text(encoding="utf-8"))
    newsletter = Newsletter(
        key="daily",
        title="The Harbour Post Daily",
        tagline="The morning’s news from Port Almara, in three minutes",
        schedule="0 7 * * *",
        timezone="Europe/Lisbon",
        sender="The Harbour Post <daily@news.example.com>",
        reply_to="newsroom@news.example.com",
    )
    site = Site(
        name="The Harbour Post", url="https://harbourpost.example.com", postal_address="1 South Quay, Port Almara"
    )
    stories = tuple(map(_story, table["stories"]))
    slot = datetime(2026, 11, 23, 7, tzinfo=UTC)
    return Issue(newsletter, site, 214, slot, table["subject"], table["preheader"], stories)


def _story(entry: dict[str, Any]) -> Story:
    return Story(
        url=entry["url"],
        headline=entry["headline"],
        summary=entry["summary"],
        source_name=entry["source"],
        section=entry["section"],
        author=entry.get("author", ""),
        image=Image(**entry["image"]) if "image" in entry else None,
        minutes=entry["minutes"],
        also_in=tuple(entry.get("also_in", ())),
    )


def changed(issue: Issue, **changes: object) -> Issue:
    """The issue of a newsletter that is configured otherwise."""
    return replace(issue, newsletter=issue.newsletter.model_copy(update=changes))


def in_arabic() -> Issue:
    """An issue that is read from right to left, but for one story."""
    table = tomllib.loads((DATA / "mina.toml").read_text(encoding="utf-8"))
    issue = changed(read_issue(DATA / "mina.toml"), language="ar", title=table["title"], tagline=table["tagline"])
    return replace(issue, intro=table["intro"])


def at_its_fullest() -> Issue:
    """Twelve stories, each with a picture, an introduction and a sponsor."""
    issue = changed(read_issue(), sponsor=SPONSOR, in_full=9)
    stories = (issue.stories * 2)[:12]
    picture = Image("https://images.example.com/harbour.jpg?width=1200&quality=80", 1200, 675, "The harbour at dawn")
    pictured = tuple(replace(story, image=story.image or picture) for story in stories)
    return replace(issue, stories=pictured, intro="Good morning. The fog has lifted, and the fish market has a clock.")


@cache
def rendered(issue: Issue, theme: str = "broadsheet", templates: Path | None = None) -> Rendered:
    return render(issue, theme, public_url=PUBLIC_URL, templates=templates)


def tree(issue: Issue, theme: str = "broadsheet") -> lxml_html.HtmlElement:
    return lxml_html.fromstring(rendered(issue, theme).html)


@pytest.fixture(params=themes())
def theme(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def issue() -> Issue:
    return read_issue()


@pytest.fixture
def reader() -> Recipient:
    return Recipient("reader@example.org", "Inês Gonçalves", "7.daily.c2lnbmF0dXJl", "<daily.214.7@news.example.com>")
