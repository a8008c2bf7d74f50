"""``digest lint``."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.padding import Padding
from rich.text import Text

from digest.cli.terminal import AsJson, counted, err, out, print_json, workspace
from digest.clients import check_client, titles
from digest.errors import AskedWrongly
from digest.kinds import KEY
from digest.lint import DEFAULT_CLIENTS, KNOWN_CLIENTS, Finding, Severity
from digest.linting import lint_file, lint_mail
from digest.preview import preview_issue, sample_recipient

STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.NOTICE: "dim"}


class FailOn(StrEnum):
    """From which severity on the command fails."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"
    NEVER = "never"


def lint(
    context: typer.Context,
    what: Annotated[
        str,
        typer.Argument(help="A newsletter's key in digest.toml, or an .eml or .html file.", metavar="NEWSLETTER|FILE"),
    ],
    client: Annotated[
        list[str] | None,
        typer.Option(
            help=f"A mail client to mind; may be repeated. Known: {', '.join(KNOWN_CLIENTS)}.", metavar="NAME"
        ),
    ] = None,
    fail_on: Annotated[FailOn, typer.Option(help="From which severity on the exit status is 1.")] = FailOn.ERROR,
    images: Annotated[
        bool, typer.Option("--images", help="Fetch the pictures, and say which are broken or heavy.")
    ] = False,
    show_all: Annotated[bool, typer.Option("--all", help="Show notices too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Look the next issue, or a file, through for what readers would miss and filters would mind."""
    named = _checked(client or ())
    if not KEY.fullmatch(what):
        clients = named or DEFAULT_CLIENTS
        findings = lint_file(Path(what), clients, images=images)
    else:
        clients, findings = _lint_next_issue(context, what, named, images=images)
    if as_json:
        print_json(findings)
    else:
        _show(findings, clients, show_all=show_all)
    if fail_on is not FailOn.NEVER and any(each.severity.is_at_least(Severity(fail_on)) for each in findings):
        raise typer.Exit(1)


def _checked(names: Sequence[str]) -> tuple[str, ...]:
    try:
        return tuple(check_client(name) for name in names)
    except ValueError as error:
        raise AskedWrongly(f"--client: {error}") from None


def _lint_next_issue(
    context: typer.Context, key: str, clients: tuple[str, ...], *, images: bool
) -> tuple[tuple[str, ...], tuple[Finding, ...]]:
    place = workspace(context)
    newsletter = place.config.newsletter(key)
    with err.status(f"making the next issue of {key}"):
        made = asyncio.run(preview_issue(place, newsletter))
        raw = made.message.for_recipient(sample_recipient(newsletter))
        clients = clients or newsletter.clients
        address = place.config.site.postal_address
        return clients, lint_mail(raw, clients, postal_address=address, images=images)


def _show(findings: Sequence[Finding], clients: Sequence[str], *, show_all: bool) -> None:
    shown = [each for each in findings if show_all or each.severity is not Severity.NOTICE]
    for finding in shown:
        severity = (f"{finding.severity:7} ", STYLES[finding.severity])
        out.print(Text.assemble(severity, (finding.place, "bold"), "  ", (finding.rule, "dim")), soft_wrap=True)
        out.print(Padding(Text(finding.message), (0, 0, 0, 8), expand=False))
        out.print(Padding(Text(f"→ {finding.remedy}", style="dim"), (0, 0, 1, 8), expand=False))
    out.print(Text(_verdict(findings, clients, show_all=show_all)))


def _verdict(findings: Sequence[Finding], clients: Sequence[str], *, show_all: bool) -> str:
    """ "2 errors, 5 warnings (and 7 notices: --all)"."""
    counts = Counter(finding.severity for finding in findings)
    wrong = ", ".join(counted(counts[each], each.value) for each in (Severity.ERROR, Severity.WARNING) if counts[each])
    notices = counted(counts[Severity.NOTICE], "notice") if counts[Severity.NOTICE] else ""
    told = wrong or f"clean for {titles(clients)}"
    return f"{told} (and {notices}{'' if show_all else ': --all'})" if notices else told
