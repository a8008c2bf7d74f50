"""What clients do not support is told as badly as readers feel it."""

import json
from pathlib import Path

import pytest

from digest.clients import AS_OF, check_client, shortcomings
from digest.lint import DEFAULT_CLIENTS, KNOWN_CLIENTS, Severity, lint_html
from tests.lint.conftest import SOUND_HTML, by_rule, in_page, page

ERROR, WARNING, NOTICE = Severity.ERROR, Severity.WARNING, Severity.NOTICE
PACKAGE = Path(__file__).parents[2] / "digest"


@pytest.mark.parametrize(
    ("piece", "rule", "severity", "client"),
    [
        ('<div style="display:flex">a</div>', "css-display-flex", WARNING, "Outlook for Windows"),
        ('<div style="display:grid">a</div>', "css-display-grid", WARNING, "Gmail"),
        ('<div style="position:absolute;top:0">a</div>', "css-position", WARNING, "Gmail"),
        ('<div style="position:relative">a</div>', "css-position", NOTICE, "Gmail"),
        ('<div style="float:left">a</div>', "css-float", WARNING, "Outlook for Windows"),
        ('<p style="margin-top:-10px">a</p>', "css-margin", WARNING, "Gmail"),
        ('<p style="border-radius:4px">a</p>', "css-border-radius", NOTICE, "Outlook for Windows"),
        ('<p style="text-wrap:balance">a</p>', "css-text-wrap", NOTICE, "Gmail"),
        ('<p style="width:calc(100% - 20px)">a</p>', "css-unit-calc", WARNING, "Yahoo Mail"),
        ('<p style="color:var(--ink)">a</p>', "css-variables", WARNING, "Gmail"),
        ('<p style="font-size:1rem">a</p>', "css-unit-rem", WARNING, "Yahoo Mail"),
        ('<p style="color:rgb(0 0 0 / 1)">a</p>', "css-rgb", WARNING, "Gmail"),
        ('<p style="color:oklch(20% 0 0)">a</p>', "css-modern-color", WARNING, "Gmail"),
        ('<p style="visibility:hidden">a</p>', "css-visibility", WARNING, "Gmail"),
        (
            '<td style="background-image:url(https://a.test.org/b.png)">a</td>',
            "css-background-image",
            WARNING,
            "Outlook",
        ),
        (
            '<table role="none"><tr><td background="https://a.test.org/b.png">a</table>',
            "html-background",
            WARNING,
            "Outlook",
        ),
        ("<video src='https://a.test.org/v.mp4'></video>", "html-video", WARNING, "Gmail"),
        ("<svg width='9'><circle r='4'/></svg>", "html-svg", WARNING, "Gmail"),
        (
            "<picture><img alt='' width=9 height=9 src='https://a.test.org/b.png'></picture>",
            "html-picture",
            NOTICE,
            "Gmail",
        ),
        (
            '<img alt="A" width="9" height="9" src="https://a.test.org/b.webp?w=9">',
            "image-webp",
            WARNING,
            "Outlook for Windows",
        ),
        (
            '<img alt="A" width="9" height="9" src="https://a.test.org/b.AVIF">',
            "image-avif",
            WARNING,
            "Outlook for Windows",
        ),
        ('<img alt="A" width="9" height="9" src="https://a.test.org/b.svg">', "image-svg", WARNING, "Gmail"),
        ('<img alt="A" width="9" height="9" src="data:image/png;base64,AAAA">', "image-base64", WARNING, "Gmail"),
        ("<section>a</section>", "html-semantics", NOTICE, "Yahoo Mail"),
        ("<a href='#x'>The second story</a><p id='x'>a</p>", "html-anchor-links", NOTICE, "Samsung Email"),
        (
            "<a href='https://a.test.org/' style='padding:9px;background:#000'>Buy a ticket</a>",
            "css-padding",
            WARNING,
            "Outlook",
        ),
    ],
)
def test_a_use_is_as_bad_as_its_loss(piece: str, rule: str, severity: Severity, client: str):
    finding = in_page(piece)[f"support-{rule}"]
    assert (finding.severity, client in finding.message) == (severity, True)


@pytest.mark.parametrize(
    ("style", "rule"),
    [
        ("@media (max-width:480px) { h1 { font-size:1rem } }", "css-at-media"),
        ("@media (prefers-color-scheme: dark) { h1 { color:#fff } }", "css-at-media-prefers-color-scheme"),
        ("a:hover { color:#000 }", "css-pseudo-class-hover"),
        ("h1 > a, h2 > a { color:#000 }", "css-selector-child"),
        ("@font-face { font-family: A; src: url(https://a.test.org/a.woff2) }", "css-at-font-face"),
        ("@supports (display:grid) { h1 { display:grid } }", "css-display-grid"),
    ],
)
def test_what_is_written_for_those_who_can_is_a_notice(style: str, rule: str):
    assert in_page(head=f"<style>{style}</style>")[f"support-{rule}"].severity is NOTICE


def test_a_plain_value_before_makes_up_for_one_that_is_dropped():
    finding = in_page('<p style="width:500px;width:calc(100% - 20px)">a</p>')["support-css-unit-calc"]
    assert finding.severity is NOTICE


