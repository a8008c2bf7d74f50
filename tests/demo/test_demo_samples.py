"""The demo's folder: a configuration that is valid, articles in three formats, a list in many scripts."""

import csv
import unicodedata
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import httpx
from sqlalchemy import Engine
from sqlmodel import Session, select

from digest.configuring import read_config
from digest.demo.config import write_config
from digest.demo.newsroom import Newsroom
from digest.demo.samples import copy_articles, subscribers_csv
from digest.newsletters import Config
from subscribers.exchange import import_csv
from subscribers.models import Subscription

NOW = datetime(2026, 3, 14, 7, 0, tzinfo=UTC)


def config_at(folder: Path, newsroom_url: str) -> Config:
    write_config(folder / "digest.toml", newsroom_url)
    return read_config(folder / "digest.toml")


def test_the_configuration_is_valid_and_complete(tmp_path: Path) -> None:
    config = config_at(tmp_path, "http://127.0.0.1:8123")
    newsletter = config.newsletter("daily")
    assert newsletter.title == "The Harbour Post Daily"
    assert (newsletter.schedule, newsletter.timezone) == ("0 7 * * *", "Europe/Lisbon")
    assert (newsletter.max_stories, newsletter.max_per_source) == (8, 4)
    assert Counter(source.type for source in config.sources_of(newsletter)) == {"feed": 7, "page": 1, "folder": 1}
    assert {source.section for source in config.sources.values()} >= {"City", "Sea", "Science", "Culture", "Business"}
    assert all(source.allow_private for source in config.sources.values() if source.url)


def test_every_source_of_the_newsroom_answers_and_one_fails(tmp_path: Path) -> None:
    with Newsroom() as newsroom:
        config = config_at(tmp_path, newsroom.url)
        answers = {key: httpx.get(str(source.url)).status_code for key, source in config.sources.items() if source.url}
    assert answers.pop("gazette") == 500
    assert set(answers.values()) == {200}


def test_an_earlier_demo_can_be_told_from_an_operators_own_folder(tmp_path: Path) -> None:
    write_config(tmp_path / "digest.toml", "http://127.0.0.1:8123")
    assert (tmp_path / "digest.toml").read_text(encoding="utf-8").startswith("# The demo's")


def test_the_readers_desk_holds_every_format_and_a_second_language(tmp_path: Path) -> None:
    copy_articles(tmp_path / "articles")
    files = {file.suffix: file for file in (tmp_path / "articles").iterdir()}
    assert set(files) == {".txt", ".md", ".html"}
    assert '<html lang="es">' in files[".html"].read_text(encoding="utf-8")
    assert all(180 <= len(file.read_text(encoding="utf-8").split()) <= 450 for file in files.values())


def test_the_list_has_names_in_many_scripts() -> None:
    rows = list(csv.DictReader(subscribers_csv()))
    scripts = {unicodedata.name(letter).split()[0] for row in rows for letter in row["name"] if letter.isalpha()}
    assert scripts >= {"LATIN", "GREEK", "CYRILLIC", "ARABIC", "CJK", "HIRAGANA", "TAMIL"}
    assert all(row["email"].endswith(("@example.com", "@example.org")) for row in rows)


def test_the_list_can_be_imported_without_a_refusal(sqlite_engine: Engine) -> None:
    with Session(sqlite_engine) as session:
        report = import_csv(session, subscribers_csv(), newsletters=["daily"], now=NOW, keys=["a-key-of-the-demo"])
        session.commit()
        statuses = Counter(session.exec(select(Subscription.status)).all())
    assert report.refusals == []
    assert statuses == {"active": 10, "pending": 1, "unsubscribed": 1}
