"""``digest sources``: where articles come from, looked at, found, tried, added and handed on."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from digest.cli.terminal import AsJson, counted, err, minute, out, print_json, workspace
from digest.collect import canonical_url
from digest.collect.network import RefusedAddress
from digest.collect.opml import Outline, opml_of, read_outlines
from digest.configuring import read_config
from digest.declaring import Declaration, Offer, declare, write_sources
from digest.domain import Harvest
from digest.errors import AskedWrongly, DigestError, FeedError
from digest.finding import Tried, find_sources
from digest.gathering import gather
from digest.newsletters import Config, Source
from digest.settings import read_settings
from digest.store import articles
from digest.store.models import SourceRow
from digest.store.sources import Brought, brought_by_source
from digest.workspace import Workspace

app = typer.Typer(help="List, find, check, import and export sources.", invoke_without_command=True)

WEEK = timedelta(days=7)
SHOWN_TITLES = 3
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would be added, and change nothing.")]


@app.callback()
def sources_or_one(context: typer.Context) -> None:
    """List, find, check, import and export sources; alone it lists them."""
    if context.invoked_subcommand is None:
        list_sources(context)


@app.command("list")
def list_sources(context: typer.Context, as_json: AsJson = False) -> None:
    """List the sources: what each has brought, and how it fared last time."""
    place = workspace(context)
    brought = brought_by_source(place.engine, place.clock() - WEEK)
    rows = articles.sources_by_key(place.engine)
    listed = [
        (source, brought.get(key, Brought()), rows.get(key, SourceRow(key=key)))
        for key, source in place.config.sources.items()
    ]
    if as_json:
        print_json([_plain(*each) for each in listed])
        return
    table = Table("source", "type", "articles", "7 days", "last collected", box=None, pad_edge=False)
    for source, count, row in listed:
        collected = _moment(row.collected_at) or "never"
        table.add_row(source.key, source.type, str(count.ever), str(count.lately), collected)
    out.print(table)
    for source, _, row in listed:
        if row.error:
            out.print(Text(f"{source.key}: {_trouble(row)}", style="red"), soft_wrap=True)


@app.command("check")
def check(
    context: typer.Context,
    key: Annotated[str | None, typer.Argument(help="Only this source.", metavar="KEY")] = None,
    as_json: AsJson = False,
) -> None:
    """Fetch each source now and show what is new in it; store nothing. Fails when a source does."""
    place = workspace(context)
    chosen = _chosen(place, key)
    with err.status(f"asking {len(chosen)} sources"):
        harvests = asyncio.run(gather(place, chosen)).harvests
    if as_json:
        print_json([_told(harvest) for harvest in harvests])
    else:
        for harvest in harvests:
            _show_harvest(harvest)
    if any(harvest.error for harvest in harvests):
        raise typer.Exit(1)


@app.command("find")
def find(
    context: typer.Context,
    url: Annotated[str, typer.Argument(help="A site's home page, or any of its pages.", metavar="URL")],
    add: Annotated[bool, typer.Option("--add", help="Add the best one to digest.toml.")] = False,
    allow_private: Annotated[bool, typer.Option("--allow-private", help="Ask hosts on your own network too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Find the feeds of a site, and show what to write into digest.toml."""
    config = read_config(context.obj)
    public_url = read_settings(config.folder / ".env").public_url
    address = url if "://" in url else f"https://{url}"
    if not canonical_url(address):
        raise AskedWrongly(f'"{url}" is not a web address (try https://news.example.com)')
    try:
        with err.status(f"looking at {url}"):
            tried = asyncio.run(find_sources(address, allow_private=allow_private, public_url=public_url))
    except RefusedAddress as error:
        raise DigestError(str(error).replace("set allow_private = true", "add --allow-private")) from error
    if as_json:
        print_json(tried)
    else:
        _show_tried(tried)
    useful = [
        Offer(each.found.url, each.found.title, type=each.found.type, allow_private=allow_private)
        for each in tried
        if not each.error
    ]
    if not useful:
        raise DigestError(f'{url}: no feed was found; type = "page" reads one page, if its article changes')
    if add or not as_json:
        _add(context.obj, config, useful[:1], dry_run=not add)


