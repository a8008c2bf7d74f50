"""Keeps abuse out before it reaches a rule: bodies larger than any form of ours would send."""

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST_BODY = 64 * 1024


class SmallBodies:
    """ASGI middleware: a request body over ``limit`` bytes is answered with 413 and not read to its end."""

    def __init__(self, app: ASGIApp, limit: int = LARGEST_BODY) -> None:
        self.app = app
        self.limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        read = 0

        async def measured() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > self.limit:
                raise HTTPException(413, "This is more than the form can hold.")
            return message

        await self.app(scope, measured, send)
