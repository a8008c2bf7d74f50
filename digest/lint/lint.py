"""All checks, on a whole message or on a lone HTML file."""

from collections.abc import Iterator, Sequence

from digest.clients import DEFAULT_CLIENTS, check_client
from digest.lint.balance import check_balance
from digest.lint.findings import Finding, Severity, Spot, counted_findings
from digest.lint.headers import check_bytes, check_headers, field
from digest.lint.leftovers import check_address, check_words
from digest.lint.links import check_links
from digest.lint.page import Page, read_page, text_of
from digest.lint.parts import Parts, check_attachments, read_message, read_parts
from digest.lint.pictures import check_pictures, remote_pictures
from digest.lint.readable import check_readable, own_text
from digest.lint.structure import check_structure
from digest.lint.support import check_support
from digest.lint.textpart import check_text
from digest.lint.wording import check_preheader, check_subject
from digest.parsing import parsed_meanwhile

CODE = frozenset({"code", "pre", "kbd", "samp"})


def lint_message(
    raw: bytes, *, clients: Sequence[str] = DEFAULT_CLIENTS, postal_address: str | None = None
) -> tuple[Finding, ...]:
    """What is to be said about a whole RFC 5322 message, the worst first.

    ``clients`` are names from ``KNOWN_CLIENTS``. ``postal_address`` is the publisher's, which must stand in the mail:
    "" when there is none to be put there, None when nobody knows. Raises ValueError for a client that is not known.
    """
    known = [check_client(name) for name in clients]
    return parsed_meanwhile(lambda: counted_findings(_in_message(raw, known, postal_address)))


def lint_html(html: str, *, clients: Sequence[str] = DEFAULT_CLIENTS) -> tuple[Finding, ...]:
    """What is to be said about a lone HTML file, which may be a part of a mail still to be made.

    Raises ValueError for a client that is not known.
    """
    known = [check_client(name) for name in clients]
    return parsed_meanwhile(lambda: counted_findings(_in_html(html, known)))


def pictures_in(mail: bytes | str) -> dict[str, str]:
    """The addresses of the pictures that a message, or an HTML file's text, fetches over the web, with their places."""
    return parsed_meanwhile(lambda: _pictures(mail))


def _pictures(mail: bytes | str) -> dict[str, str]:
    if isinstance(mail, bytes):
        message = read_message(mail)
        mail = "" if isinstance(message, Spot) else read_parts(message).html or ""
    page = read_page(mail)
    return remote_pictures(page) if isinstance(page, Page) else {}


def _in_html(html: str, clients: Sequence[str]) -> Iterator[Spot]:
    page = read_page(html)
    if isinstance(page, Spot):
        yield page
        return
    title = next((title.text or "" for title in page.named("title")), "")
    yield from check_preheader(page, title)
    yield from check_links(page, is_whole_mail=False)
    yield from check_pictures(page)
    yield from _in_page(page, clients)


def _in_message(raw: bytes, clients: Sequence[str], postal_address: str | None) -> Iterator[Spot]:
    message = read_message(raw)
    if isinstance(message, Spot):
        yield message
        return
    subject, parts = field(message, "Subject"), read_parts(message)
    yield from check_bytes(raw)
    yield from check_headers(message)
    yield from check_attachments(parts)
    page = read_page(parts.html) if parts.html is not None else None
    if isinstance(page, Spot):
        yield page
    elif page is not None:
        yield from check_preheader(page, subject)
        yield from check_links(page, is_whole_mail=True)
        yield from check_pictures(page, parts.content_ids)
        yield from _in_page(page, clients)
    words = text_of(page.body) if isinstance(page, Page) else ""
    yield from _in_words(subject, words, parts, postal_address)


def _in_words(subject: str, words: str, parts: Parts, postal_address: str | None) -> Iterator[Spot]:
    """What is said, be it in HTML (``words``) or in text."""
    yield from check_subject(subject, words or parts.text or "")
    yield from _postal_address(postal_address, f"{words} {parts.text}")
    if parts.text is not None:
        yield from check_text(parts.text, len(words.split()), is_flowed=parts.is_flowed)
    else:
        remedy = "Add a text/plain part that says the same: watches, screen readers and filters read it."
        yield Spot(Severity.WARNING, "text-part-missing", "message", "the message has no text part", remedy)


def _in_page(page: Page, clients: Sequence[str]) -> Iterator[Spot]:
    yield from check_structure(page, clients)
    yield from check_balance(page.source)
    yield from check_support(page, clients)
    yield from check_readable(page)
    yield from _leftovers(page)
    yield from page.trouble


def _leftovers(page: Page) -> Iterator[Spot]:
    for element in page.elements:
        if element.tag in ("style", "script"):
            continue
        is_code = element.tag in CODE or any(parent.tag in CODE for parent in element.iterancestors())
        yield from check_words(own_text(element), page.place(element), is_code=is_code)
        for name in ("alt", "title", "aria-label"):
            yield from check_words(element.get(name) or "", page.place(element))
        for name in ("href", "src", "background"):
            yield from check_address(element.get(name) or "", page.place(element))


def _postal_address(address: str | None, words: str) -> Iterator[Spot]:
    if address is None:
        return
    rule, place = "postal-address-missing", "message"
    if not address.strip():
        remedy = "Set site.postal_address in digest.toml: CAN-SPAM and many other laws ask for it."
        yield Spot(Severity.WARNING, rule, place, "no postal address stands in the mail", remedy)
    elif _squeezed(address) not in _squeezed(words):
        remedy = "Put it into the foot: CAN-SPAM and many other laws ask for it."
        yield Spot(Severity.ERROR, rule, place, "the postal address does not stand in the mail", remedy)


def _squeezed(text: str) -> str:
    return "".join(mark for mark in text.casefold() if mark.isalnum())
