"""In the demo a reader may leave as a mail program does it: by writing to the address in List-Unsubscribe."""

import smtplib
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import unquote

import httpx
from sqlmodel import Session, select

from digest.demo.run import LEAVE, Demo
from subscribers.models import Status, Subscription


def test_a_mail_to_the_address_in_list_unsubscribe_ends_the_subscription(tmp_path: Path) -> None:
    with Demo(tmp_path / "demo", 0) as demo:
        demo.publish()
        issue = message_from_bytes(next((tmp_path / "demo" / "mail").iterdir()).read_bytes(), policy=policy.default)
        _, written = str(issue["List-Unsubscribe"]).split(", ")
        address, subject = written.strip("<>").removeprefix("mailto:").split("?subject=")
        assert address == LEAVE
        mail = EmailMessage()
        mail["To"], mail["From"], mail["Subject"] = address, "whoever@example.com", unquote(subject)
        smtp = httpx.URL(demo.workspace.settings.smtp_url.get_secret_value())
        with smtplib.SMTP(smtp.host, smtp.port) as server:
            server.send_message(mail)
        with Session(demo.workspace.engine) as session:
            left = session.exec(select(Subscription).where(Subscription.status == Status.UNSUBSCRIBED)).all()
    assert [str(each.subscriber_id) for each in left if subject.startswith(f"{each.subscriber_id}.")]
