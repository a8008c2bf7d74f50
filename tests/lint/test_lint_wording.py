"""Subject and preheader, leftovers of templates, and the text part."""

import pytest

from digest.lint import Severity, lint_html
from tests.lint.conftest import SOUND_HTML, SOUND_TEXT, by_rule, in_message, in_page

ERROR, WARNING, NOTICE = Severity.ERROR, Severity.WARNING, Severity.NOTICE
HIDDEN = '<div style="display:none">Also: a crane that three museums want, and bread by the tide table</div>'


@pytest.mark.parametrize(
    ("subject", "rule", "severity"),
    [
        ("", "subject-empty", ERROR),
        ("Nineteen minutes to Heron Island, and quiet enough to hear the gulls", "subject-long", NOTICE),
        ("Nineteen minutes to Heron Island " * 4, "subject-long", WARNING),
        ("THE FERRY IS HERE", "subject-shouts", WARNING),
        ("The ferry is here!!!", "subject-shouts", WARNING),
        ("The ferry 🚢🚢🚢", "subject-pictograms", WARNING),
        ("Re: your ferry", "subject-pretends", WARNING),
        ("The first electric ferry carried 186 peop", "subject-cut", WARNING),
        ("The first electric ferry carr…", "subject-cut", WARNING),
        ("Hello {{ name }}", "leftover-in-header", ERROR),
    ],
)
def test_a_subject_that_does_not_serve(subject: str, rule: str, severity: Severity):
    encoded = subject if subject.isascii() else f"=?utf-8?q?{''.join(f'={byte:02X}' for byte in subject.encode())}?="
    assert in_message(Subject=encoded)[rule].severity is severity


@pytest.mark.parametrize(
    "subject",
    [
        "Nineteen minutes to Heron Island",
        "The ferry is here!",
        "NASA finds ice",
        "The first electric ferry carried people…",
    ],
)
def test_a_subject_that_serves(subject: str):
    encoded = subject if subject.isascii() else f"=?utf-8?q?{''.join(f'={byte:02X}' for byte in subject.encode())}?="
    assert [rule for rule in in_message(Subject=encoded) if rule.startswith("subject")] == []


def test_a_subject_may_be_a_headline_that_another_block_follows_at_once():
    html = SOUND_HTML.replace("<!-- PIECE -->", "<div>The tram to the docks</div><div>Council</div>")
    assert "subject-cut" not in in_message(html, Subject="Night tram to the docks")


@pytest.mark.parametrize(
    ("instead", "rule", "severity"),
    [
        ("<p>View this mail in your browser</p>", "preheader-wasted", WARNING),
        ("<p>No. 214</p>", "preheader-missing", WARNING),
        ("<p>Here is what is new this morning on the river and by the sea</p>", "preheader-missing", NOTICE),
        ('<div style="display:none">Nineteen minutes to Heron Island!</div>', "preheader-repeats", WARNING),
        ('<div style="display:none">Also: a crane</div>', "preheader-length", NOTICE),
        (f'<div style="display:none">{"and a crane " * 12}</div>', "preheader-length", NOTICE),
    ],
)
def test_what_the_inbox_shows_after_the_subject(instead: str, rule: str, severity: Severity):
    assert HIDDEN in SOUND_HTML
    assert in_message(SOUND_HTML.replace(HIDDEN, instead))[rule].severity is severity


def test_filler_behind_a_preheader_is_no_part_of_it():
    filled = HIDDEN.replace("</div>", "&#8199;&#847;&zwnj; " * 80 + "</div>")
    assert "preheader-length" not in in_message(SOUND_HTML.replace(HIDDEN, filled))


