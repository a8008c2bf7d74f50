"""``digest worker``."""

from typing import Annotated

import typer

from digest.cli.running import speak_up, stop_on_signal
from digest.cli.terminal import workspace
from digest.looping import run as run_loop
from digest.working import work
from digest.workspace import Workspace


def worker(
    context: typer.Context,
    once: Annotated[bool, typer.Option("--once", help="End when nothing is left to be done now.")] = False,
) -> None:
    """Take part in sending whatever is being sent; make no issue.

    Any number may run beside the daemon and each other: with PostgreSQL on other hosts too, with the same
    digest.toml and .env. Ctrl-C or SIGTERM finishes what is on its way and leaves the rest queued.
    """
    place = workspace(context)
    speak_up()
    run_loop(_until_stopped(place, once=once))


async def _until_stopped(place: Workspace, *, once: bool) -> None:
    await work(place, stop_on_signal(), once=once)
