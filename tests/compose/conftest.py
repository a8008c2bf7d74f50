"""An issue of an invented newspaper, as the stages before hand it over."""

import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from digest.domain import Image, Issue, Recipient, Story
from digest.newsletters import Newsletter, Site

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


@pytest.fixture
def issue() -> Issue:
    return read_issue()


@pytest.fixture
def reader() -> Recipient:
    return Recipient("reader@example.org", "Inês Gonçalves", "7.daily.c2lnbmF0dXJl", "<daily.214.7@news.example.com>")