@pytest.mark.parametrize(
    ("piece", "rule"),
    [
        ("<p>Dear {{ first_name }},</p>", "leftover-mark"),
        ("<p>{% if name %}</p>", "leftover-mark"),
        ("<p>Hello *|FNAME|*</p>", "leftover-mark"),
        ("<p>Hello %%first_name%%</p>", "leftover-mark"),
        ("<p>Hello [[name]]</p>", "leftover-mark"),
        ("<p>Hello {first_name}</p>", "leftover-mark"),
        ("<p>[object Object]</p>", "leftover-mark"),
        ("<p>Hello \ue003,</p>", "leftover-mark"),
        ("<p>Hello None,</p>", "leftover-none"),
        ("<p>Bonjour undefined,</p>", "leftover-none"),
        ("<p>None min read</p>", "leftover-none"),
        ("<p>By None · 3 min read</p>", "leftover-none"),
        ("<td>NaN</td>", "leftover-none"),
        ("<p>NaN €</p>", "leftover-none"),
        ("<p>Lorem ipsum dolor sit amet</p>", "leftover-filler"),
        ('<a href="https://harbourpost.org/None/a">The crane</a>', "leftover-in-address"),
        ('<a href="https://harbourpost.org/?u={{ id }}">The crane</a>', "leftover-in-address"),
        ('<img alt="None" width="9" height="9" src="https://a.test.org/b.png">', "leftover-none"),
    ],
)
def test_what_a_template_left_behind_is_an_error(piece: str, rule: str):
    assert in_page(piece)[rule].severity is ERROR


@pytest.mark.parametrize(
    ("piece", "rule"),
    [
        ("<p>TODO: write this</p>", "leftover-to-do"),
        ("<p>Dear [Your name],</p>", "leftover-to-do"),
        ("<p>The harbourâ€™s clock</p>", "text-broken"),
        ("<p>The harbour\ufffds clock</p>", "text-broken"),
        ("<p>Fish &amp;amp; chips</p>", "text-escaped-twice"),
        ("<p>A place \ue123 of an icon</p>", "private-character"),
    ],
)
def test_what_looks_left_behind_is_a_warning(piece: str, rule: str):
    assert in_page(piece)[rule].severity is WARNING


@pytest.mark.parametrize(
    "words",
    [
        "None of the crews voted against it",
        "“None,” she said.",
        "Of 44 boats none came back. None!",
        "The contract is null and void, and the date undefined.",
        "Was TODO hombre debe saber",
        "“[The harbour] will stay,” he said [sic]",
        "SÃO PAULO É ÓTIMA",
        "100 % of it; 5%, and <b>20</b>%",
        "In code, <code>{{ name }}</code> is a variable",
        "A set {1, 2} and {x}",
        "Rock &amp; roll",
        "null Grad am Morgen",
    ],
)
def test_ordinary_prose_is_no_leftover(words: str):
    found = in_page(f"<p>{words}</p>")
    assert [rule for rule in found if rule.startswith(("leftover", "text-broken", "text-escaped"))] == []


def test_a_mail_without_a_text_part_is_told_so():
    assert in_message(text=None)["text-part-missing"].severity is WARNING


@pytest.mark.parametrize(
    ("text", "rule", "severity"),
    [
        ("See the HTML.", "text-part-empty", WARNING),
        (SOUND_TEXT + "<p>More</p>", "text-has-html", WARNING),
        (SOUND_TEXT + "Fish &amp; chips", "text-has-html", WARNING),
        (SOUND_TEXT + "a word " * 20, "text-line-long", NOTICE),
        (SOUND_TEXT + "Hello {{ name }}", "leftover-mark", ERROR),
        (SOUND_TEXT.replace("nsubscri", "nsubs"), "text-without-unsubscribe", WARNING),
    ],
)
def test_a_text_part_that_is_none(text: str, rule: str, severity: Severity):
    assert in_message(text=text)[rule].severity is severity


def test_a_long_address_may_stand_on_a_line_of_the_text():
    assert "text-line-long" not in in_message(text=SOUND_TEXT + "https://harbourpost.org/" + "a" * 200)


def test_an_html_file_is_judged_by_its_title_for_a_subject():
    html = SOUND_HTML.replace(HIDDEN, '<div style="display:none">Nineteen minutes to Heron Island</div>')
    assert "preheader-repeats" in by_rule(lint_html(html))
