"""Links that lead nowhere, say nothing about where they lead, or make a filter suspicious."""

import re
from collections.abc import Iterator
from ipaddress import ip_address
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

from digest.lint.findings import Severity, Spot
from digest.lint.leftovers import MARKS
from digest.lint.page import Page, excerpt, text_of
from digest.lint.vocabulary import SHORTENERS, UNSUBSCRIBE, VAGUE

PLACEHOLDERS = frozenset("example.com example.org example.net www.example.com www.example.org www.example.net".split())
DOMAIN_IN_TEXT = re.compile(
    r"(?:https?://)?((?:[a-z0-9-]+\.)+(?:com|org|net|io|co|de|fr|es|pt|uk|eu|news|info|gov|edu))(?:/\S*)?"
)
SCHEMES = frozenset({"http", "https", "mailto", "tel", "sms", "webcal", "cid", ""})


def check_links(page: Page, *, is_whole_mail: bool) -> Iterator[Spot]:
    """Every link by itself, then the links beside one another."""
    links = [link for link in page.named("a", "area") if link.get("href") is not None]
    ids = {element.get("id") or element.get("name") for element in page.elements}
    for link in links:
        href = link.get("href").strip()
        yield from _address(page, link, href, ids)
        yield from _words(page, link, href)
    yield from _neighbours(page, links)
    yield from _twins(page, links)
    if is_whole_mail and not any(is_unsubscribe(link.get("href"), text_of(link)) for link in links):
        message = "no link in the mail unsubscribes its reader"
        remedy = "Put one into the foot: the law of many countries asks for it, and who finds none presses “spam”."
        yield Spot(Severity.ERROR, "unsubscribe-link-missing", "HTML", message, remedy)


def is_unsubscribe(address: str, words: str = "") -> bool:
    """True for a link that leads out, by its address or by its words."""
    return bool(UNSUBSCRIBE.search(f"{address} {words}"))


def _spot(page: Page, link: Any, severity: Severity, rule: str, message: str, remedy: str) -> Spot:
    told = text_of(link)
    return Spot(
        severity, rule, page.place(link), message, remedy, f"{told} ({link.get('href')})" if told else excerpt(link)
    )


def _address(page: Page, link: Any, href: str, ids: set[str | None]) -> Iterator[Spot]:
    if found := _wrong_address(href, ids):
        severity, rule, message, remedy = found
        yield _spot(page, link, severity, rule, message, remedy)


def _wrong_address(href: str, ids: set[str | None]) -> tuple[Severity, str, str, str] | None:
    """What is wrong with a link's address: how bad, the rule, what, and what to do."""
    if MARKS.search(href):
        return None  # of which leftovers tell
    if href in ("", "#"):
        return Severity.ERROR, "link-empty", "a link leads nowhere", "Give it an address, or make it plain text."
    if href.startswith("#"):
        missing = (
            Severity.ERROR,
            "link-empty",
            "a link leads to a place that is not in the mail",
            "Name the place with an id.",
        )
        return None if href[1:] in ids or href == "#top" else missing
    try:
        parts = urlsplit(href)
        host = parts.hostname or ""
    except ValueError:
        return _malformed()
    if parts.scheme == "javascript":
        return Severity.ERROR, "link-javascript", "a link runs a script, which no mail client allows", "Link to a page."
    if parts.scheme not in SCHEMES or any(mark.isspace() for mark in href):
        return _malformed()
    if parts.scheme == "mailto" and "@" not in parts.path:
        return Severity.ERROR, "link-empty", "a mailto: link names no address", "Write mailto:name@domain."
    if parts.scheme in ("", "http", "https"):
        return _wrong_host(parts.scheme, host, href)
    return None


def _malformed() -> tuple[Severity, str, str, str]:
    return (
        Severity.ERROR,
        "link-malformed",
        "a link's address is none",
        "Write it as https://host/path, without spaces.",
    )


