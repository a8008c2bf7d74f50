"""Answers that may be kept for a while, and need not be fetched again while they are the same (RFC 9110 §13)."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from starlette.requests import Request
from starlette.responses import Response

CACHING = "public, max-age=300"


def answered(
    http: Request,
    content: str | bytes,
    media_type: str = "text/html",
    *,
    modified: datetime | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The content with a tag of what it says; or 304 without it, when whoever asks has it already."""
    body = content.encode() if isinstance(content, str) else content
    tag = f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
    told = {"ETag": tag, "Cache-Control": CACHING, **(headers or {})}
    if modified:
        told["Last-Modified"] = format_datetime(modified.astimezone(UTC), usegmt=True)
    if _is_known(http, tag, modified):
        return Response(status_code=304, headers=told)
    return Response(body, media_type=media_type, headers=told)


def _is_known(http: Request, tag: str, modified: datetime | None) -> bool:
    tags = http.headers.get("if-none-match")
    if tags is not None:  # then a date counts for nothing (RFC 9110 §13.1.3)
        return tags.strip() == "*" or tag in (each.strip().removeprefix("W/") for each in tags.split(","))
    since = _moment(http.headers.get("if-modified-since", ""))
    return bool(modified and since and modified.replace(microsecond=0) <= since)


def _moment(date: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(date)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