def test_a_physical_margin_before_makes_up_for_a_logical_one():
    assert in_page('<p style="margin-inline:9px">a</p>')["support-css-margin-inline-block"].severity is WARNING
    cushioned = in_page('<p style="margin:0 9px;margin-inline:9px">a</p>')
    assert cushioned["support-css-margin-inline-block"].severity is NOTICE


def test_gmail_reads_no_style_in_the_body():
    finding = in_page("<style>h1 { color: #111 }</style>")["support-html-style"]
    assert (finding.severity, finding.message[:20]) == (WARNING, "<style> in the body:")


def test_an_align_attribute_makes_up_for_float():
    assert "support-css-float" not in in_page('<table role="none" align="left" style="float:left"><tr><td>a</table>')


def test_vml_makes_up_for_a_background_picture():
    vml = '<!--[if mso]><v:rect fill="true"><v:fill src="https://a.test.org/b.png"/></v:rect><![endif]-->'
    cell = '<td style="background-image:url(https://a.test.org/b.png)">a</td>'
    assert in_page(vml + cell)["support-css-background-image"].severity is NOTICE


def test_a_linked_picture_makes_up_for_a_video():
    inside = (
        '<a href="https://a.test.org/v"><img alt="Play it" width="9" height="9" src="https://a.test.org/b.png"></a>'
    )
    assert in_page(f"<video src='https://a.test.org/v.mp4'>{inside}</video>")["support-html-video"].severity is NOTICE


def test_a_wide_block_wants_a_table_for_outlook():
    block = '<div style="max-width:600px">a</div>'
    table = '<!--[if mso]><table width="600"><tr><td><![endif]-->'
    assert in_page(block)["support-css-max-width"].severity is WARNING
    assert "support-css-max-width" not in in_page(table + block)


def test_what_is_for_outlook_alone_is_not_looked_into():
    assert in_page('<!--[if mso]><div style="display:flex"><script>1</script></div><![endif]-->') == in_page()


def test_what_is_hidden_from_outlook_need_not_work_there():
    flex = '<div style="display:flex">a</div>'
    hidden = f"<!--[if !mso]><!-->{flex}<!--<![endif]-->"
    assert "support-css-display-flex" not in in_page(hidden, clients=["outlook-windows"])
    assert "support-css-display-flex" in in_page(hidden + flex, clients=["outlook-windows"])


def test_only_the_chosen_clients_count():
    flex = '<div style="display:flex">a</div>'
    assert "support-css-display-flex" not in in_page(flex, clients=["gmail", "apple-mail"])
    assert "support-css-display-flex" in in_page(flex, clients=["outlook-windows"])


def test_platforms_are_named_where_they_differ():
    message = in_page('<p style="text-align:start">a</p>')["support-css-text-align"].message
    assert "Gmail (iOS, Android)" in message


def test_a_rule_for_nothing_here_is_not_minded():
    assert "support-css-display-flex" not in in_page(head="<style>.elsewhere { display:flex }</style>")


def test_a_use_in_many_places_is_one_finding_with_its_places_counted():
    found = [each for each in lint_html(page('\n<p style="float:left">a</p>' * 6)) if each.rule == "support-css-float"]
    assert len(found) == 1
    assert found[0].place.endswith(" and 5 more")


def test_the_place_is_the_line_of_the_declaration():
    html = page(head="<style>\nh1 {\n  color: #000;\n  float: left;\n}\n</style>")
    line = html.splitlines().index("  float: left;") + 1
    assert by_rule(lint_html(html))["support-css-float"].place == f"HTML line {line}"


def test_looks_that_stand_in_style_alone_are_lost_in_some_apps():
    bare = "<p>a</p>" * 30
    assert in_page(bare, "<style>p { color:#111; font-size:16px }</style>")["support-html-style"].severity is WARNING
    assert "support-html-style" not in in_page(bare, "<style>@media (max-width:480px) { p { color:#111 } }</style>")


def test_everything_looked_for_is_known_of_every_client():
    features = {use["feature"] for use in json.loads((PACKAGE / "lint" / "features.json").read_text())}
    for feature in features:
        for client in KNOWN_CLIENTS:
            shortcomings(feature, client)
    assert set(DEFAULT_CLIENTS) <= set(KNOWN_CLIENTS)
    assert AS_OF == "2025-09-09"


def test_the_table_is_what_its_script_makes_of_the_data(shared_data: Path, tmp_path: Path, monkeypatch):
    import importlib.util

    spec = importlib.util.spec_from_file_location("distil_clients", PACKAGE.parent / "docs" / "distil_clients.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    monkeypatch.setattr(script, "PACKAGE", tmp_path)
    (tmp_path / "lint").mkdir()
    (tmp_path / "lint" / "features.json").write_text((PACKAGE / "lint" / "features.json").read_text())
    assert script.main([str(shared_data / "clients" / "caniemail.json")]) == 0
    assert (tmp_path / "clients.json").read_text() == (PACKAGE / "clients.json").read_text()


def test_a_client_that_is_not_known_is_refused_with_the_nearest():
    with pytest.raises(ValueError, match='did you mean "outlook-windows"'):
        check_client("outlook-window")
    with pytest.raises(ValueError, match='did you mean "gmail"'):
        lint_html(SOUND_HTML, clients=["gmial"])


def test_the_severity_of_a_page_does_not_depend_on_how_often_it_is_asked():
    assert lint_html(SOUND_HTML) == lint_html(SOUND_HTML)
