"""The whole web application behind a real HTTP server, with a folder that catches its letters."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from sqlalchemy import Engine
from sqlmodel import Session
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from digest.newsletters import Config, Newsletter, Site, Source
from digest.settings import Settings
from digest.signups import SignUp
from digest.store.models import ArticleRow, IssueRow, IssueState, StoryRow, VariantRow
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
        # So many that no test meets a limit that it is not about.
        signup=SignUp(per_network=10_000, overall=10_000, pressure=10_000),
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
    with httpx.Client(base_url=stage.url, timeout=10, verify=False) as client:  # to load certificates takes long
        yield client


SLOT = datetime(2026, 3, 2, 7, tzinfo=UTC)


@dataclass(frozen=True)
class Told:
    """A story of an issue that is stored for a test."""

    headline: str
    summary: str = ""
    section: str = ""
    url: str = ""
    image: str = ""
    width: int | None = 1200
    height: int | None = 675
    language: str = ""
    also_in: tuple[str, ...] = ()


Store = Callable[..., None]


@pytest.fixture
def issue(sqlite_engine: Engine) -> Store:
    """Store an issue: of the daily, sent, with one story, unless told otherwise."""
    return partial(store_issue, sqlite_engine)


def store_issue(
    engine: Engine,
    number: int,
    state: str = IssueState.SENT,
    *,
    stories: Sequence[Told] = (),
    newsletter: str = "daily",
    subject: str | None = None,
    preheader: str = "",
    intro: str = "",
    html: str = "<html><body><p>News.</p></body></html>",
    slot: datetime = SLOT,
) -> None:
    slot = slot + timedelta(days=number)
    row = IssueRow(
        newsletter=newsletter,
        slot=slot,
        number=number,
        state=state,
        subject=f"Subject <{number}>" if subject is None else subject,
        preheader=preheader,
        intro=intro,
        created_at=slot,
        expires_at=slot,
        sending_at=slot,
    )
    with Session(engine) as session:
        session.add(row)
        session.flush()
        session.add(VariantRow(issue_id=row.id, language="en", html=html, text=""))
        for rank, told in enumerate(stories or [Told(f"Headline {number}")], 1):
            _store_story(session, row, rank, told)
        session.commit()


def _store_story(session: Session, issue: IssueRow, rank: int, told: Told) -> None:
    article = ArticleRow(
        url=told.url or f"https://e.example/{issue.newsletter}/{issue.number}/{rank}",
        source="city",
        title="",
        text="",
        author="Ana Reis",
        language=told.language,
        image_url=told.image,
        image_width=told.width if told.image else None,
        image_height=told.height if told.image else None,
        image_alt="A white ferry",
        seen_at=issue.slot,
    )
    session.add(article)
    session.flush()
    session.add(
        StoryRow(
            issue_id=issue.id,
            article_id=article.id,
            rank=rank,
            section=told.section,
            headline=told.headline,
            summary=told.summary,
            source_name="The Post",
            also_in=list(told.also_in),
        )
    )


@pytest.fixture
def reading(config: Config, settings: Settings, sqlite_engine: Engine) -> Callable[..., TestClient]:
    """A reader of the pages, where the daily is declared with other values."""

    def with_the_daily(**changes: object) -> TestClient:
        daily = config.newsletters["daily"].model_copy(update=changes)
        changed = config.model_copy(update={"newsletters": {**config.newsletters, "daily": daily}})
        return TestClient(create_app(changed, settings, sqlite_engine, lambda _: None))

    return with_the_daily
