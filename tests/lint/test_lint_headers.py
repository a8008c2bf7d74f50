"""The header and the encoding of a message."""

import pytest

from digest.lint import Severity, lint_message
from tests.lint.conftest import SOUND_HTML, by_rule, in_message, message

ERROR, WARNING, NOTICE = Severity.ERROR, Severity.WARNING, Severity.NOTICE


@pytest.mark.parametrize(
    ("changes", "rule", "severity", "place"),
    [
        ({"From": None}, "header-missing", ERROR, "header From"),
        ({"From": "a@news.example.com, b@news.example.com"}, "from-many", ERROR, "header From"),
        ({"From": "The Harbour Post"}, "from-malformed", ERROR, "header From"),
        ({"From": "daily@news.example.com"}, "from-without-name", NOTICE, "header From"),
        ({"From": "The Post <no-reply@news.example.com>"}, "from-no-reply", NOTICE, "header From"),
        ({"To": None}, "header-missing", WARNING, "header To"),
        ({"To": "None <reader@example.org>"}, "leftover-in-header", ERROR, "header To"),
        ({"Date": None}, "header-missing", ERROR, "header Date"),
        ({"Date": "this morning"}, "date-malformed", ERROR, "header Date"),
        ({"Message_ID": None}, "header-missing", ERROR, "header Message-ID"),
        ({"Message_ID": "214"}, "message-id-malformed", WARNING, "header Message-ID"),
        ({"Message_ID": "<1@localhost>"}, "message-id-local", WARNING, "header Message-ID"),
        ({"MIME_Version": None}, "header-missing", ERROR, "header MIME-Version"),
        ({"List_Unsubscribe": None}, "list-unsubscribe-missing", ERROR, "header List-Unsubscribe"),
        ({"List_Unsubscribe": "https://a.test.org/"}, "list-unsubscribe-malformed", ERROR, "header List-Unsubscribe"),
        ({"List_Unsubscribe": "<mailto:a@b.org>"}, "list-unsubscribe-insecure", WARNING, "header List-Unsubscribe"),
        (
            {"List_Unsubscribe": "<http://localhost:8000/u/7>"},
            "list-unsubscribe-local",
            ERROR,
            "header List-Unsubscribe",
        ),
        ({"List_Unsubscribe_Post": None}, "one-click-missing", WARNING, "header List-Unsubscribe-Post"),
        ({"List_Unsubscribe_Post": "yes"}, "one-click-missing", WARNING, "header List-Unsubscribe-Post"),
        ({"Subject": "Ferry für alle"}, "header-8bit", ERROR, "message line 3"),
    ],
)
def test_a_field_that_is_wrong_or_missing(changes: dict[str, str | None], rule: str, severity: Severity, place: str):
    found = [each for each in lint_message(message(**changes)) if (each.rule, each.place) == (rule, place)]
    assert [each.severity for each in found] == [severity]


def test_a_field_that_stands_twice():
    raw = message().replace(b"Subject:", b"From: B <b@news.example.com>\r\nSubject:")
    assert by_rule(lint_message(raw))["header-repeated"].place == "header From"


@pytest.mark.parametrize(
    ("there", "instead", "rule"),
    [
        (b"dawn. On board,\r\n", b"dawn. On board,\n", "bare-lf"),
        (b"dawn. On board,\r\n", b"dawn. On board,\r", "bare-cr"),
        (b"dawn.", b"dawn.\0", "nul-byte"),
        (b"dawn.", b"dawn. " + b"a" * 1000, "line-too-long"),
        (b"--b--", b"", "mime-defect"),
    ],
)
def test_bytes_that_servers_mind(there: bytes, instead: bytes, rule: str):
    assert by_rule(lint_message(message().replace(there, instead)))[rule].severity is ERROR


def test_a_file_saved_with_line_feeds_alone_is_no_broken_message():
    saved = message().replace(b"\r\n", b"\n")
    assert lint_message(saved) == lint_message(message())


def test_the_line_of_a_byte_is_named():
    raw = message().replace(b"MIME-Version", b"X: \xff\r\nMIME-Version")
    line = raw[: raw.index(b"X: ")].count(b"\n") + 1
    assert by_rule(lint_message(raw))["header-8bit"].place == f"message line {line}"


def test_a_message_that_weighs_much():
    assert in_message(text="a b c\n" * 200_000)["message-heavy"].severity is WARNING


def test_an_attachment_is_noticed():
    part = b"--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment\r\n\r\n%PDF\r\n--b--"
    assert by_rule(lint_message(message().replace(b"--b--", part)))["attachment"].severity is NOTICE


@pytest.mark.parametrize(
    ("address", "severity"),
    [("1 South Quay,\nPort Almara", None), ("2 North Quay", ERROR), ("", WARNING), (None, None)],
)
def test_the_postal_address_must_stand_in_the_mail(address: str | None, severity: Severity | None):
    found = by_rule(lint_message(message(), postal_address=address)).get("postal-address-missing")
    assert (found.severity if found else None) is severity


def test_parts_are_read_in_their_encoding():
    latin = message(SOUND_HTML.replace("dawn", "Übergang")).replace(b"charset=utf-8", b"charset=iso-8859-1")
    broken = latin.decode().encode("iso-8859-1")
    assert "text-broken" not in by_rule(lint_message(broken))
    assert "text-broken" in by_rule(lint_message(broken.replace(b"iso-8859-1", b"utf-8")))
