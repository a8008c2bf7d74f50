"""The rows that were not imported, as a file that can be mended and imported in its turn."""

import csv
from collections.abc import Callable, Sequence
from typing import TextIO

from subscribers.exchange.cells import bare_cell, guard_cell
from subscribers.exchange.reading import Row

BEFORE = ("reject_line", "reject_reason")


class Rejects:
    """Writes rows with their line and reason before them; ``begin`` gives the file, once there is a row to write."""

    def __init__(self, begin: Callable[[], TextIO]) -> None:
        self._begin = begin
        self._header: Sequence[str] = ()
        self._file: TextIO | None = None

    def header(self, header: Sequence[str]) -> None:
        """Take the names of the columns down."""
        self._header = [name for name in header if name.strip().lower().replace(" ", "_") not in BEFORE]
        self._skipped = len(header) - len(self._header)

    def refused(self, row: Row) -> None:
        """Write a row. Of what stood before the columns as a reason of an earlier time nothing is kept."""
        if self._file is None:
            self._file = self._begin()
            self._write([*BEFORE, *self._header])
        self._write([str(row.line), row.reason, *row.cells[self._skipped :]])

    def _write(self, cells: Sequence[str]) -> None:
        if self._file is not None:
            csv.writer(self._file).writerow([guard_cell(bare_cell(cell)) for cell in cells])
