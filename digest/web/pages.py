"""Turns the templates of pages and letters into text; a missing word is an error, never a blank."""

from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from subscribers.mail import Render


def page_renderer(folder: Path) -> Render:
    """A function from a template's name and its words to text; what ends in ``.html.j2`` is escaped."""
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=select_autoescape(("html.j2",), ("txt.j2",), default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

    def render(name: str, words: Mapping[str, object]) -> str:
        return environment.get_template(name).render(words)

    return render
