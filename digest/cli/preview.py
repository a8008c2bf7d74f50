"""``digest preview``."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from digest.cli.terminal import err, out, workspace
from digest.errors import AskedWrongly
from digest.preview import SUFFIXES, preview_issue, write_preview


def add_to(app: typer.Typer) -> None:
    """Add this command to the command line."""
    app.command("preview")(preview)


def preview(
    context: typer.Context,
    newsletter: Annotated[str, typer.Argument(help="The newsletter's key in digest.toml.", metavar="NEWSLETTER")],
    file: Annotated[
        Path | None, typer.Option("--out", help="Write it to a file instead: .html, .txt or .eml by its ending.")
    ] = None,
    port: Annotated[int, typer.Option(help="Where to serve it; 0 takes a free port.")] = 0,
    browser: Annotated[bool, typer.Option(help="Open it in the browser.")] = True,
) -> None:
    """Show the next issue as it would be sent now. Nothing is stored, nothing is sent."""
    if file is not None and file.suffix not in SUFFIXES:
        raise AskedWrongly(f"--out: {file.name} must end in one of {', '.join(SUFFIXES)}")
    place = workspace(context)
    chosen = place.config.newsletter(newsletter)
    with err.status(f"making the next issue of {newsletter}"):
        made = asyncio.run(preview_issue(place, chosen))
    if file is None:
        from digest.web.preview import serve_preview  # noqa: PLC0415  # the web server is slow to load

        serve_preview(place, chosen, made.gathered, port=port, browser=browser)
        return
    write_preview(made, chosen, file)
    out.print(f"wrote {file}: {made.message.subject}", markup=False)
