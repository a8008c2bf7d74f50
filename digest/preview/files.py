"""A preview written to a file, as its ending says."""

from pathlib import Path

from digest.errors import AskedWrongly, DigestError
from digest.newsletters import Newsletter
from digest.preview.issue import Preview
from digest.preview.picture import MAIL_WIDTH, take_picture
from digest.preview.readers import sample_recipient

SUFFIXES = (".html", ".txt", ".eml", ".png")


def write_preview(
    preview: Preview, newsletter: Newsletter, file: Path, *, width: int = MAIL_WIDTH, dark: bool = False
) -> None:
    """Write the preview as ``.html``, ``.txt``, ``.eml`` or ``.png``, by the file's ending.

    ``width`` (CSS pixels) and ``dark`` are for the picture. Raises AskedWrongly for another ending, DigestError
    when the file cannot be written or no browser is there to take the picture.
    """
    refuse_other_endings(file)
    try:
        file.write_bytes(_content(preview, newsletter, file.suffix, width=width, dark=dark))
    except OSError as error:
        raise DigestError(f"{file}: cannot be written: {error.strerror}") from error


def refuse_other_endings(file: Path) -> None:
    """Raise AskedWrongly when the file's ending is none that can be written."""
    if file.suffix not in SUFFIXES:
        raise AskedWrongly(f"--out: {file.name} must end in one of {', '.join(SUFFIXES)}")


def _content(preview: Preview, newsletter: Newsletter, suffix: str, *, width: int, dark: bool) -> bytes:
    message, recipient = preview.message, sample_recipient(newsletter)
    if suffix == ".html":
        return message.html_for(recipient).encode()
    if suffix == ".txt":
        return message.text_for(recipient).encode()
    if suffix == ".png":
        return take_picture(message.html_for(recipient), width=width, dark=dark)
    return message.for_recipient(recipient)
