"""An inbox for trying things out: shows the mails that were delivered into a folder on this machine.

A mail is shown as hostile as it may be: alone in a sandbox, without script, behind its own policy.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesHeaderParser, BytesParser
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from starlette.exceptions import HTTPException

from digest.web.archive import LOOK
from digest.web.headers import PAGE_POLICY
from digest.web.pages import page_renderer
from subscribers.publication import House

FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._=+@-]{0,200}\.eml")
SHOWN = 200
INBOX_POLICY = f"{PAGE_POLICY}; frame-src 'self'"
MAIL_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; "
    "img-src https: http: data:; form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
)
NEW_TAB = '<base target="_blank">'


@dataclass(frozen=True, slots=True)
class Line:
    """A mail as a line of the inbox; ``name`` is its file's."""

    name: str
    sender: str
    recipient: str
    subject: str
    date: str


def inbox_router(mail_folder: Path, house: House | None = None) -> APIRouter:
    """The routes under ``/inbox``. For this machine's own eyes: whoever reads it can press every button."""
    render = page_renderer()
    router = APIRouter(prefix="/inbox", default_response_class=HTMLResponse)
    shared = {"house": house or House("Inbox", "/", ""), "newsletter": None}

    @router.api_route("", methods=LOOK)
    def inbox() -> HTMLResponse:
        files = _newest_first(mail_folder)
        words = {"letters": [_line(file) for file in files[:SHOWN]], "more": max(0, len(files) - SHOWN)}
        return HTMLResponse(render("web/inbox.html.j2", {**shared, **words}))

    @router.api_route("/{name}", methods=LOOK)
    def letter(name: str) -> HTMLResponse:
        message = _read(mail_folder, name)
        words = {
            "name": name,
            "subject": str(message.get("Subject", "")),
            "headers": [(header, str(value)) for header, value in message.items()],
            "text": _part(message, "plain"),
            "has_html": bool(_part(message, "html")),
        }
        html = render("web/inbox_letter.html.j2", {**shared, **words})
        return HTMLResponse(html, headers={"Content-Security-Policy": INBOX_POLICY})

    @router.api_route("/{name}/html", methods=LOOK)
    def body(name: str) -> HTMLResponse:
        html = _part(_read(mail_folder, name), "html")
        return HTMLResponse(_opening_new_tabs(html), headers={"Content-Security-Policy": MAIL_POLICY})

    return router


def _newest_first(folder: Path) -> list[Path]:
    files = [file for file in _files(folder) if FILE_NAME.fullmatch(file.name) and file.is_file()]
    return sorted(files, key=lambda file: (file.stat().st_mtime_ns, file.name), reverse=True)


def _files(folder: Path) -> Iterable[Path]:
    return folder.iterdir() if folder.is_dir() else ()


def _line(file: Path) -> Line:
    with file.open("rb") as stream:
        headers = BytesHeaderParser(policy=policy.default).parse(stream)
    sender, recipient, subject, date = (str(headers.get(name, "")) for name in ("From", "To", "Subject", "Date"))
    return Line(file.name, sender, recipient, subject, date)


def _read(folder: Path, name: str) -> EmailMessage:
    file = folder / name
    if not FILE_NAME.fullmatch(name) or file.is_symlink() or not file.is_file():
        raise HTTPException(404, "There is no such mail.")
    with file.open("rb") as stream:
        return BytesParser(policy=policy.default).parse(stream)


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    if part is None:
        return ""
    try:
        return str(part.get_content())
    except LookupError:  # a charset that Python does not know
        payload = part.get_payload(decode=True)
        return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""


def _opening_new_tabs(html: str) -> str:
    head = re.search(r"<head[^>]*>", html, re.IGNORECASE)
    end = head.end() if head else 0
    return html[:end] + NEW_TAB + html[end:]
