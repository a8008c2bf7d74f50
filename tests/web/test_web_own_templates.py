"""A publisher's own templates for pages: file by file before ours, in a sandbox, with ours to build on."""

from pathlib import Path

import httpx
import pytest
from sqlalchemy import Engine

from digest.newsletters import Config
from digest.settings import Settings
from digest.web import create_app
from tests.web.conftest import Stage


@pytest.fixture
def own(config: Config) -> Path:
    folder = config.folder / "templates" / "web"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def page(stage: Stage, config: Config, settings: Settings, sqlite_engine: Engine):
    def get(path: str) -> httpx.Response:
        stage.app = create_app(config, settings, sqlite_engine, lambda _: None)
        return httpx.get(f"{stage.url}{path}")

    return get


def test_one_block_of_a_page_is_replaced_and_the_rest_is_ours(own: Path, page) -> None:
    (own / "subscribe.html.j2").write_text(
        '{% extends "digest/web/subscribe.html.j2" %}{% block title %}Join the quay{% endblock %}'
    )
    answer = page("/subscribe/daily")
    assert "<title>Join the quay</title>" in answer.text
    assert "Subscribe free" in answer.text


def test_our_own_pages_stand_on_a_publishers_base(own: Path, page) -> None:
    (own / "base.html.j2").write_text("<main>{% block main %}{% endblock %}</main><p>Mine</p>")
    answer = page("/subscribe/daily")
    assert "<p>Mine</p>" in answer.text
    assert "Subscribe free" in answer.text


def test_a_mistake_in_a_page_is_our_page_of_mistakes_and_tells_the_reader_nothing(own: Path, page) -> None:
    (own / "subscribe.html.j2").write_text("{{ ''.__class__.__mro__ }}")
    answer = page("/subscribe/daily")
    assert answer.status_code == 500
    assert "subscribe.html.j2" not in answer.text
    assert "It is our mistake" in answer.text
