"""A rendered issue compiled into a message: encoded once, then only joined for each recipient.

Headers and both parts become constant bytes with functions of the recipient between them. For
one-click unsubscription see RFC 8058 §3.1; for the List fields RFC 2369 and RFC 2919.
"""

import hashlib
import html
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime, parseaddr
from urllib.parse import quote

from pydantic import AnyHttpUrl

from digest.compose import headers, marks
from digest.compose.quoting import SOFT_BREAK, quoted_printable
from digest.compose.render import Rendered
from digest.domain import Recipient
from digest.errors import ConfigError
from digest.newsletters import Newsletter, Site

Piece = bytes | Callable[[Recipient], bytes]
Value = Callable[[Recipient], str]

# As seen from a mail's public page, ``/archive/daily/12/mail``: every newsletter's form stands there.
FRONT_PAGE = "../../../"


@dataclass(frozen=True, slots=True)
class CompiledMessage:
    """One rendering of an issue, ready for every recipient. ``html`` and ``text`` still hold the marks."""

    subject: str
    preheader: str
    html: str
    text: str
    language: str
    public_url: str
    pieces: tuple[Piece, ...] = field(repr=False)

    def for_recipient(self, recipient: Recipient) -> bytes:
        """The whole message (RFC 5322) in ASCII with CRLF line ends."""
        return b"".join(piece if isinstance(piece, bytes) else piece(recipient) for piece in self.pieces)

    def html_for(self, recipient: Recipient) -> str:
        """The HTML part as this recipient gets it."""
        return _spliced(marks.for_mail(self.html), _html_values(self.public_url), recipient)

    def text_for(self, recipient: Recipient) -> str:
        """The text part as this recipient gets it."""
        return _spliced(marks.for_mail(self.text), _text_values(self.public_url), recipient)


def public_html(stored: str) -> str:
    """A stored rendering for everyone to read: nobody's own values, and no link that unsubscribes anyone.

    A theme leaves such lines to the mail (``mail_only``); where one did not, the link leads to the
    page where one can subscribe.
    """
    neutral = {marks.UNSUBSCRIBE_URL: FRONT_PAGE, marks.PREFERENCES_URL: FRONT_PAGE, marks.ADDRESS: "", marks.NAME: ""}
    return marks.VALUE_MARK.sub(lambda match: neutral[match[0]], marks.for_the_public(stored))


def compile_message(
    rendered: Rendered, newsletter: Newsletter, site: Site, number: int, *, public_url: str, date: datetime
) -> CompiledMessage:
    """Encode ``rendered`` once. The same arguments give the same bytes, today and after a crash.

    Raises ConfigError for a sender that no header can hold.
    """
    public_url = _ascii_url(public_url)
    page, body = _with_line_ends(rendered.html), _with_line_ends(rendered.text)
    boundary = f"=_{hashlib.sha256(f'{newsletter.key}.{number}'.encode()).hexdigest()[:32]}"
    pieces = [
        *_header(rendered.subject, newsletter, site, number, public_url=public_url, date=date),
        _start_of_parts(boundary),
        *_part("plain", boundary, rendered.language, body, _text_values(public_url)),
        *_part("html", boundary, rendered.language, page, _html_values(public_url)),
        f"\r\n--{boundary}--\r\n".encode(),
    ]
    return CompiledMessage(
        subject=rendered.subject,
        preheader=rendered.preheader,
        html=page,
        text=body,
        language=rendered.language,
        public_url=public_url,
        pieces=tuple(_joined(pieces)),
    )


