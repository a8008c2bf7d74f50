"""``digest subscribers``: the list, looked at and changed by hand."""

from typing import Annotated

import typer
from pydantic import TypeAdapter, ValidationError
from rich.table import Table
from sqlmodel import Session

from digest.cli import exchange, person
from digest.cli.choosing import Address, SegmentKey, Where, address_of, chosen
from digest.cli.terminal import AsJson, counted, out, print_json, workspace
from digest.errors import AskedWrongly, DigestError
from digest.kinds import Language
from digest.store.received import forget_replies
from digest.workspace import Workspace
from subscribers.consent import Act
from subscribers.counting import count
from subscribers.models import Status
from subscribers.roster import Entry, Outcome, add, forget, members, remove

app = typer.Typer(help="Add, list, count, remove, import and export subscribers.", no_args_is_help=True)

Newsletter = Annotated[str | None, typer.Option("--newsletter", "-n", help="The newsletter's key in digest.toml.")]
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
    entry = Entry(address_of(address), _newsletter(place, newsletter), name, _language(language))
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
    where: Where = None,
    segment: SegmentKey = None,
    as_json: AsJson = False,
) -> None:
    """List subscriptions in the order of sign-up."""
    place = workspace(context)
    asked = chosen(place, where, segment, newsletter)
    with Session(place.engine) as session:
        if as_json:
            print_json(list(members(session, status=status, where=asked)))
            return
        table = Table("address", "name", "newsletter", "status", "since", box=None, pad_edge=False)
        for member in members(session, status=status, where=asked):
            told = "suppressed" if member.suppressed else member.status
            since = f"{member.confirmed_at or member.requested_at:%Y-%m-%d}"
            table.add_row(member.address, member.name, member.newsletter, told, since)
    nobody = "nobody is on the list yet" if asked is None and status is None else "nobody on the list is meant by that"
    out.print(table if table.row_count else nobody)


@app.command("count")
def count_all(
    context: typer.Context,
    newsletter: Newsletter = None,
    where: Where = None,
    segment: SegmentKey = None,
    as_json: AsJson = False,
) -> None:
    """Count subscriptions by status; those of suppressed addresses apart, whatever their status."""
    place = workspace(context)
    asked = chosen(place, where, segment, newsletter)
    with Session(place.engine) as session:
        numbers = count(session, asked)
    total = sum(numbers.values())
    if as_json:
        print_json({"subscriptions": total, **numbers})
        return
    told = ", ".join(f"{number} {standing}" for standing, number in numbers.items() if number)
    out.print(f"{counted(total, 'subscription')}{f': {told}' if told else ''}", markup=False)


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
    plain = address_of(address)
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


exchange.add_to(app)
person.add_to(app)


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
