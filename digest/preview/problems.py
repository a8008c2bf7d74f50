"""Why there is nothing to show, with the lines of the file that it is about."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

AROUND = 4
TEMPLATE = re.compile(r"^(?P<file>\S*?\.j2):(?P<line>\d+): (?P<what>.*)", re.DOTALL)
CONFIGURATION = re.compile(r"^(?P<file>.*?\.toml): .*\(at line (?P<line>\d+), column \d+\)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong, one line each; the file and the line (from 1) if it is about one, and the lines around."""

    lines: Sequence[str]
    file: str = ""
    line: int = 0
    excerpt: Sequence[tuple[int, str]] = ()


def problem_of(error: Exception, folders: Sequence[Path]) -> Problem:
    """The error with its place. Only files within ``folders`` are read."""
    told = str(error)
    found = TEMPLATE.match(told) or CONFIGURATION.match(told)
    file = _located(found["file"], folders) if found else None
    if found is None or file is None:
        return Problem(told.splitlines())
    line = int(found["line"])
    return Problem(told.splitlines(), str(file), line, _around(file, line))


def _located(name: str, folders: Sequence[Path]) -> Path | None:
    for folder in folders:
        file = (folder / name).resolve()
        if file.is_relative_to(folder.resolve()) and file.is_file():
            return file
    return None


def _around(file: Path, line: int) -> list[tuple[int, str]]:
    lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    first = max(0, line - 1 - AROUND)
    return list(enumerate(lines[first : line + AROUND], first + 1))
