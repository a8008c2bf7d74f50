"""``digest why``."""

import asyncio
from collections.abc import Sequence
from typing import Annotated

import typer

from digest.cli.reports import show_reasons
from digest.cli.terminal import AsJson, err, out, print_json, workspace
from digest.domain import Decision
from digest.drafting import curate_issue
from digest.gathering import Gathered, failures, gather
from digest.newsletters import Newsletter
from digest.store import issues
from digest.workspace import Workspace


def why(
    context: typer.Context,
    what: Annotated[
        str,
        typer.Argument(
            help="A newsletter's key, for its next issue; or the id of an issue.", metavar="NEWSLETTER|ISSUE"
        ),
    ],
    as_json: AsJson = False,
) -> None:
    """Show every candidate with its score by parts, and why it was chosen or dropped. Nothing is stored."""
    place = workspace(context)
    decisions = _kept(place, int(what)) if what.isascii() and what.isdigit() else _for_the_next(place, what)
    if as_json:
        print_json(decisions)
    elif decisions:
        show_reasons(decisions)
    else:
        out.print("there was nothing to choose from")


def _kept(place: Workspace, issue_id: int) -> Sequence[Decision]:
    return issues.decisions_of(issues.issue_by_id(place.engine, issue_id))


def _for_the_next(place: Workspace, key: str) -> Sequence[Decision]:
    newsletter = place.config.newsletter(key)
    with err.status(f"choosing the stories of {key}"):
        gathered, decisions = asyncio.run(_choose(place, newsletter))
    if failed := failures(gathered):
        err.print(f"not read: {failed}", markup=False, style="red")
    return decisions


async def _choose(place: Workspace, newsletter: Newsletter) -> tuple[Gathered, Sequence[Decision]]:
    gathered = await gather(place, place.config.sources_of(newsletter))
    return gathered, (await curate_issue(place, newsletter, gathered)).decisions
