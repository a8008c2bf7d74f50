"""``digest subscribers import`` and ``export``: whole lists, in and out."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, BinaryIO, TextIO

import typer
from sqlmodel import Session

from digest.cli.choosing import SegmentKey, Where, chosen
from digest.cli.terminal import AsJson, bytes_bar, complain, counted, out, print_json, workspace
from digest.errors import AskedWrongly, DigestError
from digest.workspace import Workspace
from subscribers.exchange import FORMATS, BadFile, Form, Rejects, Report, State, Wanted, Watch, Which
from subscribers.exchange import export as export_list
from subscribers.exchange import import_file as import_list
from subscribers.models import Status
from subscribers.roster import Outcome

Newsletter = Annotated[str | None, typer.Option("--newsletter", "-n", help="The newsletter's key in digest.toml.")]
SHOWN_REFUSALS = 20
SUFFIXES = {".json": Form.JSON, ".jsonl": Form.LINES, ".ndjson": Form.LINES}
STANDARD = Path("-")


class Said(StrEnum):
    """What an operator can say of everybody in a file."""

    ACTIVE = "active"
    PENDING = "pending"
    UNSUBSCRIBED = "unsubscribed"
    SUPPRESSED = "suppressed"


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command("import")(import_file)
    app.command("export")(export)


def import_file(
    context: typer.Context,
    file: Annotated[
        Path, typer.Argument(help="A CSV file whose first line names the columns; - reads standard input.")
    ],
    newsletter: Newsletter = None,
    form: Annotated[
        str | None,
        typer.Option("--format", help=f"Whose export it is, if its header does not tell: {', '.join(FORMATS)}."),
    ] = None,
    status: Annotated[Said | None, typer.Option(help="The status of all whose row does not tell.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tell what would be, and write nothing.")] = False,
    rejects: Annotated[
        Path | None, typer.Option(help="Where wrong rows go, to be mended; FILE.rejects.csv if not told.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Import subscribers from a CSV file: of digest, Mailchimp, listmonk, Substack, Ghost, Buttondown, Kit or phpList.

    Who has left or is suppressed stays so; the same file twice changes nothing, and an import that was cut off goes on
    where it stood. A wrong row is told with its line and reason, and the others go on.
    """
    place = workspace(context)
    wanted = _wanted(place, file, newsletter, form, status)
    if rejects is None and file != STANDARD:
        rejects = file.with_name(f"{file.name.removesuffix('.csv')}.rejects.csv")
    with ExitStack() as stack:
        writer = Rejects(lambda: stack.enter_context(_replacing(rejects or Path(os.devnull))))
        report = _import(place, file, wanted, writer, dry_run)
    kept = str(rejects) if report.refused and rejects else None
    if as_json:
        print_json({**_told(report), "dry_run": dry_run, "rejects": kept})
    else:
        _show(report, file, kept, dry_run)
    if report.refused:
        raise typer.Exit(1)


def export(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="Where to write; - writes to standard output.")] = STANDARD,
    newsletter: Newsletter = None,
    status: Annotated[Status | None, typer.Option(help="Only those.")] = None,
    form: Annotated[
        Form | None,
        typer.Option("--format", help="CSV, a JSON array, or an object a line; by the file's name if not told."),
    ] = None,
    where: Where = None,
    segment: SegmentKey = None,
) -> None:
    """Export the list as CSV or JSON; cells that a spreadsheet would take for formulas are made harmless."""
    place = workspace(context)
    key = place.config.newsletter(newsletter).key if newsletter else None
    which = Which(key, status, chosen(place, where, segment))
    form = form or SUFFIXES.get(file.suffix.lower(), Form.CSV)
    with Session(place.engine) as session:
        pieces = export_list(session, form, which)
        if file == STANDARD:
            sys.stdout.writelines(pieces)
            return
        with _replacing(file) as target:
            target.writelines(pieces)
    out.print(f"wrote {file}", markup=False)


