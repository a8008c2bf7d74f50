"""The preview in a browser: the next issue in its frames, made anew at every look."""

import asyncio

import pytest
from starlette.testclient import TestClient

from digest.gathering import gather
from digest.web.preview import preview_app
from digest.workspace import Workspace
from tests.publish.conftest import make_workspace, workspace

__all__ = ["make_workspace", "workspace"]  # fixtures


@pytest.fixture
def preview(workspace: Workspace) -> TestClient:
    newsletter = workspace.config.newsletter("daily")
    gathered = asyncio.run(gather(workspace, workspace.config.sources_of(newsletter)))
    return TestClient(preview_app(workspace, newsletter, gathered))


@pytest.mark.parametrize("view", ["desktop", "phone"])
def test_the_mail_stands_in_a_frame_without_script(preview: TestClient, view: str) -> None:
    page = preview.get("/", params={"view": view})
    assert f'<iframe class="{view}" src="/mail"' in page.text
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    mail = preview.get("/mail")
    assert "opens its doors" in mail.text
    assert "default-src 'none'" in mail.headers["Content-Security-Policy"]


def test_the_text_part_and_the_source_are_shown(preview: TestClient) -> None:
    assert "opens its doors" in preview.get("/", params={"view": "text"}).text
    assert "List-Unsubscribe-Post" in preview.get("/", params={"view": "source"}).text


def test_a_template_that_is_saved_shows_at_the_next_look(preview: TestClient, workspace: Workspace) -> None:
    theme = workspace.config.folder / "templates" / "issue" / "broadsheet"
    theme.mkdir(parents=True)
    (theme / "issue.txt.j2").write_text("My own words")
    assert "My own words" in preview.get("/", params={"view": "text"}).text
    (theme / "issue.txt.j2").write_text("My own words\n{{ nothing.here }}")
    broken = preview.get("/", params={"view": "text"})
    assert broken.status_code == 500
    assert "issue.txt.j2:2" in broken.text.replace(", line ", ":")
