"""What the sources have brought so far."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, func
from sqlmodel import Session, col, select

from digest.store.models import SightingRow


@dataclass(frozen=True, slots=True)
class Brought:
    """How many articles a source has brought: ever, and since a moment."""

    ever: int = 0
    lately: int = 0


def brought_by_source(engine: Engine, since: datetime) -> dict[str, Brought]:
    """By its key what each source has brought; those that have brought nothing are not in it."""
    lately = func.count().filter(col(SightingRow.seen_at) >= since)
    with Session(engine) as session:
        rows = session.exec(select(SightingRow.source, func.count(), lately).group_by(col(SightingRow.source)))
        return {key: Brought(ever, recent) for key, ever, recent in rows}