@app.command("import")
def import_file(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="An OPML file, as feed readers export it.")],
    dry_run: DryRun = False,
) -> None:
    """Add the feeds of an OPML file to digest.toml: its outlines become sections.

    They are written at the end of the file; what stands there stays as it is. Feeds that are there already are
    left out.
    """
    config = read_config(context.obj)
    try:
        content = file.read_bytes()
        outlines = read_outlines(content)
    except OSError as error:
        raise AskedWrongly(f"{file}: cannot be read: {error.strerror}") from error
    except FeedError as error:
        raise AskedWrongly(f"{file}: {error}") from error
    offers = [Offer(outline.url, outline.title, outline.section) for outline in outlines]
    _add(context.obj, config, offers, dry_run=dry_run)


@app.command("export")
def export_file(context: typer.Context) -> None:
    """Write the feeds as OPML to standard output, for other readers: sections become outlines."""
    config = read_config(context.obj)
    feeds = [each for each in config.sources.values() if each.type == "feed"]
    print(opml_of(config.site.name, [Outline(each.title, str(each.url), section=each.section) for each in feeds]))
    for each in config.sources.values():
        if each.type != "feed":
            err.print(f"left out: {each.key}: a {each.type} is no feed", markup=False, soft_wrap=True)


def _add(file: Path, config: Config, offers: Sequence[Offer], *, dry_run: bool) -> None:
    declaration = declare(config, offers)
    _show_left_out(declaration)
    if dry_run:
        print(declaration.text, end="")
    elif declaration.added:
        write_sources(file, declaration)
        out.print(f"{file}: {counted(len(declaration.added), 'source')} added", markup=False)
        for newsletter in config.newsletters.values():
            if newsletter.sources:
                out.print(f"newsletters.{newsletter.key}.sources names its own: add them there", markup=False)
    else:
        out.print(f"{file}: nothing to add", markup=False)
    if declaration.refused:
        raise typer.Exit(1)


def _show_left_out(declaration: Declaration) -> None:
    for offer in declaration.known:
        err.print(f"there already: {offer.url}", markup=False, soft_wrap=True)
    for offer, reason in declaration.refused:
        err.print(f"left out: {offer.url}: {reason}", markup=False, soft_wrap=True, style="red")


def _show_tried(tried: Sequence[Tried]) -> None:
    table = Table("type", "articles", "newest", "title", "address", box=None, pad_edge=False)
    for each in tried:
        told = Text(each.error, style="red") if each.error else Text(each.found.title)
        newest = f"{each.newest:%Y-%m-%d}" if each.newest else "–"
        table.add_row(each.found.type, str(each.articles), newest, told, Text(each.found.url, overflow="fold"))
    out.print(table if tried else "")


def _show_harvest(harvest: Harvest) -> None:
    note = harvest.error or ("nothing new since the last collection" if harvest.unchanged else "")
    told = note or f"{counted(len(harvest.articles), 'article')} new or changed"
    out.print(Text(f"{harvest.source}: {told}", style="red" if harvest.error else ""), soft_wrap=True)
    if harvest.moved_to:
        out.print(Text(f"  it has moved for good: write url = {json.dumps(harvest.moved_to)}"), soft_wrap=True)
    for article in harvest.articles[:SHOWN_TITLES]:
        date, words = _moment(article.published) or "no date", len(article.text.split())
        out.print(Text(f"  {date}  {article.title}  ({words} words)"), soft_wrap=True)
    for url, reason in harvest.dropped[:SHOWN_TITLES]:
        out.print(Text(f"  left out: {url}: {reason}", style="dim"), soft_wrap=True)


def _told(harvest: Harvest) -> dict[str, object]:
    told = ("source", "error", "retry_at", "moved_to", "unchanged", "articles", "dropped")
    return {name: getattr(harvest, name) for name in told}


def _chosen(place: Workspace, key: str | None) -> tuple[Source, ...]:
    known = place.config.sources
    if key is not None and key not in known:
        raise AskedWrongly(f'there is no source "{key}" in digest.toml (known: {", ".join(known)})')
    return tuple(known.values()) if key is None else (known[key],)


def _trouble(row: SourceRow) -> str:
    """What went wrong, since when, and when it is tried again."""
    since = f" (since {_moment(row.failing_since)})" if row.failing_since else ""
    again = f"; next try {f'after {_moment(row.retry_at)}' if row.retry_at else 'with the next collection'}"
    return f"{row.error}{since}{again}"


def _plain(source: Source, count: Brought, row: SourceRow) -> dict[str, object]:
    told = row.model_dump(include={"first_collected_at", "collected_at", "error", "failing_since", "retry_at"})
    return {**source.model_dump(), "articles": asdict(count), **told}


def _moment(moment: datetime | None) -> str:
    return minute(moment) if moment else ""
