"""How a page is built: what no client shows, what Gmail cuts off, what screen readers need."""

import pytest

from digest.lint import Severity, lint_html
from tests.lint.conftest import DATA, SOUND_HTML, bad, by_rule, in_page, page
from tests.speed import seconds

ERROR, WARNING, NOTICE = Severity.ERROR, Severity.WARNING, Severity.NOTICE


@pytest.mark.parametrize(
    ("piece", "rule"),
    [
        ("<script>track()</script>", "html-script"),
        ('<p onclick="track()">a</p>', "html-event-handler"),
        ('<iframe src="https://a.test.org/"></iframe>', "html-iframe"),
        ("<form action='https://a.test.org/'><input name='a'></form>", "html-form"),
        ('<link rel="stylesheet" href="https://a.test.org/mail.css">', "html-stylesheet"),
        ('<meta http-equiv="refresh" content="0;url=https://a.test.org/">', "html-refresh"),
    ],
)
def test_what_no_client_runs_or_shows_is_an_error(piece: str, rule: str):
    assert in_page(piece)[rule].severity is ERROR


def test_a_sheet_of_fonts_does_no_harm():
    assert "html-stylesheet" not in in_page(
        head='<link rel="stylesheet" href="https://fonts.googleapis.com/css?family=A">'
    )


@pytest.mark.parametrize(("kilobytes", "severity"), [(80, None), (95, WARNING), (101, ERROR)])
def test_gmail_cuts_off_what_is_beyond_100_kb(kilobytes: int, severity: Severity | None):
    filler = "<!-- " + "a" * (kilobytes * 1024 - len(SOUND_HTML.encode())) + " -->"
    found = in_page(filler).get("gmail-clips")
    assert (found.severity if found else None) is severity
    assert "gmail-clips" not in in_page(filler, clients=["apple-mail"])


def test_bytes_count_for_gmail_and_not_characters():
    assert in_page("<p>" + "ي" * 52_000 + "</p>")["gmail-clips"].severity is ERROR


def test_gmail_reads_16_kb_of_styles():
    rules = "h1 { color: #111 }\n" * 900
    assert "gmail-drops-styles" in in_page(head=f"<style>{rules}</style>")


@pytest.mark.parametrize(
    ("style", "rule"),
    [
        ("@media screen { @font-face { font-family: a } }", "gmail-drops-styles"),
        ("p { color: #000 } } h1 { color: #000 }", "css-mistaken"),
    ],
)
def test_gmail_drops_a_style_for_a_mistake_in_it(style: str, rule: str):
    assert in_page(head=f"<style>{style}</style>")[rule].severity is WARNING


@pytest.mark.parametrize(
    ("there", "instead", "rule", "severity"),
    [
        (' lang="en"', "", "html-without-lang", WARNING),
        ("<title>Nineteen minutes to Heron Island</title>", "", "html-without-title", WARNING),
        ("<!doctype html>", "", "html-without-doctype", NOTICE),
        ('name="viewport"', 'name="view"', "html-without-viewport", NOTICE),
        ('role="presentation"', "", "table-without-role", WARNING),
        ('width="600"', 'width="900"', "table-too-wide", WARNING),
        ("h1", "h2", "headings-h1", NOTICE),
        ("h2", "h1", "headings-h1", NOTICE),
        ("h2", "h4", "headings-skip", NOTICE),
    ],
)
def test_what_a_page_lacks_is_told(there: str, instead: str, rule: str, severity: Severity):
    assert there in SOUND_HTML
    assert by_rule(lint_html(SOUND_HTML.replace(there, instead)))[rule].severity is severity


def test_a_long_mail_wants_headings():
    html = SOUND_HTML.replace("<h1", "<p").replace("</h1", "</p").replace("<h2", "<p").replace("</h2", "</p")
    assert by_rule(lint_html(html.replace("<!-- PIECE -->", "<p>and on it goes</p>" * 40)))["headings-missing"]


def test_a_table_of_data_needs_no_role():
    assert "table-without-role" not in in_page("<table><tr><th>Year</th><td>1979</td></tr></table>")


def test_of_two_tables_with_one_end_the_outer_one_is_named():
    html = "\n<table role='none'><tr><td>\n<table role='none'><tr><td>a</td></tr>\n</td></tr></table>"
    assert by_rule(lint_html(html))["tag-unclosed"].place == "HTML line 2"


@pytest.mark.parametrize(
    ("piece", "rule"),
    [
        ("<div><p>a</p>", "tag-unclosed"),
        ('<a href="https://harbourpost.org/">The crane', "tag-unclosed"),
        ("<p>a</p></div>", "tag-stray"),
        ("<p>a</a></p>", "tag-stray"),
    ],
)
def test_a_tag_without_its_other_half_breaks_the_layout(piece: str, rule: str):
    html = page(f"\n{piece}\n")
    line = html.splitlines().index(piece) + 1
    found = by_rule(lint_html(html))[rule]
    assert (found.severity, found.place) == (WARNING, f"HTML line {line}")


@pytest.mark.parametrize(
    "piece",
    [
        "<p>one<p>two<ul><li>three<li>four</ul>",
        "<!--[if mso]><table><tr><td><![endif]--><div>a</div><!--[if mso]></td></tr></table><![endif]-->",
        "<style>/* <div> */</style>",
        "<abbr>a</abbr><address>b</address>",
        "<DIV>a</div>",
    ],
)
def test_what_may_be_left_open_is_no_mistake(piece: str):
    assert not {"tag-unclosed", "tag-stray"} & in_page(piece).keys()


def test_the_worst_comes_first():
    weights = [finding.severity.weight for finding in lint_html((DATA / "careless.html").read_text())]
    assert weights == sorted(weights, reverse=True)


def test_a_careless_mail_hears_of_every_mistake_with_its_place_and_remedy():
    findings = lint_html((DATA / "careless.html").read_text())
    assert {
        "html-script", "html-event-handler", "html-form", "html-stylesheet", "link-empty", "link-without-text",
        "image-without-alt", "image-unreachable", "leftover-none", "leftover-mark", "leftover-in-address",
        "html-without-lang", "html-without-title", "table-without-role", "table-too-wide", "support-image-svg",
        "support-image-webp", "support-css-display-flex", "contrast-light", "text-too-small", "link-http",
        "link-text-vague", "image-without-dimensions", "alt-is-file-name", "image-http", "preheader-wasted",
    } == {finding.rule for finding in bad(findings)}  # fmt: skip
    for finding in findings:
        assert finding.place.startswith("HTML")
        assert finding.message
        assert finding.remedy.endswith((".", "…"))
        assert "\n" not in finding.message + finding.remedy


def test_a_page_is_looked_through_in_less_than_half_a_second():
    import time

    html = page(
        "\n".join(f'<p class="ink" style="margin:0;color:#1f1b16">Story {n} of the day</p>' for n in range(900))
    )
    assert len(html) > 60_000
    began = time.process_time()
    lint_html(html)
    assert time.process_time() - began < seconds(0.5)
