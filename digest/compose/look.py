"""How a theme looks: its colours by day and by night and its faces, from ``theme.toml`` and from a publisher.

Whatever a publisher chooses, type can be read: see ``digest.compose.colours``.
"""

import tomllib
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from digest.compose.colours import BLACK, WHITE, contrast, legible, mixed
from digest.errors import TemplateError
from digest.newsletters import Newsletter
from digest.templating import template_file

NEAR = 1.5  # the contrast of two grounds that are both light, or both dark
WINDOWS = (
    "Segoe UI",
    "Arial",
    "Calibri",
    "Cambria",
    "Consolas",
    "Courier New",
    "Georgia",
    "Tahoma",
    "Times New Roman",
    "Trebuchet MS",
    "Verdana",
)


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours ``#rrggbb``. ``paper`` is the ground of all, ``surface`` that of a story, ``tint`` that of a picture.

    Type is ``ink``, ``faint`` or ``accent``; ``on_accent`` is type on a ground of ``accent``.
    """

    paper: str
    surface: str
    tint: str
    ink: str
    faint: str
    rule: str
    accent: str
    on_accent: str = WHITE


@dataclass(frozen=True, slots=True)
class Faces:
    """Lists of fonts as CSS has them, for headings and for text."""

    heading: str
    text: str

    @property
    def on_windows(self) -> "Faces":
        """The first of each that Windows has: Outlook knows no list, and takes Times New Roman for what it misses."""
        return Faces(_on_windows(self.heading), _on_windows(self.text))


@dataclass(frozen=True, slots=True)
class Look:
    """A theme's colours and faces."""

    light: Palette
    dark: Palette
    fonts: Faces


LOOK = TypeAdapter(Look)


def look_of(theme: str, newsletter: Newsletter, templates: Path | None = None) -> Look:
    """The theme's look with the newsletter's own colours and faces in it.

    Raises TemplateError for a ``theme.toml`` that is missing or mistaken.
    """
    look = _read(template_file(f"issue/{theme}/theme.toml", templates), theme)
    own, fonts = newsletter.colours, newsletter.fonts
    return Look(
        light=_changed(look.light, paper=own.paper, ink=own.ink, accent=own.accent),
        dark=_changed(look.dark, paper=own.dark_paper, ink=own.dark_ink, accent=own.dark_accent or own.accent),
        fonts=Faces(fonts.heading or look.fonts.heading, fonts.text or look.fonts.text),
    )


def _on_windows(faces: str) -> str:
    names = [name.strip(" '\"") for name in faces.split(",")]
    generic = "Georgia" if names[-1] == "serif" else "Arial"
    return next((name for name in names if name in WINDOWS), generic)


def _read(file: Path, theme: str) -> Look:
    try:
        return LOOK.validate_python(tomllib.loads(file.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise TemplateError(f"issue/{theme}/theme.toml: there is no such file (copy that of broadsheet)") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise TemplateError(f"{file}: cannot be read: {error}") from None
    except ValidationError as error:
        first = error.errors()[0]
        raise TemplateError(f"{file}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from None


def _changed(palette: Palette, *, paper: str | None, ink: str | None, accent: str | None) -> Palette:
    ground = _on_paper(palette, paper) if paper else palette
    grounds = (ground.paper, ground.surface, ground.tint)
    told = legible(accent or palette.accent, *grounds)
    return replace(
        ground,
        ink=legible(ink or palette.ink, *grounds),
        faint=legible(palette.faint, *grounds),
        accent=told,
        on_accent=max(WHITE, BLACK, key=lambda colour: contrast(colour, told)),
    )


def _on_paper(palette: Palette, paper: str) -> Palette:
    """The palette with its other grounds and its rules near the paper of a publisher's choice."""
    far = max(WHITE, BLACK, key=lambda colour: contrast(colour, paper))
    is_same = palette.surface == palette.paper
    is_near = contrast(palette.surface, paper) < NEAR
    surface = paper if is_same else palette.surface if is_near else mixed(paper, far, 0.08)
    return replace(palette, paper=paper, surface=surface, tint=mixed(paper, far, 0.06), rule=mixed(paper, far, 0.16))
