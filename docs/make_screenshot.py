"""Makes the README's picture: the next issue of the demo's newsletter in each theme, by the project's own preview.

Needs Debian's chromium. Run by ``make screenshot``.
"""

import asyncio
import shutil
import sys
import tempfile
from io import BytesIO
from pathlib import Path

from PIL import Image

from digest.demo.run import NEWSLETTER, Demo
from digest.preview import preview_issue, sample_recipient
from digest.preview.picture import take_picture

FOLDER = Path(__file__).parent
THEMES = ("broadsheet", "brief", "cards")
GAP, HEIGHT = 24, 1500  # pixels
GROUND = "#d8d8d4"


def main() -> int:
    """Write ``docs/issue.png``."""
    if shutil.which("chromium") is None:
        print("the picture needs a browser: apt-get install chromium", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder, Demo(Path(folder) / "demo", 0) as demo:
        newsletter = demo.workspace.config.newsletter(NEWSLETTER)
        pictures = []
        for theme in THEMES:
            preview = asyncio.run(preview_issue(demo.workspace, newsletter, theme=theme))
            taken = take_picture(preview.message.html_for(sample_recipient(newsletter)))
            pictures.append(Image.open(BytesIO(taken)).convert("RGB"))
    side_by_side(pictures).quantize(256).save(FOLDER / "issue.png", optimize=True)
    print(f"wrote {FOLDER / 'issue.png'}")
    return 0


def side_by_side(pictures: list[Image.Image]) -> Image.Image:
    """The beginnings of the pictures, on one ground."""
    width = sum(each.width for each in pictures) // 2 + GAP * (len(pictures) + 1)
    sheet = Image.new("RGB", (width, HEIGHT + 2 * GAP), GROUND)
    left = GAP
    for each in pictures:
        small = each.resize((each.width // 2, each.height // 2), Image.Resampling.LANCZOS)
        sheet.paste(small.crop((0, 0, small.width, min(HEIGHT, small.height))), (left, GAP))
        left += small.width + GAP
    return sheet


if __name__ == "__main__":
    sys.exit(main())
