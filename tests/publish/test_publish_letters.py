"""Single letters: any mail server takes them, and when one is gone another is asked."""

from email import message_from_bytes, policy

from pydantic import SecretStr

from digest.newsletters import Newsletter
from digest.serving import letter_message, letter_sender
from digest.workspace import Workspace
from subscribers.mail import Mail
from tests.postbox import Postbox

MAIL = Mail("ana@example.com", "Ana Grün", "¡Confirma!", "¿Quieres?\n" + "ü" * 2000, "<p>¿Quieres?</p>", "daily")


def test_a_letter_is_ascii_alone_and_says_what_was_meant(workspace: Workspace, daily: Newsletter) -> None:
    raw = letter_message(MAIL, daily, workspace).as_bytes()
    assert raw.isascii()
    assert max(map(len, raw.splitlines())) < 998
    read = message_from_bytes(raw, policy=policy.default)
    assert read["Subject"] == MAIL.subject
    text = read.get_body(("plain",))
    assert text is not None
    assert text.get_content().splitlines() == MAIL.text.splitlines()


def test_a_letter_goes_through_the_second_server_when_the_first_is_gone(
    workspace: Workspace, daily: Newsletter, postbox: Postbox, unused_port: int
) -> None:
    gone, there = (SecretStr(f"smtp://127.0.0.1:{port}") for port in (unused_port, postbox.port))
    settings = workspace.settings.model_copy(update={"smtp_url": gone, "smtp_url_2": there})
    object.__setattr__(workspace, "settings", settings)
    letter_sender(workspace)(MAIL)
    assert postbox.recipients == ["ana@example.com"]
