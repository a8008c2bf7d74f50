"""``digest preview``."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from digest.cli.terminal import complain, err, out, workspace
from digest.errors import AskedWrongly, DigestError
from digest.gathering import gather
from digest.newsletters import Newsletter
from digest.preview import (
    SUFFIXES,
    Preview,
    preview_issue,
    preview_stored,
    read_address,
    refuse_other_endings,
    refuse_unknown,
    sample_recipient,
    send_test,
    write_preview,
)
from digest.preview.picture import MAIL_WIDTH
from digest.preview.studio import Studio
from digest.workspace import Workspace


def preview(  # one option for each way of looking
    context: typer.Context,
    newsletter: Annotated[str, typer.Argument(help="The newsletter's key in digest.toml.", metavar="NEWSLETTER")],
    issue: Annotated[
        int | None, typer.Option(help="Show this stored issue, by its id, instead of the next one.", metavar="ID")
    ] = None,
    file: Annotated[
        Path | None, typer.Option("--out", help=f"Write it to a file instead: {', '.join(SUFFIXES)} by its ending.")
    ] = None,
    width: Annotated[int, typer.Option(help="How wide a .png is, in CSS pixels.", min=200, max=2000)] = MAIL_WIDTH,
    dark: Annotated[bool, typer.Option("--dark", help="Take the .png in dark mode.")] = False,
    send_to: Annotated[
        str | None, typer.Option("--send-to", help="Send it as a test to this address instead.", metavar="ADDRESS")
    ] = None,
    theme: Annotated[str | None, typer.Option(help="Show it in this theme, not in the newsletter's own.")] = None,
    port: Annotated[int, typer.Option(help="Where to serve it; 0 takes a free port.")] = 0,
    browser: Annotated[bool, typer.Option(help="Open it in the browser.")] = True,
) -> None:
    """Show the next issue as it would be sent now. Nothing is stored, and nothing is sent but the test you ask for."""
    if file is not None and send_to is not None:
        raise AskedWrongly("--out and --send-to do not go together: ask for one after the other")
    if file is not None:
        refuse_other_endings(file)
    if send_to is not None:
        read_address(send_to)
    place = workspace(context)
    chosen = place.config.newsletter(newsletter)
    refuse_unknown(place, chosen, theme)
    if file is None and send_to is None:
        _serve(place, chosen, context.obj, issue, port=port, browser=browser, theme=theme)
        return
    made = _made(place, chosen, issue, theme)
    if file is not None:
        write_preview(made, chosen, file, width=width, dark=dark)
        out.print(f"wrote {file}: {made.message.subject}", markup=False)
    if send_to is not None:
        reply = send_test(place, made, sample_recipient(chosen), send_to)
        out.print(f"sent a test to {send_to}: {made.message.subject} ({reply})", markup=False)


def _made(place: Workspace, newsletter: Newsletter, issue_id: int | None, theme: str | None) -> Preview:
    if issue_id is not None:
        return preview_stored(place, newsletter, issue_id, theme=theme)
    with err.status(f"making the next issue of {newsletter.key}"):
        return asyncio.run(preview_issue(place, newsletter, theme=theme))


def _serve(
    place: Workspace,
    newsletter: Newsletter,
    config_file: Path,
    issue_id: int | None,
    *,
    port: int,
    browser: bool,
    theme: str | None,
) -> None:
    from digest.web.preview import Choice, serve_preview  # noqa: PLC0415  # the web server is slow to load

    gathered = None
    if issue_id is None:
        with err.status(f"collecting for the next issue of {newsletter.key}"):
            gathered = asyncio.run(gather(place, place.config.sources_of(newsletter)))
    studio = Studio(place, newsletter.key, gathered, config_file=config_file, issue_id=issue_id)
    _tell_mistakes(studio, theme)

    def told(address: str) -> None:
        what = f"issue {issue_id}" if issue_id is not None else "as it would be sent now"
        out.print(f"{newsletter.title}, {what}: {address} (Ctrl-C ends)", markup=False, soft_wrap=True)

    serve_preview(studio, port=port, browser=browser, told=told, choice=Choice(theme=theme or ""))


def _tell_mistakes(studio: Studio, theme: str | None) -> None:
    """End here when something was asked wrongly; anything else is shown on the page, until it is mended."""
    try:
        studio.show(theme)
    except AskedWrongly:
        raise
    except DigestError as error:
        complain(error)
