"""The compiled message beside the one that the standard library builds from the same words, reader by reader."""

from dataclasses import replace
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from functools import cache

import pytest
from hypothesis import given, settings

from digest.compose import CompiledMessage
from digest.compose.marks import one_line
from digest.domain import Recipient
from tests.compose.conftest import read_issue
from tests.compose.test_compose_message import DATE, PUBLIC_URL, RECIPIENTS, composed, display_name, parsed

SENDER = Address("The Harbour Post", addr_spec="daily@news.example.com")
IN_ANY_ORDER = {"Content-Type", "Content-Transfer-Encoding", "MIME-Version"}


@cache
def the_message() -> CompiledMessage:
    """An issue of two stories: what differs between readers stands around them."""
    issue = read_issue()
    return composed(replace(issue, stories=issue.stories[:2]))


def built_plainly(recipient: Recipient) -> EmailMessage:
    """The whole mail for one reader, header by header and part by part, as a script would build it."""
    compiled = the_message()
    message = EmailMessage(policy=policy.SMTP)
    message["From"] = SENDER
    message["Reply-To"] = "newsroom@news.example.com"
    message["To"] = Address(one_line(recipient.name), addr_spec=_ascii(recipient.address))
    message["Subject"] = compiled.subject
    message["Date"] = format_datetime(recipient.date or DATE)
    message["Message-ID"] = recipient.message_id
    message["List-Id"] = "The Harbour Post Daily <daily.news.example.com>"
    message["List-Unsubscribe"] = f"<{PUBLIC_URL}/unsubscribe/{recipient.token}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message["List-Archive"] = f"<{PUBLIC_URL}/archive/daily>"
    message["Feedback-ID"] = parsed(compiled.for_recipient(recipient))["Feedback-ID"]
    message["Precedence"] = "bulk"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(compiled.text_for(recipient))
    message.add_alternative(compiled.html_for(recipient), subtype="html")
    for part in message.iter_parts():
        part["Content-Language"] = "en"
    return message


def _ascii(address: str) -> str:
    local, _, domain = address.rpartition("@")
    return f"{local}@{domain.encode('idna').decode()}"


def fields(message: EmailMessage) -> list[tuple[str, str]]:
    return [
        (name.lower(), " ".join(str(value).split()))
        for name, value in message.items()
        if name not in IN_ANY_ORDER | {"To"}
    ]


def bodies(message: EmailMessage) -> list[tuple[str, str, bytes]]:
    return [
        (part.get_content_type(), str(part["Content-Language"]), part.get_payload(decode=True).replace(b"\r\n", b"\n"))
        for part in message.iter_parts()
    ]


READERS = RECIPIENTS.filter(lambda recipient: "=?" not in recipient.name)  # there the library writes another name


@settings(max_examples=100)
@given(READERS)
def test_it_is_the_message_that_the_standard_library_builds(recipient: Recipient) -> None:
    hold_against_the_library(recipient)


@pytest.mark.thorough
@settings(max_examples=1000)
@given(READERS)
def test_for_a_thousand_readers_it_is_the_message_that_the_standard_library_builds(recipient: Recipient) -> None:
    hold_against_the_library(recipient)


def hold_against_the_library(recipient: Recipient) -> None:
    raw, plain = the_message().for_recipient(recipient), built_plainly(recipient).as_bytes()
    compiled, built = parsed(raw), parsed(plain)
    assert fields(compiled) == fields(built)
    assert bodies(compiled) == bodies(built)
    [to], [meant] = compiled["To"].addresses, built["To"].addresses
    assert to.addr_spec == meant.addr_spec
    # The library keeps spaces between encoded words that RFC 2047 §6.2 drops: names are held against what was meant.
    assert display_name(raw, recipient.address) == one_line(recipient.name)
