"""A sound mail, into which a test puts one mistake."""

from collections.abc import Sequence
from pathlib import Path

from digest.lint import DEFAULT_CLIENTS, Finding, Severity, lint_html, lint_message

DATA = Path(__file__).parents[1] / "data" / "lint"
SOUND_HTML = (DATA / "sound.html").read_text(encoding="utf-8")
SOUND_TEXT = (DATA / "sound.txt").read_text(encoding="utf-8")
HEADER = {
    "From": "The Harbour Post <daily@news.example.com>",
    "To": "A Reader <reader@example.org>",
    "Subject": "Nineteen minutes to Heron Island",
    "Date": "Mon, 23 Nov 2026 07:00:00 +0000",
    "Message-ID": "<daily.214.7@news.example.com>",
    "List-Unsubscribe": "<https://news.example.com/unsubscribe/7>",
    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    "MIME-Version": "1.0",
}


def page(piece: str = "", head: str = "") -> str:
    """The sound page with a piece more in its body or in its head."""
    return SOUND_HTML.replace("<!-- PIECE -->", piece).replace("</head>", f"{head}</head>")


def message(html: str = SOUND_HTML, text: str | None = SOUND_TEXT, **changes: str | None) -> bytes:
    """A sound message, with fields changed, added or (None) left out; ``_`` in their names stands for ``-``."""
    fields = HEADER | {name.replace("_", "-"): value for name, value in changes.items()}
    head = "".join(f"{name}: {value}\n" for name, value in fields.items() if value is not None)
    parts = [("html", html)] if text is None else [("plain", text), ("html", html)]
    body = "".join(
        f"--b\nContent-Type: text/{kind}; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{content}\n"
        for kind, content in parts
    )
    whole = f"{head}Content-Type: multipart/alternative; boundary=b\n\n{body}--b--\n"
    return whole.replace("\n", "\r\n").encode("utf-8", "surrogateescape")


def by_rule(findings: Sequence[Finding]) -> dict[str, Finding]:
    """The findings by their rules."""
    return {finding.rule: finding for finding in findings}


def in_page(piece: str = "", head: str = "", clients: Sequence[str] = DEFAULT_CLIENTS) -> dict[str, Finding]:
    """What is found in the sound page with a piece more."""
    return by_rule(lint_html(page(piece, head), clients=clients))


def in_message(html: str = SOUND_HTML, text: str | None = SOUND_TEXT, **changes: str | None) -> dict[str, Finding]:
    """What is found in the sound message with changes."""
    return by_rule(lint_message(message(html, text, **changes)))


def bad(findings: Sequence[Finding]) -> list[Finding]:
    """All but the notices."""
    return [finding for finding in findings if finding.severity is not Severity.NOTICE]
