"""A file of anybody's subscribers, row by row: what each says of whom, or why it cannot be taken."""

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from operator import itemgetter
from typing import NamedTuple, Protocol

from subscribers.addresses import BadAddress, normalise_address
from subscribers.enrolling import NO_DETAILS, Details, Entry
from subscribers.exchange import cells as read
from subscribers.exchange.formats import (
    FORMATS,
    OURS,
    WORDS,
    Format,
    Sign,
    State,
    column_name,
    recognise,
    state_by_name,
)
from subscribers.models import Status

DELIMITERS = ",;\t"
MOST_COLUMNS = 1000
OF_REJECTS = ("reject line", "reject reason")
MAIN = (
    *("email", "newsletter", "name", "first_name", "last_name", "language"),
    *("requested_at", "confirmed_at", "ended_at"),
)
DETAILS = ("timezone", "flag", "topics", "hour", "paused_until", "page")
STATUSES = {State.ACTIVE: Status.ACTIVE, State.PENDING: Status.PENDING, State.UNSUBSCRIBED: Status.UNSUBSCRIBED}


class BadFile(ValueError):
    """The file as a whole cannot be imported; the message says why."""


class BadRow(ValueError):
    """One row cannot be imported; the message says why."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a file is imported with. ``newsletters`` are the known keys.

    ``newsletter`` is that of all rows, ``status`` that of those which do not tell (None: what the file's name says),
    ``format`` the key of one of ``FORMATS`` (None: by the header). ``file_name`` is without its folder.
    """

    newsletters: Sequence[str]
    newsletter: str | None = None
    format: str | None = None
    status: State | None = None
    file_name: str = ""


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


@dataclass(slots=True)
class _Layout:
    """Where in a row what stands: the places of each column that we know, of signs, of objects and of own fields.

    Behind the last cell of every row an empty one is added: there stands what the file does not have.
    """

    format: Format
    width: int
    wanted: Wanted
    base: State = State.ACTIVE
    places: dict[str, list[int]] = field(default_factory=dict)
    signs: list[tuple[int, str, Sign]] = field(default_factory=list)
    objects: list[tuple[int, str]] = field(default_factory=list)
    fields: list[tuple[int, str]] = field(default_factory=list)
    several: list[list[int]] = field(default_factory=list)
    detailed: list[int] = field(default_factory=list)
    main: Callable[[Sequence[str]], tuple[str, ...]] = tuple
    rest: Callable[[Sequence[str]], tuple[str, ...]] = tuple

    def finish(self) -> None:
        """Once every column has its place: note what need not be found out for each row."""
        self.several = [places for places in self.places.values() if len(places) > 1]
        self.detailed = [place for place, _ in (*self.fields, *self.objects)]
        self.detailed += [place for name in DETAILS for place in self.places.get(name, ())]

        self.main, self.rest = self._getter(MAIN), self._getter(DETAILS)

    def _getter(self, columns: Sequence[str]) -> Callable[[Sequence[str]], tuple[str, ...]]:
        return itemgetter(*(self.places.get(column, [self.width])[0] for column in columns))

    def cells(self, cells: Sequence[str]) -> list[str]:
        """A row's cells, bare, as many as there are columns and the empty one; of several for one thing, the first."""
        bare = list(map(str.strip, cells[: self.width]))
        if "'" in "".join(bare):
            bare = list(map(read.bare_cell, bare))
        bare += [""] * (self.width + 1 - len(bare))
        for first, *others in self.several:
            bare[first] = bare[first] or next((bare[place] for place in others if bare[place]), "")
        return bare


def open_sheet(lines: Iterable[str], wanted: Wanted, now: datetime) -> Sheet:
    """Read the header of a CSV file, given as its lines with their ends. Raises BadFile, also while rows are read."""
    source = iter(lines)
    first, delimiter = _first_line(source)
    reader = csv.reader(chain([first], source), delimiter=delimiter, strict=True)
    try:
        header = next(reader, [])
    except csv.Error as error:
        raise BadFile(f"its first line is not CSV: {error}") from None
    layout = _layout([column_name(read.bare_cell(cell)) for cell in header], wanted)
    return Sheet(header, layout.format, _rows(reader, layout, now))


