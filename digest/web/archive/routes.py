"""The front page, and the routes under ``/archive``."""

from collections.abc import Mapping
from dataclasses import asdict
from itertools import groupby
from typing import TypeVar

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, Response
from sqlalchemy import Engine
from starlette.exceptions import HTTPException

from digest.newsletters import Config, Newsletter
from digest.web.archive.cards import card_of
from digest.web.archive.feeds import JSON_TYPE, RSS_TYPE, Feed, feed_of, json_feed, rss
from digest.web.archive.reading import LARGEST_NUMBER, LINES, Archive, Line, printed
from digest.web.archive.search import Search
from digest.web.archive.words import LONGEST_QUERY
from digest.web.fresh import answered
from digest.web.headers import ISSUE_POLICY, NOINDEX, READING_POLICY
from digest.web.pages import ReadersLanguages
from subscribers.languages import page_language
from subscribers.mail import Render
from subscribers.publication import House

Found = TypeVar("Found")

LOOK = ["GET", "HEAD"]
IN_FEEDS = 30


def archive_router(config: Config, engine: Engine, house: House, render: Render) -> APIRouter:
    """The front page, the archive of each newsletter, and what crawlers ask for."""
    pages = _Pages(config, Archive(engine, config, house.public_url), house, render)
    router = APIRouter(default_response_class=HTMLResponse)
    for path, endpoint in (
        ("/", pages.home),
        ("/robots.txt", pages.robots),
        ("/archive/{newsletter}", pages.past_issues),
        ("/archive/{newsletter}/look.css", pages.look),
        ("/archive/{newsletter}/feed.xml", pages.rss),
        ("/archive/{newsletter}/feed.json", pages.json_feed),
        ("/archive/{newsletter}/{number:int}", pages.issue),
        ("/archive/{newsletter}/{number:int}/mail", pages.mail),
    ):
        router.add_api_route(path, endpoint, methods=LOOK)
    return router


class _Pages:
    def __init__(self, config: Config, archive: Archive, house: House, render: Render) -> None:
        self.newsletters = config.newsletters
        self.archive = archive
        self.search = Search(archive)
        self.house = house
        self.render = render
        self.languages = ReadersLanguages()

    def home(self, lang: str = "") -> Response:
        fronts = [self.archive.front(newsletter) for newsletter in self.newsletters.values()]
        spoken = page_language(self.languages, lang, self.house.language)
        offered = self.languages.offered(self.house.language)
        return HTMLResponse(self._html("home", None, fronts=fronts, offered=offered, **spoken))

    def robots(self) -> Response:
        """Nothing is closed to crawlers: only who may read a page can read there that it is not to be found."""
        feeds = [f"Sitemap: {self._url(each)}/feed.xml" for each in self.newsletters.values() if not _is_hidden(each)]
        return PlainTextResponse("\n".join(["User-agent: *", "Disallow:", *feeds, ""]))

    def past_issues(self, http: Request, newsletter: str, before: int = LARGEST_NUMBER, q: str = "") -> Response:
        chosen = self._known(newsletter)
        before = min(max(before, 0), LARGEST_NUMBER)
        query = " ".join(q[:LONGEST_QUERY].split())
        if query:
            findings = self.search.find(chosen, query, before)
            html = self._html("archive_found", chosen, query=query, findings=findings, noindex=True)
            return answered(http, html, headers=NOINDEX)
        lines = self.archive.lines(chosen, before)
        months = [(month, list(group)) for month, group in groupby(lines, key=lambda line: line.month)]
        return self._page(http, "archive", chosen, months=months, older=_older(lines), query="")

    def issue(self, http: Request, newsletter: str, number: int) -> Response:
        chosen = self._known(newsletter)
        edition = _there(self.archive.edition(chosen, _bounded(number)))
        words = {
            **printed(edition.layout),
            "day": edition.day,
            "published": edition.published,
            "card": card_of(edition.layout),
            "older": self.archive.older(chosen, number),
            "newer": self.archive.newer(chosen, number),
        }
        return self._page(http, "issue", chosen, **words)

    def mail(self, http: Request, newsletter: str, number: int) -> Response:
        chosen = self._known(newsletter)
        html = _there(self.archive.mail(chosen, _bounded(number)))
        canonical = {"Link": f'<{self._url(chosen)}/{number}>; rel="canonical"'}
        policy = {"Content-Security-Policy": ISSUE_POLICY}
        return answered(http, html, headers={**policy, **canonical, **_indexing(chosen)})

    def look(self, http: Request, newsletter: str) -> Response:
        look = self.archive.look(self._known(newsletter))
        return answered(http, self.render("web/look.css.j2", asdict(look)), "text/css")

    def rss(self, http: Request, newsletter: str) -> Response:
        chosen = self._known(newsletter)
        feed = self._feed(chosen)
        return answered(http, rss(feed), RSS_TYPE, modified=feed.changed, headers=_indexing(chosen))

    def json_feed(self, http: Request, newsletter: str) -> Response:
        chosen = self._known(newsletter)
        feed = self._feed(chosen)
        return answered(http, json_feed(feed), JSON_TYPE, modified=feed.changed, headers=_indexing(chosen))

    def _feed(self, newsletter: Newsletter) -> Feed:
        editions = self.archive.latest(newsletter, IN_FEEDS)
        return feed_of(newsletter, editions, self._url(newsletter), self.render)

    def _page(self, http: Request, name: str, newsletter: Newsletter, **words: object) -> Response:
        html = self._html(name, newsletter, noindex=_is_hidden(newsletter), **words)
        policy = {"Content-Security-Policy": READING_POLICY}
        return answered(http, html, headers={**policy, **_indexing(newsletter)})

    def _html(self, name: str, newsletter: Newsletter | None, **words: object) -> str:
        address = self._url(newsletter) if newsletter else ""
        shared = {"house": self.house, "newsletter": newsletter, "archive_url": address}
        return self.render(f"web/{name}.html.j2", {**shared, **words})

    def _known(self, key: str) -> Newsletter:
        if key not in self.newsletters:
            raise HTTPException(404, "There is no such newsletter.")
        return self.newsletters[key]

    def _url(self, newsletter: Newsletter) -> str:
        return f"{self.house.public_url}/archive/{newsletter.key}"


def _is_hidden(newsletter: Newsletter) -> bool:
    return newsletter.archive == "unlisted"


def _indexing(newsletter: Newsletter) -> Mapping[str, str]:
    return NOINDEX if _is_hidden(newsletter) else {}


def _bounded(number: int) -> int:
    return number if number <= LARGEST_NUMBER else 0


def _there(found: Found | None) -> Found:
    if found is None:
        raise HTTPException(404, "There is no such issue.")
    return found


def _older(lines: list[Line]) -> int | None:
    last = lines[-1].number if len(lines) == LINES else 1
    return last if last > 1 else None
