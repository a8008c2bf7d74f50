"""issue → compiled message: one rendering of an issue, encoded once, ready for every recipient."""

from datetime import datetime
from pathlib import Path

from digest.compose.layout import Layout, lay_out
from digest.compose.look import look_of
from digest.compose.message import CompiledMessage, compile_message, public_html
from digest.compose.render import Rendered, render
from digest.domain import Issue

__all__ = [
    "CompiledMessage",
    "Layout",
    "Rendered",
    "compile_message",
    "compose",
    "lay_out",
    "look_of",
    "public_html",
    "render",
]


def compose(
    issue: Issue,
    theme: str | None = None,
    *,
    public_url: str,
    date: datetime,
    language: str | None = None,
    templates: Path | None = None,
) -> CompiledMessage:
    """Render ``issue`` and compile its message.

    ``theme`` and ``language`` (of our words, a BCP 47 tag) are the newsletter's own unless given. ``date`` is the
    instant in the Date header. ``templates`` is a publisher's folder whose files stand before ours. Raises
    TemplateError naming the file and the line, ConfigError for a sender that no header can hold.
    """
    theme = theme or issue.newsletter.theme
    rendered = render(issue, theme, public_url=public_url, language=language, templates=templates)
    return compile_message(rendered, issue.newsletter, issue.site, issue.number, public_url=public_url, date=date)
