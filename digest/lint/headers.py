"""The header and the encoding of a message: RFC 5322, 2045, 2369 and 8058, and what Gmail asks of bulk mail."""

import re
from collections.abc import Iterator
from email.message import EmailMessage
from email.utils import getaddresses, parsedate_to_datetime
from typing import Any

from digest.lint.addresses import host_of, is_local
from digest.lint.findings import Severity, Spot, short
from digest.lint.leftovers import is_unfilled
from digest.lint.parts import BROKEN, head_of, kind_of

ONCE = ("From", "Sender", "Reply-To", "To", "Cc", "Subject", "Date", "Message-ID", "MIME-Version", "List-Unsubscribe")
LONGEST_LINE = 998  # RFC 5322 §2.1.1
LONGEST_FIELD = 16_000  # characters; longer ones take Python's parser minutes
HEAVY, TOO_HEAVY = 1_000_000, 10_000_000  # bytes
MESSAGE_ID = re.compile(r"<[^<>@\s]+@[^<>@\s]+>")
ANGLED = re.compile(r"<\s*([^<>]*?)\s*>")


def check_headers(message: EmailMessage) -> Iterator[Spot]:
    """Every field that a newsletter needs, and the defects of all."""
    yield from _repeated(message)
    yield from _sender(message)
    yield from _when_and_which(message)
    yield from _unsubscribe(message)
    yield from _leftovers(message)
    yield from _defects(message)


def field(message: EmailMessage, name: str) -> str:
    """The value of a field, decoded as far as it can be; "" when it is missing."""
    raw = next((str(value) for key, value in message.raw_items() if key.lower() == name.lower()), "")
    try:
        return str(message[name]) if 0 < len(raw) <= LONGEST_FIELD else raw[:LONGEST_FIELD]
    except BROKEN:
        return raw


def check_bytes(raw: bytes) -> Iterator[Spot]:
    """The message as it travels: its line ends, its longest line, its characters, its size."""
    head = head_of(raw)
    bare = raw.replace(b"\r\n", b"")
    if b"\r" in bare:
        message = "a carriage return without a line feed: servers refuse it, or break the message in two"
        yield Spot(
            Severity.ERROR, "bare-cr", _byte_place(raw, _first_bare(raw, b"\r")), message, "End lines with CRLF."
        )
    # Files are saved with line feeds alone: that says nothing of how they will travel.
    if b"\n" in bare and b"\r\n" in raw:
        message = "a line feed without a carriage return: servers refuse it, or break the message in two"
        yield Spot(
            Severity.ERROR, "bare-lf", _byte_place(raw, _first_bare(raw, b"\n")), message, "End lines with CRLF."
        )
    if b"\0" in raw:
        yield Spot(Severity.ERROR, "nul-byte", _byte_place(raw, raw.index(b"\0")), "a NUL byte", "Take it out.")
    yield from _long_lines(raw)
    if any(byte > 126 for byte in head):
        position = next(index for index, byte in enumerate(head) if byte > 126)
        message = "characters beyond ASCII stand in the header as they are"
        yield Spot(Severity.ERROR, "header-8bit", _byte_place(raw, position), message, "Encode them (RFC 2047).")
    if len(raw) > HEAVY:
        severity = Severity.ERROR if len(raw) > TOO_HEAVY else Severity.WARNING
        remedy = "Host pictures and files, and link to them."
        yield Spot(severity, "message-heavy", "message", f"the message weighs {len(raw) / 1_000_000:.1f} MB", remedy)


def _first_bare(raw: bytes, mark: bytes) -> int:
    pattern = rb"\r(?!\n)" if mark == b"\r" else rb"(?<!\r)\n"
    found = re.search(pattern, raw)
    return found.start() if found else 0


def _byte_place(raw: bytes, position: int) -> str:
    return f"message line {raw.count(bytes([10]), 0, position) + 1}"


def _long_lines(raw: bytes) -> Iterator[Spot]:
    for number, line in enumerate(raw.split(b"\n"), 1):
        if len(line.rstrip(b"\r")) > LONGEST_LINE:
            message = f"a line is longer than {LONGEST_LINE} characters: servers break it anywhere"
            remedy = "Encode the part as quoted-printable or base64."
            yield Spot(Severity.ERROR, "line-too-long", f"message line {number}", message, remedy)


def _header(severity: Severity, name: str, rule: str, message: str, remedy: str, told: str = "") -> Spot:
    return Spot(severity, rule, f"header {name}", message, remedy, told)


def _repeated(message: EmailMessage) -> Iterator[Spot]:
    names = [name.lower() for name, _ in message.raw_items()]
    for name in ONCE:
        if names.count(name.lower()) > 1:
            what = f"the field stands {names.count(name.lower())} times"
            yield _header(Severity.ERROR, name, "header-repeated", what, "Write it once: Gmail rejects such mails.")
    if "mime-version" not in names:
        what = "the field is missing: the parts and their encoding may be taken for text"
        yield _header(Severity.ERROR, "MIME-Version", "header-missing", what, "Write MIME-Version: 1.0.")


def _sender(message: EmailMessage) -> Iterator[Spot]:
    senders = _addresses(message, "From")
    if not senders:
        yield _header(Severity.ERROR, "From", "header-missing", "no sender is named", "Write Name <name@domain>.")
    elif len(senders) > 1:
        yield _header(
            Severity.ERROR, "From", "from-many", "more than one sender", "Name one: Gmail rejects such mails."
        )
    for name, address in senders[:1]:
        local, _, domain = address.rpartition("@")
        if not local or "." not in domain:
            what = "the sender's address is none"
            yield _header(Severity.ERROR, "From", "from-malformed", what, "Write Name <name@domain>.", address)
        if not name:
            what = "the sender has no name: inboxes show the address"
            yield _header(Severity.NOTICE, "From", "from-without-name", what, "Write Name <name@domain>.", address)
        if re.match(r"(?:no|do-?not)[-_.]?reply", local, re.IGNORECASE) and not message["Reply-To"]:
            what = "nobody can answer"
            yield _header(
                Severity.NOTICE, "From", "from-no-reply", what, "Give a Reply-To that somebody reads.", address
            )
    if not field(message, "To").strip():
        what = "nobody is named as recipient, as in spam"
        yield _header(Severity.WARNING, "To", "header-missing", what, "Name the recipient.")


