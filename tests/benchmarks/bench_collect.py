"""How long many sources take, and how much memory: ``python tests/benchmarks/bench_collect.py [SOURCES]``.

Each source is a feed of fifty full texts of its own, served by another process on the loopback; all of it is stored
in an SQLite file, as ``digest collect`` does.
"""

import asyncio
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from pydantic import SecretStr

from digest.configuring import read_config
from digest.gathering import gather
from digest.settings import Settings
from digest.store.engine import open_database
from digest.workspace import Workspace

ARTICLES = 50
SERVER = """
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

class Feed(BaseHTTPRequestHandler):
    def do_GET(self):
        items = "".join(
            f"<item><title>Piece {n} of {self.path}</title><link>http://{self.headers['Host']}{self.path}/{n}</link>"
            f"<pubDate>Mon, 23 Nov 2026 0{n % 7}:00:00 GMT</pubDate><description>"
            + " ".join(f"Word{i}of{n}and{self.path[1:]} goes on and on." for i in range(100))
            + "</description></item>" for n in range(int(sys.argv[1]))
        )
        body = f"<rss version='2.0'><channel><title>T</title>{items}</channel></rss>".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass

server = ThreadingHTTPServer(("127.0.0.1", 0), Feed)
print(server.server_address[1], flush=True)
server.serve_forever()
"""
CONFIG = """
[site]
name = "T"
url = "https://t.example"
[newsletters.daily]
title = "T"
schedule = "0 7 * * *"
sender = "t@t.example"
"""


def main(sources: int) -> None:
    """Collect once, and once more; print seconds, articles and the most memory that was held."""
    command = [sys.executable, "-c", SERVER, str(ARTICLES)]
    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server,
    ):
        port = server.stdout.readline().strip() if server.stdout else ""
        try:
            workspace = _workspace(Path(folder), port, sources)
            for _ in range(2):
                began = time.perf_counter()
                gathered = asyncio.run(gather(workspace, tuple(workspace.config.sources.values()), keep=True))
                seconds = time.perf_counter() - began
                articles = sum(len(harvest.articles) for harvest in gathered.harvests)
                most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
                print(f"{sources} sources, {articles} articles new or changed: {seconds:.1f} s, at most {most:.0f} MB")
            workspace.engine.dispose()
        finally:
            server.terminate()


def _workspace(folder: Path, port: str, sources: int) -> Workspace:
    tables = (
        f'[sources.s{number}]\nurl = "http://127.0.0.1:{port}/{number}"\nallow_private = true\n'
        for number in range(sources)
    )
    (folder / "digest.toml").write_text(CONFIG + "".join(tables))
    settings = Settings(secret_key=(SecretStr("a key for this run only"),), database_url="sqlite:///digest.db")
    return Workspace(read_config(folder / "digest.toml"), settings, open_database(settings.database_url, folder))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 500)
