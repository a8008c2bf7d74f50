"""New sources into ``digest.toml``: written at its end, so that nothing a person wrote there is touched.

What is written is read back before it takes the file's place; a file that would not be right is not written.
"""

import json
import os
import re
import shutil
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import ValidationError

from digest.collect import canonical_url
from digest.configuring import read_config
from digest.errors import AskedWrongly, ConfigError, DigestError
from digest.kinds import KEY
from digest.newsletters import Config, Source

LONGEST_KEY = 40


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that could be a source; ``type`` and ``allow_private`` are those of a source."""

    url: str
    name: str = ""
    section: str = ""
    type: str = "feed"
    allow_private: bool = False


@dataclass(frozen=True, slots=True)
class Declaration:
    """What becomes of some offers: new sources, those that are there already, and why others are none.

    ``text`` is what stands at the end of ``digest.toml`` for the new ones.
    """

    added: tuple[Source, ...]
    known: tuple[Offer, ...]
    refused: tuple[tuple[Offer, str], ...]

    @property
    def text(self) -> str:
        return "".join(f"\n{_table(source)}" for source in self.added)


def declare(config: Config, offers: Iterable[Offer]) -> Declaration:
    """Sources for the offers, each with a key of its own made from its title; nothing is written."""
    keys, places = set(config.sources), {_place(str(source.url)) for source in config.sources.values() if source.url}
    added, known, refused = list[Source](), list[Offer](), list[tuple[Offer, str]]()
    for offer in offers:
        place = _place(offer.url)
        if place in places:
            known.append(offer)
            continue
        try:
            source = _source(offer, next(key for key in _keys(offer) if key not in keys))
        except ValidationError as error:
            refused.append((offer, error.errors()[0]["msg"].removeprefix("Value error, ")))
            continue
        keys.add(source.key)
        places.add(place)
        added.append(source)
    return Declaration(tuple(added), tuple(known), tuple(refused))


def write_sources(file: Path, declaration: Declaration) -> None:
    """Write the new sources at the end of ``digest.toml``: all of them, or nothing at all.

    Raises AskedWrongly when the file is so written that nothing can be added at its end, DigestError when it
    cannot be written.
    """
    target = file.resolve()
    before = read_config(target)
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    except OSError as error:
        raise DigestError(f"{target.parent}: cannot be written to: {error.strerror}") from error
    draft = Path(name)
    try:
        with os.fdopen(handle, "wb") as opened:
            opened.write(_with_end(target.read_bytes()) + declaration.text.encode())
            opened.flush()
            os.fsync(opened.fileno())
        _check(file, draft, before, declaration.added)
        shutil.copymode(target, draft)
        draft.replace(target)
    except OSError as error:
        raise DigestError(f"{file}: cannot be written: {error.strerror}") from error
    finally:
        draft.unlink(missing_ok=True)


def _check(file: Path, draft: Path, before: Config, added: Sequence[Source]) -> None:
    """See that the draft says what ``digest.toml`` said before and the new sources, and nothing else."""
    wanted: Mapping[str, Source] = {**before.sources, **{source.key: source for source in added}}
    try:
        after = read_config(draft)
    except ConfigError as error:
        told = str(error).replace(str(draft), str(file))
        raise AskedWrongly(f"{told}\n{file}: nothing was added (write its sources as [sources.KEY] tables)") from None
    if after != before.model_copy(update={"sources": wanted}):
        raise AskedWrongly(f"{file}: nothing was added, for it would then say something else than before")


def _with_end(content: bytes) -> bytes:
    return content if content.endswith(b"\n") or not content else content + b"\n"


def _source(offer: Offer, key: str) -> Source:
    name = offer.name or _host(offer.url)
    return Source.model_validate({**asdict(offer), "key": key, "name": name})


def _keys(offer: Offer) -> Iterator[str]:
    """Keys for the source, from the best to ever longer ones."""
    first = next(slug for slug in (_slug(offer.name), _slug(_host(offer.url)), "source") if KEY.fullmatch(slug))
    yield first
    number = 2
    while True:
        end = f"-{number}"
        yield first[: LONGEST_KEY - len(end)].rstrip("-") + end
        number += 1


def _slug(text: str) -> str:
    """Lower-case ASCII letters, digits and hyphens; "" when fewer than half of the letters can be written so."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    written, meant = (sum(letter.isalnum() for letter in words) for words in (slug, text))
    slug = slug if not slug[:1].isdigit() else f"the-{slug}"
    return slug[:LONGEST_KEY].rstrip("-") if written * 2 >= meant else ""


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


def _place(url: str) -> str:
    """What is the same for addresses that lead to the same place."""
    return canonical_url(url).partition("://")[2].rstrip("/")


def _table(source: Source) -> str:
    """The source as a table of TOML."""
    told = {"type": source.type, "name": source.name, "url": source.url or "", "section": source.section}
    lines = [f"{key} = {_quoted(value)}\n" for key, value in told.items() if value and (key, value) != ("type", "feed")]
    private = "allow_private = true\n" if source.allow_private else ""
    return f"[sources.{source.key}]\n{''.join(lines)}{private}"


def _quoted(text: str) -> str:
    """A basic string of TOML 1.0: that of JSON, but that DEL is escaped too."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
