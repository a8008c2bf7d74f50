"""Whatever a file holds, it is answered soon, with findings and never with a crash."""

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.lint import Finding, lint_html, lint_message
from tests.lint.conftest import SOUND_HTML, by_rule, in_page, message, page

LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
BOMBS = {
    "five megabytes of paragraphs": lambda: SOUND_HTML + "<p style='color:red'>a</p>" * 200_000,
    "as many elements as are read": lambda: SOUND_HTML + "<p style='color:red;padding:1px 2px'>a b</p>" * 29_000,
    "deep elements": lambda: "<div>" * 100_000 + "deep",
    "deep elements of many kinds": lambda: "<table><tr><td><b>" * 20_000,
    "a billion laughs": lambda: f'<!DOCTYPE r [<!ENTITY a0 "ha">{LAUGHS}]><html><p>&a11;</p></html>',
    "blocks within blocks": lambda: page(head=f"<style>{'a{' * 100_000}</style>"),
    "functions within functions": lambda: page(f'<p style="width:{"calc(" * 100_000}">a</p>'),
    "a hundred thousand rules": lambda: page(head=f"<style>{'p{color:red}' * 100_000}</style>"),
    "selectors that are slow to match": lambda: page(
        "<div>" * 200 + "a" + "</div>" * 200,
        f"<style>{'div div div div div div div div div b > i,' * 200} p{{color:red}}</style>",
    ),
    "slow selectors that do match": lambda: page(
        "<div>" * 200 + "a", f"<style>{'q ~ div div div div div div div div div,' * 200} p{{color:red}}</style>"
    ),
    "a selector of many parts": lambda: page(head=f"<style>{'a.b' * 100_000}{{color:red}}</style>"),
    "many classes": lambda: page(f'<p class="{" ".join(f"c{n}" for n in range(100_000))}">a</p>'),
    "one attribute of four megabytes": lambda: page(f'<a href="{"a" * 4_000_000}">a</a>'),
    "an address of two megabytes": lambda: page(f'<a href="https://{"a." * 900_000}">a</a>'),
    "a word of two megabytes": lambda: page(f"<p>{'a' * 2_000_000}</p>"),
    "braces": lambda: page(f"<p>{'{' * 1_000_000}</p>"),
    "brackets": lambda: page(f"<p>{'[insert ' * 200_000}</p>"),
    "ampersands": lambda: page(f"<p>{'&' * 1_000_000}</p>"),
    "half a tag": lambda: page("<" * 1_000_000),
    "comments": lambda: page("<!--[if mso]>" * 100_000),
    "many comments": lambda: page("<!--[if !mso]><!-->a<!--<![endif]-->" * 20_000),
    "a picture of two megabytes": lambda: page(f'<img alt="" width="1" src="data:image/png;base64,{"A" * 2_000_000}">'),
}
LINT = """
import resource, signal, sys
from digest.lint import lint_html
resource.setrlimit(resource.RLIMIT_AS, (2_000_000_000,) * 2)
# Of the processor, so that a busy machine fails nobody.
signal.setitimer(signal.ITIMER_PROF, 10)
for finding in lint_html(sys.stdin.buffer.read().decode()):
    print(finding.rule, finding.message[:200])
"""


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_costs_neither_ten_seconds_nor_much_memory(name: str):
    told = subprocess.run([sys.executable, "-c", LINT], input=BOMBS[name]().encode(), capture_output=True)
    assert told.returncode == 0, told.stderr.decode()[-800:]
    assert told.stdout


def test_what_is_too_large_is_said_to_be_so():
    assert "html-too-large" in by_rule(lint_html(BOMBS["five megabytes of paragraphs"]()))
    assert "html-too-deep" in by_rule(lint_html(BOMBS["deep elements"]()))
    assert "css-out-of-bounds" in by_rule(lint_html(BOMBS["blocks within blocks"]()))
    assert "css-out-of-bounds" in by_rule(lint_html(BOMBS["a hundred thousand rules"]()))


def test_entities_of_its_own_stay_as_they_are():
    assert all(len(finding.message) < 500 for finding in lint_html(BOMBS["a billion laughs"]()))


