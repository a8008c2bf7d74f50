"""What a page says of its article in JSON-LD (schema.org's Article and its kinds), as far as it can be believed."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree

KIND = re.compile(r"(?:\w*Article|BlogPosting|LiveBlogPosting|Report|Review|Recipe)")
MOST_SCRIPTS = 40
LONGEST_SCRIPT = 500_000  # characters
MOST_THINGS = 2000


def article_data(root: "etree._Element") -> Mapping[str, Any]:
    """The first article that the page's JSON-LD describes; empty when there is none."""
    described = [thing for thing in _things(root) if _is_article(thing)]
    return next((thing for thing in described if "headline" in thing or "datePublished" in thing), {})


def names(told: Any) -> list[str]:
    """The names in an ``author``: a name, a person, an organisation, or a list of such."""
    each = told if isinstance(told, list) else [told]
    found = (one.get("name") if isinstance(one, dict) else one for one in each[:20])
    return [
        name for one in found for name in (one if isinstance(one, list) else [one]) if isinstance(name, str) and name
    ]


def pictures(told: Any) -> Iterator[tuple[str, str, str]]:
    """Address, width and height of each picture in an ``image``: an address, an ImageObject, or a list of such."""
    for one in (told if isinstance(told, list) else [told])[:20]:
        if isinstance(one, str):
            yield one, "", ""
        elif isinstance(one, dict) and isinstance(address := one.get("url") or one.get("contentUrl"), str):
            yield address, _side(one.get("width")), _side(one.get("height"))


def _side(told: Any) -> str:
    """A length in pixels as it is told: 1200, "1200", "1200px" or a QuantitativeValue."""
    told = told.get("value") if isinstance(told, dict) else told
    return str(told).removesuffix("px").strip() if isinstance(told, str | int | float) else ""


def _is_article(thing: Mapping[str, Any]) -> bool:
    kinds = thing.get("@type")
    return any(
        isinstance(kind, str) and KIND.fullmatch(kind) for kind in (kinds if isinstance(kinds, list) else [kinds])
    )


def _things(root: "etree._Element") -> Iterator[dict[str, Any]]:
    """All objects, those outside before those within; walked without recursion."""
    scripts = [each for each in root.iter("script") if "ld+json" in (each.get("type") or "").lower()]
    waiting: list[Any] = [_read(each.text or "") for each in scripts[:MOST_SCRIPTS]]
    for _ in range(MOST_THINGS):
        if not waiting:
            return
        thing = waiting.pop(0)
        if isinstance(thing, dict):
            yield thing
            waiting += [value for value in thing.values() if isinstance(value, dict | list)]
        elif isinstance(thing, list):
            waiting += [value for value in thing[:MOST_THINGS] if isinstance(value, dict | list)]


def _read(script: str) -> Any:
    script = re.sub(r"^\s*(?://)?\s*(?:<!--|<!\[CDATA\[)|(?://)?\s*(?:-->|\]\]>)\s*;?\s*$", "", script[:LONGEST_SCRIPT])
    try:
        return json.loads(script, strict=False)  # line breaks stand in many a string
    except (ValueError, RecursionError):
        return None
