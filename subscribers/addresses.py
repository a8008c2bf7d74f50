"""What counts as the same mail address, and what is not one at all (RFC 5321 §4.1.2, RFC 6531)."""

import re
import unicodedata
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

from subscribers.languages import N_

LONGEST = 254  # RFC 5321 §4.5.3.1.3, without the angle brackets
# The usual kind: dot-atoms (RFC 5322 §3.2.3) of at most 64 characters (RFC 5321 §4.5.3.1.1), at a name in ASCII.
USUAL = re.compile(r"(?=[^@]{1,64}@)[\w!#$%&'*+\-/=?^`{|}~]+(?:\.[\w!#$%&'*+\-/=?^`{|}~]+)*@([a-z0-9.\-]+)", re.ASCII)

EMPTY = N_("Please enter your email address.")
TOO_LONG = N_("This email address is too long.")
MISTYPED = N_("This does not look like an email address. Is there a typing error in it?")


class BadAddress(ValueError):
    """The text is not a mail address we can write to.

    ``sentence`` is for its writer, and the catalogues know it; ``detail`` is what more there is to say, in English.
    """

    def __init__(self, sentence: str, detail: str = "") -> None:
        super().__init__(f"{sentence} {detail}".rstrip())
        self.sentence = sentence


def normalise_address(text: str) -> str:
    """The one form of an address that is stored and compared: lower case, the domain in ASCII.

    ``+tags`` stay: they are the reader's own business. No name server is asked.
    Raises BadAddress.
    """
    text = text.strip(" \t\r\n")
    if not text:
        raise BadAddress(EMPTY)
    if len(text) > LONGEST:
        raise BadAddress(TOO_LONG)
    usual = text.lower() if text.isascii() else ""
    if (parts := USUAL.fullmatch(usual)) and _is_domain(parts[1]):
        return usual
    lowered = _lowered(text)
    # Lower case can be longer than upper case, or decomposed: what is stored must itself be an address.
    return lowered if lowered.isascii() else _lowered(lowered)


def display_address(text: str) -> str:
    """An address as its owner reads it: the domain in its own script, where it has one; anything else as it is."""
    try:
        valid = validate_email(text.strip(), check_deliverability=False, strict=True)
    except EmailNotValidError:
        return text.strip()
    return f"{valid.local_part}@{valid.domain}"


@lru_cache(maxsize=10_000)
def _is_domain(name: str) -> bool:
    """Whether mail can be addressed to the name as it stands: most of a list's addresses are at the same few."""
    try:
        return validate_email(f"a@{name}", check_deliverability=False, strict=True).ascii_domain == name
    except EmailNotValidError:
        return False


def _lowered(text: str) -> str:
    try:
        valid = validate_email(text, check_deliverability=False, strict=True)
    except EmailNotValidError as error:
        raise BadAddress(MISTYPED, str(error)) from None
    local = unicodedata.normalize("NFC", valid.local_part.lower())
    address = f"{local}@{valid.ascii_domain.lower()}"
    if len(address.encode()) > LONGEST:
        raise BadAddress(TOO_LONG)
    return address
