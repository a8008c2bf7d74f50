"""The plain way to send an issue, to be measured beside ours: ``plainly.py ADDRESS MESSAGES [KEY]``, from its folder.

For each reader Jinja renders ``page.html`` and ``page.txt``, the standard library makes the message, and smtplib sends
it over one connection that is kept; with the file of a key dkimpy signs it. It prints the seconds that this took.
"""

import smtplib
import sys
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from time import perf_counter

import dkim
from jinja2 import Environment, Template
from press import DOMAIN, NEWSLETTER, PUBLIC_URL, SECRET, SUBJECT

from digest.compose import marks
from subscribers.tokens import Tokens

NOW = datetime.now(UTC)
NAMES = {
    marks.UNSUBSCRIBE_URL: "{{ unsubscribe_url }}",
    marks.PREFERENCES_URL: "{{ preferences_url }}",
    marks.NAME: "{{ name }}",
    marks.ADDRESS: "{{ address }}",
}


def main(address: str, messages: int, key: str = "") -> None:
    """Send that many messages."""
    host, port = address.split(":")
    page, text = (_template(Path(name)) for name in ("page.html", "page.txt"))
    tokens, pem = Tokens([SECRET]), Path(key).read_bytes() if key else b""
    began = perf_counter()
    with smtplib.SMTP(host, int(port)) as server:
        for number in range(1, messages + 1):
            values = {
                "name": f"Reader {number}",
                "address": f"reader{number}@{DOMAIN}",
                "unsubscribe_url": f"{PUBLIC_URL}/unsubscribe/{tokens.issue_unsubscribe(number, NEWSLETTER)}",
                "preferences_url": f"{PUBLIC_URL}/preferences/{tokens.issue_preferences(number, NEWSLETTER)}",
            }
            content = _message(number, values, text.render(values), page.render(values)).as_bytes()
            if pem:
                content = dkim.sign(content, b"bench", DOMAIN.encode(), pem, canonicalize=(b"relaxed",) * 2) + content
            server.sendmail(f"{NEWSLETTER}@{DOMAIN}", [values["address"]], content)
    print(perf_counter() - began)


def _template(file: Path) -> Template:
    content = file.read_text()
    for mark, name in NAMES.items():
        content = content.replace(mark, name)
    return Environment(autoescape=file.suffix == ".html").from_string(content)


def _message(number: int, values: dict[str, str], text: str, page: str) -> EmailMessage:
    message = EmailMessage(SMTP)
    message["From"] = f"The Harbour Post <{NEWSLETTER}@{DOMAIN}>"
    message["To"] = f"{values['name']} <{values['address']}>"
    message["Subject"] = SUBJECT
    message["Date"] = format_datetime(NOW)
    message["Message-ID"] = f"<{NEWSLETTER}.1.{number}@{DOMAIN}>"
    message["List-Unsubscribe"] = f"<{values['unsubscribe_url']}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(text)
    message.add_alternative(page, subtype="html")
    return message


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), *sys.argv[3:])
