"""The newsroom's pieces as they lie in ``articles``: TOML front matter between ``+++`` lines, then Markdown."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt
from markupsafe import Markup

CONTENT = Path(__file__).parent

_markdown = MarkdownIt("commonmark")


@dataclass(frozen=True, slots=True)
class Publisher:
    """Who publishes pieces; ``accent`` is a CSS colour."""

    key: str
    name: str
    tagline: str
    accent: str


@dataclass(frozen=True, slots=True)
class Piece:
    """One published piece; ``blocks`` are its paragraphs as HTML, with absolute links."""

    url: str
    publisher: Publisher
    section: str
    feed: str
    title: str
    author: str
    dek: str
    published: datetime
    image: str
    alt: str
    blocks: tuple[Markup, ...]

    @property
    def opening(self) -> str:
        """The first thirty words, as feeds cut them."""
        return " ".join(self.blocks[0].striptags().split()[:30]) + " […]"


PUBLISHERS = {
    publisher.key: publisher
    for publisher in (
        Publisher("post", "The Harbour Post", "Port Almara’s daily since 1891", "#1f4e5f"),
        Publisher("tideline", "Tideline", "A magazine of the sea and those who study it", "#2a7f74"),
        Publisher("wire", "Riverside Wire", "News from the coast, for newsrooms", "#8a4b2d"),
    )
}


def read_pieces(site: str, opened: datetime) -> tuple[Piece, ...]:
    """Every piece, the newest first.

    ``site`` is the newsroom's address, without a slash at its end. ``opened`` is the aware instant
    from which ``hours_ago`` is counted.
    """
    sources = {_path(file): _read(file) for file in sorted(CONTENT.glob("articles/*/*.md"))}
    pieces = (_piece(path, sources, site, opened) for path in sources)
    return tuple(sorted(pieces, key=lambda piece: piece.published, reverse=True))


def _path(file: Path) -> str:
    return f"{file.parent.name}/{file.stem}"


def _read(file: Path) -> tuple[dict[str, Any], list[str]]:
    _, front, body = file.read_text(encoding="utf-8").split("+++\n", 2)
    return tomllib.loads(front), body.strip().split("\n\n")


def _piece(path: str, sources: Mapping[str, tuple[dict[str, Any], list[str]]], site: str, opened: datetime) -> Piece:
    front, paragraphs = sources[path]
    image = front.get("image", "")
    if "copy_of" in front:
        original = sources[front["copy_of"]][1]
        paragraphs = original[: front.get("keep")] + paragraphs
    return Piece(
        url=f"{site}/{path}",
        publisher=PUBLISHERS[path.partition("/")[0]],
        section=front["section"],
        feed=front.get("feed", ""),
        title=front["title"],
        author=front["author"],
        dek=front.get("dek", ""),
        published=opened - timedelta(hours=front["hours_ago"]),
        image=f"{site}/images/{image}" if image else "",
        alt=front.get("alt", ""),
        blocks=tuple(_block(paragraph, site) for paragraph in paragraphs),
    )


def _block(paragraph: str, site: str) -> Markup:
    # Our own text, escaped by the renderer: what comes out is markup already.
    return Markup(_markdown.render(paragraph.replace("](/", f"]({site}/")))  # noqa: S704
