"""Brings the catalogues of messages (``templates/locale``) up to date with what code and templates say.

Run by ``make catalogues``, with Babel's extractors. ``messages.pot`` holds all messages; each language's file gets the
new ones, empty, and loses those that nobody says any more. Nothing is guessed. With ``--check`` nothing is written,
and the exit status is 1 when a file would change.
"""

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_file
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[1]
LOCALE = ROOT / "templates" / "locale"
WIDTH = 100

# Which files hold messages, and Babel's method that finds them there.
MAPPING = {
    "digest/*.py": "python",
    "digest/compose/*.py": "python",
    "digest/web/**/*.py": "python",
    "subscribers/**/*.py": "python",
    "templates/**/*.j2": "jinja2",
}
OPTIONS = {"jinja2": {"trimmed": "true", "newstyle_gettext": "true", "silent": "false"}}
# What Babel would write at the head: days change in every extraction, and so would conflict in every merge.
UNSAID = tuple(
    f'"{name}:'.encode()
    for name in (
        "Project-Id-Version",
        "Report-Msgid-Bugs-To",
        "POT-Creation-Date",
        "PO-Revision-Date",
        "Last-Translator",
        "Language-Team",
        "Generated-By",
    )
)


def main() -> int:
    """Bring every file up to date; the exit status."""
    files = dict(_up_to_date())
    stale = [file for file, content in files.items() if not file.is_file() or file.read_bytes() != content]
    if "--check" in sys.argv[1:]:
        for file in stale:
            print(f"{file.relative_to(ROOT)}: is out of date (run: make catalogues)")
        return 1 if stale else 0
    for file in stale:
        file.write_bytes(files[file])
    for file in sorted(LOCALE.glob("*.po")):
        print(f"{file.relative_to(ROOT)}: {_untranslated(file)} to be translated")
    return 0


def _up_to_date() -> Iterator[tuple[Path, bytes]]:
    template = _extracted()
    yield LOCALE / "messages.pot", _written(template)
    for file in sorted(LOCALE.glob("*.po")):
        catalog = _read(file)
        catalog.update(template, no_fuzzy_matching=True)
        yield file, _written(catalog)


def _extracted() -> Catalog:
    catalog = Catalog(header_comment="# Messages of issues, pages and letters.", fuzzy=False)
    for pattern, method in MAPPING.items():
        for file in sorted(ROOT.glob(pattern)):
            place = file.relative_to(ROOT).as_posix()
            for line, message, comments, context in extract_from_file(
                method, file, DEFAULT_KEYWORDS, ("Translators:",), OPTIONS.get(method), strip_comment_tags=True
            ):
                catalog.add(message, None, [(place, line)], auto_comments=comments, context=context)
    return catalog


def _read(file: Path) -> Catalog:
    with file.open("rb") as lines:
        return read_po(lines, locale=file.stem, abort_invalid=True)


def _written(catalog: Catalog) -> bytes:
    content = BytesIO()
    write_po(content, catalog, width=WIDTH, sort_by_file=True, ignore_obsolete=True, include_lineno=False)
    return b"".join(line for line in content.getvalue().splitlines(keepends=True) if not line.startswith(UNSAID))


def _untranslated(file: Path) -> int:
    return sum(1 for message in _read(file) if message.id and not all(_forms(message.string)))


def _forms(string: str | tuple[str, ...]) -> tuple[str, ...]:
    return (string,) if isinstance(string, str) else string


if __name__ == "__main__":
    sys.exit(main())
