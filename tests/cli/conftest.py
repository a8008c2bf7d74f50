"""A publisher's folder, and `digest subscribers` run in it as operators do."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from digest.cli import app

CONFIG = """[site]
name = "The Harbour Post"
url = "https://www.example.com"

[newsletters.daily]
title = "Daily"
schedule = "0 7 * * *"
sender = "Post <daily@example.com>"

[sources.news]
url = "https://www.example.com/feed.xml"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "digest.toml").write_text(CONFIG)
    (tmp_path / ".env").write_text(f"DIGEST_SECRET_KEY={'k' * 40}\n")
    return tmp_path


def subscribers(folder: Path, *arguments: str, given: bytes | None = None) -> Result:
    return CliRunner().invoke(app, ["--config", str(folder / "digest.toml"), "subscribers", *arguments], input=given)
