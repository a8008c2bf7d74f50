"""What is remembered of a source, and of its articles, between two collections."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

# By address the mark (a print of what its source told of it) of each article that was read before; None for one
# that another source brought. Given a source's key and addresses.
Known = Callable[[str, Sequence[str]], Mapping[str, str | None]]


@dataclass(frozen=True, slots=True)
class Remembered:
    """What the last collections left of a source.

    ``etag`` and ``last_modified`` make the next request conditional; ``retry_at`` is when it may be asked again.
    ``lines`` are prints of the lines it repeats. ``is_new`` before its first collection.
    """

    etag: str = ""
    last_modified: str = ""
    retry_at: datetime | None = None
    lines: Mapping[str, int] = field(default_factory=dict)
    is_new: bool = True
