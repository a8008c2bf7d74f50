"""The preview in a browser: the next issue on a desktop and on a phone, its text part and its source.

Templates are read anew at every look, so that saving one and reloading shows the change.
"""

import asyncio
import webbrowser
from contextlib import suppress
from urllib.parse import urlencode

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from digest.errors import DigestError
from digest.gathering import Gathered
from digest.newsletters import Newsletter
from digest.preview import Preview, preview_issue, sample_recipient
from digest.templating import templates_folder
from digest.web.headers import ISSUE_POLICY, PAGE_POLICY, StrictHeaders
from digest.web.pages import page_renderer
from digest.workspace import Workspace

VIEWS = ("desktop", "phone", "text", "source")


def serve_preview(
    workspace: Workspace, newsletter: Newsletter, gathered: Gathered, *, port: int, browser: bool
) -> None:
    """Serve the preview on the loopback until stopped; ``port`` 0 takes a free one."""
    app = preview_app(workspace, newsletter, gathered)
    config = uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning", timeout_graceful_shutdown=1)
    try:
        listener = config.bind_socket()
    except SystemExit:
        raise DigestError(f"port {port} cannot be listened on: choose another with --port") from None
    address = f"http://127.0.0.1:{listener.getsockname()[1]}/"
    print(f"{newsletter.title} as it would be sent now: {address} (Ctrl-C ends)", flush=True)
    if browser:
        webbrowser.open(address)
    with listener, suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[listener])


def preview_app(workspace: Workspace, newsletter: Newsletter, gathered: Gathered) -> Starlette:
    """The preview's pages, from what was gathered once."""
    render = page_renderer()
    recipient = sample_recipient(newsletter)

    def make() -> Preview:
        return asyncio.run(preview_issue(workspace, newsletter, gathered))

    def page(request: Request) -> Response:
        view = request.query_params.get("view", "desktop")
        message = make().message
        source = message.for_recipient(recipient)
        words = {
            "newsletter": newsletter,
            "subject": message.subject,
            "preheader": message.preheader,
            "kilobytes": round(len(message.html_for(recipient).encode()) / 1024),
            "view": view if view in VIEWS else VIEWS[0],
            "views": {name: "?" + urlencode({"view": name}) for name in VIEWS},
            "text": message.text_for(recipient) if view == "text" else source.decode("ascii", "replace"),
        }
        policy = f"{PAGE_POLICY}; frame-src 'self'"
        return HTMLResponse(render("web/preview.html.j2", words), headers={"Content-Security-Policy": policy})

    def mail(_: Request) -> Response:
        policy = ISSUE_POLICY.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
        return HTMLResponse(make().message.html_for(recipient), headers={"Content-Security-Policy": policy})

    def explain(_: Request, error: Exception) -> Response:
        return PlainTextResponse(str(error), 500)

    static = Mount("/static", StaticFiles(directory=templates_folder() / "web" / "static"))
    return Starlette(
        routes=[Route("/", page), Route("/mail", mail), static],
        middleware=[Middleware(StrictHeaders)],
        exception_handlers={DigestError: explain},
    )
