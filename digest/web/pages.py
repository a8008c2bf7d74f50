"""Turns the templates of pages and letters into text, in the language that their reader wants."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from jinja2.sandbox import SandboxedEnvironment

from digest.catalogues import direction_of, translations
from digest.templating import filled, template_environment
from subscribers.mail import Render


def page_renderer(templates: Path | None = None) -> Render:
    """A function from a template's name and its words to text; what ends in ``.html.j2`` is escaped.

    The word ``language`` (a BCP 47 tag) chooses the catalogue, else that of ``newsletter``, else English; templates
    see it, and ``direction`` beside it. ``templates`` is the publisher's own folder, which stands before ours.
    """

    @cache
    def environment(language: str) -> SandboxedEnvironment:
        return template_environment(translations(language, templates), templates)

    def render(name: str, words: Mapping[str, object]) -> str:
        newsletter = words.get("newsletter")
        language = str(words.get("language") or getattr(newsletter, "language", "") or "en")
        return filled(environment(language), name, {**words, "language": language, "direction": direction_of(language)})

    return render
