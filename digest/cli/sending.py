"""How far a sending is, to who waits for it: a bar on a terminal, else lines in the log when more was asked for."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from rich.progress import BarColumn, Progress, ProgressColumn, Task, TaskID, TextColumn
from rich.table import Column
from rich.text import Text

from digest.cli.terminal import err
from digest.deliver import Balance
from digest.progress import Narrator, in_words, to_go

TOLD_EVERY = timedelta(seconds=10)
STILL_SECONDS = 5.0  # with no news for so long, the sending is said to wait

# Is told a newsletter's key and the balance of its issue.
Show = Callable[[str, Balance], None]


@contextmanager
def progress_of_sending() -> Iterator[Show]:
    """Show how far each newsletter's issue is, on standard error."""
    if not err.is_terminal:
        yield _Narrators()
        return
    columns = (
        TextColumn("{task.description}", table_column=Column(no_wrap=True)),
        BarColumn(bar_width=None, table_column=Column(ratio=1)),
        _Pace(table_column=Column(no_wrap=True)),
    )
    with Progress(*columns, console=err, transient=True, expand=True) as progress:
        bars = _Bars(progress)
        yield bars


class _Narrators:
    def __init__(self) -> None:
        self._narrators: dict[str, Narrator] = {}

    def __call__(self, key: str, balance: Balance) -> None:
        self._narrators.setdefault(key, Narrator(key, TOLD_EVERY))(balance)


class _Bars:
    """A bar for each newsletter; before there is any, one that says that the issue is being made."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._making: TaskID | None = progress.add_task("making the issue", total=None)
        self._bars: dict[str, TaskID] = {}

    def __call__(self, key: str, balance: Balance) -> None:
        if self._making is not None:
            self._progress.remove_task(self._making)
            self._making = None
        news: dict[str, Any] = {"to_go": to_go(balance), "heard": time.monotonic()}
        if key in self._bars:
            self._progress.update(self._bars[key], completed=balance.settled, **news)
        else:
            # What had left before this run began says nothing of this run's speed.
            self._bars[key] = self._progress.add_task(
                f"sending {key}", total=balance.audience, completed=balance.settled, **news
            )


class _Pace(ProgressColumn):
    """How many are done, how many leave in a second, and how long the rest will take; or that it waits."""

    def render(self, task: Task) -> Text:
        if task.total is None:
            return Text()
        told = [f"{task.completed:,.0f} of {task.total:,.0f}"]
        if task.fields["to_go"] and time.monotonic() - task.fields["heard"] > STILL_SECONDS:
            told.append("waiting")
        elif task.speed:
            told += [f"{task.speed:,.0f}/s", f"{in_words(task.fields['to_go'] / task.speed)} left"]
        return Text("  ".join(told), style="dim", no_wrap=True)
