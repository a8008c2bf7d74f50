"""Makes the README's picture: the next issue of the demo's newsletter, by the project's own preview.

Needs Debian's chromium. Run by ``make screenshot``.
"""

import asyncio
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from digest.demo.run import NEWSLETTER, Demo
from digest.preview import preview_issue, write_preview

PICTURE = Path(__file__).parent / "issue.png"
FLAGS = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-sync"
WIDTH, HEIGHT = 680, 1480  # CSS pixels: the issue down to its third section


def main() -> int:
    """Write ``docs/issue.png``."""
    browser = shutil.which("chromium")
    if browser is None:
        print("the picture needs a browser: apt-get install chromium", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder, Demo(Path(folder) / "demo", 0) as demo:
        newsletter = demo.workspace.config.newsletter(NEWSLETTER)
        page = Path(folder) / "issue.html"
        write_preview(asyncio.run(preview_issue(demo.workspace, newsletter)), newsletter, page)
        take(browser, page)
    print(f"wrote {PICTURE}")
    return 0


def take(browser: str, page: Path) -> None:
    """A picture of the page at the width of a mail."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser, args=FLAGS.split())
        tab = chromium.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        tab.goto(page.as_uri(), wait_until="networkidle")
        tab.screenshot(path=PICTURE)
        chromium.close()


if __name__ == "__main__":
    sys.exit(main())
