"""Where the templates stand: inside the installed package, or at the top of the repository."""

from pathlib import Path

PACKAGE = Path(__file__).parent


def templates_folder() -> Path:
    """The folder that holds ``issue``, ``mail`` and ``web``."""
    inside = PACKAGE / "templates"
    return inside if inside.is_dir() else PACKAGE.parent / "templates"
