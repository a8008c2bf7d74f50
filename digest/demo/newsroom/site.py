"""The newsroom's web site: every document is made when the newsroom opens, and has a validator (RFC 9110 §8.8).

Two addresses are not what they should be, as somewhere in every list of sources one is not: a feed
that the server fails at, and a page that somebody took for a feed.
"""

import hashlib
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

from markupsafe import Markup
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import NotModifiedResponse, StaticFiles

from digest.demo.newsroom.feeds import FEEDS, pages
from digest.demo.newsroom.pieces import CONTENT, PUBLISHERS, Piece, read_pieces

FAILING_FEED = "/gazette/feed.xml"
NO_FEED = "/noticeboard"
SLIDING = "/post/bookshop"  # the article whose prompt comes in when most of it was read
ACCENT = "#1f4e5f"
RELATED = 3

Answer = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Document:
    """What stands at one address."""

    text: str
    media_type: str
    modified: datetime

    @property
    def etag(self) -> str:
        """A strong validator: the same text has the same one, whichever server gives it."""
        return f'"{hashlib.sha256(self.text.encode()).hexdigest()[:20]}"'


@dataclass(frozen=True, slots=True)
class Prompts:
    """The HTML of the sign-up prompt as a publisher pastes it into articles; empty is a mere link."""

    inline: str = ""
    sliding: str = ""


def site_app(site: str, opened: datetime, prompts: Prompts) -> Starlette:
    """The web site at the address ``site``, as it stands at the aware instant ``opened``."""
    pieces = read_pieces(site, opened)
    documents = {**dict(_articles(site, pieces, opened, prompts)), **dict(_feeds(site, pieces, opened))}
    documents["/"] = Document(_front_page(pieces), "text/html", opened)
    documents[NO_FEED] = Document(pages.get_template("noticeboard.html").render(accent=ACCENT), "text/html", opened)
    pictures = StaticFiles(directory=CONTENT / "images")
    routes = [
        Mount("/images", pictures),
        Route(FAILING_FEED, _fail),
        Route("/{path:path}", _answers(documents, pictures)),
    ]
    return Starlette(routes=routes)


def _articles(site: str, pieces: Sequence[Piece], opened: datetime, prompts: Prompts) -> Iterator[tuple[str, Document]]:
    template = pages.get_template("article.html")
    for piece in pieces:
        path = piece.url.removeprefix(site)
        siblings = [other for other in pieces if other.publisher == piece.publisher and other != piece]
        text = template.render(
            piece=piece,
            related=siblings[:RELATED],
            sections=list(dict.fromkeys(other.section for other in pieces)),
            accent=piece.publisher.accent,
            prompt=Markup(prompts.sliding if path == SLIDING else prompts.inline),  # noqa: S704  # made by our template
        )
        yield path, Document(text, "text/html", min(piece.published, opened))


def _feeds(site: str, pieces: Sequence[Piece], opened: datetime) -> Iterator[tuple[str, Document]]:
    for feed in FEEDS:
        own = [piece for piece in pieces if piece.feed == feed.key]
        yield feed.path, Document(feed.render(feed, site, own, opened), feed.media_type, opened)


def _front_page(pieces: Sequence[Piece]) -> str:
    front = [
        (publisher, [piece for piece in pieces if piece.publisher == publisher]) for publisher in PUBLISHERS.values()
    ]
    return pages.get_template("home.html").render(front=front, feeds=FEEDS, accent=ACCENT)


def _answers(documents: Mapping[str, Document], pictures: StaticFiles) -> Answer:
    async def answer(request: Request) -> Response:
        document = documents.get(request.url.path)
        if document is None:
            return PlainTextResponse("There is nothing here.", 404)
        validators = {"etag": document.etag, "last-modified": format_datetime(document.modified, usegmt=True)}
        response = Response(document.text, media_type=document.media_type, headers=validators)
        if pictures.is_not_modified(response.headers, request.headers):
            return NotModifiedResponse(response.headers)
        return response

    return answer


async def _fail(_: Request) -> Response:
    return PlainTextResponse("The Gazette's database is being moved.", 500)
