"""A server that speaks OpenAI's chat protocol over real HTTP, and answers, or misbehaves, as it is told."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

pytest.importorskip("openai")

Reply = Callable[["Endpoint", BaseHTTPRequestHandler, dict[str, Any]], None]


@dataclass
class Endpoint:
    """``reply`` answers each request; ``asked`` are the requests' bodies, ``most`` the most at one time."""

    port: int = 0
    reply: Reply | None = None
    asked: list[dict[str, Any]] = field(default_factory=list)
    now: int = 0
    most: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def says(self, content: str | dict[str, str] | None, *, finish: str = "stop", refusal: str | None = None) -> None:
        """Answer every question with this message."""
        text = json.dumps(content, ensure_ascii=False) if isinstance(content, dict) else content

        def reply(_: "Endpoint", handler: BaseHTTPRequestHandler, body: dict[str, Any]) -> None:
            send(handler, completion(body, text, finish=finish, refusal=refusal))

        self.reply = reply

    def fails(self, status: int, message: str = "no", **headers: str) -> None:
        """Answer every question with an error."""

        def reply(_: "Endpoint", handler: BaseHTTPRequestHandler, __: dict[str, Any]) -> None:
            send(handler, {"error": {"message": message, "type": "x", "code": None}}, status, **headers)

        self.reply = reply

    def material(self, number: int = 0) -> dict[str, Any]:
        """The material of the question of that number."""
        return json.loads(self.asked[number]["messages"][1]["content"])


def completion(body: dict[str, Any], text: str | None, *, finish: str = "stop", refusal: str | None = None) -> Any:
    """An answer in the protocol's form."""
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": body["model"],
        "choices": [
            {
                "index": 0,
                "finish_reason": finish,
                "logprobs": None,
                "message": {"role": "assistant", "content": text, "refusal": refusal},
            }
        ],
        "usage": {"prompt_tokens": 1000, "completion_tokens": 100, "total_tokens": 1100},
    }


def send(handler: BaseHTTPRequestHandler, value: Any, status: int = 200, **headers: str) -> None:
    """Answer in JSON."""
    content = value if isinstance(value, bytes) else json.dumps(value).encode()
    handler.send_response(status)
    for name, told in {"Content-Type": "application/json", "Content-Length": str(len(content)), **headers}.items():
        handler.send_header(name.replace("_", "-"), told)
    handler.end_headers()
    handler.wfile.write(content)


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    opened = Endpoint()
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            with lock:
                opened.asked.append({**body, "authorization": self.headers["Authorization"], "path": self.path})
                opened.now += 1
                opened.most = max(opened.most, opened.now)
            try:
                if opened.reply:
                    time.sleep(0.02)
                    opened.reply(opened, self, body)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True
            finally:
                with lock:
                    opened.now -= 1

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    opened.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield opened
    server.shutdown()
    thread.join()
    server.server_close()
