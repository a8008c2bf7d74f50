"""Writes an operator's first ``digest.toml`` and ``.env``."""

import re
import secrets
from pathlib import Path

from digest.errors import DigestError
from digest.templating import templates_folder


def write_starter(folder: Path) -> dict[Path, bool]:
    """Write both files into ``folder``; the answer tells for each whether it was written or was there.

    The ``.env`` holds a fresh secret key and may be read by its owner alone. Raises DigestError when
    the folder cannot be written to.
    """
    templates = templates_folder()
    starter = (templates / "starter" / "digest.toml").read_text(encoding="utf-8")
    settings = (templates.parent / ".env.example").read_text(encoding="utf-8")
    key = secrets.token_urlsafe(32)
    settings = re.sub(r"(?m)^DIGEST_SECRET_KEY=$", f"DIGEST_SECRET_KEY={key}", settings)
    settings = re.sub(r"(?m)\A.*\n.*\n", "# Secrets and endpoints of digest. Keep this file to yourself.\n", settings)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return {
            folder / "digest.toml": _write_new(folder / "digest.toml", starter, 0o644),
            folder / ".env": _write_new(folder / ".env", settings, 0o600),
        }
    except OSError as error:
        raise DigestError(f"{folder}: cannot be written to: {error.strerror}") from error


def _write_new(file: Path, text: str, mode: int) -> bool:
    try:
        file.touch(mode, exist_ok=False)
    except FileExistsError:
        return False
    file.write_text(text, encoding="utf-8")
    return True
