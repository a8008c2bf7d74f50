"""``digest demo``."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from digest.cli.publishing import show_report
from digest.cli.terminal import out


def demo(
    once: Annotated[
        bool, typer.Option("--once", help="End when the issue is delivered, without serving pages.")
    ] = False,
    folder: Annotated[
        Path | None, typer.Option("--dir", help="Where to work and leave the results; a temporary folder otherwise.")
    ] = None,
    port: Annotated[int, typer.Option(help="Where to serve the pages; a free port is taken when it is busy.")] = 8000,
) -> None:
    """Publish one real issue of a sample newsroom to a sample list, then serve the pages.

    Real HTTP, a real database, a real mail server: all on this machine, and nothing leaves it.
    """
    from digest.demo.run import Demo  # noqa: PLC0415  # the web server and the mail server are slow to load

    with Demo(folder, port) as show:
        show_report(show.publish())
        out.print()
        out.print(f"written to {show.folder}: digest.toml, digest.db, mail/, issue.html, issue.txt", markup=False)
        if not once:
            _invite(show.places)
            show.serve()


def _invite(places: Mapping[str, str]) -> None:
    out.print()
    for name, address in places.items():
        out.print(f"{name:22}", address, style="bold")
    out.print("Subscribe there and look into the inbox for the confirmation. Ctrl-C ends.")
