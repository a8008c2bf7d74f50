"""All mail that leaves is signed: issues, letters and tests."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email import message_from_bytes

import pytest
from sqlmodel import Session, select

from digest.deliver import Claimed
from digest.deliver.signing import SigningKey
from digest.errors import ConfigError
from digest.messages import writer
from digest.preview import preview_issue, sample_recipient, send_test
from digest.publish import publish
from digest.serving import letter_sender
from digest.store.models import IssueRow
from digest.workspace import Workspace
from subscribers.mail import Mail
from tests.dkim.conftest import a_key, pem, verified
from tests.postbox import Postbox
from tests.publish.conftest import FOLDER, SLOT, make_workspace, write_articles

__all__ = ["make_workspace"]  # a fixture

TABLES = """
[[dkim]]
domain = "post.example"
selector = "e2026"
key = "dkim/e2026.pem"

[[dkim]]
domain = "post.example"
selector = "d2026"
key = "dkim/d2026.pem"
"""
LETTER = Mail(
    newsletter="daily",
    to_address="reader@example.org",
    to_name="Inês",
    subject="Olá",
    text="Olá, Inês!\n\nConfirme.\n",
    html="<p>Olá, Inês!</p>\n",
)


@pytest.fixture
def workspace(make_workspace: Callable[..., Workspace]) -> Workspace:
    made = make_workspace(sources=FOLDER + TABLES)
    write_articles(made, 1, 2, 3)
    return made


@pytest.fixture
def keys(workspace: Workspace) -> list[SigningKey]:
    """The workspace's keys, made."""
    made = [a_key("post.example"), a_key("post.example", ed25519=True)]
    (workspace.config.folder / "dkim").mkdir()
    for key in made:
        (workspace.config.folder / "dkim" / f"{key.selector}.pem").write_bytes(pem(key.private))
    return made


def test_an_issue_is_signed_and_each_delivery_the_same_whenever_and_in_whatever_thread_it_is_written(
    workspace: Workspace, keys: list[SigningKey], postbox: Postbox
) -> None:
    daily = workspace.config.newsletter("daily")
    asyncio.run(publish(workspace, daily, SLOT))
    with Session(workspace.engine, expire_on_commit=False) as session:
        row = session.exec(select(IssueRow)).one()
    claims = [
        Claimed(number, number, f"reader{number}@example.com", f"Reader {number}", 0, 1, due)
        for number in (1, 2)
        for due in (None, SLOT + timedelta(hours=5))
    ]
    write = writer(workspace, daily, row)
    with ThreadPoolExecutor(4) as pool:
        written = list(pool.map(write, claims * 8))
    assert written == [writer(workspace, daily, row)(claim) for claim in claims] * 8
    assert {written[0].message, written[2].message} == {message for _, message in postbox.received}
    assert all(verified(each.message, *keys) == [True, True] for each in written[:4])


def test_a_letter_is_signed_in_seven_bits(workspace: Workspace, keys: list[SigningKey], postbox: Postbox) -> None:
    letter_sender(workspace)(LETTER)
    [(_, message)] = postbox.received
    assert message.isascii()
    assert verified(message, *keys) == [True, True]


def test_a_test_is_signed(workspace: Workspace, keys: list[SigningKey], postbox: Postbox) -> None:
    daily = workspace.config.newsletter("daily")
    preview = asyncio.run(preview_issue(workspace, daily))
    send_test(workspace, preview, sample_recipient(daily), "me@example.com")
    [(_, message)] = postbox.received
    assert verified(message, *keys) == [True, True]


def test_without_keys_mail_leaves_unsigned(make_workspace: Callable[..., Workspace], postbox: Postbox) -> None:
    letter_sender(make_workspace())(LETTER)
    [(_, message)] = postbox.received
    assert "DKIM-Signature" not in message_from_bytes(message)


def test_a_key_that_cannot_be_read_stops_mail_from_leaving_unsigned(workspace: Workspace) -> None:
    with pytest.raises(ConfigError, match=r"dkim\.0\.key: there is no file .*e2026\.pem"):
        letter_sender(workspace)
