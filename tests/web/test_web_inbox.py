"""The inbox for trying things out shows mails, however hostile they are."""

import os
from email.message import EmailMessage

import pytest

from digest.web import create_app, inbox_router


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "inbox"
    place.mkdir()
    return place


@pytest.fixture
def app(config, settings, sqlite_engine, mails, folder):
    return create_app(config, settings, sqlite_engine, mails.append, extra_routers=[inbox_router(folder)])


def deliver(folder, name, subject, age=0):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "Post <post@example.com>", "ann@example.com", subject
    message.set_content(f"{subject}: the text & more")
    message.add_alternative(f"<html><head></head><body><script>1</script><p>{subject}</p></body></html>", "html")
    file = folder / name
    file.write_bytes(bytes(message))
    os.utime(file, (1_000_000 - age, 1_000_000 - age))


def test_mails_are_listed_the_newest_first(web, folder):
    assert "No mail has come yet" in web.get("/inbox").text
    deliver(folder, "a.eml", "Older", age=10)
    deliver(folder, "b.eml", "Newer <b>")
    (folder / "notes.txt").write_text("not a mail")
    html = web.get("/inbox").text
    assert html.index("Newer &lt;b&gt;") < html.index("Older")
    assert "Post &lt;post@example.com&gt;" in html
    assert "notes" not in html


def test_a_mail_is_shown_with_headers_text_and_a_frame(web, folder):
    deliver(folder, "a.eml", "Good <i>morning</i>")
    html = web.get("/inbox/a.eml").text
    assert "Good &lt;i&gt;morning&lt;/i&gt;: the text &amp; more" in html
    assert "<dt>From</dt>" in html
    assert 'src="/inbox/a.eml/html" sandbox=' in html


def test_the_html_of_a_mail_is_alone_in_a_sandbox_and_its_links_open_new_tabs(web, folder):
    deliver(folder, "a.eml", "Good morning")
    answer = web.get("/inbox/a.eml/html")
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox ")
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy
    assert "default-src 'none'" in policy
    assert '<head><base target="_blank">' in answer.text


def test_only_mails_of_the_folder_can_be_opened(web, folder, tmp_path):
    deliver(tmp_path, "secret.eml", "Secret")
    (folder / "link.eml").symlink_to(tmp_path / "secret.eml")
    for name in ("../secret.eml", "..%2Fsecret.eml", "%2e%2e%2fsecret.eml", "link.eml", "none.eml", ".eml", "a%00.eml"):
        assert web.get(f"/inbox/{name}").status_code == 404
        assert web.get(f"/inbox/{name}/html").status_code == 404


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe\x00garbage",
        b"Subject: =?utf-8?q?=FF?=\nContent-Type: text/html; charset=nonsense\n\n<p>\xff</p>",
        b"From: \xff\xfe\nSubject: x\nContent-Type: multipart/mixed; boundary=b\n\n--b\n",
        b"Content-Type: text/plain; charset=utf-7\nContent-Transfer-Encoding: base64\n\n!!!!",
    ],
)
def test_a_broken_mail_breaks_nothing(web, folder, raw):
    (folder / "a.eml").write_bytes(raw)
    for path in ("/inbox", "/inbox/a.eml", "/inbox/a.eml/html"):
        assert web.get(path).status_code == 200
