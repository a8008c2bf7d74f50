"""``digest subscribers show``: all that is stored of one person, as that person's own download has it."""

from dataclasses import asdict
from datetime import datetime

import typer
from rich.table import Table
from rich.text import Text
from sqlmodel import Session, select

from digest.cli.choosing import Address, address_of
from digest.cli.terminal import AsJson, out, print_json, workspace
from digest.errors import DigestError
from digest.store.received import received_by
from subscribers.dossier import Dossier, dossier_of
from subscribers.models import Subscriber
from subscribers.suppression import suppressed_among


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("show")(show)


def show(context: typer.Context, address: Address, as_json: AsJson = False) -> None:
    """Show all that is stored of one person."""
    place = workspace(context)
    plain = address_of(address)
    keys = place.settings.keys
    with Session(place.engine) as session:
        number = session.exec(select(Subscriber.id).where(Subscriber.address == plain)).first()
        found = dossier_of(session, number, keys=keys, history=received_by) if number is not None else None
        if found is None:
            silent = suppressed_among(session, [plain], keys)
            why = (
                "is suppressed and must not be mailed again; nothing else is stored" if silent else "is not on the list"
            )
            raise DigestError(f"{plain} {why}")
    if as_json:
        print_json(asdict(found))
        return
    _print(found)


def _print(found: Dossier) -> None:
    for key, value in found.subscriber.items():
        if value not in ("", None, {}):
            out.print(Text(f"{key}: ") + _told(value))
    if found.suppression:
        out.print(f"suppressed: {found.suppression['reason']}, {found.suppression['at']:%Y-%m-%d}", markup=False)
    for heading, rows in (
        ("subscriptions", found.subscriptions),
        ("consents", found.consents),
        ("letters", found.letters),
        ("deliveries", found.deliveries),
    ):
        if rows:
            out.print(f"\n{heading}", markup=False)
            out.print(_table([dict(row) for row in rows]))


def _table(rows: list[dict[str, object]]) -> Table:
    """Only the columns in which something stands."""
    columns = [key for key in rows[0] if key != "id" and any(row[key] not in ("", None) for row in rows)]
    table = Table(*columns, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*(_told(row[key]) for key in columns))
    return table


def _told(value: object) -> Text:
    """The value as text and nothing else: it may be anybody's words."""
    told = "" if value is None else f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else str(value)
    return Text("".join(mark if mark.isprintable() else " " for mark in told))
