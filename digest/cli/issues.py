"""``digest issues``: what was published, what waits, and who got it."""

from typing import Annotated

import typer
from rich.table import Table
from sqlmodel import Session

from digest.cli.reports import show_audit, show_balance, show_decisions, show_stories
from digest.cli.terminal import AsJson, err, minute, out, print_json, workspace
from digest.deliver import auditing, outbox
from digest.errors import AskedWrongly, DigestError
from digest.store import issues
from digest.store.models import IssueRow, IssueState
from digest.workspace import Workspace

app = typer.Typer(
    help="List, show, edit, approve, pause, resume, cancel and audit issues.", invoke_without_command=True
)

IssueId = Annotated[int, typer.Argument(help="The issue's id, as `digest issues list` shows it.", metavar="ID")]


@app.callback()
def issues_or_one(context: typer.Context) -> None:
    """List, show, edit, approve, pause, resume, cancel and audit issues; alone it lists them."""
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
        table.add_row(str(row.id), row.newsletter, number, minute(row.slot), row.state, told)
    out.print(table if rows else "no issue has been made yet")


@app.command("show")
def show(context: typer.Context, issue_id: IssueId, as_json: AsJson = False) -> None:
    """Show one issue: its stories, its deliveries, and why each article was chosen or dropped."""
    place = workspace(context)
    row = issues.issue_by_id(place.engine, issue_id)
    balance = outbox.balance(place.engine, issue_id)
    if as_json:
        stories = issues.stories_of(place.engine, issue_id)
        versions = [{"language": tag, "stories": ranks} for tag, ranks in issues.versions_of(place.engine, issue_id)]
        told = {"stories": stories, "versions": versions, "decisions": row.decisions, "deliveries": balance}
        print_json({**_plain(row), **told})
        return
    _show(place, issue_id)
    show_decisions(row.decisions)
    show_balance(balance)


@app.command("approve")
def approve(context: typer.Context, issue_id: IssueId) -> None:
    """Approve a draft; the daemon or `digest send --due` then sends it."""
    place = workspace(context)
    if not issues.approve(place.engine, issue_id):
        raise _refusal(place, issue_id, "only a finished draft can be approved")
    out.print(f"issue {issue_id} is approved")


@app.command("edit")
def edit(  # one option for each thing that can be changed
    context: typer.Context,
    issue_id: IssueId,
    subject: Annotated[str | None, typer.Option(help="Its subject line.")] = None,
    preheader: Annotated[str | None, typer.Option(help="The line that inboxes show behind the subject.")] = None,
    intro: Annotated[str | None, typer.Option(help='What it begins with; "" for the newsletter\'s own.')] = None,
    story: Annotated[int | None, typer.Option(help="The place of the story to reword, from 1.", metavar="N")] = None,
    headline: Annotated[str | None, typer.Option(help="That story's headline.")] = None,
    summary: Annotated[str | None, typer.Option(help="That story's summary.")] = None,
    drop: Annotated[list[int] | None, typer.Option(help="Take this story out (may be repeated).", metavar="N")] = None,
    lead: Annotated[int | None, typer.Option(help="Put this story first.", metavar="N")] = None,
) -> None:
    """Change a draft or an approved issue: what you write stays, whatever happens to the articles."""
    from digest.editing import Changes, edit_issue  # noqa: PLC0415  # what makes and cleans words is slow to load

    place = workspace(context)
    changes = Changes(subject, preheader, story, headline, summary, tuple(drop or ()), lead, intro)
    for remark in edit_issue(place, issue_id, changes):
        err.print(f"note: {remark}", markup=False)
    _show(place, issue_id)


@app.command("pause")
def pause(context: typer.Context, issue_id: IssueId) -> None:
    """Stop the sending of an issue within a second, whoever sends it; nothing is lost."""
    place = workspace(context)
    if not issues.pause(place.engine, issue_id):
        raise _refusal(place, issue_id, "only one that is being sent can be paused")
    row, balance = issues.issue_by_id(place.engine, issue_id), outbox.balance(place.engine, issue_id)
    out.print(
        f"issue {issue_id} is paused: {balance.sent:,} sent, {balance.waiting:,} wait; "
        f"`digest issues resume {issue_id}` goes on, until {minute(row.expires_at)}"
    )


@app.command("resume")
def resume(context: typer.Context, issue_id: IssueId) -> None:
    """Go on with a paused issue where it stopped."""
    place = workspace(context)
    if not issues.resume(place.engine, issue_id):
        raise _refusal(place, issue_id, "only one that is paused can be resumed")
    row, balance = issues.issue_by_id(place.engine, issue_id), outbox.balance(place.engine, issue_id)
    if place.clock() > row.expires_at:
        out.print(
            f"issue {issue_id} ends: its time was over at {minute(row.expires_at)}, "
            f"and the {balance.waiting:,} that wait are given up"
        )
        return
    out.print(
        f"issue {issue_id} goes on, {balance.waiting:,} wait: `digest run` or `digest worker` begins within a second "
        "where one is running, else `digest send --due`"
    )


@app.command("cancel")
def cancel(
    context: typer.Context,
    issue_id: IssueId,
    reason: Annotated[str, typer.Option(help="Why, for the record.")] = "by hand",
) -> None:
    """Cancel an issue that is not sent yet, or is being sent: what has not left will not leave."""
    place = workspace(context)
    with Session(place.engine) as session:
        if not issues.cancel(session, issue_id, reason):
            raise _refusal(place, issue_id, "it cannot be cancelled any more")
        session.commit()
    outbox.recover(place.engine, issue_id, now=place.clock())  # what a killed sender had, nobody else would look after
    outbox.withdraw(place.engine, issue_id, now=place.clock())
    out.print(f"issue {issue_id} is cancelled")


@app.command("audit")
def audit(context: typer.Context, issue_id: IssueId, as_json: AsJson = False) -> None:
    """Prove what became of each delivery; fails when the balance does not hold."""
    place = workspace(context)
    found = auditing.audit(place.engine, issues.issue_by_id(place.engine, issue_id))
    if as_json:
        print_json(found)
    else:
        show_audit(found)
    if not found.holds:
        raise DigestError(f"issue {issue_id}: the balance does not hold")


def _refusal(place: Workspace, issue_id: int, why: str) -> AskedWrongly:
    """Why an issue cannot take a step, or that there is no such issue."""
    return AskedWrongly(f"issue {issue_id} is {issues.issue_by_id(place.engine, issue_id).state}: {why}")


def _show(place: Workspace, issue_id: int) -> None:
    row = issues.issue_by_id(place.engine, issue_id)
    out.print(f"issue {row.id}: {row.newsletter}, slot {minute(row.slot)}, {row.state} {row.reason}")
    out.print(f"subject    {row.subject}", markup=False)
    out.print(f"preheader  {row.preheader}", markup=False)
    if row.intro:
        out.print(f"intro      {row.intro}", markup=False)
    if versions := issues.versions_of(place.engine, issue_id):
        told = "; ".join(f"{language} with stories {ranks}" if ranks else language for language, ranks in versions)
        out.print(f"versions   {len(versions)}: {told}", markup=False)
    show_stories(issues.stories_of(place.engine, issue_id))


def _plain(row: IssueRow) -> dict[str, object]:
    return row.model_dump(exclude={"decisions", "holder", "held_until"})
