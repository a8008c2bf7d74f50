"""Whom a command is about, as its arguments and options say it."""

from typing import Annotated

import typer
from sqlalchemy import ColumnElement, and_
from sqlmodel import col

from digest.errors import AskedWrongly
from digest.workspace import Workspace
from subscribers.addresses import BadAddress, normalise_address
from subscribers.models import Subscription
from subscribers.segments import BadSegment, Segment, check_names, condition, parse

Address = Annotated[str, typer.Argument(help="The mail address.", metavar="ADDRESS")]
Where = Annotated[
    str | None,
    typer.Option("--where", help="Only those that it holds for, such as 'language = \"es\" and joined > 2026-01-01'."),
]
SegmentKey = Annotated[str | None, typer.Option("--segment", help="Only those of a segment in digest.toml.")]


def chosen(
    place: Workspace, where: str | None = None, segment: str | None = None, newsletter: str | None = None
) -> ColumnElement[bool] | None:
    """A condition on ``Subscription`` and ``Subscriber`` for all that is asked; None when nothing is.

    Raises AskedWrongly for an expression that cannot be read, ConfigError for keys that are not in ``digest.toml``.
    """
    asked: list[ColumnElement[bool]] = []
    if newsletter is not None:
        asked.append(col(Subscription.newsletter) == place.config.newsletter(newsletter).key)
    if segment is not None:
        asked.append(condition(place.config.segment(segment), place.clock()))
    if where is not None:
        asked.append(condition(_read(where, place), place.clock()))
    return and_(*asked) if asked else None


def address_of(text: str) -> str:
    """The address as the list has it. Raises AskedWrongly."""
    try:
        return normalise_address(text)
    except BadAddress as error:
        raise AskedWrongly(f"{text}: {error}") from error


def _read(where: str, place: Workspace) -> Segment:
    try:
        segment = parse(where)
        check_names(segment, place.config.names)
    except BadSegment as error:
        raise AskedWrongly(f"--where: {error}") from None
    return segment
