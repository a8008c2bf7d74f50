"""A test letter: the very message, to one address, marked as a test."""

import asyncio
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from pydantic import SecretStr

from digest.errors import AskedWrongly, DigestError, TransportError
from digest.newsletters import Newsletter
from digest.preview import Preview, preview_issue, sample_recipient, send_test
from digest.workspace import Workspace
from tests.postbox import Postbox
from tests.preview.conftest import nothing_stored


@pytest.fixture
def preview(workspace: Workspace, daily: Newsletter) -> Preview:
    return asyncio.run(preview_issue(workspace, daily))


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def parsed(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, policy=policy.default)  # type: ignore[return-value]


def test_the_very_message_arrives_marked_as_a_test(
    workspace: Workspace, daily: Newsletter, preview: Preview, postbox: Postbox
) -> None:
    with nothing_stored(workspace):
        reply = send_test(workspace, preview, sample_recipient(daily), " Me@Example.com ")
    assert reply == "250 2.0.0 queued as 4711"
    [(address, raw)] = postbox.received
    mail = parsed(raw)
    assert (address, mail["To"]) == ("me@example.com", "A Reader <me@example.com>")
    assert mail["Subject"] == f"[Test] {preview.message.subject}"
    assert mail["X-Digest-Test"] == "1"
    assert mail["List-Unsubscribe"] == "<https://news.post.example/unsubscribe/preview>"
    original = parsed(preview.message.for_recipient(sample_recipient(daily)))
    assert body(mail, "html") == body(original, "html").replace("reader@example.com", "me@example.com")
    assert body(mail, "plain") == body(original, "plain").replace("reader@example.com", "me@example.com")
    assert not mail.defects


def test_each_test_is_a_message_of_its_own(
    workspace: Workspace, daily: Newsletter, preview: Preview, postbox: Postbox
) -> None:
    for _ in range(2):
        send_test(workspace, preview, sample_recipient(daily), "me@example.com")
    assert len({parsed(raw)["Message-ID"] for _, raw in postbox.received}) == 2


def test_what_the_server_will_not_take_is_told(
    workspace: Workspace, daily: Newsletter, preview: Preview, postbox: Postbox
) -> None:
    postbox.answers["me@example.com"] = ["550 5.1.1 no such user"]
    with pytest.raises(DigestError, match=r"refused the test for me@example\.com: 550 5\.1\.1 no such user"):
        send_test(workspace, preview, sample_recipient(daily), "me@example.com")
    with pytest.raises(AskedWrongly, match="me: This does not look like an email address"):
        send_test(workspace, preview, sample_recipient(daily), "me")
    assert postbox.received == []


def test_a_server_that_is_not_there_is_told(workspace: Workspace, daily: Newsletter, unused_port: int) -> None:
    nowhere = workspace.settings.model_copy(update={"smtp_url": SecretStr(f"smtp://127.0.0.1:{unused_port}")})
    object.__setattr__(workspace, "settings", nowhere)
    preview = asyncio.run(preview_issue(workspace, daily))
    with pytest.raises(TransportError, match=r"cannot be reached: .*connection refused"):
        send_test(workspace, preview, sample_recipient(daily), "me@example.com")
