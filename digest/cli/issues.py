"""``digest issues``: what was published, what waits, and who got it."""

from typing import Annotated

import typer
from rich.table import Table
from sqlmodel import Session

from digest.cli.reports import show_balance, show_decisions
from digest.cli.terminal import AsJson, out, print_json, workspace
from digest.deliver import outbox
from digest.errors import AskedWrongly, DigestError
from digest.store import issues
from digest.store.models import IssueRow, IssueState

app = typer.Typer(help="List, show, approve, cancel and audit issues.", invoke_without_command=True)

IssueId = Annotated[int, typer.Argument(help="The issue's id, as `digest issues list` shows it.", metavar="ID")]


@app.callback()
def issues_or_one(context: typer.Context) -> None:
    """List, show, approve, cancel and audit issues; alone it lists them."""
    if context.invoked_subcommand is None:
        list_issues(context)


@app.command("list")
def list_issues(
    context: typer.Context,
    newsletter: Annotated[str | None, typer.Argument(help="Only this newsletter's.", metavar="NEWSLETTER")] = None,
    limit: Annotated[int, typer.Option(help="How many at the most.", min=1)] = 30,
    as_json: AsJson = False,
) -> None:
    """List the latest issues, the newest first."""
    place = workspace(context)
    if newsletter:
        place.config.newsletter(newsletter)
    rows = issues.list_issues(place.engine, newsletter, limit)
    if as_json:
        print_json([_plain(row) for row in rows])
        return
    table = Table("id", "newsletter", "no.", "slot", "state", "subject", box=None, pad_edge=False)
    for row in rows:
        told = row.subject if row.state not in (IssueState.SKIPPED, IssueState.CANCELLED) else row.reason
        number = str(row.number or "–")
        table.add_row(str(row.id), row.newsletter, number, f"{row.slot:%Y-%m-%d %H:%M} UTC", row.state, told)
    out.print(table if rows else "no issue has been made yet")


@app.command("show")
def show(context: typer.Context, issue_id: IssueId, as_json: AsJson = False) -> None:
    """Show one issue: its stories, its deliveries, and why each article was chosen or dropped."""
    place = workspace(context)
    row = issues.issue_by_id(place.engine, issue_id)
    balance = outbox.balance(place.engine, issue_id)
    if as_json:
        print_json({**_plain(row), "decisions": row.decisions, "deliveries": balance})
        return
    out.print(f"issue {row.id}: {row.newsletter}, slot {row.slot:%Y-%m-%d %H:%M} UTC, {row.state} {row.reason}")
    out.print(f"subject    {row.subject}", markup=False)
    out.print(f"preheader  {row.preheader}", markup=False)
    show_decisions(row.decisions)
    show_balance(balance)


@app.command("approve")
def approve(context: typer.Context, issue_id: IssueId) -> None:
    """Approve a draft; the daemon or `digest send --due` then sends it."""
    place = workspace(context)
    if not issues.approve(place.engine, issue_id):
        row = issues.issue_by_id(place.engine, issue_id)
        raise AskedWrongly(f"issue {issue_id} is {row.state}: only a finished draft can be approved")
    out.print(f"issue {issue_id} is approved")


@app.command("cancel")
def cancel(
    context: typer.Context,
    issue_id: IssueId,
    reason: Annotated[str, typer.Option(help="Why, for the record.")] = "by hand",
) -> None:
    """Cancel an issue that is not sent yet; what has not left will not leave."""
    place = workspace(context)
    with Session(place.engine) as session:
        if not issues.cancel(session, issue_id, reason):
            row = issues.issue_by_id(place.engine, issue_id)
            raise AskedWrongly(f"issue {issue_id} is {row.state}: it cannot be cancelled any more")
        session.commit()
    outbox.withdraw(place.engine, issue_id, now=place.clock())
    out.print(f"issue {issue_id} is cancelled")


@app.command("audit")
def audit(context: typer.Context, issue_id: IssueId, as_json: AsJson = False) -> None:
    """Prove what became of each delivery; fails when the balance does not hold."""
    place = workspace(context)
    row = issues.issue_by_id(place.engine, issue_id)
    balance = outbox.balance(place.engine, issue_id)
    if as_json:
        print_json({"issue": issue_id, "state": row.state, "deliveries": balance, "holds": balance.adds_up})
    else:
        show_balance(balance)
    if not balance.adds_up or (row.state == IssueState.SENT and balance.waiting):
        raise DigestError(f"issue {issue_id}: the balance does not hold")


def _plain(row: IssueRow) -> dict[str, object]:
    return row.model_dump(exclude={"decisions", "holder", "held_until"})
