"""A rendered issue compiled into a message: encoded once, then only joined for each recipient.

Headers and both parts become constant bytes with the names of the recipient's own values between them. For
one-click unsubscription see RFC 8058 §3.1; for the List fields RFC 2369 and RFC 2919.
"""

import hashlib
import html
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime, parseaddr
from functools import lru_cache
from urllib.parse import quote

from pydantic import AnyHttpUrl

from digest.compose import headers, marks
from digest.compose.quoting import SOFT_BREAK, quoted_printable
from digest.compose.render import Rendered
from digest.domain import Recipient
from digest.domains import ascii_domain
from digest.errors import ConfigError
from digest.newsletters import Newsletter, Site

# A constant, or the name of a value of the recipient's own.
Piece = bytes | str

UNRESERVED = re.compile(r"[A-Za-z0-9._~-]*")  # RFC 3986 §2.3: as all that are signed by us

TO, DATE, MESSAGE_ID, TOKEN = "to", "date", "message-id", "token"
PLAIN, HTML = "plain", "html"  # before a mark: its value as it stands in that part

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
    date: datetime
    head: tuple[Piece, ...] = field(repr=False)
    body: tuple[Piece, ...] = field(repr=False)

    def for_recipient(self, recipient: Recipient) -> bytes:
        """The whole message (RFC 5322) in ASCII with CRLF line ends."""
        return b"\r\n".join(self.parts_for(recipient))

    def parts_for(self, recipient: Recipient) -> tuple[bytes, bytes]:
        """The header fields, each with its CRLF, and what follows the empty line.

        The body is its own relaxed form (RFC 6376 §3.4.4), and none of its lines begins with a dot.
        """
        values = self._encoded(recipient)
        return _filled(self.head, values), _filled(self.body, values)

    def html_for(self, recipient: Recipient) -> str:
        """The HTML part as this recipient gets it."""
        values = {mark: html.escape(value) for mark, value in self._values(recipient).items()}
        return _spliced(marks.for_mail(self.html), values)

    def text_for(self, recipient: Recipient) -> str:
        """The text part as this recipient gets it."""
        return _spliced(marks.for_mail(self.text), self._values(recipient))

    def _values(self, recipient: Recipient) -> dict[str, str]:
        """What stands in the place of each mark."""
        return {
            marks.UNSUBSCRIBE_URL: f"{self.public_url}/unsubscribe/{_in_path(recipient.token)}",
            marks.PREFERENCES_URL: f"{self.public_url}/preferences/{_in_path(recipient.preferences_token)}",
            marks.ADDRESS: marks.one_line(recipient.address),
            marks.NAME: marks.one_line(recipient.name),
        }

    def _encoded(self, recipient: Recipient) -> dict[Piece, bytes]:
        """Each value as it stands in the message, by the name that its piece has."""
        encoded: dict[Piece, bytes] = {
            TO: headers.recipient(recipient.name, recipient.address).encode("ascii"),
            DATE: _date(recipient.date or self.date),
            MESSAGE_ID: headers.message_id(recipient.message_id).encode("ascii"),
            TOKEN: _in_path(recipient.token).encode("ascii"),
        }
        for mark, value in self._values(recipient).items():
            escaped = html.escape(value)
            encoded[PLAIN + mark] = plain = quoted_printable(value)
            encoded[HTML + mark] = plain if escaped == value else quoted_printable(escaped)
        return encoded


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
    page, text = _with_line_ends(rendered.html), _with_line_ends(rendered.text)
    boundary = f"=_{hashlib.sha256(f'{newsletter.key}.{number}'.encode()).hexdigest()[:32]}"
    body_pieces = [
        *_part(PLAIN, boundary, rendered.language, text),
        b"\r\n",
        *_part(HTML, boundary, rendered.language, page),
        f"\r\n--{boundary}--\r\n".encode(),
    ]
    return CompiledMessage(
        subject=rendered.subject,
        preheader=rendered.preheader,
        html=page,
        text=text,
        language=rendered.language,
        public_url=public_url,
        date=date,
        head=_joined(_header(rendered.subject, newsletter, site, number, public_url=public_url, boundary=boundary)),
        body=_joined(body_pieces),
    )


