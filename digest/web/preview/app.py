"""The preview's routes: the page, the mail in its frames, the editor's two buttons, the stream of changes."""

import asyncio
import secrets
import webbrowser
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from digest.errors import DigestError
from digest.preview.sending import send_test
from digest.preview.studio import Studio
from digest.templating import templates_folder
from digest.web.headers import StrictHeaders
from digest.web.pages import page_renderer
from digest.web.preview.choice import Choice, read_choice
from digest.web.preview.frames import frame_policy, framed
from digest.web.preview.looks import Attempt, Looks
from digest.web.preview.reload import Bell, versions, watch
from subscribers.guard import SmallBodies

HOSTS = ("127.0.0.1", "localhost")  # no other name leads here: a page of the web cannot borrow one (DNS rebinding)
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
AS_USUAL = Choice()


class Preview:
    """The handlers of one studio's page. ``key`` is what a form of ours must bring."""

    def __init__(self, studio: Studio, bell: Bell) -> None:
        self.studio = studio
        self.bell = bell
        self.key = secrets.token_urlsafe(24)
        self.looks = Looks(studio, self.key)
        self.render = page_renderer()

    def page(self, request: Request) -> Response:
        """The one page, as its address says."""
        words, status = self.looks.at(read_choice(request.query_params))
        html = self.render("web/preview/page.html.j2", words)
        return HTMLResponse(html, status, headers={"Content-Security-Policy": PAGE_POLICY, "Cache-Control": "no-store"})

    def mail(self, request: Request) -> Response:
        """The mail in its frame."""
        choice = read_choice(request.query_params)
        preview, recipient = self.looks.preview(choice), self.looks.recipient(choice)
        html = framed(preview.message.html_for(recipient), choice)
        headers = {"Content-Security-Policy": frame_policy(choice), "Cache-Control": "no-store"}
        return HTMLResponse(html, headers=headers)

    async def collect(self, request: Request) -> Response:
        """Gather from all sources anew."""
        choice = await self._posted(request)
        await run_in_threadpool(self.studio.collect_again)
        self.bell.ring()
        return _back(choice)

    async def send(self, request: Request) -> Response:
        """Send the mail to the editor, and tell on the page what the mail server said."""
        choice = await self._posted(request)
        attempt = await run_in_threadpool(self._send, choice)
        return _back(choice, sent=self.looks.remember(attempt))

    async def changes(self, _: Request) -> Response:
        """The stream of changes."""
        stream = versions(self.studio, self.bell)
        return StreamingResponse(stream, media_type="text/event-stream", headers={"Cache-Control": "no-store"})

    def _send(self, choice: Choice) -> Attempt:
        try:
            preview, recipient = self.looks.preview(choice), self.looks.recipient(choice)
            reply = send_test(self.studio.workspace, preview, recipient, choice.to)
        except DigestError as error:
            return Attempt(str(error), failed=True)
        return Attempt(f"Sent to {choice.to}: {reply}")

    async def _posted(self, request: Request) -> Choice:
        """The choices that the form brings. Raises HTTPException when the form is none of ours."""
        origin = request.headers.get("origin")
        form = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
        ours = secrets.compare_digest(form.get("key", "").encode(), self.key.encode())
        if not ours or origin not in (None, f"http://{request.headers.get('host')}"):
            raise HTTPException(403, "This form is not from this page: reload the preview and try again.")
        return read_choice(form)


def preview_app(studio: Studio, bell: Bell | None = None) -> Starlette:
    """The preview's web application; it watches files while it runs."""
    handlers = Preview(studio, bell or Bell())

    @asynccontextmanager
    async def watching(_: Starlette) -> AsyncIterator[None]:
        task = asyncio.create_task(watch(studio, handlers.bell))
        yield
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    def explain(_: Request, error: Exception) -> Response:
        return HTMLResponse(handlers.render("web/preview/broken.html.j2", {"told": str(error)}), 500)

    return Starlette(
        routes=[
            Route("/", handlers.page),
            Route("/mail", handlers.mail),
            Route("/changes", handlers.changes),
            Route("/collect", handlers.collect, methods=["POST"]),
            Route("/test", handlers.send, methods=["POST"]),
            Mount("/static", StaticFiles(directory=templates_folder() / "web" / "static")),
        ],
        middleware=[
            Middleware(TrustedHostMiddleware, allowed_hosts=HOSTS, www_redirect=False),
            Middleware(SmallBodies),
            Middleware(StrictHeaders),
        ],
        exception_handlers={DigestError: explain},
        lifespan=watching,
    )


def serve_preview(
    studio: Studio, *, port: int, browser: bool, told: Callable[[str], None], choice: Choice = AS_USUAL
) -> None:
    """Serve the preview on the loopback until stopped.

    ``port`` 0 takes a free one; ``told`` is told the address of the page, which opens as ``choice`` says.
    """
    bell = Bell()
    app = preview_app(studio, bell)
    config = uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning", timeout_graceful_shutdown=3)
    try:
        listener = config.bind_socket()
    except SystemExit:
        raise DigestError(f"port {port} cannot be listened on: choose another with --port") from None
    address = f"http://127.0.0.1:{listener.getsockname()[1]}{choice.but()}"
    told(address)
    if browser:
        webbrowser.open(address)
    with listener, suppress(KeyboardInterrupt):
        _Server(config, bell).run(sockets=[listener])


class _Server(uvicorn.Server):
    """A server that lets go of the open streams when it is to end."""

    def __init__(self, config: uvicorn.Config, bell: Bell) -> None:
        super().__init__(config)
        self._bell = bell

    def handle_exit(self, sig: int, frame: object) -> None:
        """Take the signal."""
        self._bell.end()
        super().handle_exit(sig, frame)  # type: ignore[arg-type]  # the type of a frame is the interpreter's own


def _back(choice: Choice, **changes: str) -> Response:
    return RedirectResponse(choice.but(**changes), 303)
