"""The preview's page: one address for every way of looking, and two buttons that only its editor can press."""

import asyncio
import html
import re
import time
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session
from starlette.testclient import TestClient

from digest.lint import Finding, Severity
from digest.preview.findings import shown_in
from digest.preview.readers import SAMPLES
from digest.preview.studio import Studio
from digest.publish import publish
from digest.web.preview import preview_app
from digest.web.preview.choice import Choice, read_choice
from digest.web.preview.source import coloured_lines
from digest.workspace import Workspace
from subscribers.roster import Entry, add
from tests.postbox import Postbox
from tests.preview.conftest import nothing_stored, running, studio
from tests.publish.conftest import SLOT, make_workspace, workspace, write_articles

__all__ = ["make_workspace", "studio", "workspace"]  # fixtures

HERE = "http://127.0.0.1"
VIEWS = ("mail", "text", "headers", "source", "html", "lint", "why")


@pytest.fixture
def preview(studio: Studio) -> TestClient:
    return TestClient(preview_app(studio), base_url=HERE, follow_redirects=False)


def key_in(page: str) -> str:
    found = re.search(r'name="key" value="([^"]+)"', page)
    assert found
    return found[1]


def theme_file(workspace: Workspace, text: str) -> None:
    file = workspace.config.folder / "templates" / "issue" / "broadsheet" / "issue.txt.j2"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def test_the_mail_stands_in_frames_without_script(preview: TestClient) -> None:
    page = preview.get("/")
    assert page.text.count('<iframe src="/mail" sandbox="allow-same-origin') == 2
    assert "allow-scripts" not in page.text
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    mail = preview.get("/mail")
    assert "opens its doors" in mail.text
    assert "default-src 'none'" in mail.headers["Content-Security-Policy"]
    assert "script" not in mail.headers["Content-Security-Policy"]


@pytest.mark.parametrize("device", ["desktop", "phone"])
def test_one_screen_can_be_looked_at_alone(preview: TestClient, device: str) -> None:
    page = preview.get("/", params={"device": device}).text
    assert page.count("<iframe") == 1
    assert f'<section class="{device} as-light"' in page


@pytest.mark.parametrize(
    ("view", "shown"),
    [
        ("text", "opens its doors for the"),
        ("headers", "List-Unsubscribe-Post"),
        ("source", "Content-Transfer-Encoding: quoted-printable"),
        ("html", "&lt;!doctype html&gt;"),
        ("lint", ""),
        ("why", "3 chosen of 3"),
    ],
)
def test_every_part_has_a_view(preview: TestClient, view: str, shown: str) -> None:
    page = preview.get("/", params={"view": view})
    assert page.status_code == 200
    assert shown in page.text
    assert 'aria-current="page"' in page.text


def test_all_state_stands_in_the_address(preview: TestClient) -> None:
    asked = {"view": "mail", "device": "phone", "scheme": "dark", "images": "off", "reader": "arabic"}
    page = preview.get("/", params=asked).text
    links = [html.unescape(link) for link in re.findall(r'href="(/\?[^"]*)"', page)]
    assert "/?device=phone&scheme=forced&images=off&reader=arabic" in links
    assert all("reader=arabic" in link for link in links)


def test_nonsense_in_the_address_is_as_usual() -> None:
    asked = {"view": "../etc", "scheme": "pink", "nothing": "1", "reader": "x" * 500}
    choice = read_choice(asked)
    assert (choice.view, choice.scheme, len(choice.reader)) == ("mail", "light", 320)
    assert read_choice({}) == Choice()
    assert Choice().but() == "/"


@pytest.mark.parametrize("view", VIEWS)
def test_a_hostile_reader_breaks_no_view(preview: TestClient, view: str) -> None:
    page = preview.get("/", params={"view": view, "reader": "hostile"})
    assert page.status_code == 200
    assert "<b>\"O'Neil" not in page.text
    assert "<b>\"O'Neil" not in preview.get("/mail?reader=hostile").text


def test_every_sample_reader_is_offered(preview: TestClient) -> None:
    offered = re.findall(r'<option value="([^"]+)"', preview.get("/").text.partition('name="variant"')[0])
    assert offered == list(SAMPLES)


def test_a_subscriber_is_looked_up_and_a_stranger_is_told_of(preview: TestClient) -> None:
    assert "reader2@example.com" in preview.get("/", params={"view": "text", "reader": "reader2@example.com"}).text
    page = preview.get("/", params={"reader": "<i>@example.com"})
    assert page.status_code == 200
    assert "the mail is addressed to a sample reader" in page.text
    assert "<i>@" not in page.text