def _header(
    subject: str, newsletter: Newsletter, site: Site, number: int, *, public_url: str, boundary: str
) -> Iterator[Piece]:
    domain = ascii_domain(newsletter.sender_domain)
    # Feedback-ID wants at most 15 characters as the name of the sender.
    sender_id = hashlib.sha256(domain.encode()).hexdigest()[:12]
    yield from _field("From", _own_mailbox(newsletter, "sender", site.name))
    if newsletter.reply_to:
        yield from _field("Reply-To", _own_mailbox(newsletter, "reply_to"))
    yield from (b"To: ", TO, b"\r\n")
    yield from _field("Subject", headers.unstructured(subject))
    yield from (b"Date: ", DATE, b"\r\n")
    yield from (b"Message-ID: ", MESSAGE_ID, b"\r\n")
    yield from _field("List-Id", headers.mailbox(newsletter.title, f"{newsletter.key}.{domain}"))
    yield from _list_unsubscribe(public_url, newsletter)
    yield from _field("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
    yield from _field("List-Archive", f"<{public_url}/archive/{newsletter.key}>")
    yield from _field("Feedback-ID", f"{newsletter.key}.{number}:{newsletter.key}:issue:{sender_id}")
    yield from _field("Precedence", "bulk")
    yield from _field("Auto-Submitted", "auto-generated")
    yield from _field("MIME-Version", "1.0")
    yield from _field("Content-Type", f'multipart/alternative;{headers.FOLD}boundary="{boundary}"')


@lru_cache(maxsize=1024)
def _date(date: datetime) -> bytes:
    return format_datetime(date.astimezone(UTC)).encode("ascii")


def _field(name: str, value: str) -> Iterator[Piece]:
    yield f"{name}: {value}\r\n".encode("ascii")


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


def _list_unsubscribe(public_url: str, newsletter: Newsletter) -> Iterator[Piece]:
    """The page that takes the one click, and a mailbox where one is read, for programs that only know that (RFC 2369).

    The page comes first, for RFC 8058 needs no more; what stands in the subject is what ``digest receive`` looks for.
    """
    yield from (f"List-Unsubscribe: <{public_url}/unsubscribe/".encode(), TOKEN, b">")
    if newsletter.unsubscribe_address:
        mailbox = _own_address(newsletter, "unsubscribe_address")
        yield from (f",{headers.FOLD}<mailto:{mailbox}?subject=".encode(), TOKEN, b">")
    yield b"\r\n"


def _part(subtype: str, boundary: str, language: str, content: str) -> Iterator[Piece]:
    yield (
        f"--{boundary}\r\n"
        f"Content-Type: text/{subtype}; charset=utf-8\r\n"
        f"Content-Language: {language}\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    ).encode("ascii")
    yield from _quoted(marks.for_mail(content), subtype)


def _quoted(content: str, subtype: str) -> Iterator[Piece]:
    """``content`` encoded, with soft line breaks around every value, so that each is encoded by itself."""
    before, *rest = marks.VALUE_MARK.split(content)
    yield _to_the_next_value(before) if rest else quoted_printable(before)
    for index in range(0, len(rest), 2):
        mark, constant = rest[index], rest[index + 1]
        is_last = index + 2 == len(rest)
        yield subtype + mark
        yield SOFT_BREAK
        yield quoted_printable(constant) if is_last else _to_the_next_value(constant)


def _to_the_next_value(constant: str) -> bytes:
    is_at_line_start = not constant or constant.endswith("\n")
    return quoted_printable(constant) + (b"" if is_at_line_start else SOFT_BREAK)


def _joined(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    """The same pieces, with neighbouring constants made one."""
    joined: list[Piece] = [b""]
    for piece in pieces:
        last = joined[-1]
        if isinstance(piece, bytes) and isinstance(last, bytes):
            joined[-1] = last + piece
        else:
            joined.append(piece)
    return tuple(joined)


def _filled(pieces: tuple[Piece, ...], values: Mapping[Piece, bytes]) -> bytes:
    # A constant is no name, and stands for itself; bytes remember their hash, so that to ask costs next to nothing.
    return b"".join([values.get(piece, piece) for piece in pieces])  # type: ignore[arg-type]


def _spliced(content: str, values: Mapping[str, str]) -> str:
    return marks.VALUE_MARK.sub(lambda match: values[match[0]], content)


def _in_path(token: str) -> str:
    return token if UNRESERVED.fullmatch(token) else quote(token, safe="")


def _ascii_url(url: str) -> str:
    """The web address in ASCII, as a header needs it, without a slash at its end."""
    return str(AnyHttpUrl(url)).rstrip("/")


def _with_line_ends(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n") + "\n"