def _wanted(place: Workspace, file: Path, newsletter: str | None, form: str | None, status: Said | None) -> Wanted:
    known = list(place.config.newsletters)
    if form is not None and form not in FORMATS:
        raise AskedWrongly(f"--format {form}: there is no such format (known: {', '.join(FORMATS)})")
    return Wanted(
        newsletters=known,
        newsletter=place.config.newsletter(newsletter).key if newsletter else known[0] if len(known) == 1 else None,
        format=form,
        status=State[status.name] if status else None,
        file_name="" if file == STANDARD else file.name,
    )


def _import(place: Workspace, file: Path, wanted: Wanted, rejects: Rejects, dry_run: bool) -> Report:
    with _reading(file) as source, Session(place.engine) as session, bytes_bar("importing", _size(source)) as read:
        watch = Watch(read=read, header=rejects.header, refused=rejects.refused)
        now, keys = place.clock(), place.settings.keys
        try:
            return import_list(session, source, wanted, now=now, keys=keys, dry_run=dry_run, watch=watch)
        except BadFile as error:
            raise AskedWrongly(f"{file}: {error}") from error


def _told(report: Report) -> dict[str, object]:
    return {
        "format": report.format,
        "states": report.states,
        "outcomes": report.outcomes,
        "went_on_after_line": report.began_after,
        "refused_rows": report.refused,
        "refused": report.refusals,
    }


def _show(report: Report, file: Path, kept: str | None, dry_run: bool) -> None:
    told = _listed(report.outcomes) or "no rows"
    said = _listed(report.states) or "nothing"
    service = "" if report.format == "digest" else f" ({FORMATS[report.format].title})"
    if report.began_after:
        out.print(f"{file}: went on after line {report.began_after}, where an earlier run stood", markup=False)
    out.print(f"{file}{service} says: {said}", markup=False)
    out.print(f"{file}: {told}, {report.refused} refused", markup=False)
    if dry_run:
        out.print("nothing was written: this was a dry run", markup=False)
    for refusal in report.refusals[:SHOWN_REFUSALS]:
        complain(DigestError(f"{file}:{refusal.line}: {refusal.reason}"))
    if report.refused > SHOWN_REFUSALS:
        complain(DigestError(f"… and {report.refused - SHOWN_REFUSALS} more"))
    if kept:
        complain(DigestError(f"{counted(report.refused, 'row')} in {kept}: mend them there and import that file"))


def _listed(counts: Mapping[Outcome, int] | Mapping[str, int]) -> str:
    return ", ".join(f"{count} {word}" for word, count in sorted(counts.items()))


@contextmanager
def _reading(file: Path) -> Iterator[BinaryIO]:
    """The file, or all of standard input: it is read twice."""
    if file == STANDARD:
        with tempfile.TemporaryFile() as spool:
            shutil.copyfileobj(sys.stdin.buffer, spool)
            yield spool
        return
    try:
        opened = file.open("rb")
    except OSError as error:
        raise AskedWrongly(f"{file}: cannot be read: {error.strerror}") from error
    with opened:
        if not opened.seekable():
            raise AskedWrongly(
                f"{file}: is not a file that can be read twice (try: digest subscribers import - < {file})"
            )
        yield opened


def _size(source: BinaryIO) -> int:
    return source.seek(0, os.SEEK_END)


@contextmanager
def _replacing(file: Path) -> Iterator[TextIO]:
    """A file that takes the place of ``file`` when it is finished, readable by its owner only: it holds addresses."""
    if file.exists() and not file.is_file():
        with file.open("w", encoding="utf-8", newline="") as device:
            yield device
        return
    try:
        handle, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    except OSError as error:
        raise DigestError(f"{file}: cannot be written: {error.strerror}") from error
    unfinished = Path(name)
    try:
        with open(handle, "w", encoding="utf-8", newline="") as target:  # noqa: PTH123  # a descriptor has no path
            yield target
        unfinished.replace(file)
    except OSError as error:
        raise DigestError(f"{file}: cannot be written: {error.strerror}") from error
    finally:
        unfinished.unlink(missing_ok=True)