def test_a_subscriber_is_shown_the_issue_in_their_language(preview: TestClient, workspace: Workspace) -> None:
    with Session(workspace.engine) as session:
        add(session, [Entry("ana@example.com", "daily", language="fr")], now=SLOT, keys=workspace.settings.keys)
    theirs = {"view": "text", "reader": "ana@example.com"}
    assert "mardi 24 novembre 2026" in preview.get("/", params=theirs).text
    assert "Dienstag, 24. November 2026" in preview.get("/", params={**theirs, "variant": "de"}).text


def test_sizes_are_told(preview: TestClient) -> None:
    page = preview.get("/").text
    assert "then Gmail clips" in page
    assert re.search(r"<dt>Words</dt><dd>\d+, 1 min</dd>", page)


def test_the_page_is_served_under_no_other_name(preview: TestClient) -> None:
    for path in ("/", "/mail", "/changes"):
        assert preview.get(path, headers={"Host": "evil.example"}).status_code == 400
    assert preview.get("/", headers={"Host": "localhost:8000"}).status_code == 200


def test_looking_changes_nothing(preview: TestClient, workspace: Workspace) -> None:
    with nothing_stored(workspace):
        for view in VIEWS:
            preview.get("/", params={"view": view, "reader": "reader1@example.com"})
        preview.get("/mail")
        preview.post("/collect", data={"key": key_in(preview.get("/").text)})
        preview.get("/")


# --- the buttons


def test_a_test_is_sent_to_the_editor_and_the_servers_answer_is_told(
    preview: TestClient, workspace: Workspace, postbox: Postbox
) -> None:
    page = preview.get("/", params={"reader": "reader1@example.com"}).text
    form = {"key": key_in(page), "to": "me@example.com", "reader": "reader1@example.com", "scheme": "dark"}
    with nothing_stored(workspace):
        answer = preview.post("/test", data=form, headers={"Origin": HERE})
    assert answer.status_code == 303
    [(address, raw)] = postbox.received
    mail = message_from_bytes(raw, policy=policy.default)
    assert address == "me@example.com"
    assert str(mail["Subject"]).startswith("[Test] ")
    assert mail["To"].addresses[0].display_name == "Reader 1"
    after = preview.get(answer.headers["Location"]).text
    assert "Sent to me@example.com: 250 2.0.0 queued as 4711" in after
    assert 'value="me@example.com"' in after
    assert "scheme=dark" in answer.headers["Location"]


def test_why_a_test_was_not_sent_is_told(preview: TestClient, postbox: Postbox) -> None:
    postbox.answers["me@example.com"] = ["550 no such user"]
    for to, told in (("me@example.com", "550 no such user"), ("<me>", "&lt;me&gt;: This does not look like")):
        answer = preview.post("/test", data={"key": key_in(preview.get("/").text), "to": to})
        assert told in preview.get(answer.headers["Location"]).text
    assert postbox.received == []


@pytest.mark.parametrize("path", ["/test", "/collect"])
def test_a_strangers_page_presses_no_button(preview: TestClient, postbox: Postbox, path: str) -> None:
    key = key_in(preview.get("/").text)
    mine = {"key": key, "to": "me@example.com"}
    assert preview.post(path, data={"to": "me@example.com"}).status_code == 403
    assert preview.post(path, data={**mine, "key": "guessed"}).status_code == 403
    for origin in ("http://evil.example", "null", "http://127.0.0.1:9"):
        assert preview.post(path, data=mine, headers={"Origin": origin}).status_code == 403
    assert preview.get(path).status_code == 405
    assert postbox.received == []


def test_the_keys_of_two_servers_differ(workspace: Workspace, preview: TestClient) -> None:
    other = TestClient(preview_app(Studio(workspace, "daily")), base_url=HERE)
    assert key_in(other.get("/").text) != key_in(preview.get("/").text)


# --- problems


def test_a_template_error_is_shown_with_its_lines_and_the_last_good_rendering(
    preview: TestClient, workspace: Workspace, studio: Studio
) -> None:
    preview.get("/")
    theme_file(workspace, "My <own> words\n{{ nothing.here }}\nMore")
    studio.notice([workspace.config.folder / "templates" / "issue" / "broadsheet" / "issue.txt.j2"])
    broken = preview.get("/", params={"view": "text"})
    assert broken.status_code == 500
    assert "issue.txt.j2:2: &#39;nothing&#39; is undefined" in broken.text
    assert '<li value="2" class="it"><code>{{ nothing.here }}</code></li>' in broken.text
    assert "My &lt;own&gt; words" in broken.text
    kept = preview.get("/", params={"view": "text", "kept": "1"})
    assert kept.status_code == 200
    assert "opens its doors" in kept.text
    assert "This is how it last worked" in kept.text
    assert preview.get("/mail").status_code == 500
    assert preview.get("/mail?kept=1").status_code == 200