def _header(
    subject: str, newsletter: Newsletter, site: Site, number: int, *, public_url: str, date: datetime
) -> Iterator[Piece]:
    domain = headers.ascii_domain(newsletter.sender_domain)
    # Feedback-ID wants at most 15 characters as the name of the sender.
    sender_id = hashlib.sha256(domain.encode()).hexdigest()[:12]
    yield _field("From", _own_mailbox(newsletter, "sender", site.name))
    if newsletter.reply_to:
        yield _field("Reply-To", _own_mailbox(newsletter, "reply_to"))
    yield lambda recipient: _field("To", headers.recipient(recipient.name, recipient.address))
    yield _field("Subject", headers.unstructured(subject))
    dated = _date(date)
    yield lambda recipient: dated if recipient.date is None else _date(recipient.date)
    yield lambda recipient: _field("Message-ID", headers.message_id(recipient.message_id))
    yield _field("List-Id", headers.mailbox(newsletter.title, f"{newsletter.key}.{domain}"))
    yield _list_unsubscribe(public_url, newsletter)
    yield _field("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
    yield _field("List-Archive", f"<{public_url}/archive/{newsletter.key}>")
    yield _field("Feedback-ID", f"{newsletter.key}.{number}:{newsletter.key}:issue:{sender_id}")
    yield _field("Precedence", "bulk")
    yield _field("Auto-Submitted", "auto-generated")
    yield _field("MIME-Version", "1.0")


def _date(date: datetime) -> bytes:
    return _field("Date", format_datetime(date.astimezone(UTC)))


def _field(name: str, value: str) -> bytes:
    return f"{name}: {value}\r\n".encode("ascii")


def _own_mailbox(newsletter: Newsletter, key: str, name: str = "") -> str:
    own_name, _ = parseaddr(getattr(newsletter, key))
    return headers.mailbox(own_name or name, _own_address(newsletter, key))


def _own_address(newsletter: Newsletter, key: str) -> str:
    text = getattr(newsletter, key)
    ascii_form = headers.ascii_address(parseaddr(text)[1])
    if ascii_form is None:
        example = '"The Harbour Post <daily@news.example.com>"'
        raise ConfigError(f'newsletters.{newsletter.key}.{key}: "{text}" cannot be written in ASCII (try {example})')
    return ascii_form


def _list_unsubscribe(public_url: str, newsletter: Newsletter) -> Piece:
    """The page that takes the one click, and a mailbox where one is read, for programs that only know that (RFC 2369).

    The page comes first, for RFC 8058 needs no more; what stands in the subject is what ``digest receive`` looks for.
    """
    mailbox = newsletter.unsubscribe_address and _own_address(newsletter, "unsubscribe_address")

    def field_for(recipient: Recipient) -> bytes:
        page = f"<{_unsubscribe_url(public_url, recipient)}>"
        if not mailbox:
            return _field("List-Unsubscribe", page)
        letter = f"<mailto:{mailbox}?subject={_in_path(recipient.token)}>"
        return _field("List-Unsubscribe", f"{page},{headers.FOLD}{letter}")

    return field_for


def _start_of_parts(boundary: str) -> bytes:
    return f'Content-Type: multipart/alternative;{headers.FOLD}boundary="{boundary}"\r\n'.encode()


def _part(subtype: str, boundary: str, language: str, content: str, values: Mapping[str, Value]) -> Iterator[Piece]:
    yield (
        f"\r\n--{boundary}\r\n"
        f"Content-Type: text/{subtype}; charset=utf-8\r\n"
        f"Content-Language: {language}\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    ).encode("ascii")
    yield from _quoted(marks.for_mail(content), values)


def _quoted(content: str, values: Mapping[str, Value]) -> Iterator[Piece]:
    """``content`` encoded, with soft line breaks around every value, so that each is encoded by itself."""
    before, *rest = marks.VALUE_MARK.split(content)
    yield _to_the_next_value(before) if rest else quoted_printable(before)
    for index in range(0, len(rest), 2):
        mark, constant = rest[index], rest[index + 1]
        is_last = index + 2 == len(rest)
        yield _quoted_value(values[mark])
        yield SOFT_BREAK
        yield quoted_printable(constant) if is_last else _to_the_next_value(constant)


def _to_the_next_value(constant: str) -> bytes:
    is_at_line_start = not constant or constant.endswith("\n")
    return quoted_printable(constant) + (b"" if is_at_line_start else SOFT_BREAK)


def _quoted_value(value: Value) -> Callable[[Recipient], bytes]:
    return lambda recipient: quoted_printable(value(recipient))


def _joined(pieces: list[Piece]) -> Iterator[Piece]:
    """The same pieces, with neighbouring constants made one."""
    constant = b""
    for piece in pieces:
        if isinstance(piece, bytes):
            constant += piece
            continue
        yield constant
        yield piece
        constant = b""
    yield constant


def _text_values(public_url: str) -> dict[str, Value]:
    return {
        marks.UNSUBSCRIBE_URL: lambda recipient: _unsubscribe_url(public_url, recipient),
        marks.PREFERENCES_URL: lambda recipient: f"{public_url}/preferences/{_in_path(recipient.preferences_token)}",
        marks.ADDRESS: lambda recipient: marks.one_line(recipient.address),
        marks.NAME: lambda recipient: marks.one_line(recipient.name),
    }


def _html_values(public_url: str) -> dict[str, Value]:
    return {mark: _escaped(value) for mark, value in _text_values(public_url).items()}


def _escaped(value: Value) -> Value:
    return lambda recipient: html.escape(value(recipient))


def _spliced(content: str, values: Mapping[str, Value], recipient: Recipient) -> str:
    return marks.VALUE_MARK.sub(lambda match: values[match[0]](recipient), content)


def _unsubscribe_url(public_url: str, recipient: Recipient) -> str:
    return f"{public_url}/unsubscribe/{_in_path(recipient.token)}"


def _in_path(token: str) -> str:
    return quote(token, safe="")


def _ascii_url(url: str) -> str:
    """The web address in ASCII, as a header needs it, without a slash at its end."""
    return str(AnyHttpUrl(url)).rstrip("/")


def _with_line_ends(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n") + "\n"
