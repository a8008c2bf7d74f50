"""An issue made into HTML and text by a theme: Jinja makes MJML and text, MJML makes HTML.

A publisher's own folder stands before ours, file by file; ours is also there under ``digest/``, so that
``{% extends "digest/issue/broadsheet/issue.mjml.j2" %}`` can replace single blocks.
"""

import re
import traceback
from dataclasses import dataclass
from pathlib import Path

from jinja2 import ChoiceLoader, FileSystemLoader, PrefixLoader, StrictUndefined, select_autoescape
from jinja2 import TemplateError as JinjaError
from jinja2.exceptions import TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment, SandboxedEnvironment
from mjml import mjml2html

from digest.compose.layout import Layout, lay_out
from digest.compose.marks import ALL_MARKS, RecipientMarks, mail_only
from digest.compose.plaintext import columns, tidy, wrap
from digest.domain import Issue
from digest.errors import TemplateError
from digest.templating import templates_folder

OURS = "digest"
ATTRIBUTE = re.compile(r"""(?<==)(?:"[^"]*"|'[^']*')""")
NOT_PLAIN = re.compile(r"[^ -\[\]-~]")


@dataclass(frozen=True, slots=True)
class Rendered:
    """An issue in words, with marks where a recipient's own values go."""

    subject: str
    preheader: str
    html: str
    text: str


def render(issue: Issue, theme: str, *, public_url: str, templates: Path | None = None) -> Rendered:
    """Render ``issue`` with ``theme``. Raises TemplateError naming the file and the line."""
    layout = lay_out(issue, public_url.rstrip("/"))
    environment = _environment(templates)
    mjml = _filled(environment, f"issue/{theme}/issue.mjml.j2", layout)
    text = _filled(environment, f"issue/{theme}/issue.txt.j2", layout)
    return Rendered(layout.issue.subject, layout.issue.preheader, _html(mjml, theme), tidy(text))


def _environment(templates: Path | None) -> SandboxedEnvironment:
    ours = FileSystemLoader(templates_folder())
    own = [FileSystemLoader(templates)] if templates else []
    environment = ImmutableSandboxedEnvironment(
        loader=ChoiceLoader([*own, ours, PrefixLoader({OURS: ours})]),
        autoescape=select_autoescape(disabled_extensions=("txt.j2",), default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"wrap": wrap, "columns": columns}
    environment.globals |= {"recipient": RecipientMarks(), "mail_only": mail_only}
    return environment


def _filled(environment: SandboxedEnvironment, name: str, layout: Layout) -> str:
    words = {part: getattr(layout, part) for part in Layout.__slots__}
    try:
        return environment.get_template(name).render(words)
    except Exception as error:  # a template is a program: whatever it raises is its own mistake
        raise TemplateError(f"{_place(error, name)}: {_what(error)}") from error


def _html(mjml: str, theme: str) -> str:
    try:
        html = mjml2html(_with_plain_attributes(mjml), fonts={})  # no fonts: nothing is fetched from anywhere
    except ValueError as error:
        raise TemplateError(
            f"issue/{theme}/issue.mjml.j2: the MJML it makes: {_with_line(str(error), mjml)}"
        ) from error
    for mark in ALL_MARKS:
        html = html.replace(_reference(mark), mark)
    return html


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


def _place(error: Exception, name: str) -> str:
    """File and line of the innermost template in which it happened."""
    if isinstance(error, TemplateSyntaxError):
        return f"{error.filename or error.name or name}:{error.lineno}"
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if frame.filename.endswith(".j2"):
            return f"{frame.filename}:{frame.lineno}"
    return name


def _what(error: Exception) -> str:
    return str(error) if isinstance(error, JinjaError) else f"{type(error).__name__}: {error}"