def _first_line(source: Iterator[str]) -> tuple[str, str]:
    """The line that names the columns, and what stands between them."""
    first = next(source, "").removeprefix("\ufeff")
    if told := re.match(r"sep=(.)\s*$", first, re.IGNORECASE):
        return next(source, ""), told[1]
    bare = re.sub(r'"[^"]*"', "", first)
    return first, max(DELIMITERS, key=bare.count)


def _layout(names: Sequence[str], wanted: Wanted) -> _Layout:
    if len(names) > MOST_COLUMNS:
        raise BadFile(f"it has {len(names)} columns; {MOST_COLUMNS} are the most")
    known = FORMATS[wanted.format] if wanted.format else recognise(names)
    layout = _Layout(known, len(names), wanted)
    for place, name in enumerate(names):
        _place(layout, place, name)
    if "email" not in layout.places:
        seen = ", ".join(f'"{name[:40]}"' for name in names[:12]) or "nothing"
        raise BadFile(
            f'its first line must name the columns, and one of them must be "email"; it names {seen} '
            f"(or say whose export it is: --format {', '.join(FORMATS)})"
        )
    layout.finish()
    layout.base = _base(layout, wanted)
    return layout


def _place(layout: _Layout, place: int, name: str) -> None:
    known = layout.format
    if (column := known.columns.get(name)) is not None:
        layout.places.setdefault(column, []).append(place)
    if (sign := known.signs.get(name)) is not None:
        layout.signs.append((place, name, sign))
    if name in known.objects:
        layout.objects.append((place, name))
    elif column is None and sign is None and name not in known.ignored and name not in OF_REJECTS:
        layout.fields.append((place, name.removeprefix("field.")))


def _base(layout: _Layout, wanted: Wanted) -> State:
    """What is said of everybody in the file: by the operator, by its name, or by the columns that it has."""
    if wanted.status is not None:
        return wanted.status
    try:
        by_name = state_by_name(wanted.file_name)
    except ValueError as error:
        raise BadFile(f"{error} (--status pending keeps them, without any mail)") from None
    if by_name is not None:
        return by_name
    if layout.format.says_status or "status" in layout.places:
        return State.ACTIVE
    if told := [sign.state for _, _, sign in layout.signs]:
        return max(told)
    raise BadFile(
        f"an export of {layout.format.title} tells the status by the file's name (subscribed_…, unsubscribed_…, "
        "cleaned_…), and this one's does not: say --status active, unsubscribed or suppressed"
    )


def _rows(reader: _Reader, layout: _Layout, now: datetime) -> Iterator[Row]:
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


def _row(line: int, cells: list[str], layout: _Layout, now: datetime) -> Row:
    if len(cells) > layout.width and any(cell.strip() for cell in cells[layout.width :]):
        reason = f"there are {len(cells)} cells for {layout.width} columns (is a comma not quoted?)"
        return Row(line, cells, None, State.ACTIVE, reason)
    try:
        bare = layout.cells(cells)
        state = _state(bare, layout)
        return Row(line, cells, _entry(bare, layout, state, now), state)
    except (BadRow, BadAddress) as error:
        return Row(line, cells, None, State.ACTIVE, str(error))


def _state(cells: Sequence[str], layout: _Layout) -> State:
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


def _entry(bare: Sequence[str], layout: _Layout, state: State, now: datetime) -> Entry:
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


def _details(bare: Sequence[str], layout: _Layout) -> Details:
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


def _fields(cells: Sequence[str], layout: _Layout) -> dict[str, str]:
    pairs = [(name, cells[place]) for place, name in layout.fields if cells[place]]
    for place, name in layout.objects:
        try:
            pairs += read.read_object(cells[place])
        except ValueError as error:
            raise BadRow(f"{name}: {error}") from None
    return read.clean_fields(pairs) if pairs else {}
