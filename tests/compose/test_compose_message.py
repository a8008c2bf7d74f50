"""The compiled message: what it holds, that every parser agrees, and that nothing from outside can bend it."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import unquote
from functools import cache

import pytest
from dkim.canonicalization import Relaxed
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.compose import CompiledMessage, Rendered, compile_message, compose, public_html
from digest.compose.marks import ADDRESS, NAME, UNSUBSCRIBE_URL, one_line
from digest.domain import Issue, Recipient
from digest.errors import ConfigError
from tests.compose.conftest import read_issue

PUBLIC_URL = "https://news.example.com"
DATE = datetime(2026, 11, 23, 7, 0, 12, tzinfo=UTC)
UNHURRIED = settings(deadline=None, max_examples=60)

ATEXT = "abcXYZ019!#$%&'*+/=?^_`{|}~-"
LOCAL_PARTS = st.lists(st.text(ATEXT, min_size=1, max_size=12), min_size=1, max_size=3).map(".".join) | st.text(
    'abc ,;:<>@()[]."\\', min_size=1, max_size=12
).map(lambda text: '"' + re.sub(r'(["\\])', r"\\\1", text) + '"')
# What looks like an encoded word is no address for a header; see the test of such addresses below.
LOCAL_PARTS = LOCAL_PARTS.filter(lambda local: "=?" not in local)
DOMAINS = st.sampled_from(
    ["example.com", "a.b.c.example.org", "münchen.example", "例え.example", "xn--r8jz45g.example"]
)
NAMES = st.text(max_size=90) | st.sampled_from(
    [
        "",
        "Mara Quill",
        'O"Neil, Pat <pat@x.example>',
        "A\r\nBcc: everyone@example.com",
        "A\r\n\r\n<script>",
        "=?utf-8?q?=0D=0ABcc:_x?=",
        "ضيف الميناء",
        "山田 太郎",
        "👩‍👩‍👧 & friends",
        "From here.",
        ".",
        "x" * 400,
        f"{UNSUBSCRIBE_URL}{ADDRESS}",
    ]
)
RECIPIENTS = st.builds(
    lambda local, domain, name, token, date: Recipient(
        f"{local}@{domain}", name, token, "<daily.214.7@news.example.com>", date=date
    ),
    LOCAL_PARTS,
    DOMAINS,
    NAMES,
    st.from_regex(r"[0-9]{1,9}\.daily\.[A-Za-z0-9_-]{43}", fullmatch=True),
    st.none() | st.just(DATE + timedelta(hours=11)),
)
# Any words, and those that are hard to carry: dots and "From " at a line's start, tabs, spaces where they get lost.
ROUGH_WORDS = st.text(max_size=300) | st.text(" \t\n.=aé", max_size=300) | st.text(". ", max_size=300)


def composed(issue: Issue) -> CompiledMessage:
    return compose(issue, public_url=PUBLIC_URL, date=DATE)


@cache
def the_message() -> CompiledMessage:
    return composed(read_issue())


def with_words(html: str, text: str) -> CompiledMessage:
    issue = read_issue()
    rendered = Rendered("Subject", "", html, text)
    return compile_message(rendered, issue.newsletter, issue.site, 1, public_url=PUBLIC_URL, date=DATE)


def parsed(raw: bytes) -> EmailMessage:
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def part(message: EmailMessage, kind: str) -> str:
    found = message.get_body((kind,))
    assert found is not None
    return found.get_content().replace("\r\n", "\n")


def written_plainly(message: CompiledMessage, recipient: Recipient) -> EmailMessage:
    """The same mail as the standard library would write it."""
    plain = EmailMessage(policy=policy.SMTP)
    plain["Subject"] = message.subject
    plain.set_content(message.text_for(recipient))
    plain.add_alternative(message.html_for(recipient), subtype="html")
    return parsed(plain.as_bytes())


def display_name(raw: bytes, address: str) -> str:
    """The name in To. The standard library's own readers differ: one keeps spaces that RFC 2047 §6.2 drops."""
    local, _, domain = address.rpartition("@")
    field = message_from_bytes(raw)["To"].replace("\r\n", "")
    name, is_named, _ = field.rpartition(f"<{local}@{domain.encode('idna').decode()}>")
    return str(make_header(decode_header(unquote(name.strip())))) if is_named else ""


def defects(message: EmailMessage) -> list[object]:
    of_headers = [defect for header in message.values() for defect in getattr(header, "defects", ())]
    return [*of_headers, *(defect for each in message.walk() for defect in each.defects)]


