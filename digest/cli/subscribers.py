"""``digest subscribers``: the list, looked at and changed by hand."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, TextIO

import typer
from pydantic import TypeAdapter, ValidationError
from rich.table import Table
from sqlmodel import Session

from digest.cli.terminal import AsJson, complain, out, print_json, progress_bar, workspace
from digest.errors import AskedWrongly, DigestError
from digest.kinds import Language
from digest.store.received import forget_replies
from digest.workspace import Workspace
from subscribers.addresses import BadAddress, normalise_address
from subscribers.consent import Act
from subscribers.exchange import BadFile, Report, export_csv, import_csv
from subscribers.models import Status
from subscribers.roster import Entry, Outcome, add, forget, members, remove

app = typer.Typer(help="Add, list, remove, import and export subscribers.", no_args_is_help=True)

Address = Annotated[str, typer.Argument(help="The mail address.", metavar="ADDRESS")]
Newsletter = Annotated[str | None, typer.Option("--newsletter", "-n", help="The newsletter's key in digest.toml.")]
SHOWN_REFUSALS = 20
TOLD = {
    Outcome.ADDED: "is subscribed to {newsletter}",
    Outcome.KNOWN: "was subscribed to {newsletter} already",
    Outcome.LEFT: "has left {newsletter}; only with their own word: --again",
    Outcome.SUPPRESSED: "is suppressed and must not be mailed again",
}


@app.command("add")
def add_one(
    context: typer.Context,
    address: Address,
    newsletter: Newsletter = None,
    name: Annotated[str, typer.Option(help="The reader's name.")] = "",
    language: Annotated[str, typer.Option(help="The language to write to them in, such as fr.")] = "",
    again: Annotated[bool, typer.Option("--again", help="Even somebody who has left, because they asked you.")] = False,
) -> None:
    """Subscribe somebody who asked you for it; no confirmation is mailed."""
    place = workspace(context)
    entry = Entry(_address(address), _newsletter(place, newsletter), name, _language(language))
    with Session(place.engine) as session:
        [outcome] = add(session, [entry], act=Act.ADDED, now=place.clock(), keys=place.settings.keys, reactivate=again)
    told = f"{entry.address} {TOLD[outcome].format(newsletter=entry.newsletter)}"
    if outcome in (Outcome.LEFT, Outcome.SUPPRESSED):
        raise DigestError(told)
    out.print(told, markup=False)


@app.command("list")
def list_all(
    context: typer.Context,
    newsletter: Newsletter = None,
    status: Annotated[Status | None, typer.Option(help="Only those.")] = None,
    as_json: AsJson = False,
) -> None:
    """List subscriptions in the order of sign-up."""
    place = workspace(context)
    key = _newsletter(place, newsletter) if newsletter else None
    with Session(place.engine) as session:
        if as_json:
            print_json(list(members(session, key, status)))
            return
        table = Table("address", "name", "newsletter", "status", "since", box=None, pad_edge=False)
        for member in members(session, key, status):
            told = "suppressed" if member.suppressed else member.status
            since = f"{member.confirmed_at or member.requested_at:%Y-%m-%d}"
            table.add_row(member.address, member.name, member.newsletter, told, since)
    out.print(table if table.row_count else "nobody is on the list yet")


@app.command("remove")
def remove_one(
    context: typer.Context,
    address: Address,
    newsletter: Newsletter = None,
    erase: Annotated[
        bool, typer.Option("--forget", help="Erase all that is stored of the person; they are never mailed again.")
    ] = False,
) -> None:
    """Unsubscribe somebody from one newsletter, or from all."""
    place = workspace(context)
    plain = _address(address)
    key = _newsletter(place, newsletter) if newsletter else None
    with Session(place.engine) as session:
        if erase:
            keys = place.settings.keys
            known = forget(session, plain, now=place.clock(), keys=keys, elsewhere=forget_replies)
            out.print(f"{plain} is forgotten" if known else f"{plain} was not known, and never will be", markup=False)
            return
        ended = remove(session, plain, key, now=place.clock())
        session.commit()
    if not ended:
        raise DigestError(f"{plain} has no subscription to end")
    out.print(f"{plain}: {ended} subscription{'s' if ended > 1 else ''} ended", markup=False)


@app.command("import")
def import_file(
    context: typer.Context,
    file: Annotated[
        Path, typer.Argument(help="A CSV file whose first line names the columns; - reads standard input.")
    ],
    newsletter: Newsletter = None,
    as_json: AsJson = False,
) -> None:
    """Import a CSV file (columns: email, name, language, newsletter, status).

    Who has left or is suppressed stays so; the same file twice changes nothing. A wrong row is told
    with its line and reason, and the others go on.
    """
    place = workspace(context)
    given = _newsletter(place, newsletter) if newsletter or len(place.config.newsletters) == 1 else None
    with _reading(file) as lines, Session(place.engine) as session, progress_bar("importing") as bar:
        counted = _counting(lines, lambda: bar.advance(bar.task_ids[0]))
        try:
            report = import_csv(
                session,
                counted,
                newsletters=list(place.config.newsletters),
                newsletter=given,
                now=place.clock(),
                keys=place.settings.keys,
            )
        except BadFile as error:
            raise AskedWrongly(f"{file}: {error}") from error
    if as_json:
        print_json({"outcomes": report.outcomes, "refused": report.refusals})
    else:
        _show(report, file)
    if report.refusals:
        raise typer.Exit(1)


@app.command("export")
def export(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="Where to write; - writes to standard output.")] = Path("-"),
    newsletter: Newsletter = None,
    status: Annotated[Status | None, typer.Option(help="Only those.")] = None,
) -> None:
    """Export the list as CSV; cells that a spreadsheet would take for formulas are made harmless."""
    place = workspace(context)
    key = _newsletter(place, newsletter) if newsletter else None
    with Session(place.engine) as session:
        lines = export_csv(session, key, status)
        if str(file) == "-":
            sys.stdout.writelines(lines)
            return
        try:
            with file.open("w", encoding="utf-8", newline="") as target:
                target.writelines(lines)
        except OSError as error:
            raise DigestError(f"{file}: cannot be written: {error.strerror}") from error
    out.print(f"wrote {file}", markup=False)


def _show(report: Report, file: Path) -> None:
    told = ", ".join(f"{count} {outcome}" for outcome, count in sorted(report.outcomes.items())) or "no rows"
    out.print(f"{file}: {told}, {len(report.refusals)} refused", markup=False)
    for refusal in report.refusals[:SHOWN_REFUSALS]:
        complain(DigestError(f"{file}:{refusal.line}: {refusal.reason}"))
    if len(report.refusals) > SHOWN_REFUSALS:
        complain(DigestError(f"… and {len(report.refusals) - SHOWN_REFUSALS} more"))


def _address(text: str) -> str:
    try:
        return normalise_address(text)
    except BadAddress as error:
        raise AskedWrongly(f"{text}: {error}") from error


def _language(tag: str) -> str:
    try:
        return TypeAdapter(Language).validate_python(tag) if tag else ""
    except ValidationError:
        raise AskedWrongly(f'"{tag}" is not a language tag (try fr, or pt-BR)') from None


def _newsletter(place: Workspace, key: str | None) -> str:
    known = list(place.config.newsletters)
    if key is None and len(known) > 1:
        raise AskedWrongly(f"say which newsletter: --newsletter {known[0]} (known: {', '.join(known)})")
    return place.config.newsletter(key or known[0]).key


@contextmanager
def _reading(file: Path) -> Iterator[TextIO]:
    if str(file) == "-":
        yield sys.stdin
        return
    try:
        opened = file.open(encoding="utf-8-sig", newline="")
    except OSError as error:
        raise AskedWrongly(f"{file}: cannot be read: {error.strerror}") from error
    with opened as lines:
        yield lines


def _counting(lines: TextIO, tick: Callable[[], None]) -> Iterator[str]:
    for line in lines:
        tick()
        yield line
