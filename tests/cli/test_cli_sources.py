"""``digest sources``: listing, finding, checking and importing, on a real folder and a real site."""

import json
import tempfile
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from digest.cli import app
from digest.collect.opml import read_outlines
from digest.configuring import read_config
from digest.declaring import Offer, declare, write_sources
from digest.errors import AskedWrongly, DigestError
from tests.website import Site

CONFIG = """# Mine, and in my order.
[site]
name = "The Harbour Post"
url = "https://www.example.com"

[sources.news]  # the first
url = "{feed}"
allow_private = true

[newsletters.daily]
title = "Daily"
schedule = "0 7 * * *"
sender = "Post <daily@example.com>" # no newline at the end"""
FEED = b"""<rss version="2.0"><channel><title>The Harbour "Post"</title><item><title>The ferry is back</title>
<link>/ferry</link><pubDate>Mon, 23 Nov 2026 07:00:00 GMT</pubDate><description>It sailed.</description></item>
</channel></rss>"""
OPML = """<opml version="2.0"><body><outline text="City">
<outline text="The Post" xmlUrl="https://post.example/feed"/><outline text="The Post" xmlUrl="https://post.example/2"/>
</outline><outline text="24 Heures" xmlUrl="https://heures.example/rss"/>
<outline text="\u6e2f\u306e\u65b0\u805e" xmlUrl="https://www.minato.example/rss"/>
<outline text="Known" xmlUrl="{feed}"/></body></opml>"""


@pytest.fixture
def folder(tmp_path: Path, site: Site) -> Path:
    (tmp_path / "digest.toml").write_text(CONFIG.format(feed=site.page("/feed.xml", FEED)), encoding="utf-8")
    site.page(
        "/ferry", b"<article><h1>The ferry is back</h1><p>It sailed at dawn, after a week of storms.</p></article>"
    )
    (tmp_path / ".env").write_text(f"DIGEST_SECRET_KEY={'k' * 40}\n")
    return tmp_path


def sources(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["--config", str(folder / "digest.toml"), "sources", *arguments])


def imported(folder: Path, outlines: str, *arguments: str) -> Result:
    (folder / "list.opml").write_text(outlines, encoding="utf-8")
    return sources(folder, "import", str(folder / "list.opml"), *arguments)


def test_importing_adds_the_feeds_at_the_end_and_leaves_the_rest_as_it_is(folder: Path, site: Site) -> None:
    answer = imported(folder, OPML.format(feed=f"{site.url}/feed.xml"))
    assert (answer.exit_code, "4 sources added" in answer.output) == (0, True)
    text = (folder / "digest.toml").read_text(encoding="utf-8")
    assert text.startswith(CONFIG.format(feed=f"{site.url}/feed.xml"))
    config = read_config(folder / "digest.toml")
    assert {key: (each.title, each.section) for key, each in config.sources.items() if key != "news"} == {
        "the-post": ("The Post", "City"),
        "the-post-2": ("The Post", "City"),
        "the-24-heures": ("24 Heures", ""),
        "minato-example": ("\u6e2f\u306e\u65b0\u805e", ""),
    }


def test_importing_twice_adds_nothing_the_second_time(folder: Path, site: Site) -> None:
    imported(folder, OPML.format(feed=f"{site.url}/feed.xml"))
    before = (folder / "digest.toml").read_bytes()
    answer = imported(folder, OPML.format(feed=f"{site.url}/feed.xml"))
    assert (answer.exit_code, "nothing to add" in answer.output) == (0, True)
    assert (folder / "digest.toml").read_bytes() == before


def test_a_dry_run_shows_what_would_be_added_and_changes_nothing(folder: Path, site: Site) -> None:
    before = (folder / "digest.toml").read_bytes()
    answer = imported(folder, OPML.format(feed=f"{site.url}/feed.xml"), "--dry-run")
    assert tomllib.loads(answer.stdout)["sources"]["the-post"]["url"] == "https://post.example/feed"
    assert (folder / "digest.toml").read_bytes() == before


