"""In which encoding a file is written, and a print of its content: found in one pass over it."""

import codecs
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

CHUNK = 1 << 20
LONGEST_LINE = 1 << 20  # characters; no row of a list is that long
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class Endless(ValueError):
    """A line of the file is longer than any that is meant to be read; the message says how long."""


@dataclass(frozen=True, slots=True)
class Look:
    """``print`` is the SHA-256 of the content, ``size`` its length in bytes."""

    print: str
    encoding: str
    size: int


def look_at(file: BinaryIO) -> Look:
    """Read a file from its beginning to its end, and leave it at the beginning.

    By its mark (UTF-8, UTF-16); without one UTF-8, unless more of its other characters are none than are: then
    Windows-1252, which is what older spreadsheets write.
    """
    file.seek(0)
    head = file.read(4)
    file.seek(0)
    marked = next((name for mark, name in MARKS if head.startswith(mark)), None)
    digest = hashlib.sha256()
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    good = bad = size = 0
    while chunk := file.read(CHUNK):
        digest.update(chunk)
        size += len(chunk)
        if marked is None and not (chunk.isascii() and not decoder.getstate()[0]):
            text = decoder.decode(chunk)
            broken = text.count("\ufffd")
            bad += broken
            good += len(text) - len(text.encode("ascii", "ignore")) - broken
    file.seek(0)
    return Look(digest.hexdigest(), marked or ("utf-8" if good >= bad else "cp1252"), size)


def lines_of(file: BinaryIO, encoding: str) -> Iterator[str]:
    """The lines with their ends; what cannot be decoded is replaced.

    Raises Endless for a line without end. The file stays open.
    """
    text = io.TextIOWrapper(file, encoding, errors="replace", newline="")
    try:
        while line := text.readline(LONGEST_LINE):
            if len(line) == LONGEST_LINE:
                raise Endless(f"it has a line of more than {LONGEST_LINE:,} characters: is this a CSV file?")
            yield line
    finally:
        text.detach()
