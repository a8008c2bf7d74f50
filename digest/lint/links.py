"""Links that lead nowhere, say nothing about where they lead, or make a filter suspicious."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from digest.lint.addresses import host_of, wrong_link
from digest.lint.findings import Severity, Spot
from digest.lint.leftovers import MARKS
from digest.lint.page import Page, excerpt, text_of
from digest.lint.vocabulary import UNSUBSCRIBE, VAGUE

DOMAIN_IN_TEXT = re.compile(
    r"(?:https?://)?((?:[a-z0-9-]+\.)+(?:com|org|net|io|co|de|fr|es|pt|uk|eu|news|info|gov|edu))(?:/\S*)?"
)


def check_links(page: Page, *, is_whole_mail: bool) -> Iterator[Spot]:
    """Every link by itself, then the links beside one another."""
    links = [link for link in page.named("a", "area") if link.get("href") is not None]
    places = {element.get("id") or element.get("name") or "" for element in page.elements}
    for link in links:
        href = link.get("href").strip()
        yield from _address(page, link, href, places)
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
    words = text_of(link)
    told = f"{words} ({link.get('href')})" if words else excerpt(link)
    return Spot(severity, rule, page.place(link), message, remedy, told)


def _address(page: Page, link: Any, href: str, places: set[str]) -> Iterator[Spot]:
    wrong = None if MARKS.search(href) else wrong_link(href, places)  # of marks leftovers tell
    if wrong:
        yield _spot(page, link, *wrong)


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
    if named and host_of(href) and _site(named[1]) != _site(host_of(href)):
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
