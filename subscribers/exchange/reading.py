"""A file of anybody's subscribers, row by row: what each says of whom, or why it cannot be taken."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import NamedTuple, Protocol

from subscribers.addresses import BadAddress, normalise_address
from subscribers.enrolling import NO_DETAILS, Details, Entry
from subscribers.exchange import cells as read
from subscribers.exchange.formats import Format, Sign, State, column_name
from subscribers.exchange.layout import BadFile, Layout, Wanted, lay_out
from subscribers.exchange.services import OURS, WORDS
from subscribers.models import Status

DELIMITERS = ",;\t"
STATUSES = {State.ACTIVE: Status.ACTIVE, State.PENDING: Status.PENDING, State.UNSUBSCRIBED: Status.UNSUBSCRIBED}


class BadRow(ValueError):
    """One row cannot be imported; the message says why."""


class _Reader(Protocol):
    """The standard library's, which has no public name."""

    @property
    def line_num(self) -> int: ...

    def __next__(self) -> list[str]: ...


class Row(NamedTuple):
    """One row: where it ends in the file, its cells, and what it says (or the reason why that is not taken)."""

    line: int
    cells: Sequence[str]
    entry: Entry | None
    state: State
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file whose header is understood. ``rows`` can be read once."""

    header: Sequence[str]
    format: Format
    rows: Iterator[Row]


def open_sheet(lines: Iterable[str], wanted: Wanted, now: datetime) -> Sheet:
    """Read the header of a CSV file, given as its lines with their ends. Raises BadFile, also while rows are read."""
    source = iter(lines)
    first, delimiter = _first_line(source)
    reader = csv.reader(chain([first], source), delimiter=delimiter, strict=True)
    try:
        header = next(reader, [])
    except csv.Error as error:
        raise BadFile(f"its first line is not CSV: {error}") from None
    layout = lay_out([column_name(read.bare_cell(cell)) for cell in header], wanted)
    return Sheet(header, layout.format, _rows(reader, layout, now))


def _first_line(source: Iterator[str]) -> tuple[str, str]:
    """The line that names the columns, and what stands between them."""
    first = next(source, "").removeprefix("\ufeff")
    if told := re.match(r"sep=(.)\s*$", first, re.IGNORECASE):
        return next(source, ""), told[1]
    bare = re.sub(r'"[^"]*"', "", first)
    return first, max(DELIMITERS, key=bare.count)


def _rows(reader: _Reader, layout: Layout, now: datetime) -> Iterator[Row]:
    before = reader.line_num
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            lost = f"; lines {before + 1} to {reader.line_num} are lost in it" if reader.line_num > before + 1 else ""
            before = reader.line_num
            yield Row(before, (), None, State.ACTIVE, f"this is not CSV: {error}{lost}")
            continue
        before = reader.line_num
        if any(map(str.strip, cells)):
            yield _row(before, cells, layout, now)


def _row(line: int, cells: list[str], layout: Layout, now: datetime) -> Row:
    if len(cells) > layout.width and any(cell.strip() for cell in cells[layout.width :]):
        reason = f"there are {len(cells)} cells for {layout.width} columns (is a comma not quoted?)"
        return Row(line, cells, None, State.ACTIVE, reason)
    try:
        bare = layout.cells(cells)
        state = _state(bare, layout)
        return Row(line, cells, _entry(bare, layout, state, now), state)
    except (BadRow, BadAddress) as error:
        return Row(line, cells, None, State.ACTIVE, str(error))


def _state(cells: Sequence[str], layout: Layout) -> State:
    """The gravest of all that is said."""
    state = layout.base
    for place in layout.places.get("status", ()):
        if word := cells[place].lower():
            state = max(state, _state_of(word, layout.format))
    for place, name, sign in layout.signs:
        if cells[place] and _holds(sign, cells[place], name):
            state = max(state, sign.state)
    return state


def _state_of(word: str, known: Format) -> State:
    state = known.statuses.get(word, WORDS.get(word))
    if state is None:
        raise BadRow(f'there is no status "{word[:40]}" (try "active", "pending", "unsubscribed" or "suppressed")')
    return state


def _holds(sign: Sign, cell: str, name: str) -> bool:
    if sign.when == "filled":
        return True
    try:
        return read.read_flag(cell) is (sign.when == "yes")
    except ValueError as error:
        raise BadRow(f"{name}: {error}") from None


def _entry(bare: Sequence[str], layout: Layout, state: State, now: datetime) -> Entry:
    email, newsletter, name, first, last, language, requested, confirmed, ended = layout.main(bare)
    address = normalise_address(email)
    newsletter = layout.wanted.newsletter or newsletter
    if newsletter not in layout.wanted.newsletters and state is not State.SUPPRESSED:
        known = ", ".join(layout.wanted.newsletters)
        raise BadRow(f'there is no newsletter "{newsletter[:40]}" (known: {known})')
    asked = read.read_instant(requested, now)
    consented = asked if confirmed == requested else read.read_instant(confirmed, now)
    return Entry(
        address,
        newsletter,
        name or f"{first} {last}",
        read.read_language(language),
        STATUSES.get(state, Status.UNSUBSCRIBED),
        asked or consented,
        consented,
        read.read_instant(ended, now),
        _note(layout.format, asked, consented),
        _details(bare, layout) if any(bare[place] for place in layout.detailed) else NO_DETAILS,
    )


def _note(known: Format, asked: datetime | None, confirmed: datetime | None) -> str:
    """What the file says of the consent, in the words of the record; nothing when it says nothing."""
    if asked is None and confirmed is None:
        return ""
    told = [f"asked {asked.isoformat(' ', 'seconds')[:19]} UTC"] if asked else []
    told += [f"confirmed {confirmed.isoformat(' ', 'seconds')[:19]} UTC"] if confirmed else []
    return f"the imported file{'' if known is OURS else f' of {known.title}'} says: {', '.join(told)}"


def _details(bare: Sequence[str], layout: Layout) -> Details:
    timezone, flag, topics, hour, paused_until, page = layout.rest(bare)
    return Details(
        timezone=read.read_timezone(timezone),
        fields=_fields(bare, layout),
        flag=read.clean_value(flag),
        topics=read.read_topics(topics),
        hour=read.read_hour(hour),
        paused_until=read.read_moment(paused_until),
        page=read.read_page(page),
    )


def _fields(cells: Sequence[str], layout: Layout) -> dict[str, str]:
    pairs = [(name, cells[place]) for place, name in layout.fields if cells[place]]
    for place, name in layout.objects:
        try:
            pairs += read.read_object(cells[place])
        except ValueError as error:
            raise BadRow(f"{name}: {error}") from None
    return read.clean_fields(pairs) if pairs else {}
