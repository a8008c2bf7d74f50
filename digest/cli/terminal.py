"""How the command speaks: results to standard output, complaints and progress to standard error."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from pydantic import BaseModel
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

if TYPE_CHECKING:
    from digest.workspace import Workspace

CONFIG_FILE = Path("digest.toml")

AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON, for programs.")]

PIPED_WIDTH = 160  # columns, where no terminal tells how wide it is

out = Console(highlight=False, width=None if sys.stdout.isatty() else PIPED_WIDTH)
err = Console(stderr=True, highlight=False)


def workspace(context: typer.Context) -> "Workspace":
    """The operator's folder that the command was pointed at, opened until the command ends."""
    from digest.workspace import open_workspace  # noqa: PLC0415  # a database is slow to load, and help needs none

    opened = open_workspace(context.obj)
    context.call_on_close(opened.engine.dispose)
    return opened


def complain(error: Exception) -> None:
    """Say on standard error what went wrong, as plain lines."""
    for line in str(error).splitlines():
        print(f"digest: {line}", file=sys.stderr)


def print_json(value: Any) -> None:
    """Print a value made of dataclasses, mappings, sequences and instants as JSON."""
    print(json.dumps(value, default=_plain, ensure_ascii=False, indent=2))


def counted(number: int, thing: str) -> str:
    """A number of things in words: "1 source", "3 sources"."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def minute(moment: datetime) -> str:
    """The moment to the minute, in UTC, as all moments are that are stored."""
    return f"{moment:%Y-%m-%d %H:%M} UTC"


@contextmanager
def bytes_bar(words: str, total: int) -> Iterator[Callable[[int], None]]:
    """A progress bar on standard error, when a person is looking at it; it is told how many bytes are done with."""
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as progress:
        task = progress.add_task(words, total=total)
        yield lambda done: progress.update(task, completed=done)


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, BaseModel):
        return value.model_dump()
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, frozenset):
        return sorted(value)
    return str(value)
