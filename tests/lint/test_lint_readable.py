"""Contrast and size of text, as the cascade makes them in light and in dark mode."""

import pytest

from digest.contrast import contrast_ratio
from digest.lint import Severity, lint_html
from digest.lint.colours import BLACK, WHITE, Colour, read_colour
from tests.lint.conftest import by_rule, in_page


def light(piece: str, head: str = "") -> bool:
    """True when text in the piece is too faint in light mode."""
    return "contrast-light" in in_page(piece, head)


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000", "#fff", 21),
        ("#777", "#fff", 4.478),
        ("#767676", "#fff", 4.542),
        ("red", "#fff", 3.998),
        ("#abc", "#abc", 1),
    ],
)
def test_contrast_is_that_of_wcag(one: str, other: str, ratio: float):
    assert contrast_ratio(read_colour(one), read_colour(other)) == pytest.approx(ratio, abs=0.001)


def test_a_colour_that_lets_the_ground_through_is_mixed_with_it():
    assert str(Colour(0, 0, 0, 0.5).over(WHITE)) == "#808080"
    assert contrast_ratio(BLACK, WHITE) == contrast_ratio(WHITE, BLACK)


@pytest.mark.parametrize(
    ("piece", "is_faint"),
    [
        ('<p style="color:#777;background:#fff">gone by</p>', True),
        ('<p style="color:#757575;background:#fff">read</p>', False),
        ('<p style="color:#777;background:#fff;font-size:24px">large</p>', False),
        ('<p style="color:#777;background:#fff;font-size:19px">not large</p>', True),
        ('<p style="color:#777;background:#fff;font-size:14pt;font-weight:bold">large and bold</p>', False),
        ('<table role="none" bgcolor="777777"><tr><td style="color:#777">by attribute</table>', True),
        ('<p style="color:#777;background:#fff"><b style="color:#000">inside</b></p>', False),
        ('<p style="color:#777;background:#fff;display:none">hidden</p>', False),
        ('<p style="color:#777;background:#fff">· — ·</p>', False),
        ('<p style="color:#fff;background:url(https://a.test.org/b.png)">over a picture</p>', False),
        ('<p style="color:#fff;background:linear-gradient(#000,#111)">over a gradient</p>', False),
        (
            '<p style="color:#fff;background:url(https://a.test.org/b.png)"><b style="background:#fff">on top</b></p>',
            True,
        ),
        ('<p style="color:rgba(0,0,0,.4);background:#fff">half seen</p>', True),
        ('<p style="color:light-dark(#fff,#000);background:#fff">who knows</p>', False),
        ('<font color="#fafafa">an old way</font>', True),
        ('<p style="background:#00e">a <a href="https://a.test.org/">link in its own blue</a></p>', True),
    ],
)
def test_text_is_faint_or_not(piece: str, is_faint: bool):
    assert light(piece) == is_faint


@pytest.mark.parametrize(
    ("style", "is_faint"),
    [
        (".x { color: #fff }", True),
        ("p { color: #fff } .x { color: #000 }", False),
        (".x { color: #000 } p { color: #fff }", False),
        ("#y { color: #fff } p.x { color: #000 }", True),
        ("td .x { color: #fff }", True),
        ("h1 .x { color: #fff }", False),
        ("h2 + .x, td > .x { color: #fff }", True),
        (".x { color: #fff !important } #y { color: #000 }", True),
        ("@media (max-width: 480px) { .x { color: #fff } }", False),
        ("@media screen { .x { color: #fff } }", True),
        ("@media print { .x { color: #fff } }", False),
        (".x:hover { color: #fff }", False),
        ("[class=x] { color: #fff }", True),
    ],
)
def test_style_sheets_decide_by_importance_specificity_and_order(style: str, is_faint: bool):
    assert light('<p class="x" id="y">words</p>', f"<style>.paper {{ background:#fff }} {style}</style>") == is_faint


def test_inline_colours_win_unless_a_rule_is_important():
    piece = '<p class="x" style="color:#000">words</p>'
    assert not light(piece, "<style>.x { color:#fff }</style>")
    assert light(piece, "<style>.x { color:#fff !important }</style>")


def test_text_that_cannot_be_read_at_all_is_an_error():
    assert in_page('<p style="color:#eee;background:#fff">a b</p>')["contrast-light"].severity is Severity.ERROR
    assert in_page('<p style="color:#777;background:#fff">a b</p>')["contrast-light"].severity is Severity.WARNING


def test_a_colour_forgotten_in_dark_mode_is_found():
    finding = in_page('<p style="color:#1f1b16">forgotten</p>')["contrast-dark"]
    assert (finding.severity, "forgotten" in finding.message) == (Severity.ERROR, True)


def test_colours_of_both_modes_make_a_mail_readable_in_both():
    assert "contrast-dark" not in in_page('<p class="ink" style="color:#1f1b16">told</p>')


def test_a_ground_forgotten_in_dark_mode_is_found():
    assert "contrast-dark" in in_page('<p class="ink" style="color:#1f1b16;background:#f0ebe0">on a tint</p>')


def test_a_mail_without_dark_colours_of_its_own_is_not_judged_by_them():
    html = (
        '<html lang="en"><body bgcolor="#ffffff" text="#000000"><p>Nineteen minutes to Heron Island</p></body></html>'
    )
    found = by_rule(lint_html(html))
    assert "contrast-dark" not in found
    assert found["dark-mode-undeclared"].severity is Severity.NOTICE


def test_text_smaller_than_13_px_is_hard_to_read():
    assert in_page('<p style="font-size:11px">small</p>')["text-too-small"].severity is Severity.WARNING
    assert "text-too-small" not in in_page('<p style="font-size:13px">not small</p>')
    assert "text-too-small" not in in_page('<p style="font-size:11px">■</p>')


def test_sizes_add_up_down_the_tree():
    assert "text-too-small" in in_page('<div style="font-size:80%"><p style="font-size:.9em">small</p></div>')
    assert "text-too-small" not in in_page('<div style="font-size:0"><p style="font-size:15px">a</p></div>')
