"""A folder of ``.txt``, ``.md`` and ``.html`` files to articles: the newsroom's own desk.

A Markdown file may begin with ``key: value`` lines between two ``---``. In a text file the first line is the
title. A file without an address of its own is known by its place (a ``file:`` URI), and is never linked to.
"""

import logging
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from markdown_it import MarkdownIt

from digest.collect.canonical import canonical_url
from digest.collect.cleaning import clean
from digest.collect.dates import instant
from digest.collect.languages import language_tag
from digest.collect.markup import plain_line, plain_paragraphs
from digest.collect.pages import extract_page
from digest.domain import Article, Image
from digest.errors import FetchError

logger = logging.getLogger(__name__)

LARGEST = 2_000_000  # bytes
SUFFIXES = (".txt", ".md", ".html", ".htm")
FRONT_MATTER = re.compile(r"\A---[ \t]*\n(?P<lines>.*?)\n---[ \t]*(?:\n|\Z)", re.DOTALL)
KEY_VALUE = re.compile(r"(?P<key>[A-Za-z_-]+)\s*:\s*(?P<value>.*)")


def read_folder(folder: Path) -> list[Article]:
    """The articles in the folder's files, by file name. Files that hold none are told in the log and left out.

    Raises FetchError when the folder is missing or cannot be read.
    """
    try:
        files = sorted(folder.iterdir())
    except OSError as error:
        raise FetchError(f"{folder}: the folder cannot be read: {error.strerror}") from error
    inside = folder.resolve()
    articles = [_read(file, inside) for file in files if file.suffix.lower() in SUFFIXES]
    return [article for article in articles if article is not None]


def _read(file: Path, inside: Path) -> Article | None:
    try:
        if why := _unfit(file, inside):
            logger.warning("%s is left out: %s", file.name, why)
            return None
        changed = datetime.fromtimestamp(file.stat().st_mtime, UTC)
        article = _article(file, file.read_bytes(), changed)
    except OSError as error:
        logger.warning("%s is left out: %s", file.name, error.strerror)
        return None
    if article is None:
        logger.warning("%s is left out: there is no article in it", file.name)
    return article


def _unfit(file: Path, inside: Path) -> str:
    """Why the file is not even opened; empty when nothing speaks against it."""
    if not file.resolve().is_relative_to(inside) or not file.is_file():
        return "it is no file of this folder"
    return f"it is larger than {LARGEST // 1_000_000} MB" if file.stat().st_size > LARGEST else ""


def _article(file: Path, content: bytes, changed: datetime) -> Article | None:
    address = file.resolve().as_uri()
    if file.suffix.lower() in (".html", ".htm"):
        return _from_page(content, address, changed)
    if b"\0" in content:
        return None
    text = content.decode("utf-8-sig", "replace").replace("\r\n", "\n")
    if file.suffix.lower() == ".md":
        return _from_markdown(text, address, changed)
    title, _, body = text.strip().partition("\n")
    return _cleaned(plain_line(title), body, {}, address, changed)


def _from_page(content: bytes, address: str, changed: datetime) -> Article | None:
    page = extract_page(content, "")
    if page is None:
        return None
    return Article(
        url=page.url or page.original_url or address,
        title=page.title,
        text=page.text,
        dek=page.dek,
        author=page.author,
        image=page.image,
        language=page.language,
        published=page.published or changed,
        original_name=page.original_name,
    )


def _from_markdown(text: str, address: str, changed: datetime) -> Article | None:
    match = FRONT_MATTER.match(text)
    facts = _facts(match["lines"]) if match else {}
    body = text[match.end() :] if match else text
    heading = re.match(r"\s*#\s+(?P<title>[^\n]+)\n", body)
    if heading and plain_line(heading["title"]) == facts.get("title", plain_line(heading["title"])):
        facts.setdefault("title", plain_line(heading["title"]))
        body = body[heading.end() :]
    markup = MarkdownIt("commonmark", {"html": False}).render(body)
    return _cleaned(facts.get("title", ""), plain_paragraphs(markup), facts, address, changed)


def _facts(lines: str) -> dict[str, str]:
    found = (KEY_VALUE.fullmatch(line.strip()) for line in lines.splitlines())
    return {match["key"].lower(): plain_line(match["value"].strip().strip("\"'")) for match in found if match}


def _cleaned(title: str, body: str, facts: Mapping[str, str], address: str, changed: datetime) -> Article | None:
    cleaned = clean(body)
    if not title or not cleaned.text:
        return None
    image = facts.get("image", "")
    return Article(
        url=canonical_url(facts.get("url", "")) or address,
        title=title,
        text=cleaned.text,
        dek=facts.get("dek", "") or facts.get("description", ""),
        author=facts.get("author", ""),
        image=Image(image) if canonical_url(image) else None,
        language=language_tag(facts.get("language")),
        published=instant(facts.get("date", "")) or changed,
        original_name=cleaned.original_name,
    )
