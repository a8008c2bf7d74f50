"""Marks: single private-use characters that stand in a rendered issue where a recipient's own values go.

They are private-use characters because a theme can print them like any text, and because nothing
that comes from outside keeps one (``one_line``): an article cannot forge a mark.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

UNSUBSCRIBE_URL, ADDRESS, NAME = "\ue001", "\ue002", "\ue003"
MAIL_ONLY, MAIL_ONLY_END = "\ue004", "\ue005"
PREFERENCES_URL = "\ue006"
ALL_MARKS = UNSUBSCRIBE_URL + ADDRESS + NAME + MAIL_ONLY + MAIL_ONLY_END + PREFERENCES_URL

# Controls, lone surrogates, private use and noncharacters; and the characters that turn the direction
# of what follows them, with which a text could show another order than it has (UAX #9 §2).
# What str.split() takes for white space stays, and becomes a space.
UNWANTED = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ue000-\uf8ff"
    "\ufdd0-\ufdef\ufeff\ufffe\uffff\U000e0000-\U000e0001\U000f0000-\U0010ffff]"
)
SPACE = re.compile(r"[^\S\u00a0\u202f]+")
VALUE_MARK = re.compile(f"([{UNSUBSCRIBE_URL}{PREFERENCES_URL}{ADDRESS}{NAME}])")
REGION_MARK = re.compile(f"[{MAIL_ONLY}{MAIL_ONLY_END}]")
MAIL_ONLY_REGION = re.compile(f"{MAIL_ONLY}.*?{MAIL_ONLY_END}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class RecipientMarks:
    """What a template sees as ``recipient``."""

    unsubscribe_url: str = UNSUBSCRIBE_URL
    preferences_url: str = PREFERENCES_URL
    address: str = ADDRESS
    name: str = NAME


def one_line(text: str) -> str:
    """The text on one line, without marks and without characters that no reader could see.

    The two spaces that keep words together, as French wants before a question mark, stay.
    """
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()  # as nearly every name and address is
    return SPACE.sub(" ", UNWANTED.sub("", text)).strip()


def mail_only(caller: Callable[[], str]) -> str:
    """What the block says, kept for the mail: the public page of the issue leaves it out.

    For templates: ``{% call mail_only() %}…{% endcall %}``.
    """
    return MAIL_ONLY + caller() + MAIL_ONLY_END


def for_mail(text: str) -> str:
    """The rendering as it is mailed: with what is meant for the mail alone."""
    return REGION_MARK.sub("", text)


def for_the_public(text: str) -> str:
    """The rendering as everyone may read it: without what is meant for the mail alone."""
    return REGION_MARK.sub("", MAIL_ONLY_REGION.sub("", text))
