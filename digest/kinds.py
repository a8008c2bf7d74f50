"""The kinds of values that stand in ``digest.toml``: each is checked, and says in one line what is wrong with it."""

import difflib
import re
from collections.abc import Mapping
from email.utils import parseaddr
from typing import Annotated
from zoneinfo import available_timezones

from babel import Locale, UnknownLocaleError
from pydantic import (
    AfterValidator,
    AnyHttpUrl,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    TypeAdapter,
)
from pydantic_core import PydanticCustomError

from digest.clients import check_client
from digest.cron import cron_trigger
from digest.labels import LABELS, blanks
from subscribers.segments import BadSegment, Segment, parse

KEY = re.compile(r"[a-z][a-z0-9-]{0,39}")
FONT = re.compile(r"[\w '-]+(?:, *[\w '-]+)*")
COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


class Table(BaseModel):
    """A table of ``digest.toml``: frozen, and without a key that is not known."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _cron(text: str) -> str:
    try:
        cron_trigger(text, "UTC")
    except ValueError:
        raise ValueError(f'"{text}" is not a cron expression') from None
    return text


def _time_zone(name: str) -> str:
    if name not in available_timezones():
        near = difflib.get_close_matches(name, available_timezones(), n=1)
        raise ValueError(f'"{name}" is not a time zone' + (f', did you mean "{near[0]}"?' if near else ""))
    return name


def _mailbox(text: str) -> str:
    _, address = parseaddr(text)
    local, _, domain = address.rpartition("@")
    if not local or "." not in domain or any(mark in text for mark in "\r\n"):
        raise ValueError(f'"{text}" is not a mail address')
    return text


def _web_address(text: str) -> str:
    TypeAdapter(AnyHttpUrl).validate_python(text)
    return text


def _language(tag: str) -> str:
    try:
        Locale.parse(tag, sep="-")
    except (ValueError, UnknownLocaleError):
        raise ValueError(f'"{tag}" is not a language tag') from None
    return tag


def _colour(text: str) -> str:
    if not COLOUR.fullmatch(text):
        raise ValueError(f'"{text}" is not a colour of six hexadecimal digits')
    return text.lower()


def _font(text: str) -> str:
    if not FONT.fullmatch(text):
        raise ValueError(f'"{text}" is not a list of font names')
    return text


def _words(text: str) -> str:
    if not any(letter.isalnum() for letter in text):
        raise ValueError(f'"{text}" has no word in it')
    return " ".join(text.split())


def _labels(labels: Mapping[str, str]) -> Mapping[str, str]:
    for name, words in labels.items():
        if name not in LABELS:
            near = difflib.get_close_matches(name, LABELS, n=1)
            raise ValueError(f'"{name}" is not a label' + (f', did you mean "{near[0]}"?' if near else ""))
        try:
            extra = blanks(words) - blanks(LABELS[name])
        except ValueError as error:
            raise ValueError(f'"{words}" has a brace too many or too few') from error
        if extra:
            raise ValueError(f'"{words}": nothing is known to put in for {{{min(extra)}}}')
    return labels


def _segment(text: object) -> Segment:
    if not isinstance(text, str):
        raise PydanticCustomError("segment", """a segment is an expression in quotation marks: 'language = "es"'""")
    try:
        return parse(text)
    except BadSegment as error:
        raise PydanticCustomError("segment", "{told}", {"told": str(error)}) from None


Cron = Annotated[str, AfterValidator(_cron)]
TimeZone = Annotated[str, AfterValidator(_time_zone)]
Mailbox = Annotated[str, AfterValidator(_mailbox)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
Language = Annotated[str, AfterValidator(_language)]
Words = Annotated[str, AfterValidator(_words)]
Labels = Annotated[Mapping[str, str], AfterValidator(_labels)]
Colour = Annotated[str, AfterValidator(_colour)]
Font = Annotated[str, AfterValidator(_font)]
MailClient = Annotated[str, AfterValidator(check_client)]
Expression = Annotated[Segment, PlainValidator(_segment), PlainSerializer(lambda segment: segment.text)]
Key = Annotated[str, Field(pattern=KEY.pattern)]
Weight = Annotated[float, Field(gt=0, le=10)]
