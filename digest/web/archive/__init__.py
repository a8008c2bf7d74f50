"""The archive: every issue that was sent, at an address of its own; a list, a search, two feeds."""

from digest.web.archive.routes import LOOK, archive_router

__all__ = ["LOOK", "archive_router"]