def _wrong_host(scheme: str, host: str, href: str) -> tuple[Severity, str, str, str] | None:
    if not scheme and not href.startswith("//"):
        remedy = "Write the whole address: a mail has no page that it could be relative to."
        return Severity.ERROR, "link-relative", "a link's address is relative, and leads nowhere in a mail", remedy
    if not host or ("http" in host and "://" not in href.removeprefix(scheme)) or host in ("http", "https"):
        return _malformed()
    if host in PLACEHOLDERS:
        return Severity.ERROR, "link-placeholder", f"a link still leads to {host}", "Give it its true address."
    if is_local(host):
        return (
            Severity.ERROR,
            "link-local",
            f"a link leads to {host}, which readers cannot reach",
            "Use the public address.",
        )
    if _is_ip(host):
        remedy = "Use the name of the host."
        return Severity.WARNING, "link-to-ip-address", "a link names its host by number, as phishers do", remedy
    if host in SHORTENERS:
        remedy = "Link to the page itself: filters distrust addresses that hide where they lead."
        return Severity.WARNING, "link-shortened", f"a link hides behind {host}", remedy
    if scheme == "http":
        return Severity.WARNING, "link-http", "a link is not secure (http:)", "Use https:, when the site has it."
    return None


def is_local(host: str) -> bool:
    """True for a host that only this machine or network knows."""
    if host == "localhost" or host.endswith((".localhost", ".local", ".internal", ".test", ".invalid")):
        return True
    return _is_ip(host) and not ip_address(host).is_global


def _is_ip(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _words(page: Page, link: Any, href: str) -> Iterator[Spot]:
    words = text_of(link)
    label = link.get("aria-label") or link.get("title") or (link.get("alt") or "" if link.tag == "area" else "")
    if not words and not label.strip():
        yield from _silent(page, link)
        return
    if words.strip(" .…>»→›!").casefold() in VAGUE and not label:
        message = "a link does not say where it leads"
        remedy = "Let the link be the words that name the page: screen readers list links without what is around them."
        yield _spot(page, link, Severity.WARNING, "link-text-vague", message, remedy)
    named = DOMAIN_IN_TEXT.fullmatch(words.casefold())
    if named and urlsplit_host(href) and _site(named[1]) != _site(urlsplit_host(href)):
        message = "a link's text names another site than it leads to, as in phishing"
        yield _spot(page, link, Severity.WARNING, "link-text-misleads", message, "Let the two agree, or use words.")


def _silent(page: Page, link: Any) -> Iterator[Spot]:
    """A link without words; a picture in it that says nothing of an alternative is told of by itself."""
    pictures = list(link.iter("img"))
    if not pictures:
        message, remedy = "a link has no text", "Say where it leads, or take it out."
        yield _spot(page, link, Severity.ERROR, "link-without-text", message, remedy)
    elif all(picture.get("alt") is not None for picture in pictures):
        message, remedy = "a linked picture has no alternative text", "Let alt say where the link leads."
        yield _spot(page, link, Severity.ERROR, "link-without-text", message, remedy)


def urlsplit_host(address: str) -> str:
    """The host of a web address; "" for what has none."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def _site(host: str) -> str:
    return ".".join(host.rsplit(".", 2)[-2:])


def _neighbours(page: Page, links: list[Any]) -> Iterator[Spot]:
    """Links to the same page, one right behind the other: a screen reader says both."""
    for one, other in pairwise(links):
        if one.get("href") == other.get("href") and text_of(one) and text_of(other):
            message = "two links beside one another lead to the same page"
            yield _spot(
                page, other, Severity.NOTICE, "link-twice", message, "Make one link of both, where that is easy."
            )


def _twins(page: Page, links: list[Any]) -> Iterator[Spot]:
    """Links of the same words to different pages."""
    first: dict[str, str] = {}
    for link in links:
        words = text_of(link).casefold()
        if words and first.setdefault(words, link.get("href")) != link.get("href"):
            message = "links of the same words lead to different pages"
            remedy = "Nothing, where the text around tells them apart; better to name each page."
            yield _spot(page, link, Severity.NOTICE, "link-text-repeated", message, remedy)
