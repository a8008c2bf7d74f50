"""A real web server that answers as it is told, and misbehaves on request."""

import gzip
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Site:
    """Answers by path; ``asked`` are the requests that came, with their headers."""

    port: int = 0
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def page(self, path: str, body: bytes, status: int = 200, **headers: str) -> str:
        """Answer ``path`` with a body; give the URL."""

        def answer(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                handler.send_header(name.replace("_", "-"), value)
            handler.end_headers()
            handler.wfile.write(body)

        self.answers[path] = answer
        return self.url + path

    def bomb(self, path: str, megabytes: int) -> str:
        """Answer with a small gzip that unpacks to many megabytes."""
        return self.page(path, gzip.compress(b"\0" * (megabytes * 1_000_000)), Content_Encoding="gzip")

    def endless(self, path: str) -> str:
        """Answer with a body that does not end."""

        def answer(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(200)
            handler.end_headers()
            while True:
                handler.wfile.write(b"a" * 65536)

        self.answers[path] = answer
        return self.url + path

    def slow(self, path: str, seconds: float) -> str:
        """Answer only after a while."""

        def answer(handler: BaseHTTPRequestHandler) -> None:
            time.sleep(seconds)
            handler.send_response(204)
            handler.end_headers()

        self.answers[path] = answer
        return self.url + path

    def drip(self, path: str, pause: float) -> str:
        """Answer one byte at a time, with a pause before each, without end."""

        def answer(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(200)
            handler.end_headers()
            while True:
                time.sleep(pause)
                handler.wfile.write(b"a")

        self.answers[path] = answer
        return self.url + path


@contextmanager
def website() -> Iterator[Site]:
    """A site on a free port of the loopback, empty at first."""
    site = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append((self.path, dict(self.headers)))
            answer = site.answers.get(self.path)
            try:
                answer(self) if answer else self.send_error(404)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    site.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield site
    server.shutdown()
    thread.join()
    server.server_close()
