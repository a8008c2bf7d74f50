"""What a segment says, as values.

``!=`` and ``is unknown`` are kept as denials of their opposites, and ``=`` as ``in`` with one value: each value here
has one meaning.
"""

from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import date
from enum import Enum, StrEnum, auto
from typing import TypeAlias


class Kind(Enum):
    """What a field holds."""

    KEY = auto()  # of a newsletter
    STATUS = auto()
    TOPIC = auto()
    LANGUAGE = auto()
    WORDS = auto()
    MOMENT = auto()
    NUMBER = auto()


FIELDS = {
    "newsletter": Kind.KEY,
    "status": Kind.STATUS,
    "topic": Kind.TOPIC,
    "language": Kind.LANGUAGE,
    "joined": Kind.MOMENT,
    "engaged": Kind.MOMENT,
    "page": Kind.WORDS,
    "name": Kind.WORDS,
    "flag": Kind.WORDS,
    "bounces": Kind.NUMBER,
}


class Operator(StrEnum):
    """How a field is held against values; ``IS`` fits when one of them is equal."""

    IS = "="
    BELOW = "<"
    AT_MOST = "<="
    ABOVE = ">"
    AT_LEAST = ">="
    CONTAINS = "contains"
    STARTS = "starts with"


@dataclass(frozen=True, slots=True)
class Field:
    """What is asked about: one of ``FIELDS``, or with a ``key`` one of the publisher's own."""

    name: str
    kind: Kind
    key: str = ""

    def __str__(self) -> str:
        return f"{self.name}.{self.key}" if self.key else self.name


Value: TypeAlias = str | int | date


@dataclass(frozen=True, slots=True)
class Comparison:
    """A field held against a value, or with ``IS`` against several. A date is a day in UTC.

    ``places`` are where the values stand in the text, in characters from its beginning.
    """

    field: Field
    operator: Operator
    values: tuple[Value, ...]
    places: tuple[int, ...] = dataclass_field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Lately:
    """What happened in the last so many times 24 hours."""

    field: Field
    days: int


@dataclass(frozen=True, slots=True)
class Known:
    """Whether anything is known: a text that is not empty, a time that there was."""

    field: Field


@dataclass(frozen=True, slots=True)
class Not:
    """What holds when ``part`` does not."""

    part: "Expression"


@dataclass(frozen=True, slots=True)
class All:
    """What holds when every part does."""

    parts: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Some:
    """What holds when one part does, or more."""

    parts: tuple["Expression", ...]


Expression: TypeAlias = Comparison | Lately | Known | Not | All | Some


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a list: ``text`` is what was written, ``expression`` what it says."""

    text: str
    expression: Expression