def test_an_issue_that_would_be_skipped_says_why(make_workspace: Callable[..., Workspace]) -> None:
    app = preview_app(Studio(make_workspace(), "daily"))
    page = TestClient(app, base_url=HERE).get("/")
    assert page.status_code == 500
    assert "the issue would be skipped: no articles came from any source" in page.text
    assert "as it last worked" not in page.text


def test_a_stored_issue_is_named(make_workspace: Callable[..., Workspace]) -> None:
    workspace = make_workspace('approval = "manual"')
    write_articles(workspace, 1)
    row = asyncio.run(publish(workspace, workspace.config.newsletter("daily"), SLOT)).issue
    page = TestClient(preview_app(Studio(workspace, "daily", issue_id=row.id)), base_url=HERE).get("/").text
    assert f"issue {row.id}, draft" in page
    assert "Collect from the sources again" not in page


# --- findings


def found(place: str, severity: str = "warning") -> Finding:
    return Finding(Severity(severity), "alt", place, "A picture has no <alt>", "Write one")


def test_findings_lead_to_what_they_are_about(preview: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    findings = (found("header Date", "error"), found("HTML line 12 and 3 more"), found("preheader", "notice"))
    monkeypatch.setattr("digest.preview.studio.lint_message", lambda *_, **__: findings)
    page = preview.get("/?view=lint").text
    assert '<a href="/?view=html#L12">HTML line 12 and 3 more</a>' in page
    assert '<a href="/?view=headers">header Date</a>' in page
    assert "A picture has no &lt;alt&gt;" in page
    assert "<h2>1 error, 1 warning, 1 notice</h2>" in page
    assert '<span class="count">2</span>' in page
    assert 'id="L12"' in preview.get("/?view=html").text


def test_the_linters_findings_of_this_very_mail_are_shown(preview: TestClient, workspace: Workspace) -> None:
    theme_file(workspace, "Dear {{ '{{' }} name }}, {{ recipient.unsubscribe_url }}")
    page = preview.get("/?view=lint").text
    link = re.search(r'<a href="(/\?view=text#L\d+)">text line \d+', page)
    assert link
    line = link[1].partition("#")[2]
    assert f'<span id="{line}">Dear {{{{ name }}}}, https://' in preview.get("/?view=text").text


@pytest.mark.parametrize(
    ("place", "part"),
    [
        ("HTML line 12", ("html", 12)),
        ("HTML line 25, 4 times", ("html", 25)),
        ("text line 7", ("text", 7)),
        ("message line 3", ("source", 3)),
        ("subject", ("headers", None)),
        ("preheader", None),
        ("", None),
    ],
)
def test_a_place_is_somewhere_to_look_or_nowhere(place: str, part: object) -> None:
    assert shown_in(found(place)) == part


@given(st.text(alphabet="<>!-/=\"'ab \n", max_size=60))
def test_coloured_source_is_the_source(source: str) -> None:
    lines = coloured_lines(source)
    assert "\n".join("".join(text for _, text in line) for line in lines) == source


def test_source_is_coloured_by_kind() -> None:
    [_, [(kind, text), *_]] = coloured_lines("<!-- a\nb --><p>")
    assert (kind, text) == ("comment", "b -->")
    assert ("value", '"x>y"') in coloured_lines('<p title="x>y">')[0]


# --- live reload


def versions(stream: httpx.Response) -> Iterator[str]:
    return (line.removeprefix("data: ") for line in stream.iter_lines() if line.startswith("data: "))


def test_whoever_looks_is_told_of_a_change(studio: Studio, workspace: Workspace) -> None:
    with running(studio) as url, httpx.stream("GET", f"{url}/changes", timeout=20) as stream:
        assert stream.headers["Content-Type"].startswith("text/event-stream")
        told = versions(stream)
        first = next(told)
        assert f'data-version="{first}"' in httpx.get(url).text
        time.sleep(0.7)  # until the watch has begun
        for number in (1, 2):  # the first into folders that were not there, the second into watched ones
            theme_file(workspace, f"My own words, {number}")
            assert next(told) != first
            assert f"My own words, {number}" in httpx.get(url, params={"view": "text"}).text
        settled = version_in(httpx.get(url).text)
        time.sleep(1.2)
        assert version_in(httpx.get(url).text) == settled, "looking is no change"


def version_in(page: str) -> str:
    found = re.search(r'data-version="([^"]+)"', page)
    assert found
    return found[1]
