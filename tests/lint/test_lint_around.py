"""What stands around the checks: SpamAssassin, pictures fetched, and the newsletter's clients."""

import asyncio
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from digest.compose import compose
from digest.configuring import read_config
from digest.domain import Recipient
from digest.errors import ConfigError
from digest.lint import DEFAULT_CLIENTS, Severity
from digest.lint.lint import pictures_in
from digest.lint.remote import fetched_findings, is_picture
from digest.lint.spamassassin import ask_spamassassin, spam_findings
from digest.templating import themes
from tests.compose.conftest import read_issue
from tests.lint.conftest import SOUND_HTML, message
from tests.website import Site

# As SpamAssassin 4.0 writes them.
REPORT = """\
Spam detection software, running on the system "mx.example.org", has NOT identified this incoming email as spam.

Content preview:  The first electric ferry carried 186 people across the
   sound at dawn.

Content analysis details:   ({score} points, 5.0 required)

 pts rule name              description
---- ---------------------- --------------------------------------------------
-0.0 NO_RELAYS              Informational: message was not relayed via SMTP
 1.2 MISSING_HEADERS        Missing To: header
 3.1 HTML_IMAGE_ONLY_04     BODY: HTML: images with 0-400 bytes of words
"""
SAVED = "X-Spam-Status: No\n\nHello (9.9 points, 1.0 required)\n 7.0 FORGED_TEST  by the mail itself\n{report}"


def install(folder: Path, monkeypatch: pytest.MonkeyPatch, **programs: str) -> None:
    """Programs of these names that answer so, and nothing else on the path."""
    for name, script in programs.items():
        program = folder / name
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}/bin")


def saying(answer: str) -> str:
    return f"cat > /dev/null\ncat <<'END'\n{answer}\nEND"


