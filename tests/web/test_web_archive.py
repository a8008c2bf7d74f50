"""What the public may read, and with which headers."""

import pytest

from digest.store.models import IssueState
from digest.web.archive import reading, routes


def test_the_front_page_invites_to_every_newsletter_and_shows_the_latest_issue(web, issue):
    issue(1)
    issue(2, IssueState.SENDING)
    issue(3, IssueState.DRAFT)
    html = web.get("/").text
    assert "Subscribe free to our daily newsletter" in html
    assert "Get the weekend read" in html
    assert "The &lt;Long&gt; Weekend" in html
    assert "Subject &lt;2&gt;" in html
    assert "Headline 2" in html
    assert "March 4, 2026" in html
    assert "Subject &lt;3&gt;" not in html


@pytest.mark.parametrize("state", [IssueState.DRAFT, IssueState.APPROVED, IssueState.SKIPPED, IssueState.CANCELLED])
def test_what_was_not_sent_cannot_be_read(web, issue, state):
    issue(1, state)
    assert "Subject" not in web.get("/archive/daily").text
    assert web.get("/archive/daily/1").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/archive/daily/2",
        "/archive/daily/99999999999999999999",
        "/archive/daily/x",
        "/archive/nightly",
        "/archive/weekly/1",
    ],
)
def test_an_issue_that_does_not_exist_is_a_friendly_404(web, issue, path):
    issue(1)
    answer = web.get(path)
    assert answer.status_code == 404
    assert "front page" in answer.text


def test_the_archive_goes_back_page_by_page_to_the_first_issue(web, issue, monkeypatch):
    monkeypatch.setattr(routes, "LINES", 2)
    monkeypatch.setattr(reading.Archive.lines, "__defaults__", (reading.LARGEST_NUMBER, 2))
    for number in range(1, 6):
        issue(number)
    assert '?before=4"' in web.get("/archive/daily").text
    middle = web.get("/archive/daily?before=4").text
    assert "Subject &lt;3&gt;" in middle
    assert "Subject &lt;1&gt;" not in middle
    last = web.get("/archive/daily?before=2").text
    assert "Subject &lt;1&gt;" in last
    assert "Older issues" not in last
    assert web.get("/archive/daily?before=-1").status_code == 200
    assert web.get(f"/archive/daily?before={10**40}").status_code == 200
    assert web.get("/archive/daily?before=x").status_code == 422


def test_every_answer_carries_strict_headers_and_no_cookie(web, issue):
    issue(1)
    paths = ["/", "/archive/daily", "/archive/daily/1", "/subscribe/daily", "/confirm/x", "/health", "/nowhere"]
    paths += ["/archive/daily/1/mail", "/archive/daily/feed.xml", "/archive/daily/look.css", "/archive/daily?q=x"]
    for path in [*paths, "/static/style.css", "/static/nothing.css", "/archive/daily?before=x"]:
        for answer in (web.get(path), web.head(path), web.put(path)):
            policy = answer.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert "script-src" not in policy
            assert "frame-ancestors 'none'" in policy
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Referrer-Policy"] == "strict-origin"
            assert "Set-Cookie" not in answer.headers
        assert "unsafe-inline" not in policy or path == "/archive/daily/1/mail"
        assert "img-src 'self';" in policy or path.startswith("/archive/daily")


def test_pages_hold_no_script_and_nothing_from_elsewhere(web, issue):
    issue(1)
    for path in ("/", "/archive/daily", "/archive/daily/1", "/subscribe/daily", "/confirm/x", "/nowhere"):
        html = web.get(path).text
        assert "<script" not in html
        assert "style=" not in html
        assert 'src="http' not in html
        assert 'href="/static/style.css"' in html


def test_the_machine_readable_description_is_not_served(web):
    for path in ("/docs", "/redoc", "/openapi.json"):
        assert web.get(path).status_code == 404


def test_health_tells_whether_the_database_answers(web):
    answer = web.get("/health")
    assert answer.json()["status"] == "ok"


def test_a_mistake_of_ours_is_a_friendly_page_without_a_traceback(web, sqlite_engine):
    with sqlite_engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE story")
        connection.exec_driver_sql("ALTER TABLE issue RENAME TO elsewhere")
    answer = web.get("/")
    assert answer.status_code == 500
    assert "Something went wrong here" in answer.text
    assert "elsewhere" not in answer.text
    assert "Content-Security-Policy" in answer.headers
