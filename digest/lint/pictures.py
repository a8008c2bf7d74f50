"""Pictures: what is shown where they are not, the room they take, and what they weigh."""

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote_to_bytes

from digest.lint.addresses import host_of, is_local, parts_of
from digest.lint.findings import Severity, Spot
from digest.lint.page import Page, excerpt, text_of

HEAVY, TOO_HEAVY = 200_000, 1_000_000  # bytes
LONGEST_ALT = 150  # characters
FILE_NAME = re.compile(
    r"[\w%() -]+\.(?:jpe?g|png|gif|webp|avif|svg|bmp|tiff?)|(?:img|dsc|image|photo|screenshot)[-_ ]?\d+", re.IGNORECASE
)
FEWEST_WORDS = 25


def check_pictures(page: Page, attached: frozenset[str] | None = None) -> Iterator[Spot]:
    """Every picture by itself, then all beside the text. ``attached`` are the Content-IDs of the mail's parts."""
    pictures = list(page.named("img"))
    for picture in pictures:
        yield from _alternative(page, picture)
        yield from _room(page, picture)
        yield from _source(page, picture, attached)
    seen = [picture for picture in pictures if not is_pixel(picture)]
    words = len(_text_without_alternatives(page).split())
    if seen and words < FEWEST_WORDS:
        message = f"the mail is hardly more than pictures: {words} words of text"
        remedy = "Say it in text: many readers see no pictures at first, and filters distrust such mails."
        yield Spot(Severity.WARNING, "mail-of-pictures", page.place(seen[0]), message, remedy)


def remote_pictures(page: Page) -> dict[str, str]:
    """The addresses of the pictures that are fetched over the web, each with its first place."""
    found: dict[str, str] = {}
    for picture in page.named("img"):
        source = (picture.get("src") or "").strip()
        if source.startswith(("https://", "http://")):
            found.setdefault(source, page.place(picture))
    return found


def is_pixel(picture: Any) -> bool:
    """True for a picture of one point, which only counts who looks."""
    return {picture.get("width"), picture.get("height")} <= {"0", "1", "0px", "1px"}


def weigh(size: int, place: str, what: str) -> Iterator[Spot]:
    """What there is to say about a picture of so many bytes."""
    if size > HEAVY:
        severity = Severity.ERROR if size > TOO_HEAVY else Severity.WARNING
        told = f"{size / 1_000_000:.1f} MB" if size > TOO_HEAVY else f"{size / 1000:.0f} KB"
        remedy = f"Scale it down to twice the width it is shown in, and keep it under {HEAVY // 1000} KB."
        yield Spot(severity, "picture-heavy", place, f"a picture weighs {told}", remedy, what)


def _spot(page: Page, picture: Any, severity: Severity, rule: str, message: str, remedy: str) -> Spot:
    return Spot(severity, rule, page.place(picture), message, remedy, excerpt(picture))


def _alternative(page: Page, picture: Any) -> Iterator[Spot]:
    alt = picture.get("alt")
    if alt is None:
        severity = Severity.WARNING if is_pixel(picture) else Severity.ERROR
        remedy = 'Say in alt what it shows; alt="" where it shows nothing that matters.'
        yield _spot(page, picture, severity, "image-without-alt", "a picture has no alternative text", remedy)
    elif FILE_NAME.fullmatch(alt.strip()):
        message = "a picture's alternative text is the name of a file"
        yield _spot(page, picture, Severity.WARNING, "alt-is-file-name", message, "Say what it shows.")
    elif len(alt) > LONGEST_ALT:
        message = f"a picture's alternative text is longer than {LONGEST_ALT} characters"
        yield _spot(page, picture, Severity.NOTICE, "alt-too-long", message, "Say it in a sentence.")


def _room(page: Page, picture: Any) -> Iterator[Spot]:
    if is_pixel(picture):
        return
    width, height = picture.get("width"), picture.get("height")
    remedy = "Give it width and height attributes, in whole pixels without a unit: its place is kept while it loads."
    if not width:
        message = "a picture has no width attribute: Outlook for Windows shows it as large as the file is"
        yield _spot(page, picture, Severity.WARNING, "image-without-dimensions", message, remedy)
    elif "%" in width:
        message = "a picture's width attribute is in per cent, which Outlook for Windows takes of the file's own width"
        yield _spot(page, picture, Severity.WARNING, "image-without-dimensions", message, remedy)
    elif not height and not _has_height(page, picture):
        message = "a picture has no height: what is below it jumps when it loads"
        yield _spot(page, picture, Severity.NOTICE, "image-without-height", message, remedy)


def _has_height(page: Page, picture: Any) -> bool:
    return any(one.name in ("height", "aspect-ratio") for one in page.inline.get(picture, ()))


def _source(page: Page, picture: Any, attached: frozenset[str] | None) -> Iterator[Spot]:
    source = (picture.get("src") or "").strip()
    parts, host = parts_of(source), host_of(source)
    whole = "Write its whole https: address."
    if parts.scheme == "data":
        yield from weigh(data_size(source), page.place(picture), excerpt(picture))
    elif parts.scheme == "cid":
        if attached is not None and parts.path not in attached:
            message = "a picture is to come from a part of the mail that is not there"
            yield _spot(page, picture, Severity.ERROR, "image-unreachable", message, "Attach it, with this Content-ID.")
    elif parts.scheme not in ("http", "https") or not host:
        yield _spot(
            page, picture, Severity.ERROR, "image-unreachable", "a picture's address leads nowhere in a mail", whole
        )
    elif is_local(host):
        message = f"a picture is on {host}, which readers cannot reach"
        yield _spot(page, picture, Severity.ERROR, "image-unreachable", message, whole)
    elif parts.scheme == "http":
        message = "a picture is fetched without security (http:): some clients do not show it"
        yield _spot(page, picture, Severity.WARNING, "image-http", message, "Use https:.")


def data_size(source: str) -> int:
    """How many bytes a data: address holds."""
    head, _, content = source.partition(",")
    if not head.endswith(";base64"):
        return len(unquote_to_bytes(content))
    try:
        return len(base64.b64decode(content))
    except (binascii.Error, ValueError):
        return len(content) * 3 // 4


def _text_without_alternatives(page: Page) -> str:
    alternatives = sum((len((picture.get("alt") or "").split()) for picture in page.named("img")), 0)
    words = text_of(page.body).split()
    return " ".join(words[: max(0, len(words) - alternatives)])