@UNHURRIED
@given(RECIPIENTS)
def test_any_parser_reads_what_was_meant_for_any_recipient(recipient):
    message = the_message()
    received = parsed(message.for_recipient(recipient))
    assert defects(received) == []
    assert part(received, "html") == message.html_for(recipient)
    assert part(received, "plain") == message.text_for(recipient)
    assert display_name(message.for_recipient(recipient), recipient.address) == one_line(recipient.name)
    to = received["To"].addresses[0]
    assert to.domain == recipient.address.rpartition("@")[2].encode("idna").decode()
    local = recipient.address.rpartition("@")[0]
    assert to.username == Address(addr_spec=f"{local}@example.com").username


@UNHURRIED
@given(RECIPIENTS)
def test_a_compiled_message_says_the_same_as_one_written_plainly(recipient):
    message = the_message()
    received, plain = parsed(message.for_recipient(recipient)), written_plainly(message, recipient)
    assert received["Subject"] == plain["Subject"]
    for kind in ("plain", "html"):
        assert part(received, kind) == part(plain, kind)


@UNHURRIED
@given(RECIPIENTS)
def test_every_message_is_ascii_in_short_lines_that_no_mail_server_changes(recipient):
    raw = the_message().for_recipient(recipient)
    assert raw.isascii()
    assert raw.count(b"\n") == raw.count(b"\r") == raw.count(b"\r\n")
    header, _, body = raw.partition(b"\r\n\r\n")
    assert all(len(line) <= 76 for line in body.split(b"\r\n"))
    assert all(len(line) <= 200 for line in header.split(b"\r\n"))
    assert not any(line.startswith((b".", b"From ")) for line in body.split(b"\r\n"))
    assert Relaxed.canonicalize_body(body) == body


@UNHURRIED
@given(RECIPIENTS)
def test_a_message_is_its_header_fields_an_empty_line_and_its_body(recipient):
    raw = the_message().for_recipient(recipient)
    header, _, body = raw.partition(b"\r\n\r\n")
    assert the_message().parts_for(recipient) == (header + b"\r\n", body)


@UNHURRIED
@given(RECIPIENTS)
def test_no_name_adds_a_header(recipient):
    names = parsed(the_message().for_recipient(recipient)).keys()
    plain_reader = Recipient("reader@example.org", "", "t", "<1@news.example.com>")
    assert names == parsed(the_message().for_recipient(plain_reader)).keys()


@UNHURRIED
@given(ROUGH_WORDS, ROUGH_WORDS, RECIPIENTS)
def test_values_come_out_whole_wherever_they_stand(before, after, recipient):
    before, after = (re.sub("[\r\ud800-\udfff\ue000-\uf8ff]", "", text) for text in (before, after))
    words = f"{before}{NAME}{after}{ADDRESS}{UNSUBSCRIBE_URL}\n{NAME}{before}"
    message = with_words(words, words)
    raw = message.for_recipient(recipient)
    received = parsed(raw)
    assert part(received, "html") == message.html_for(recipient)
    assert part(received, "plain") == message.text_for(recipient)
    body = raw.partition(b"\r\n\r\n")[2]
    assert all(len(line) <= 76 and not line.startswith(b".") for line in body.split(b"\r\n"))
    assert Relaxed.canonicalize_body(body) == body


def test_the_headers_are_those_that_list_mail_should_have(reader):
    received = parsed(the_message().for_recipient(reader))
    token = "7.daily.c2lnbmF0dXJl"
    expected = {
        "From": "The Harbour Post <daily@news.example.com>",
        "Reply-To": "newsroom@news.example.com",
        "To": "Inês Gonçalves <reader@example.org>",
        "Subject": "Nineteen minutes to Heron Island, without a sound",
        "Date": "Mon, 23 Nov 2026 07:00:12 +0000",
        "Message-ID": "<daily.214.7@news.example.com>",
        "List-Id": "The Harbour Post Daily <daily.news.example.com>",
        "List-Unsubscribe": f"<{PUBLIC_URL}/unsubscribe/{token}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "List-Archive": f"<{PUBLIC_URL}/archive/daily>",
        "Precedence": "bulk",
        "Auto-Submitted": "auto-generated",
        "MIME-Version": "1.0",
    }
    assert {name: re.sub(r"^<(newsroom@.*)>$", r"\1", str(received[name])) for name in expected} == expected
    campaign, newsletter, kind, sender = received["Feedback-ID"].split(":")
    assert (campaign, newsletter, kind) == ("daily.214", "daily", "issue")
    assert 5 <= len(sender) <= 15
    assert received.get_content_type() == "multipart/alternative"
    assert [each.get_content_type() for each in received.iter_parts()] == ["text/plain", "text/html"]


