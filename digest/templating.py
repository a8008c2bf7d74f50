"""Templates found, filled and complained of: one way for issues, pages and letters.

A publisher's own folder stands before ours, file by file; ours is also there under ``digest/``, so that
``{% extends "digest/issue/broadsheet/issue.mjml.j2" %}`` can replace single blocks. All run in a sandbox.
"""

import traceback
from collections.abc import Mapping
from gettext import NullTranslations
from pathlib import Path
from typing import Any

from jinja2 import BytecodeCache, ChoiceLoader, FileSystemLoader, PrefixLoader, StrictUndefined, select_autoescape
from jinja2 import TemplateError as JinjaError
from jinja2.bccache import Bucket
from jinja2.exceptions import TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment, SandboxedEnvironment

from digest.errors import TemplateError

PACKAGE = Path(__file__).parent
OURS = "digest"


def templates_folder() -> Path:
    """The folder that holds ``issue``, ``mail``, ``web`` and ``locale``: in the package, or beside it."""
    inside = PACKAGE / "templates"
    return inside if inside.is_dir() else PACKAGE.parent / "templates"


def template_file(name: str, templates: Path | None = None) -> Path:
    """Where the file of that name stands: in the publisher's own folder, else in ours."""
    own = templates / name if templates else None
    return own if own and own.is_file() else templates_folder() / name


def themes(templates: Path | None = None) -> tuple[str, ...]:
    """The names of the themes that there are: ours, and those of the publisher's own."""
    folders = [folder for folder in (templates, templates_folder()) if folder]
    found = {file.parent.name for folder in folders for file in folder.glob("issue/*/issue.mjml.j2")}
    return tuple(sorted(found))


class _CompiledTemplates(BytecodeCache):
    """The latest compiled form of each template, in memory. Jinja compiles anew when the source is another one."""

    def __init__(self) -> None:
        self._latest: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if compiled := self._latest.get(bucket.key):
            bucket.bytecode_from_string(compiled)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._latest[bucket.key] = bucket.bytecode_to_string()


_COMPILED = _CompiledTemplates()  # for every environment: there is one for each language of an issue


def template_environment(translations: NullTranslations, templates: Path | None = None) -> SandboxedEnvironment:
    """Where templates are found and run: ``templates`` is a publisher's folder.

    What ends in ``.txt.j2`` is not escaped; a missing word is an error, never a blank.
    """
    ours = FileSystemLoader(templates_folder())
    own = [FileSystemLoader(templates)] if templates else []
    environment = ImmutableSandboxedEnvironment(
        loader=ChoiceLoader([*own, ours, PrefixLoader({OURS: ours})]),
        autoescape=select_autoescape(disabled_extensions=("txt.j2",), default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        bytecode_cache=_COMPILED,
        extensions=["jinja2.ext.i18n"],
    )
    environment.policies["ext.i18n.trimmed"] = True
    # The extension adds these methods to the environment when it is loaded.
    environment.install_gettext_translations(translations, newstyle=True)  # type: ignore[attr-defined]
    return environment


def filled(environment: SandboxedEnvironment, name: str, words: Mapping[str, Any]) -> str:
    """The template filled with ``words``. Raises TemplateError naming the file and the line."""
    try:
        return environment.get_template(name).render(words)
    except Exception as error:  # a template is a program: whatever it raises is its own mistake
        raise TemplateError(f"{_place(error, name)}: {_what(error)}") from error


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
