"""An archive as feeds: RSS 2.0 (rssboard.org/rss-specification, with Atom's self link) and JSON Feed 1.1."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from lxml import etree

from digest.newsletters import Newsletter
from digest.web.archive.cards import card_of
from digest.web.archive.reading import Edition, printed
from subscribers.mail import Render

RSS_TYPE = "application/rss+xml"
JSON_TYPE = "application/feed+json"
ATOM = "http://www.w3.org/2005/Atom"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Item:
    """An issue. ``contents`` (its headlines with their links) and ``html`` (all it says) are HTML."""

    url: str
    title: str
    summary: str
    contents: str
    html: str
    published: datetime
    picture: str = ""


@dataclass(frozen=True, slots=True)
class Feed:
    """A newsletter's latest issues, the newest first. ``rss_url`` and ``json_url`` are where it stands itself."""

    title: str
    description: str
    language: str
    home_url: str
    rss_url: str
    json_url: str
    items: tuple[Item, ...]

    @property
    def changed(self) -> datetime | None:
        """When the latest issue was published; None when there is none."""
        return max((item.published for item in self.items), default=None)


def feed_of(newsletter: Newsletter, editions: Sequence[Edition], archive_url: str, render: Render) -> Feed:
    """The newsletter's feed. ``archive_url`` is where its archive stands."""
    return Feed(
        title=newsletter.title,
        description=newsletter.tagline,
        language=newsletter.language,
        home_url=archive_url,
        rss_url=f"{archive_url}/feed.xml",
        json_url=f"{archive_url}/feed.json",
        items=tuple(_item(newsletter, edition, render) for edition in editions),
    )


def rss(feed: Feed) -> bytes:
    """The feed as RSS 2.0."""
    root = etree.Element("rss", {"version": "2.0"}, nsmap={"atom": ATOM, "content": CONTENT})
    channel = etree.SubElement(root, "channel")
    _add(channel, "title", feed.title)
    _add(channel, "link", feed.home_url)
    _add(channel, "description", feed.description or feed.title)
    _add(channel, "language", feed.language)
    if feed.changed:
        _add(channel, "lastBuildDate", _rfc822(feed.changed))
    etree.SubElement(channel, f"{{{ATOM}}}link", {"href": feed.rss_url, "rel": "self", "type": RSS_TYPE})
    for item in feed.items:
        _add_item(channel, item)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True))


def json_feed(feed: Feed) -> bytes:
    """The feed as JSON Feed 1.1."""
    whole = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.home_url,
        "feed_url": feed.json_url,
        "description": feed.description,
        "language": feed.language,
        "items": [_json_item(item, feed.language) for item in feed.items],
    }
    return json.dumps(_told(whole.items()), ensure_ascii=False, indent=1).encode()


def _item(newsletter: Newsletter, edition: Edition, render: Render) -> Item:
    issue, card = edition.layout.issue, card_of(edition.layout)
    words = {"language": newsletter.language, **printed(edition.layout)}
    return Item(
        url=issue.url,
        title=issue.subject,
        summary=issue.preheader,
        contents=render("web/feed_contents.html.j2", words),
        html=render("web/feed_issue.html.j2", words),
        published=edition.published,
        picture=card.picture if card.large else "",
    )


def _add_item(channel: Any, item: Item) -> None:
    element = etree.SubElement(channel, "item")
    _add(element, "title", item.title)
    _add(element, "link", item.url)
    _add(element, "guid", item.url).set("isPermaLink", "true")
    _add(element, "pubDate", _rfc822(item.published))
    _add(element, "description", item.contents)
    _add(element, f"{{{CONTENT}}}encoded", item.html)


def _add(parent: Any, name: str, text: str) -> Any:
    element = etree.SubElement(parent, name)
    element.text = NOT_XML.sub("", text)
    return element


def _json_item(item: Item, language: str) -> dict[str, str]:
    told = {
        "id": item.url,
        "url": item.url,
        "title": item.title,
        "content_html": item.html,
        "summary": item.summary,
        "image": item.picture,
        "date_published": item.published.astimezone(UTC).isoformat(timespec="seconds"),
        "language": language,
    }
    return _told(told.items())


def _told(members: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Without members that say nothing; but a feed without issues has its empty list."""
    return {name: value for name, value in members if value != ""}


def _rfc822(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC), usegmt=True)
