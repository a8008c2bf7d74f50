"""A message's header fields for people: decoded and unfolded, and as they are on the wire."""

import re
from dataclasses import dataclass
from email import policy

FOLDED = re.compile(r"\r\n(?=[ \t])")


@dataclass(frozen=True, slots=True)
class Field:
    """One field. ``raw`` is how it travels, folds and all."""

    name: str
    value: str
    raw: str

    @property
    def is_plain(self) -> bool:
        """True when it travels as it reads, but for its folds."""
        return FOLDED.sub("", self.raw) == f"{self.name}: {self.value}"


def header_fields(message: bytes) -> list[Field]:
    """The fields of the message's header, in order."""
    header = message.partition(b"\r\n\r\n")[0].decode("ascii", "replace")
    return [_field(raw) for raw in re.split(r"\r\n(?![ \t])", header)]


def _field(raw: str) -> Field:
    name, _, value = FOLDED.sub("", raw).partition(":")
    try:
        decoded = str(policy.default.header_factory(name, value.strip()))
    except (ValueError, IndexError, AttributeError):  # what the parser of addresses and such trips over
        decoded = value.strip()
    return Field(name, decoded, raw)