def test_the_same_issue_is_the_same_bytes_when_it_is_resumed(issue, reader):
    first = composed(issue)
    stored = Rendered(first.subject, first.preheader, first.html, first.text)
    resumed = compile_message(stored, issue.newsletter, issue.site, issue.number, public_url=PUBLIC_URL, date=DATE)
    assert resumed.for_recipient(reader) == first.for_recipient(reader) == composed(issue).for_recipient(reader)


@UNHURRIED
@given(st.text(max_size=200), st.text(min_size=1, max_size=200))
def test_no_subject_or_title_adds_a_header_or_gets_lost(subject, title):
    issue = read_issue()
    newsletter = issue.newsletter.model_copy(update={"title": title})
    message = compile_message(
        Rendered(subject, "", "x", "x"), newsletter, issue.site, 1, public_url=PUBLIC_URL, date=DATE
    )
    reader = Recipient("reader@example.org", "", "t", "<1@news.example.com>")
    raw = message.for_recipient(reader)
    received = parsed(raw)
    assert received["Subject"] == one_line(subject)
    assert received.keys() == parsed(the_message().for_recipient(reader)).keys()
    assert all(len(line) <= 78 for line in raw.split(b"\r\n") if b"://" not in line)


@pytest.mark.parametrize(
    "message_id", ["<a\r\nBcc: x@example.com@news.example.com>", "no brackets@news.example.com", "<ü@news.example.com>"]
)
def test_a_message_id_stays_one_line_between_its_brackets(reader, message_id):
    raw = the_message().for_recipient(replace(reader, message_id=message_id))
    assert re.search(rb"\r\nMessage-ID: <[!-~]*@news\.example\.com>\r\n", raw)
    assert b"\r\nBcc:" not in raw


@pytest.mark.parametrize(
    "address", ["mañana@example.com", "=?utf-8?q?x?=@example.com", "a b@example.com", "a@b\r\nBcc: c@d"]
)
def test_an_address_that_a_header_cannot_hold_is_named_in_the_envelope_alone(reader, address):
    received = parsed(the_message().for_recipient(replace(reader, address=address, name="Inês")))
    assert "Bcc" not in received
    assert received["To"].groups[0].display_name == "Inês"
    assert received["To"].addresses == ()


def test_a_sender_that_ascii_cannot_write_is_refused_with_its_key(issue):
    newsletter = issue.newsletter.model_copy(update={"sender": "Diário <diário@example.com>"})
    with pytest.raises(ConfigError, match=r"newsletters\.daily\.sender"):
        composed(replace(issue, newsletter=newsletter))


def test_what_is_spliced_into_html_is_text_and_never_markup(reader):
    message = with_words(f"<p title='{NAME}'>{NAME} {ADDRESS}</p>", f"{NAME} {ADDRESS}")
    evil = replace(reader, name="<b onclick='x'>", address='"<i>"@example.com')
    assert message.html_for(evil) == (
        "<p title='&lt;b onclick=&#x27;x&#x27;&gt;'>&lt;b onclick=&#x27;x&#x27;&gt; "
        "&quot;&lt;i&gt;&quot;@example.com</p>\n"
    )
    assert message.text_for(evil) == "<b onclick='x'> \"<i>\"@example.com\n"


def test_the_text_part_keeps_its_width_whatever_the_length_of_an_address(reader):
    text = the_message().text_for(replace(reader, address=f"{'a' * 64}@{'b' * 60}.example.com", name="x " * 99))
    assert all(len(line) <= 76 for line in text.split("\n") if " " in line.strip())


def test_a_token_stays_inside_its_link(reader):
    message = with_words(f'<a href="{UNSUBSCRIBE_URL}">', UNSUBSCRIBE_URL)
    assert message.html_for(replace(reader, token='a"><b>/../?')) == (
        f'<a href="{PUBLIC_URL}/unsubscribe/a%22%3E%3Cb%3E%2F..%2F%3F">\n'
    )


def test_on_the_public_page_a_link_that_would_unsubscribe_leads_to_the_forms_instead():
    assert public_html(f'<a href="{UNSUBSCRIBE_URL}">{NAME}</a>{ADDRESS}') == '<a href="../../../"></a>'
