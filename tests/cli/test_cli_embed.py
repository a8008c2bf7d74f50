"""``digest embed``: the HTML for a publisher's own pages."""

from pathlib import Path

import pytest
from lxml import html
from typer.testing import CliRunner, Result

from digest.cli import app
from digest.errors import AskedWrongly
from tests.publish.conftest import CONFIG, FOLDER


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    second = CONFIG.format(options="").split("[newsletters.daily]")[1].split("\n[")[0]
    config = f"{CONFIG.format(options='')}\n[newsletters.weekly]{second}\n{FOLDER}"
    (tmp_path / "digest.toml").write_text(config, encoding="utf-8")
    (tmp_path / ".env").write_text(f"DIGEST_SECRET_KEY={'k' * 40}\nDIGEST_PUBLIC_URL=https://news.example.com\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def embed(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["embed", *arguments])


def fields(form: html.HtmlElement) -> dict[str, str]:
    return {field.get("name"): field.get("value", "") for field in form.xpath(".//input")}


def test_the_form_and_the_script_name_our_own_address() -> None:
    answer = embed("daily")
    assert answer.exit_code == 0
    form, script = html.fragments_fromstring(answer.stdout)
    assert form.get("action") == "https://news.example.com/subscribe"
    assert form.get("method") == "post"
    assert "data-digest-prompt" in form.attrib
    assert fields(form) == {"newsletter": "daily", "email": "", "website": ""}
    assert script.get("src") == "https://news.example.com/static/prompt.js"
    assert script.get("data-newsletter") == "daily"
    assert {*script.attrib} == {"async", "src", "data-newsletter"}


def test_every_field_that_a_reader_sees_has_a_label() -> None:
    [form] = html.fragments_fromstring(embed("daily", "weekly", "--form", "--name").stdout)
    seen = form.xpath(".//input[not(@type='hidden')]")
    assert len(seen) == 5
    assert all(field.xpath("ancestor::label") for field in seen)


def test_several_newsletters_can_be_chosen_from() -> None:
    form, script = html.fragments_fromstring(embed("daily", "weekly").stdout)
    assert [box.get("value") for box in form.xpath(".//input[@type='checkbox']")] == ["daily", "weekly"]
    assert not form.xpath(".//input[@checked]")
    assert script.get("data-newsletter") == "daily,weekly"


def test_a_prompt_that_stands_elsewhere_shows_its_form_only_where_no_script_runs() -> None:
    elsewhere, script = html.fragments_fromstring(embed("daily", "--place", "slide-in").stdout)
    assert elsewhere.tag == "noscript"
    assert script.get("data-place") == "slide-in"


def test_what_was_asked_for_stands_in_the_attributes() -> None:
    options = ("--accent", "#8a1c1c", "--article", "article[lang='en'] > div", "--lang", "es", "--name")
    form, script = html.fragments_fromstring(embed("daily", *options).stdout)
    assert (script.get("data-accent"), script.get("data-lang"), script.get("data-name")) == ("#8a1c1c", "es", "")
    assert script.get("data-article") == "article[lang='en'] > div"
    assert fields(form)["lang"] == "es"
    assert "Suscríbete" in form.text_content()


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("hourly",), 'there is no newsletter "hourly"'),
        (("daily", "--lang", "tlh"), '--lang: "tlh" is no language of ours'),
        (("daily", "--accent", 'red"><script>'), "--accent: "),
        (("daily", "--ink", "red;display:none"), "--ink: "),
    ],
)
def test_a_wrong_request_is_refused_in_one_line(arguments: tuple[str, ...], complaint: str) -> None:
    answer = embed(*arguments)
    assert isinstance(answer.exception, AskedWrongly)  # the command ends with status 2
    assert complaint in str(answer.exception)
    assert answer.stdout == ""


def test_no_place_but_the_three_is_known() -> None:
    assert embed("daily", "--place", "middle").exit_code == 2