def test_a_file_that_cannot_be_added_to_stays_as_it_was(folder: Path) -> None:
    file = folder / "digest.toml"
    config = CONFIG.format(feed="https://a.example/").replace("[sources.news]  # the first", "[unused]")
    file.write_text(
        'sources = { news = { url = "https://a.example/" } }\n'
        + config.partition("[unused]")[0]
        + config[config.index("[newsletters.daily]") :]
    )
    before = file.read_bytes()
    with pytest.raises(AskedWrongly, match="nothing was added"):
        write_sources(file, declare(read_config(file), [Offer("https://b.example/")]))
    assert file.read_bytes() == before
    assert [each.name for each in folder.iterdir() if each.name.startswith(".digest")] == []


@pytest.mark.parametrize(
    ("content", "complaint"), [("<html></html>", "this is a web page"), ("<opml/>", "lists no feeds"), ("", "is empty")]
)
def test_what_is_no_list_is_told_in_one_line(folder: Path, content: str, complaint: str) -> None:
    answer = imported(folder, content)
    assert isinstance(answer.exception, AskedWrongly)
    assert complaint in str(answer.exception)


@given(
    st.lists(
        st.builds(
            Offer,
            url=st.sampled_from(["https://a.example/1", "https://a.example/2", "https://a.example/?q=\"'\\", "x"]),
            name=st.text(max_size=60),
            section=st.text(max_size=20),
        ),
        max_size=4,
    )
)
def test_whatever_the_titles_hold_the_file_says_just_that(offers: list[Offer]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "digest.toml"
        file.write_text(CONFIG.format(feed="https://news.example/feed"), encoding="utf-8")
        before = read_config(file)
        declaration = declare(before, offers)
        write_sources(file, declaration)
        added = {source.key: source for source in declaration.added}
        assert read_config(file).sources == {**before.sources, **added}
    assert len(declaration.added) + len(declaration.known) + len(declaration.refused) == len(offers)


def test_the_exported_list_holds_what_was_imported(folder: Path, site: Site) -> None:
    imported(folder, OPML.format(feed=f"{site.url}/feed.xml"))
    exported = read_outlines(sources(folder, "export").stdout.encode())
    assert {(each.title, each.section) for each in exported} >= {("The Post", "City"), ("24 Heures", "")}
    assert len(exported) == len(read_config(folder / "digest.toml").sources)


@pytest.mark.parametrize("url", ["not a url", "ftp://a.example/", ""])
def test_looking_for_feeds_needs_a_web_address(folder: Path, url: str) -> None:
    assert isinstance(error := sources(folder, "find", url).exception, AskedWrongly)
    assert "is not a web address" in str(error)


def test_finding_on_ones_own_network_has_to_be_allowed(folder: Path, site: Site) -> None:
    assert "add --allow-private if that is meant" in str(sources(folder, "find", site.url).exception)


def test_what_is_checked_is_told_to_programs_too(folder: Path) -> None:
    [told] = json.loads(sources(folder, "check", "--json").stdout)
    assert [each["title"] for each in told["articles"]] == ["The ferry is back"]
    assert (told["source"], told["error"], told["dropped"]) == ("news", "", [])


def test_finding_shows_what_a_site_offers_and_what_to_write(folder: Path, site: Site) -> None:
    home = site.page("/", b'<link rel="alternate" type="application/rss+xml" title="RSS" href="/rss.xml"><p>News</p>')
    site.page("/rss.xml", FEED)
    answer = sources(folder, "find", home, "--allow-private")
    assert answer.exit_code == 0
    assert f'name = "The Harbour \\"Post\\""\nurl = "{site.url}/rss.xml"' in answer.output
    assert len(read_config(folder / "digest.toml").sources) == 1


def test_what_was_found_can_be_added_at_once(folder: Path, site: Site) -> None:
    site.page("/rss.xml", FEED)
    site.page("/robots.txt", f"Sitemap: {site.url}/sitemap.xml".encode())
    site.page("/sitemap.xml", b"<urlset><url><loc>/ferry</loc></url></urlset>")
    home = site.page("/", b"<p>No word of a feed.</p>")
    assert sources(folder, "find", home, "--allow-private", "--add").exit_code == 0
    added = read_config(folder / "digest.toml").sources["the-harbour-post"]
    assert (str(added.url), added.name, added.allow_private) == (f"{site.url}/rss.xml", 'The Harbour "Post"', True)


def test_the_address_of_a_feed_is_found_to_be_one(folder: Path, site: Site) -> None:
    answer = sources(folder, "find", f"{site.url}/feed.xml", "--allow-private", "--json")
    [tried] = json.loads(answer.output)
    assert (tried["found"]["url"], tried["articles"], tried["error"]) == (f"{site.url}/feed.xml", 1, "")


def test_a_site_that_offers_nothing_is_told_so(folder: Path, site: Site) -> None:
    site.answers.clear()
    answer = sources(folder, "find", site.page("/", b"<p>Nothing.</p>"), "--allow-private")
    assert isinstance(answer.exception, DigestError)
    assert "no feed was found" in str(answer.exception)


def test_checking_shows_what_a_source_would_give_and_stores_nothing(folder: Path) -> None:
    answer = sources(folder, "check", "news")
    assert answer.exit_code == 0
    assert "news: 1 article new or changed" in answer.output
    assert "The ferry is back" in answer.output
    [listed] = json.loads(sources(folder, "list", "--json").output)
    assert (listed["articles"], listed["collected_at"]) == ({"ever": 0, "lately": 0}, None)


def test_checking_tells_what_is_left_out_and_why(folder: Path, site: Site) -> None:
    del site.answers["/ferry"]
    assert "left out: http" in (told := sources(folder, "check").output)
    assert "its page is gone (404)" in told


def test_a_source_that_fails_is_told_with_its_reason_and_since_when(folder: Path, site: Site) -> None:
    site.page("/feed.xml", b"", status=503, Retry_After="3600")
    answer = sources(folder, "check")
    assert (answer.exit_code, "answered 503 Service Unavailable" in answer.output) == (1, True)
    CliRunner().invoke(app, ["--config", str(folder / "digest.toml"), "collect"])
    [listed] = json.loads(sources(folder, "list", "--json").output)
    assert "503" in listed["error"]
    assert listed["failing_since"] < listed["retry_at"]


def test_a_source_that_wants_to_be_left_alone_keeps_the_reason_why(folder: Path, site: Site) -> None:
    site.page("/feed.xml", b"", status=503, Retry_After="600")
    for _ in range(2):
        CliRunner().invoke(app, ["--config", str(folder / "digest.toml"), "collect"])
    listed = " ".join(sources(folder).output.split())
    assert "answered 503 Service Unavailable (since" in listed
    assert "next try after 20" in listed
    assert len(site.asked) == 1


def test_a_source_that_has_moved_for_good_is_told_to_be_changed(folder: Path, site: Site) -> None:
    site.page("/feed.xml", b"", status=308, Location="/new.xml")
    site.page("/new.xml", FEED)
    answer = sources(folder, "check", "news")
    assert answer.exit_code == 0
    assert f'it has moved for good: write url = "{site.url}/new.xml"' in answer.output


def test_the_list_counts_what_each_source_has_brought(folder: Path) -> None:
    CliRunner().invoke(app, ["--config", str(folder / "digest.toml"), "collect"])
    [listed] = json.loads(sources(folder, "list", "--json").output)
    assert (listed["key"], listed["articles"], listed["error"]) == ("news", {"ever": 1, "lately": 1}, "")
    assert "news    feed  1         1" in sources(folder).output


def test_a_source_that_is_not_declared_cannot_be_checked(folder: Path) -> None:
    assert 'there is no source "nope"' in str(sources(folder, "check", "nope").exception)
