"""The parts of a message (RFC 2045, RFC 2046), read whatever they claim: HTML, text, what is attached."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

from digest.lint.findings import Severity, Spot

MOST_BYTES = 25_000_000  # what Gmail takes at most
MOST_HEADER = 256_000  # bytes
# What Python's parsers of mail are known to raise for mail that is none.
BROKEN = (AttributeError, IndexError, KeyError, LookupError, RecursionError, TypeError, UnicodeError, ValueError)


@dataclass(frozen=True, slots=True)
class Parts:
    """The leaves of a message: the HTML and the text that readers see, None where there is none, and all others."""

    html: str | None
    text: str | None
    is_flowed: bool
    leaves: Sequence[EmailMessage]

    @property
    def content_ids(self) -> frozenset[str]:
        """What pictures may be named by."""
        return frozenset(_header(part, "Content-ID").strip("<> ") for part in self.leaves) - {""}


def read_message(raw: bytes) -> EmailMessage | Spot:
    """The message, or the reason why it is not looked into."""
    if len(raw) > MOST_BYTES:
        message = f"{len(raw) / 1_000_000:.0f} MB are not looked into: no mail server takes them"
        return Spot(Severity.ERROR, "message-heavy", "message", message, "Host pictures and files, and link to them.")
    if len(head_of(raw)) > MOST_HEADER:
        message = f"a header of {len(head_of(raw)) / 1000:.0f} KB is not looked into: no mail server takes it"
        return Spot(Severity.ERROR, "header-too-long", "message", message, "Write an empty line behind the header.")
    try:
        parsed = BytesParser(policy=policy.default).parsebytes(raw)
        list(parsed.walk())
    except BROKEN:
        told = "the message cannot be read"
        return Spot(Severity.ERROR, "mime-defect", "message", told, "Write it as RFC 5322 does.")
    return parsed


def head_of(raw: bytes) -> bytes:
    """The header of the message, up to the first empty line."""
    ends = [end for end in (raw.find(b"\n\n"), raw.find(b"\n\r\n")) if end >= 0]
    return raw[: min(ends)] if ends else raw


def read_parts(message: EmailMessage) -> Parts:
    """The message's leaves."""
    leaves = [part for part in message.walk() if not part.is_multipart()]
    html, text = (_first(leaves, f"text/{kind}") for kind in ("html", "plain"))
    is_flowed = text is not None and _parameter(text, "format") == "flowed"
    return Parts(_content(html), _content(text), is_flowed, leaves)


def check_attachments(parts: Parts) -> Iterator[Spot]:
    """Files that come with the mail."""
    for part in parts.leaves:
        if _is_attached(part):
            message = f"a file is attached ({kind_of(part)}): filters look twice at newsletters with files"
            yield Spot(Severity.NOTICE, "attachment", "message", message, "Link to it.")


def kind_of(part: EmailMessage) -> str:
    """Its Content-Type."""
    try:
        return part.get_content_type()
    except BROKEN:
        return "text/plain"  # RFC 2045 §5.2: what to take it for


def _first(leaves: Sequence[EmailMessage], kind: str) -> EmailMessage | None:
    return next((part for part in leaves if kind_of(part) == kind and not _is_attached(part)), None)


def _is_attached(part: EmailMessage) -> bool:
    try:
        return part.get_content_disposition() == "attachment"
    except BROKEN:
        return False


def _parameter(part: EmailMessage, name: str) -> str:
    try:
        return str(part.get_param(name, ""))
    except BROKEN:
        return ""


def _header(part: EmailMessage, name: str) -> str:
    try:
        return str(part.get(name, ""))
    except BROKEN:
        return ""


def _content(part: EmailMessage | None) -> str | None:
    """The words of a part, whatever its encoding says."""
    if part is None:
        return None
    try:
        payload = part.get_payload(decode=True)
    except BROKEN:
        payload = b""
    content = payload if isinstance(payload, bytes) else b""
    try:
        return content.decode(part.get_content_charset("utf-8"), "replace")
    except BROKEN:
        return content.decode("utf-8", "replace")
