"""The headers that every answer carries: no script, no framing, no leaking of addresses that hold tokens.

Content Security Policy Level 3; Referrer Policy. A page may bring a policy of its own.
"""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# An issue's page shows pictures from wherever its stories come from.
READING_POLICY = PAGE_POLICY.replace("img-src 'self'", "img-src 'self' https: http:")
# A mail: its style stands in the elements, its pictures anywhere.
ISSUE_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src https: http: data:; form-action 'none'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
STRICT = {
    "Content-Security-Policy": PAGE_POLICY,
    "X-Content-Type-Options": "nosniff",
    # Only the origin: the path of a confirm or unsubscribe page is a key to it.
    "Referrer-Policy": "strict-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
# Not to be found by searching: read by crawlers, which therefore have to be let in.
NOINDEX = {"X-Robots-Tag": "noindex"}


class StrictHeaders:
    """ASGI middleware: adds each header of STRICT that the answer does not carry itself."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_strictly(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in STRICT.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, send_strictly)
