"""A newsletter with three articles of this morning, to be looked at before it is sent."""

import shutil
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
import uvicorn

from digest.preview.studio import Studio
from digest.templating import templates_folder
from digest.web.preview import preview_app
from digest.workspace import Workspace
from tests.publish.conftest import daily, make_workspace, workspace

__all__ = ["daily", "make_workspace", "workspace"]  # fixtures


@pytest.fixture
def studio(workspace: Workspace) -> Studio:
    return Studio(workspace, "daily")


def dump(workspace: Workspace) -> list[str]:
    """Everything that the database holds."""
    with closing(sqlite3.connect(workspace.config.folder / "digest.db")) as connection:
        return list(connection.iterdump())


def own_theme(workspace: Workspace, mjml: str, text: str) -> None:
    """Give the publisher a theme of their own, called ``mine``."""
    ours = templates_folder() / "issue" / "broadsheet"
    theme = workspace.config.folder / "templates" / "issue" / "mine"
    theme.mkdir(parents=True)
    shutil.copy(ours / "theme.toml", theme)
    (theme / "issue.mjml.j2").write_text(f"<mjml><mj-body>{mjml}</mj-body></mjml>")
    (theme / "issue.txt.j2").write_text(text)


@contextmanager
def nothing_stored(workspace: Workspace) -> Iterator[None]:
    """Fails when the database is another one afterwards."""
    before = dump(workspace)
    yield
    assert dump(workspace) == before


@contextmanager
def running(studio: Studio) -> Iterator[str]:
    """The preview behind a real server, watching files."""
    server = uvicorn.Server(
        uvicorn.Config(preview_app(studio), port=0, log_level="critical", timeout_graceful_shutdown=1)
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    host, port = server.servers[0].sockets[0].getsockname()
    yield f"http://{host}:{port}"
    server.should_exit = True
    thread.join()
