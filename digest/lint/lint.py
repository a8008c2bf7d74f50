"""All checks, on a whole message or on a lone HTML file."""

from collections.abc import Iterator, Sequence
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

from digest.lint.balance import check_balance
from digest.lint.clients import DEFAULT_CLIENTS
from digest.lint.findings import Finding, Severity, Spot, counted_findings
from digest.lint.headers import BROKEN, MOST_HEADER, check_bytes, check_headers, field, head_of
from digest.lint.leftovers import check_address, check_words
from digest.lint.links import check_links
from digest.lint.page import Page, read_page, text_of
from digest.lint.pictures import check_pictures, remote_pictures
from digest.lint.readable import check_readable, own_text
from digest.lint.structure import check_structure
from digest.lint.support import check_support
from digest.lint.textpart import check_text
from digest.lint.wording import check_preheader, check_subject
from digest.parsing import parsed_meanwhile

MOST_BYTES = 25_000_000  # what Gmail takes at most
CODE = frozenset({"code", "pre", "kbd", "samp"})


def lint_message(
    raw: bytes, *, clients: Sequence[str] = DEFAULT_CLIENTS, postal_address: str | None = None
) -> tuple[Finding, ...]:
    """What is to be said about a whole RFC 5322 message, the worst first.

    ``clients`` are names from ``KNOWN_CLIENTS``. ``postal_address`` is the publisher's, which must stand in the mail:
    "" when there is none to be put there, None when nobody knows.
    """
    return parsed_meanwhile(lambda: counted_findings(_in_message(raw, clients, postal_address)))


def lint_html(html: str, *, clients: Sequence[str] = DEFAULT_CLIENTS) -> tuple[Finding, ...]:
    """What is to be said about a lone HTML file, which may be a part of a mail still to be made."""
    return parsed_meanwhile(lambda: counted_findings(_in_html(html, clients)))


def pictures_in(mail: bytes | str) -> dict[str, str]:
    """The addresses of the pictures that a message, or an HTML file's text, fetches over the web, with their places."""
    html = mail if isinstance(mail, str) else _html_of(mail)
    return parsed_meanwhile(lambda: remote_pictures(page) if isinstance(page := read_page(html), Page) else {})


def _html_of(raw: bytes) -> str:
    message = _parsed(raw) if len(raw) <= MOST_BYTES and len(head_of(raw)) <= MOST_HEADER else None
    return _content(_first(_parts(message), "text/html")) if message else ""


def _in_html(html: str, clients: Sequence[str]) -> Iterator[Spot]:
    page = read_page(html)
    if isinstance(page, Spot):
        yield page
        return
    yield from _in_page(page, clients, is_whole_mail=False)
    title = next((title.text or "" for title in page.named("title")), "")
    yield from check_preheader(page, title)


def _in_page(
    page: Page, clients: Sequence[str], *, is_whole_mail: bool, attached: frozenset[str] | None = None
) -> Iterator[Spot]:
    yield from check_structure(page, clients)
    yield from check_balance(page.source)
    yield from check_support(page, clients)
    yield from check_readable(page)
    yield from check_links(page, is_whole_mail=is_whole_mail)
    yield from check_pictures(page, attached)
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


def _in_message(raw: bytes, clients: Sequence[str], postal_address: str | None) -> Iterator[Spot]:
    if len(raw) > MOST_BYTES:
        message = f"{len(raw) / 1_000_000:.0f} MB are not looked into: no mail server takes them"
        yield Spot(Severity.ERROR, "message-heavy", "message", message, "Host pictures and files, and link to them.")
        return
    if len(head_of(raw)) > MOST_HEADER:
        message = f"a header of {len(head_of(raw)) / 1000:.0f} KB is not looked into: no mail server takes it"
        yield Spot(Severity.ERROR, "header-too-long", "message", message, "Write an empty line behind the header.")
        return
    yield from check_bytes(raw)
    parsed = _parsed(raw)
    if parsed is None:
        yield Spot(Severity.ERROR, "mime-defect", "message", "the message cannot be read", "Write it as RFC 5322 does.")
        return
    yield from check_headers(parsed)
    yield from _in_parts(parsed, clients, postal_address)


def _parsed(raw: bytes) -> EmailMessage | None:
    try:
        message = BytesParser(policy=policy.default).parsebytes(raw)
        list(message.walk())
    except BROKEN:
        return None
    return message


def _in_parts(message: EmailMessage, clients: Sequence[str], postal_address: str | None) -> Iterator[Spot]:
    parts = _parts(message)
    html_part, text_part = _first(parts, "text/html"), _first(parts, "text/plain")
    html, text = _content(html_part), _content(text_part)
    page = read_page(html) if html_part is not None else None
    if isinstance(page, Spot):
        yield page
    body = page.body if isinstance(page, Page) else None
    words = text_of(body) if body is not None else text
    subject = field(message, "Subject")
    yield from check_subject(subject, words)
    if isinstance(page, Page):
        attached = frozenset(field(part, "Content-ID").strip("<> ") for part in parts if part["Content-ID"])
        yield from _in_page(page, clients, is_whole_mail=True, attached=attached)
        yield from check_preheader(page, subject)
    if text_part is not None:
        yield from check_text(text, text_part, len(words.split()) if body is not None else 0)
    else:
        remedy = "Add a text/plain part that says the same: watches, screen readers and filters read it."
        yield Spot(Severity.WARNING, "text-part-missing", "message", "the message has no text part", remedy)
    yield from _attachments(parts)
    yield from _postal_address(postal_address, f"{words} {text}")


def _parts(message: EmailMessage) -> list[EmailMessage]:
    return [part for part in message.walk() if not part.is_multipart()]


def _first(parts: Sequence[EmailMessage], kind: str) -> EmailMessage | None:
    return next((part for part in parts if _kind(part) == kind and not _is_attached(part)), None)


def _kind(part: EmailMessage) -> str:
    try:
        return part.get_content_type()
    except BROKEN:
        return "text/plain"  # RFC 2045 §5.2: what to take it for


def _is_attached(part: EmailMessage) -> bool:
    try:
        return part.get_content_disposition() == "attachment"
    except BROKEN:
        return False


def _content(part: EmailMessage | None) -> str:
    """The words of a part, whatever its encoding says."""
    if part is None:
        return ""
    try:
        payload = part.get_payload(decode=True)
    except BROKEN:
        return ""
    content = payload if isinstance(payload, bytes) else b""
    try:
        return content.decode(part.get_content_charset("utf-8"), "replace")
    except BROKEN:
        return content.decode("utf-8", "replace")


def _attachments(parts: Sequence[EmailMessage]) -> Iterator[Spot]:
    for part in parts:
        if _is_attached(part):
            message = f"a file is attached ({_kind(part)}): filters look twice at newsletters with files"
            yield Spot(Severity.NOTICE, "attachment", "message", message, "Link to it.")


def _postal_address(address: str | None, words: str) -> Iterator[Spot]:
    if address is None:
        return
    if not address.strip():
        remedy = "Set site.postal_address in digest.toml: CAN-SPAM and many other laws ask for it."
        yield Spot(
            Severity.WARNING, "postal-address-missing", "message", "no postal address stands in the mail", remedy
        )
    elif _squeezed(address) not in _squeezed(words):
        remedy = "Put it into the foot: CAN-SPAM and many other laws ask for it."
        yield Spot(
            Severity.ERROR, "postal-address-missing", "message", "the postal address does not stand in the mail", remedy
        )


def _squeezed(text: str) -> str:
    return "".join(mark for mark in text.casefold() if mark.isalnum())
