"""``digest collect``, ``send``, ``run`` and ``serve``."""

import asyncio
from datetime import datetime
from functools import partial
from typing import Annotated

import typer

from digest.cli.reports import show_balance, show_decisions, show_harvests, show_heading
from digest.cli.running import speak_up, stop_on_signal
from digest.cli.sending import progress_of_sending
from digest.cli.terminal import AsJson, err, minute, out, print_json, workspace
from digest.errors import AskedWrongly, DigestError
from digest.gathering import gather
from digest.looping import run as run_loop
from digest.newsletters import Newsletter
from digest.publish import Report, publish
from digest.schedule import Daemon, latest_slot, publish_due, tidy
from digest.workspace import Workspace

NewsletterKey = Annotated[str | None, typer.Argument(help="The newsletter's key in digest.toml.", metavar="NEWSLETTER")]


def collect(context: typer.Context, newsletter: NewsletterKey = None, as_json: AsJson = False) -> None:
    """Fetch the sources now and store what is new; send nothing."""
    place = workspace(context)
    config = place.config
    sources = config.sources_of(config.newsletter(newsletter)) if newsletter else tuple(config.sources.values())
    with err.status(f"collecting from {len(sources)} sources"):
        gathered = asyncio.run(gather(place, sources, keep=True))
    if as_json:
        print_json(gathered.harvests)
    else:
        show_harvests(gathered.harvests)
    if any(harvest.error for harvest in gathered.harvests):
        raise typer.Exit(1)


def send(
    context: typer.Context,
    newsletter: NewsletterKey = None,
    due: Annotated[
        bool, typer.Option("--due", help="Send whatever is due in any newsletter, and go on with what was interrupted.")
    ] = False,
    slot: Annotated[
        str | None,
        typer.Option(help="The moment the issue is for, such as 2026-11-23T07:00 (newsletter's time zone), or now."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make and send an issue: that of the last scheduled slot, unless you say which.

    One slot has one issue: sending it again sends nothing, and sending one that was interrupted goes
    on where it stopped. For system cron: digest send --due
    """
    if due == bool(newsletter):
        raise AskedWrongly("say which newsletter to send (digest send daily), or --due for all that is due")
    place = workspace(context)
    if due:
        _send_due(place, as_json)
        return
    chosen = place.config.newsletter(str(newsletter))
    report = run_loop(_until_stopped(place, chosen, _moment(place, chosen, slot)))
    if as_json:
        print_json(report)
    else:
        show_report(report)


def run(context: typer.Context) -> None:
    """Run the daemon: send every issue when it is due, and serve the readers' pages."""
    from digest.serving import serve as serve_pages  # noqa: PLC0415  # the web server is slow to load

    place = workspace(context)
    speak_up()
    daemon = Daemon(place)
    daemon.start()
    try:
        serve_pages(place)
    finally:
        daemon.stop()


def serve(context: typer.Context) -> None:
    """Serve the readers' pages only (sign-up, confirmation, unsubscribe, archive)."""
    from digest.serving import serve as serve_pages  # noqa: PLC0415  # as above

    place = workspace(context)
    speak_up()
    serve_pages(place)


def show_report(report: Report) -> None:
    """Everything one run did for one slot."""
    issue = report.issue
    if report.harvests:
        show_harvests(report.harvests)
    if report.harvests and issue.decisions:
        show_decisions(issue.decisions)
    name = f"issue {issue.id} of {issue.newsletter}, slot {minute(issue.slot)}"
    told = "; ".join(part for part in (report.note, issue.reason) if part)
    show_heading(f"{name}: {issue.state}" + (f" ({told})" if told and told != f"already {issue.state}" else ""))
    if report.note == f"already {issue.state}":
        out.print("nothing was sent now: one slot has one issue", style="dim")
    if issue.subject:
        out.print(f"subject    {issue.subject}", markup=False)
        out.print(f"preheader  {issue.preheader}", markup=False)
    if report.balance:
        show_balance(report.balance)
    if report.seconds:
        steps = ", ".join(f"{step} {seconds:.2f} s" for step, seconds in report.seconds.items())
        out.print(f"time       {steps}; {sum(report.seconds.values()):.2f} s in all", markup=False)


def _send_due(place: Workspace, as_json: bool) -> None:
    reports: list[Report] = []
    failures = run_loop(_all_due_until_stopped(place, reports))
    tidy(place)
    if as_json:
        print_json(reports)
    elif not reports and not failures:
        out.print("nothing is due")
    else:
        for report in reports:
            show_report(report)
    if failures:
        raise typer.Exit(1)


async def _until_stopped(place: Workspace, newsletter: Newsletter, slot: datetime) -> Report:
    stop = stop_on_signal()
    with progress_of_sending() as show:
        return await publish(place, newsletter, slot, stop=stop, progress=partial(show, newsletter.key))


async def _all_due_until_stopped(place: Workspace, reports: list[Report]) -> list[DigestError]:
    stop = stop_on_signal()
    with progress_of_sending() as show:
        return await publish_due(place, stop, reports.append, show)


def _moment(place: Workspace, newsletter: Newsletter, slot: str | None) -> datetime:
    now = place.clock()
    if slot == "now":
        return now.replace(second=0, microsecond=0)
    if slot is None:
        latest = latest_slot(newsletter, now)
        if latest is None:
            raise AskedWrongly(f"{newsletter.key} has had no slot yet; say --slot now")
        return latest
    try:
        moment = datetime.fromisoformat(slot)
    except ValueError:
        raise AskedWrongly(f'--slot: "{slot}" is no moment (try 2026-11-23T07:00, or now)') from None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=newsletter.zone)
    if moment > now:
        raise AskedWrongly(f"--slot: {slot} has not come yet")
    return moment.astimezone(now.tzinfo)
