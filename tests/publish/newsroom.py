"""A newspaper's web site for tests: its feed, its pages, and what becomes of them from day to day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from html import escape

from tests.website import Site

PLACES = ("harbour", "library", "market", "lighthouse", "school", "bridge", "station", "theatre", "museum", "beach")
WORDS = "opens closes grows moves waits turns rests sings works burns leads stays".split()


@dataclass(frozen=True)
class Piece:
    """One piece of the newspaper: what its feed says, and what its page says (the same, unless told)."""

    number: int
    published: datetime | None
    price: str = "two"
    path: str = ""
    guid: str = ""
    name: str = ""
    dek: str = ""

    @property
    def first_words(self) -> str:
        return f"The {PLACES[self.number % len(PLACES)]} has its day number {self.number}"

    @property
    def title(self) -> str:
        return self.name or self.first_words

    @property
    def place(self) -> str:
        return self.path or f"/{self.number}"

    @property
    def text(self) -> str:
        sold = f"this year it was sold for {self.price} million in front of the whole town’s council."
        first = f"{self.first_words}, and {sold}"
        others = (WORDS[(self.number + step) % len(WORDS)] for step in range(len(WORDS)))
        rest = [
            f"{word.title()} {self.number} {word[::-1]} {place} {place[::-1]}{self.number} for {place}s of {word} and"
            f" {word}{place} {self.number}."
            for word, place in zip(others, PLACES * 2, strict=False)
        ]
        return "\n\n".join([first, *rest])


def tell(site: Site, pieces: Sequence[Piece], *, pages: bool = True) -> None:
    """Publish: the feed lists ``pieces`` as they stand, and their pages (unless not) say the same."""
    items = "".join(_item(site, piece) for piece in pieces)
    content = 'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    feed = f'<rss version="2.0" {content}><channel><title>The Post</title>{items}</channel></rss>'
    site.page("/feed", feed.encode())
    for piece in pieces if pages else ():
        site.page(piece.place, page(piece))


def page(piece: Piece) -> bytes:
    """A piece's page."""
    paragraphs = "".join(f"<p>{escape(each)}</p>" for each in piece.text.split("\n\n"))
    return (
        f'<html lang="en"><head><title>{piece.title}</title><meta name="description" content="{escape(piece.dek)}">'
        f"</head><body><article><h1>{piece.title}</h1>{paragraphs}</article></body></html>"
    ).encode()


def _item(site: Site, piece: Piece) -> str:
    date = f"<pubDate>{format_datetime(piece.published)}</pubDate>" if piece.published else ""
    markup = escape("".join(f"<p>{each}</p>" for each in piece.text.split("\n\n")))
    words = f"<description>{escape(piece.dek)}</description><content:encoded>{markup}</content:encoded>"
    return (
        f"<item><title>{piece.title}</title><link>{site.url}{piece.place}</link>"
        f"<guid isPermaLink='false'>{piece.guid or piece.number}</guid>{date}{words}</item>"
    )
