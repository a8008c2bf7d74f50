"""The whole web application behind a real HTTP server, with a folder that catches its letters."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from sqlalchemy import Engine
from starlette.types import Receive, Scope, Send

from digest.newsletters import Config, Newsletter, Site, Source
from digest.settings import Settings
from digest.web import create_app
from subscribers.mail import Mail


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(
        folder=tmp_path,
        site=Site(name="Harbour & Post", url="https://news.example.com", postal_address="1 Quay Street, Porto"),
        newsletters={
            "daily": Newsletter(
                key="daily",
                title="The Harbour Daily",
                schedule="0 7 * * *",
                sender="Harbour Post <daily@news.example.com>",
            ),
            "weekly": Newsletter(
                key="weekly",
                title="The <Long> Weekend",
                prompt="Get the weekend read",
                schedule="0 8 * * 6",
                sender="Harbour Post <weekly@news.example.com>",
            ),
        },
        sources={"city": Source(key="city", url="https://news.example.com/feed.xml")},
    )


@pytest.fixture
def settings() -> Settings:
    return Settings(secret_key="a secret key for tests", public_url="https://mail.example.com", _env_file=None)


@pytest.fixture
def mails() -> list[Mail]:
    """What was mailed, in order."""
    return []


@pytest.fixture
def app(config: Config, settings: Settings, sqlite_engine: Engine, mails: list[Mail]) -> FastAPI:
    return create_app(config, settings, sqlite_engine, mails.append)


class Stage:
    """One running HTTP server for all tests; each test brings its own application."""

    url: str
    app: FastAPI

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)


@pytest.fixture(scope="session")
def stage() -> Iterator[Stage]:
    stage = Stage()
    server = uvicorn.Server(uvicorn.Config(stage, port=0, log_level="critical", lifespan="off"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.005)
    host, port = server.servers[0].sockets[0].getsockname()
    stage.url = f"http://{host}:{port}"
    yield stage
    server.should_exit = True
    thread.join()


@pytest.fixture
def web(stage: Stage, app: FastAPI) -> Iterator[httpx.Client]:
    """A client of the running application."""
    stage.app = app
    with httpx.Client(base_url=stage.url, timeout=10) as client:
        yield client
