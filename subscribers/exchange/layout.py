"""Where in a file's rows what stands: found out once, from its header and its name."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from operator import itemgetter

from subscribers.exchange.cells import bare_cell
from subscribers.exchange.formats import Format, Sign, State, state_by_name
from subscribers.exchange.services import FORMATS, recognise

MOST_COLUMNS = 1000
OF_REJECTS = ("reject line", "reject reason")
MAIN = (
    *("email", "newsletter", "name", "first_name", "last_name", "language"),
    *("requested_at", "confirmed_at", "ended_at"),
)
DETAILS = ("timezone", "flag", "topics", "hour", "paused_until", "page")


class BadFile(ValueError):
    """The file as a whole cannot be imported; the message says why."""


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


@dataclass(slots=True)
class Layout:
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
            bare = list(map(bare_cell, bare))
        bare += [""] * (self.width + 1 - len(bare))
        for first, *others in self.several:
            bare[first] = bare[first] or next((bare[place] for place in others if bare[place]), "")
        return bare


def lay_out(names: Sequence[str], wanted: Wanted) -> Layout:
    """The layout of rows whose header has those names. Raises BadFile."""
    if len(names) > MOST_COLUMNS:
        raise BadFile(f"it has {len(names)} columns; {MOST_COLUMNS} are the most")
    known = FORMATS[wanted.format] if wanted.format else recognise(names)
    layout = Layout(known, len(names), wanted)
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


def _place(layout: Layout, place: int, name: str) -> None:
    known = layout.format
    if (column := known.columns.get(name)) is not None:
        layout.places.setdefault(column, []).append(place)
    if (sign := known.signs.get(name)) is not None:
        layout.signs.append((place, name, sign))
    if name in known.objects:
        layout.objects.append((place, name))
    elif column is None and sign is None and name not in known.ignored and name not in OF_REJECTS:
        layout.fields.append((place, name.removeprefix("field.")))


def _base(layout: Layout, wanted: Wanted) -> State:
    """What is said of everybody in the file: the gravest of what the operator and its name say; else by its columns."""
    told = [state for state in (wanted.status, _by_name(layout, wanted)) if state is not None]
    if not told and not layout.format.says_status and "status" not in layout.places:
        told = [sign.state for _, _, sign in layout.signs]
        if not told:
            raise BadFile(
                f"an export of {layout.format.title} tells the status by the file's name (subscribed_…, "
                "unsubscribed_…, cleaned_…), and this one's does not: say --status active, unsubscribed or suppressed"
            )
    return max(told, default=State.ACTIVE)


def _by_name(layout: Layout, wanted: Wanted) -> State | None:
    by_name = state_by_name(wanted.file_name)
    if by_name is State.PENDING and (wanted.status or State.ACTIVE) is State.ACTIVE:
        raise BadFile(
            "by its name it holds people who never subscribed: they must not be mailed "
            "(--status pending keeps them, until they subscribe)"
        )
    # Anybody may call a list cleaned that was tidied up; only Mailchimp means that its addresses failed.
    return by_name if by_name is not State.SUPPRESSED or not layout.format.says_status else None
