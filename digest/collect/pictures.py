"""The picture of an article, as feeds offer it: beside the words, or in their markup.

After Media RSS 1.5.1 (``media:content``, ``media:thumbnail``); ``data-src`` is where pages that load late keep it.
"""

import re
from collections.abc import Iterable, Mapping
from itertools import islice
from mimetypes import guess_type
from typing import Any
from urllib.parse import urlsplit

from digest.collect.canonical import absolute_url
from digest.collect.markup import LONGEST, parse, plain_line
from digest.domain import Image

SMALLEST = 50  # pixels; what is smaller counts readers or shows a face
WIDE_ENOUGH, WIDEST = 600, 1600  # pixels; a mail shows 600, screens show two for each
MOST_OFFERED = 100  # for one article
ADDRESSES = ("src", "data-src", "data-lazy-src", "data-original")


def picture(url: str, attributes: Any) -> Image | None:
    """An image with the size that its attributes tell; None without address, and when it is tiny."""
    width, height = (_pixels(attributes.get(name)) for name in ("width", "height"))
    if not url or min(width or SMALLEST, height or SMALLEST) < SMALLEST:
        return None
    return Image(url, width, height, plain_line(str(attributes.get("alt") or "")))


def best_picture(media: Iterable[Mapping[str, Any]], base: str) -> Image | None:
    """The widest of the pictures among them that is no wider than need be.

    Where none is wide enough, one that is too wide or does not tell comes before one that is too narrow.
    """
    pictures = (each for each in islice(media, MOST_OFFERED) if (kind_of(each) or "image").startswith("image"))
    offered = (picture(absolute_url(base, str(each.get("url") or each.get("href") or "")), each) for each in pictures)
    return max((each for each in offered if each), key=_worth, default=None)


def first_picture(markup: str, base: str) -> Image | None:
    """The first picture of the markup."""
    root = parse(markup[:LONGEST]) if "<img" in markup.lower() else None
    for element in root.iter("img") if root is not None else ():
        addresses = (absolute_url(base, element.get(name) or "") for name in ADDRESSES)
        if found := picture(next(filter(None, addresses), ""), element):
            return found
    return None


def kind_of(media: Mapping[str, Any]) -> str:
    """``image/jpeg``, ``image``, ``video`` …, as told or as the address is called; "" when nothing says it."""
    address = str(media.get("url") or media.get("href") or "")
    return str(media.get("type") or media.get("medium") or "") or _kind_by_name(address)


def _kind_by_name(address: str) -> str:
    try:
        return guess_type(urlsplit(address).path, strict=False)[0] or ""
    except ValueError:
        return ""


def _worth(image: Image) -> tuple[int, int]:
    width = image.width or 0
    if WIDE_ENOUGH <= width <= WIDEST:
        return 2, width
    return (0, width) if 0 < width < WIDE_ENOUGH else (1, -width)


def _pixels(value: object) -> int | None:
    match = re.fullmatch(r"\s*(\d{1,5})(?:\.\d+)?(?:px)?\s*", str(value or ""))
    return int(match[1]) or None if match else None
