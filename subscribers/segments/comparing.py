"""Which field can be held against what: a comparison is made, or the mistake in it told."""

import re
from collections.abc import Sequence
from datetime import date

from lark import Token

from subscribers.models import Status
from subscribers.segments.expressions import FIELDS, Comparison, Field, Kind, Operator, Value
from subscribers.segments.mistakes import Mistake, listed, meant

SIGNS = {
    "=": Operator.IS,
    "!=": Operator.IS,
    "<": Operator.BELOW,
    "<=": Operator.AT_MOST,
    ">": Operator.ABOVE,
    ">=": Operator.AT_LEAST,
    "~": Operator.CONTAINS,
}
MEANT_SIGNS = {
    "==": "=",
    "<>": "!=",
    "=<": "<=",
    "=>": ">=",
    "&&": "and",
    "&": "and",
    "||": "or",
    "|": "or",
    "!": "not",
}
EQUAL = ("=", "!=", "in (…)")
KNOWN = ("is unknown", "is known")
ORDER = ("<", "<=", ">", ">=")
COMPARISONS = {
    Kind.KEY: EQUAL,
    Kind.STATUS: EQUAL,
    Kind.TOPIC: (*EQUAL, *KNOWN),
    Kind.LANGUAGE: (*EQUAL, *KNOWN),
    Kind.WORDS: (*EQUAL, "contains", "starts with", *KNOWN),
    Kind.MOMENT: (*EQUAL, *ORDER, "within", *KNOWN),
    Kind.NUMBER: (*EQUAL, *ORDER),
}
EXAMPLES = {
    Kind.KEY: '"daily"',
    Kind.STATUS: '"active"',
    Kind.TOPIC: '"sport"',
    Kind.LANGUAGE: '"pt-BR"',
    Kind.WORDS: '"Porto"',
    Kind.MOMENT: "2026-01-31",
    Kind.NUMBER: "3",
}
OWN = "field"
ALL_FIELDS = (*FIELDS, f"{OWN}.KEY")
KEY = re.compile(r"[a-z][a-z0-9-]*")
LANGUAGE_RANGE = re.compile(r"(?:[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)?")  # RFC 4647 §2.1
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
NUMBER = re.compile(r"[0-9]+")
FIRST_YEAR, LAST_YEAR = 1900, 2999
UNITS = {"day": 1, "days": 1, "week": 7, "weeks": 7}  # in days
LARGEST = 1_000_000
LONGEST_PAST = 36_500  # days


def field_of(token: Token) -> Field:
    """The field of that name. Raises Mistake when there is none."""
    name, dot, key = str(token).partition(".")
    if not dot and name in FIELDS:
        return Field(name, FIELDS[name])
    if not dot:
        hint = meant(name, FIELDS) or f" (known: {listed(ALL_FIELDS, 'and')})"
        raise Mistake(f'there is no field "{name}"{hint}', token.start_pos)
    if not key:
        raise Mistake(f"after {OWN}. comes the key of one of your own fields, such as {OWN}.city", token.start_pos)
    right = re.sub(r"[^a-z0-9]+", "-", key.lower()).strip("-") or "city"
    if name != OWN or not KEY.fullmatch(key):
        raise Mistake(f'there is no field "{token}", did you mean "{OWN}.{right}"?', token.start_pos)
    return Field(OWN, Kind.WORDS, key)


def asked(token: Token, written: Token, spelled: str) -> Field:
    """The field of that name, if it can be asked what is spelled so and ``written`` there. Raises Mistake."""
    field = field_of(token)
    known = COMPARISONS[field.kind]
    if spelled not in known:
        raise Mistake(f'{field} cannot be asked with "{spelled}": try {listed(known)}', written.start_pos)
    return field


def compare(field: Field, operator: Operator, values: Sequence[Token]) -> Comparison:
    """``field`` held against the values. Raises Mistake when they do not fit."""
    read = tuple(_value(field, value) for value in values)
    if operator in (Operator.CONTAINS, Operator.STARTS) and "" in read:
        raise Mistake("there is nothing between the quotation marks", values[0].start_pos)
    return Comparison(field, operator, read, tuple(value.start_pos or 0 for value in values))


def sign_of(token: Token) -> Operator:
    """The operator of that sign. Raises Mistake when there is none."""
    if token not in SIGNS:
        near = MEANT_SIGNS.get(token, "")
        hint = f', did you mean "{near}"?' if near else f" (known: {listed(SIGNS, 'and')})"
        raise Mistake(f'there is no "{token}"{hint}', token.start_pos)
    return SIGNS[str(token)]


def days_of(amount: Token, unit: Token) -> int:
    """A number of days from "30 days" or "2 weeks". Raises Mistake."""
    if not NUMBER.fullmatch(amount):
        raise Mistake(f'"{amount}" is not a whole number (try within 30 days)', amount.start_pos)
    if unit.lower() not in UNITS:
        raise Mistake(f'"{unit}" is no length of time: try {amount} days, or {amount} weeks', unit.start_pos)
    days = int(amount) * UNITS[unit.lower()]
    if not 1 <= days <= LONGEST_PAST:
        raise Mistake(f"a time lies between 1 and {LONGEST_PAST} days", amount.start_pos)
    return days


def _value(field: Field, token: Token) -> Value:
    place = token.start_pos
    if field.kind in (Kind.MOMENT, Kind.NUMBER):
        if token.type == "TEXT":
            bare = _bare(token)
            fits = DAY if field.kind is Kind.MOMENT else NUMBER
            shown = bare if fits.fullmatch(bare) else EXAMPLES[field.kind]
            raise Mistake(f"{field} is compared without quotation marks: {shown}", place)
        return _day(token) if field.kind is Kind.MOMENT else _number(token)
    if token.type == "AMOUNT":
        raise Mistake(f'{field} is compared with words in quotation marks: "{token}"', place)
    text = _bare(token)
    _check_text(field, text, place)
    return text


def _check_text(field: Field, text: str, place: int | None) -> None:
    if not text.isprintable():
        raise Mistake("between the quotation marks stands a character that cannot be seen", place)
    if field.kind is Kind.STATUS and text not in list(Status):
        hint = meant(text, Status) or f" (known: {listed(Status, 'and')})"
        raise Mistake(f'there is no status "{text}"{hint}', place)
    if field.kind is Kind.LANGUAGE and not LANGUAGE_RANGE.fullmatch(text):
        raise Mistake(f'"{text}" is not a language tag (try "fr", or "pt-BR")', place)
    if field.kind in (Kind.KEY, Kind.TOPIC) and not KEY.fullmatch(text):
        raise Mistake(f'"{text}" is not the key of a {field}: lower-case letters, digits and hyphens', place)


def _day(token: Token) -> date:
    if not DAY.fullmatch(token):
        raise Mistake(f'"{token}" is not a day (try {EXAMPLES[Kind.MOMENT]})', token.start_pos)
    try:
        day = date.fromisoformat(token)
    except ValueError:
        raise Mistake(f"no calendar has the day {token}", token.start_pos) from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise Mistake(f"a day lies between the years {FIRST_YEAR} and {LAST_YEAR}", token.start_pos)
    return day


def _number(token: Token) -> int:
    if not NUMBER.fullmatch(token):
        raise Mistake(f'"{token}" is not a whole number', token.start_pos)
    if int(token) > LARGEST:
        raise Mistake(f"a number lies between 0 and {LARGEST}", token.start_pos)
    return int(token)


def _bare(token: Token) -> str:
    return str(token)[1:-1]
