"""The newsroom's web server: front page, articles, feeds and pictures, with validators (RFC 9110 §8.8)."""

import socket
import threading
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

import uvicorn

from digest.demo.newsroom.site import Prompts, site_app

HOST = "127.0.0.1"


class Newsroom:
    """A web server on a free port of this machine, running from ``start`` to ``stop``.

    ``opened`` is the aware instant that the pieces' ages are counted from: now, when left out.
    ``prompts`` stand in its articles, from which readers subscribe.
    ``url`` has no slash at its end, and is empty before ``start``.
    """

    def __init__(self, opened: datetime | None = None, prompts: Prompts | None = None) -> None:
        self.opened = (opened or datetime.now(UTC)).astimezone(UTC).replace(microsecond=0)
        self.prompts = prompts or Prompts()
        self.url = ""

    def start(self) -> Self:
        """Begin to serve. Who asks before the server's thread is ready waits in the socket's queue."""
        listener = socket.create_server((HOST, 0))
        self.url = f"http://{HOST}:{listener.getsockname()[1]}"
        app = site_app(self.url, self.opened, self.prompts)
        self._server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_config=None, log_level="warning"))
        self._thread = threading.Thread(target=self._server.run, args=([listener],), name="newsroom", daemon=True)
        self._thread.start()
        return self

    def stop(self) -> None:
        """End the answers under way and stop."""
        self._server.should_exit = True
        self._thread.join()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