def _addresses(message: EmailMessage, name: str) -> list[tuple[str, str]]:
    try:
        return [(name, address) for name, address in getaddresses([field(message, name)]) if name or address]
    except BROKEN:
        return []


def _when_and_which(message: EmailMessage) -> Iterator[Spot]:
    date = field(message, "Date")
    try:
        parsedate_to_datetime(date)
    except (*BROKEN, OverflowError):
        rule = "date-malformed" if date else "header-missing"
        what = "the date is none" if date else "the field is missing"
        remedy = "Write it as RFC 5322 does: Mon, 23 Nov 2026 07:00:00 +0000."
        yield _header(Severity.ERROR, "Date", rule, what, remedy, date)
    message_id = field(message, "Message-ID").strip()
    remedy = "Write <something-unique@your-domain>."
    if not message_id:
        yield _header(Severity.ERROR, "Message-ID", "header-missing", "the field is missing", remedy)
    elif not MESSAGE_ID.fullmatch(message_id):
        yield _header(Severity.WARNING, "Message-ID", "message-id-malformed", "it is none", remedy, message_id)
    elif is_local(domain := message_id.strip("<>").rpartition("@")[2]) or "." not in domain:
        what = "its domain is known to one machine alone, which filters mind"
        yield _header(Severity.WARNING, "Message-ID", "message-id-local", what, remedy, message_id)


def _unsubscribe(message: EmailMessage) -> Iterator[Spot]:
    """After RFC 2369 §3.2 and RFC 8058 §3, and the rules of Gmail and Yahoo for bulk senders (2024)."""
    name, value = "List-Unsubscribe", field(message, "List-Unsubscribe")
    if not value.strip():
        remedy = "Add List-Unsubscribe: <https://…> and List-Unsubscribe-Post: List-Unsubscribe=One-Click."
        what = "the field is missing: Gmail and Yahoo ask it of whoever writes to many"
        yield _header(Severity.ERROR, name, "list-unsubscribe-missing", what, remedy)
        return
    addresses = [address.strip() for address in ANGLED.findall(value)]
    if not addresses:
        what = "no address stands between < and >"
        yield _header(Severity.ERROR, name, "list-unsubscribe-malformed", what, "Write <https://…>.", value)
        return
    secure = [address for address in addresses if address.lower().startswith("https://")]
    if not secure and not any(is_local(host_of(address)) for address in addresses):
        what = "no https: address: one click cannot unsubscribe"
        yield _header(Severity.WARNING, name, "list-unsubscribe-insecure", what, "Add <https://…>.", value)
    for address in addresses:
        if is_local(host_of(address)):
            what = f"it leads to {host_of(address)}, which readers cannot reach"
            remedy = "Use the public address (DIGEST_PUBLIC_URL)."
            yield _header(Severity.ERROR, name, "list-unsubscribe-local", what, remedy)
    yield from _one_click(message)


def _one_click(message: EmailMessage) -> Iterator[Spot]:
    value = field(message, "List-Unsubscribe-Post").strip()
    if value != "List-Unsubscribe=One-Click":
        what = "the field is missing: one click does not unsubscribe" if not value else "only one value is allowed"
        remedy = "Write List-Unsubscribe-Post: List-Unsubscribe=One-Click, and take a POST without asking again."
        yield _header(Severity.WARNING, "List-Unsubscribe-Post", "one-click-missing", what, remedy, value)


def _leftovers(message: EmailMessage) -> Iterator[Spot]:
    for name in ("From", "To", "Reply-To", "Subject", "List-Id", "List-Unsubscribe"):
        value = field(message, name)
        if is_unfilled(value) or re.search(r"(?:^|\s)(?:None|undefined|null)(?=$|\s*<|@)", value):
            what = "it holds what a template should have filled in"
            yield _header(Severity.ERROR, name, "leftover-in-header", what, "Fill it in.", value)


def _defects(message: EmailMessage) -> Iterator[Spot]:
    """What Python's own parser minds, in every part; it names the defects by their classes."""
    for name, raw in message.raw_items():
        if len(raw) > LONGEST_FIELD:
            what = f"the field is longer than {LONGEST_FIELD:,} characters, and is not looked into"
            yield _header(Severity.ERROR, name, "header-too-long", what, "Write less.")
            continue
        try:
            value: Any = message[name]
            for defect in getattr(value, "defects", ()):
                yield _header(Severity.WARNING, name, "header-defect", _told(defect), "Write it as RFC 5322 does.")
        except BROKEN:
            what = "the field cannot be read"
            yield _header(Severity.ERROR, name, "header-defect", what, "Write it as RFC 5322 does.")
    for part in message.walk():
        for defect in part.defects:
            yield Spot(
                Severity.ERROR,
                "mime-defect",
                f"part {kind_of(part)}",
                _told(defect),
                "Write the parts as RFC 2046 does.",
            )


def _told(defect: Exception) -> str:
    """What the standard library calls the defect, and its details, which may be no more than a piece of the mail."""
    words = re.sub(r"(?<!^)(?=[A-Z][a-z])", " ", type(defect).__name__.removesuffix("Defect")).lower()
    details = short(str(defect), 100)
    return f"{words}: {details}" if details else words