def test_without_spamassassin_nothing_is_said(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert ask_spamassassin(message()) is None


@pytest.mark.parametrize(("score", "severities"), [("1.2", []), ("4.3", [Severity.WARNING]), ("6.0", [Severity.ERROR])])
def test_the_score_is_as_bad_as_it_is_near_to_spam(tmp_path, monkeypatch, score: str, severities: list[Severity]):
    install(tmp_path, monkeypatch, spamc=saying(f"{score}/5.0\n{REPORT.format(score=score)}"))
    report = ask_spamassassin(message())
    findings = spam_findings(report)
    assert (report.score, report.required) == (float(score), 5.0)
    assert [each.severity for each in findings if each.rule == "spam-score"] == severities
    tests = [each.message for each in findings if each.rule == "spam-test"]
    assert tests[0] == "SpamAssassin, 3.1 points: BODY: HTML: images with 0-400 bytes of words (HTML_IMAGE_ONLY_04)"
    assert len(tests) == 2


def test_without_a_running_spamd_spamassassin_itself_is_asked(tmp_path, monkeypatch):
    report = REPORT.format(score="4.3")
    install(tmp_path, monkeypatch, spamc=saying("0/0"), spamassassin=saying(SAVED.format(report=report)))
    assert ask_spamassassin(message()).score == 4.3


def test_what_the_mail_says_of_itself_is_not_believed(tmp_path, monkeypatch):
    install(tmp_path, monkeypatch, spamassassin=saying(SAVED.format(report=REPORT.format(score="4.3"))))
    assert "FORGED_TEST" not in str(ask_spamassassin(message()))


WITH_SPAMASSASSIN = pytest.mark.skipif(
    shutil.which("spamassassin") is None, reason="needs SpamAssassin: apt-get install spamassassin"
)


@pytest.mark.spamassassin
@WITH_SPAMASSASSIN
@pytest.mark.parametrize("theme", themes())
def test_spamassassin_itself_takes_our_mails_for_mail(theme):
    date = datetime(2026, 11, 23, 7, tzinfo=UTC)
    mail = compose(read_issue(), theme, public_url="https://news.example.com", date=date)
    reader = Recipient("ana@example.com", "Ana", "7.daily.token", "<daily.214.7@news.example.com>", "7.daily.other")
    report = ask_spamassassin(mail.for_recipient(reader))
    assert (report.required, report.score < 1) == (5.0, True), report.tests


@pytest.mark.spamassassin
@WITH_SPAMASSASSIN
def test_spamassassin_itself_takes_its_makers_test_mail_for_spam():
    # The string that SpamAssassin's makers gave for such tests (GTUBE), put together here so that no filter finds it.
    sign = "XJS*C4JDBQADN1.NSBN3*2IDNEN*" + "GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"
    spam = ask_spamassassin(f"From: a@example.org\r\nSubject: x\r\n\r\n{sign}\r\n".encode())
    assert spam.score > 900
    assert spam_findings(spam)[0].severity is Severity.ERROR


def test_a_spamassassin_that_fails_is_as_none(tmp_path, monkeypatch):
    install(tmp_path, monkeypatch, spamc="exit 74", spamassassin="echo nonsense")
    assert ask_spamassassin(message()) is None


def test_the_pictures_of_a_mail_are_known_by_their_first_place():
    line = SOUND_HTML[: SOUND_HTML.index("<img")].count("\n") + 1
    assert (
        pictures_in(message())
        == pictures_in(SOUND_HTML)
        == {"https://images.example.com/ferry.jpg": f"HTML line {line}"}
    )
    assert pictures_in(b"") == pictures_in("") == {}


def test_pictures_inside_a_private_network_are_not_fetched(site: Site):
    address = site.page("/b.png", b"\x89PNG")
    [finding] = asyncio.run(fetched_findings({address: "HTML line 1"}))
    assert (finding.severity, finding.rule) == (Severity.ERROR, "picture-broken")
    assert "private network" in finding.message
    assert site.asked == []


@pytest.mark.parametrize(
    ("body", "status", "rule", "severity"),
    [
        (b"\x89PNG" + bytes(900), 200, None, None),
        (b"\x89PNG" + bytes(250_000), 200, "picture-heavy", Severity.WARNING),
        (b"\xff\xd8\xff" + bytes(1_200_000), 200, "picture-heavy", Severity.ERROR),
        (b"<!doctype html><p>gone", 200, "picture-broken", Severity.ERROR),
        (b"gone", 404, "picture-broken", Severity.ERROR),
    ],
)
def test_fetched_pictures_are_broken_heavy_or_well(
    site: Site, monkeypatch, body: bytes, status: int, rule: str | None, severity: Severity | None
):
    monkeypatch.setattr("digest.collect.network.is_public", lambda _: True)
    address = site.page("/b.png", body, status, Content_Type="image/png")
    found = asyncio.run(fetched_findings({address: "HTML line 7"}))
    assert [(each.rule, each.severity, each.place) for each in found] == (
        [(rule, severity, "HTML line 7")] if rule else []
    )


def test_files_are_known_by_how_they_begin():
    for start in (b"GIF89a", b"RIFF\0\0\0\0WEBP", b"\0\0\0\x20ftypavif", b"\n<svg>"):
        assert is_picture(start)
    assert not is_picture(b"<html>")


CONFIG = """
[site]
name = "The Post"
url = "https://harbourpost.example.com"
[newsletters.daily]
title = "Daily"
schedule = "0 7 * * *"
sender = "daily@news.example.com"
{}
[sources.city]
url = "https://harbourpost.example.com/feed"
"""


def test_a_newsletter_chooses_the_clients_that_are_minded(tmp_path):
    file = tmp_path / "digest.toml"
    file.write_text(CONFIG.format(""))
    assert read_config(file).newsletter("daily").clients == DEFAULT_CLIENTS
    file.write_text(CONFIG.format('clients = ["gmail", "thunderbird"]'))
    assert read_config(file).newsletter("daily").clients == ("gmail", "thunderbird")


def test_a_client_that_is_not_known_is_named_with_the_nearest(tmp_path):
    file = tmp_path / "digest.toml"
    file.write_text(CONFIG.format('clients = ["gmail", "outlook-win"]'))
    with pytest.raises(ConfigError) as told:
        read_config(file)
    assert 'newsletters.daily.clients.1: "outlook-win" is not a mail client' in str(told.value)
    assert 'did you mean "outlook-' in str(told.value)
