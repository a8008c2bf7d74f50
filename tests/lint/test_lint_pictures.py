"""Pictures: what stands for them, the room they take, what they weigh."""

import base64

import pytest

from digest.lint import Severity, lint_html
from digest.lint.pictures import data_size
from tests.lint.conftest import SOUND_HTML, by_rule, in_message, in_page

ERROR, WARNING, NOTICE = Severity.ERROR, Severity.WARNING, Severity.NOTICE
WELL = {"src": "https://a.test.org/b.png", "alt": "A crane", "width": "90", "height": "60"}


def picture(**changes: str | None) -> str:
    attributes = {name: value for name, value in (WELL | changes).items() if value is not None}
    return "<img " + " ".join(f'{name}="{value}"' for name, value in attributes.items()) + ">"


@pytest.mark.parametrize(
    ("changes", "rule", "severity"),
    [
        ({"alt": None}, "image-without-alt", ERROR),
        ({"alt": None, "width": "1", "height": "1"}, "image-without-alt", WARNING),
        ({"alt": "IMG_2041.jpg"}, "alt-is-file-name", WARNING),
        ({"alt": "hero-final (2).png"}, "alt-is-file-name", WARNING),
        ({"alt": "a b " * 60}, "alt-too-long", NOTICE),
        ({"width": None, "height": None}, "image-without-dimensions", WARNING),
        ({"width": None, "style": "width:90px"}, "image-without-dimensions", WARNING),
        ({"width": "100%"}, "image-without-dimensions", WARNING),
        ({"height": None}, "image-without-height", NOTICE),
        ({"src": ""}, "image-unreachable", ERROR),
        ({"src": "/logo.png"}, "image-unreachable", ERROR),
        ({"src": "file:///C:/logo.png"}, "image-unreachable", ERROR),
        ({"src": "http://127.0.0.1:8000/logo.png"}, "image-unreachable", ERROR),
        ({"src": "http://a.test.org/b.png"}, "image-http", WARNING),
    ],
)
def test_a_picture_that_some_readers_miss(changes: dict[str, str | None], rule: str, severity: Severity):
    assert in_page(picture(**changes))[rule].severity is severity


def test_a_picture_that_shows_nothing_may_say_so():
    assert in_page(picture(alt="")) == in_page(picture())


@pytest.mark.parametrize(("size", "severity"), [(250_000, WARNING), (1_100_000, ERROR)])
def test_a_picture_within_the_mail_is_weighed(size: int, severity: Severity):
    source = "data:image/png;base64," + base64.b64encode(bytes(size)).decode()
    assert in_page(picture(src=source))["picture-heavy"].severity is severity


def test_data_addresses_are_measured_as_what_they_hold():
    assert data_size("data:text/plain,a%20b") == 3
    assert data_size("data:image/gif;base64,R0lGODlh") == 6
    assert data_size("data:image/gif;base64,@") == 0


def test_a_mail_of_pictures_is_told_so():
    html = f"<html><body>{picture()}{picture()}<p>Unsubscribe</p></body></html>"
    assert by_rule(lint_html(html))["mail-of-pictures"].severity is WARNING
    assert "mail-of-pictures" not in in_page()


def test_a_picture_by_content_id_must_be_in_the_mail():
    html = SOUND_HTML.replace("https://images.example.com/ferry.jpg", "cid:ferry")
    assert in_message(html)["image-unreachable"].severity is ERROR