HEADS = {
    "a name of brackets": message(From="(" * 20_000),
    "addresses in groups": message(To="a:" * 20_000),
    "a subject of encoded words": message(Subject="=?utf-8?q?a?= " * 20_000),
    "an encoding that is none": message(Subject="=?nonsense?b?////?=", Date="never"),
    "a parameter in pieces": message(
        Content_Disposition="attachment; " + "".join(f"name*{n}*=a;" for n in range(5000))
    ),
    "a field of one megabyte": message(X_Long="a" * 1_000_000),
    "parts within parts": b"Content-Type: multipart/mixed; boundary=a\r\n\r\n"
    + b"".join(b"--%d\r\nContent-Type: multipart/mixed; boundary=%d\r\n\r\n" % (n, n + 1) for n in range(2000)),
    "messages within messages": b"Content-Type: message/rfc822\r\n\r\n" * 3000,
    "no end": b"Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n<p",
    "a charset that is none": b'Content-Type: text/html; charset="\\\x00nonsense"\r\n\r\n<p>a</p>',
    "a codec that is no charset": b"Content-Type: text/html; charset=zlib\r\n\r\n<p>a</p>",
    "base64 that is none": b"Content-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\n@@@\xff",
    "a kind that would colour a terminal": b'Content-Type: multipart/\x1b[31mred; boundary="b"\r\n\r\n--c\r\n\r\na',
    "a blank": b" ",
    "nothing": b"",
    "no header": b"\r\n\r\n<p>hello</p>",
    "line ends": b"\r\n" * 100_000,
    "carriage returns": b"\r" * 100_000,
}


@pytest.mark.parametrize("name", HEADS)
def test_a_broken_message_is_findings(name: str):
    found = lint_message(HEADS[name])
    assert found
    assert are_whole(found)


MARKUP = (
    "<p> </p> <a href=' '> <img src= width=9 <style> </style> <table> <svg> <base <!-- --> [if mso] <![endif] &amp; é"
)
STYLE = "@media ( ) { } color:# rgb( : ; style=' .a>b , ~ + * ::before"
VALUES = "\x00 \ud7ff \ue001 {{ %% https:// // data: # cid: javascript:"
PIECES = st.sampled_from([*MARKUP.split(" "), *STYLE.split(" "), *VALUES.split(" ")])


def are_whole(findings: tuple[Finding, ...]) -> bool:
    """True when each finding says where, what and what to do, in a line each that a terminal can print."""
    told = [text for each in findings for text in (each.rule, each.place, each.message, each.remedy)]
    return all(text and text.isprintable() for text in told)


@settings(max_examples=300)
@given(st.lists(st.one_of(PIECES, st.text(max_size=8)), max_size=40))
def test_no_html_breaks_it(pieces: list[str]):
    assert are_whole(lint_html("".join(pieces)))


@settings(max_examples=150)
@given(st.lists(PIECES, max_size=20), st.lists(PIECES, max_size=20), st.lists(PIECES, max_size=8))
def test_no_piece_of_a_page_breaks_it(body: list[str], rules: list[str], style: list[str]):
    found = in_page(f'{"".join(body)}<p style="{"".join(style)}">a</p>', f"<style>{''.join(rules)}</style>")
    assert are_whole(tuple(found.values()))


@settings(max_examples=200)
@given(st.binary(max_size=300))
def test_no_bytes_break_it(raw: bytes):
    assert are_whole(lint_message(raw))


FIELDS = st.sampled_from(
    "From To Subject Date Message-ID List-Unsubscribe Content-Type Content-Transfer-Encoding Content-ID".split()
)


@settings(max_examples=200)
@given(st.lists(st.tuples(FIELDS, st.text(max_size=60)), max_size=6), st.binary(max_size=60))
def test_no_header_breaks_it(fields: list[tuple[str, str]], body: bytes):
    head = "".join(f"{name}: {value}\r\n" for name, value in fields)
    assert are_whole(lint_message(head.encode("utf-8", "surrogatepass") + b"\r\n" + body))


MAIL = message()


@settings(max_examples=200)
@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 0.05), st.binary(max_size=12)), min_size=1, max_size=5))
def test_no_change_to_a_mail_breaks_it(changes: list[tuple[float, float, bytes]]):
    raw = MAIL
    for where, length, piece in changes:
        start = int(where * len(raw))
        raw = raw[:start] + piece + raw[start + int(length * len(raw)) :]
    assert are_whole(lint_message(raw))
