"""An issue made into HTML and text by a theme: Jinja makes MJML and text, MJML makes HTML."""

import re
from dataclasses import dataclass
from pathlib import Path

from mjml import mjml2html

from digest.catalogues import translations
from digest.compose.layout import Layout, direction_in, lay_out
from digest.compose.look import look_of
from digest.compose.marks import ALL_MARKS, RecipientMarks, mail_only
from digest.compose.plaintext import columns, tidy, wrap
from digest.compose.wording import Wording
from digest.domain import Issue
from digest.errors import TemplateError
from digest.templating import filled, template_environment

ATTRIBUTE = re.compile(r"""(?<==)(?:"[^"]*"|'[^']*')""")
# mrml writes the body on one line. White space before a block is shown nowhere, and who reads the source, or is told of
# a line in it, can find the place.
BLOCK = re.compile(r"(?<=>)(?=<(?:div|h[1-6]|p|table)[ >])")
NOT_PLAIN = re.compile(r"[^ -\[\]-~]")


@dataclass(frozen=True, slots=True)
class Rendered:
    """An issue in words, with marks where a recipient's own values go. ``language`` is a BCP 47 tag."""

    subject: str
    preheader: str
    html: str
    text: str
    language: str = "en"


def render(
    issue: Issue, theme: str, *, public_url: str, language: str | None = None, templates: Path | None = None
) -> Rendered:
    """Render ``issue`` with ``theme``, our words in ``language`` (else the newsletter's own).

    Raises TemplateError naming the file and the line.
    """
    language = language or issue.newsletter.language
    messages = translations(language, templates)
    wording = Wording(language, messages, issue.newsletter.labels)
    layout = lay_out(issue, look_of(theme, issue.newsletter, templates), wording, public_url.rstrip("/"))
    environment = template_environment(messages, templates)
    environment.filters |= {"wrap": wrap, "columns": columns, "direction": direction_in}
    environment.globals |= {"recipient": RecipientMarks(), "mail_only": mail_only}
    words = {part: getattr(layout, part) for part in Layout.__slots__}
    mjml = filled(environment, f"issue/{theme}/issue.mjml.j2", words)
    text = filled(environment, f"issue/{theme}/issue.txt.j2", words)
    return Rendered(layout.issue.subject, layout.issue.preheader, _html(mjml, theme), tidy(text), language)


def _html(mjml: str, theme: str) -> str:
    try:
        html = mjml2html(_with_plain_attributes(mjml), fonts={})  # no fonts: nothing is fetched from anywhere
    except ValueError as error:
        raise TemplateError(
            f"issue/{theme}/issue.mjml.j2: the MJML it makes: {_with_line(str(error), mjml)}"
        ) from error
    for mark in ALL_MARKS:
        html = html.replace(_reference(mark), mark)
    return BLOCK.sub("\n", html)


def _with_plain_attributes(mjml: str) -> str:
    """The MJML with references in its attributes for whatever is not plain ASCII.

    mrml writes the value of an attribute as Rust shows a string for debugging, a mark as ``\\u{e001}``.
    """
    return ATTRIBUTE.sub(lambda value: NOT_PLAIN.sub(lambda found: _reference(found[0]), value[0]), mjml)


def _reference(character: str) -> str:
    return f"&#{ord(character)};"


def _with_line(message: str, mjml: str) -> str:
    position = re.search(r"at position (\d+)", message)
    line = mjml.encode()[: int(position[1])].count(b"\n") + 1 if position else 0
    return f"{message}, which is line {line}" if line else message
