"""The studio makes each thing once, and anew when what it was made from changes."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import Session

from digest.errors import ConfigError, DigestError, TemplateError
from digest.preview.studio import Studio
from digest.publish import publish
from digest.workspace import Workspace
from subscribers.roster import Entry, add
from tests.publish.conftest import FEED, FOLDER, SLOT, article, write_articles
from tests.website import Site


@pytest.fixture
def folder(workspace: Workspace) -> Path:
    return workspace.config.folder


def theme_file(folder: Path, text: str) -> Path:
    file = folder / "templates" / "issue" / "broadsheet" / "issue.txt.j2"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


def test_nothing_is_made_twice_until_something_changes(studio: Studio, folder: Path) -> None:
    first, version = studio.show(), studio.version
    assert studio.show() is first
    theme = folder / "templates" / "issue" / "broadsheet"
    theme.mkdir(parents=True)
    passing = [theme / ".issue.txt.j2.swp", theme / "issue.txt.j2~", theme / "4913"]
    assert not studio.notice([folder / "notes.txt", folder / "digest.db-shm", *passing])
    assert (studio.show(), studio.version) == (first, version)


def test_a_template_that_is_saved_shows_at_the_next_look(studio: Studio, folder: Path) -> None:
    before, version = studio.show(), studio.version
    assert studio.notice([theme_file(folder, "My own words")])
    assert studio.version != version
    assert studio.show().message.text == "My own words\n"
    assert studio.show().edition is before.edition, "what was drafted is not drafted anew"


def test_a_broken_template_leaves_the_last_good_rendering(studio: Studio, folder: Path) -> None:
    good = studio.show()
    studio.notice([theme_file(folder, "Words\n{{ nothing.here }}")])
    for _ in range(2):
        with pytest.raises(TemplateError, match=r"issue\.txt\.j2:2: 'nothing' is undefined"):
            studio.show()
    assert studio.last_good() is good
    studio.notice([theme_file(folder, "Mended")])
    assert studio.show().message.text == "Mended\n"


def test_a_mistake_in_the_configuration_is_shown_until_it_is_mended(studio: Studio, folder: Path) -> None:
    config = folder / "digest.toml"
    good, text = studio.show(), config.read_text()
    config.write_text(text.replace("0 7 * * *", "at seven"))
    assert studio.notice([config])
    with pytest.raises(ConfigError, match='"at seven" is not a cron expression'):
        studio.show()
    assert studio.last_good() is good
    config.write_text(text.replace("The Harbour Post Daily", "The Evening Post"))
    assert studio.notice([config])
    assert studio.show().issue.newsletter.title == "The Evening Post"


def test_what_is_saved_at_once_is_noticed_at_once(studio: Studio, workspace: Workspace) -> None:
    studio.show()
    config = workspace.config.folder / "digest.toml"
    config.write_text(config.read_text().replace("The Harbour Post Daily", "The Evening Post"))
    (workspace.config.folder / "articles" / "1.md").unlink()
    theme = theme_file(workspace.config.folder, "{{ newsletter.title }}, {{ stories | length }}")
    assert studio.notice([config, workspace.config.folder / "articles" / "1.md", theme])
    assert studio.show().message.text == "The Evening Post, 2\n"


def test_settings_are_read_again_too(studio: Studio, folder: Path) -> None:
    env = folder / ".env"
    env.write_text("DIGEST_SECRET_KEY=a key for these tests only\nDIGEST_PUBLIC_URL=https://elsewhere.example\n")
    assert studio.notice([env])
    assert "https://elsewhere.example/archive/daily" in studio.show().message.text


def test_an_article_that_is_written_into_a_folder_source_appears(make_workspace: Callable[..., Workspace]) -> None:
    workspace = make_workspace()
    studio = Studio(workspace, "daily")
    with pytest.raises(DigestError, match="no articles came from any source"):
        studio.show()
    write_articles(workspace, 4)
    assert studio.notice([workspace.config.folder / "articles" / "4.md"])
    assert len(studio.show().issue.stories) == 1


def test_only_what_changed_is_gathered_again(make_workspace: Callable[..., Workspace], site: Site) -> None:
    feed = b'<rss version="2.0"><channel><title>P</title></channel></rss>'
    site.page("/feed", feed, Content_Type="application/rss+xml")
    workspace = make_workspace(sources=FOLDER + FEED.format(url=site.url))
    write_articles(workspace, 1)
    studio = Studio(workspace, "daily")
    studio.show()
    asked = len(site.asked)
    assert asked > 0
    write_articles(workspace, 2)
    studio.notice([workspace.config.folder / "articles" / "2.md"])
    config = workspace.config.folder / "digest.toml"
    assert len(studio.show().issue.stories) == 2
    config.write_text(config.read_text().replace('name = "The desk"', 'name = "The newsdesk"'))
    studio.notice([config])
    assert studio.show().issue.stories[0].source_name == "The newsdesk"
    assert len(site.asked) == asked
    studio.collect_again()
    studio.show()
    assert len(site.asked) > asked


def test_a_source_that_is_taken_out_takes_its_articles_along(studio: Studio, folder: Path) -> None:
    assert len(studio.show().issue.stories) == 3
    (folder / "elsewhere").mkdir()
    (folder / "elsewhere" / "1.md").write_text(article(7))
    config = folder / "digest.toml"
    config.write_text(config.read_text().replace("sources.desk", "sources.other").replace('"articles"', '"elsewhere"'))
    studio.notice([config])
    assert [story.headline for story in studio.show().issue.stories] == ["The theatre opens its doors for the 7th time"]


def test_the_database_matters_only_when_the_issue_is_another_one_for_it(studio: Studio, workspace: Workspace) -> None:
    database = workspace.config.folder / "digest.db-wal"
    version = studio.version
    shown = studio.show()
    with Session(workspace.engine) as session:
        add(session, [Entry("new@example.com", "daily", "New")], now=SLOT, keys=workspace.settings.keys)
    assert not studio.notice([database])
    assert (studio.show(), studio.version) == (shown, version)
    asyncio.run(publish(workspace, studio.newsletter, SLOT - timedelta(days=1)))
    assert studio.notice([database])
    with pytest.raises(DigestError, match="nothing new"):
        studio.show()


def test_a_stored_issue_is_shown_anew_when_it_was_edited(make_workspace: Callable[..., Workspace]) -> None:
    from digest.editing import Changes, edit_issue

    workspace = make_workspace('approval = "manual"')
    write_articles(workspace, 1, 2)
    row = asyncio.run(publish(workspace, workspace.config.newsletter("daily"), SLOT)).issue
    studio = Studio(workspace, "daily", issue_id=row.id)
    studio.show()
    edit_issue(workspace, row.id or 0, Changes(subject="Another subject"))
    assert studio.notice([workspace.config.folder / "digest.db-wal"])
    assert studio.show().message.subject == "Another subject"


def test_the_folders_to_watch_are_those_that_matter(studio: Studio, folder: Path) -> None:
    (folder / "node_modules" / "much").mkdir(parents=True)
    theme_file(folder, "x")
    watched = studio.folders()
    assert {folder, folder / "articles", folder / "templates" / "issue" / "broadsheet"} <= watched
    assert folder / "node_modules" not in watched
