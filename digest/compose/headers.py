"""Header fields that are ASCII, folded and safe whatever names and titles contain (RFC 5322, RFC 2047)."""

import re
from base64 import b64encode
from collections.abc import Iterator
from textwrap import wrap

from digest.compose.marks import one_line
from digest.domains import ascii_domain

FOLD = "\r\n "
LONGEST_PLAIN = 60
WORD_BYTES = 42  # as base64 and with its frame an encoded word of 68 characters: it fits beside "Reply-To: "

ATEXT = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
PHRASE = re.compile(rf"{ATEXT}(?: {ATEXT})*")
LOCAL_PART = re.compile(rf'{ATEXT}(?:\.{ATEXT})*|"(?:[ !#-\[\]-~]|\\[ -~])+"')
PRINTABLE = re.compile(r"[ -~]*")
NOT_OF_AN_ID = re.compile(r"[^!-;=?-~]")


def unstructured(text: str) -> str:
    """Free text, such as a subject."""
    text = one_line(text)
    if not _is_plain(text) or any(len(word) > LONGEST_PLAIN for word in text.split()):
        return _encoded(text)
    return FOLD.join(wrap(text, 68, break_long_words=False, break_on_hyphens=False))


def phrase(name: str) -> str:
    """A display name: as it is when it may be, else quoted or encoded."""
    name = one_line(name)
    if not _is_plain(name) or len(name) > LONGEST_PLAIN:
        return _encoded(name)
    if not name or PHRASE.fullmatch(name):
        return name
    return '"' + re.sub(r'(["\\])', r"\\\1", name) + '"'


def mailbox(name: str, address: str) -> str:
    """``name <address>``, folded where it is long; ``address`` must be what ``ascii_address`` gave, or such an id."""
    name = phrase(name)
    fold = FOLD if len(name) + len(address) > LONGEST_PLAIN else " "
    return f"{name}{fold}<{address}>" if name else f"<{address}>"


def recipient(name: str, address: str) -> str:
    """The recipient for the To field.

    An address that ASCII cannot write stands only in the envelope: then this is an empty group that
    bears the name (RFC 5322 §3.4).
    """
    ascii_form = ascii_address(address)
    return mailbox(name, ascii_form) if ascii_form else f"{phrase(name) or 'undisclosed-recipients'}:;"


def ascii_address(address: str) -> str | None:
    """The address with its domain in ASCII (RFC 5890); None when that does not make it ASCII."""
    local, _, domain = address.rpartition("@")
    if not LOCAL_PART.fullmatch(local) or "=?" in local:
        return None
    domain = ascii_domain(domain)
    return f"{local}@{domain}" if domain else None


def message_id(text: str) -> str:
    """A Message-ID of visible ASCII between angle brackets, whatever was in it."""
    local, _, domain = text.strip("<>").rpartition("@")
    inner = f"{local}@{domain if domain.isascii() else ascii_domain(domain)}"
    return f"<{NOT_OF_AN_ID.sub('', inner)}>"


def _is_plain(text: str) -> bool:
    # "=?" would be taken for the beginning of an encoded word.
    return "=?" not in text and PRINTABLE.fullmatch(text) is not None


def _encoded(text: str) -> str:
    return FOLD.join(f"=?utf-8?b?{b64encode(chunk).decode()}?=" for chunk in _chunks(text))


def _chunks(text: str) -> Iterator[bytes]:
    """The text in UTF-8, cut between characters (RFC 2047 §5)."""
    chunk = b""
    for character in text:
        encoded = character.encode()
        if len(chunk) + len(encoded) > WORD_BYTES:
            yield chunk
            chunk = b""
        chunk += encoded
    yield chunk
