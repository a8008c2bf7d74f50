"""The mails whose pictures are kept: every theme, wide and narrow, by day, by night and without images.

Run as a program (``make pictures``) it takes all pictures anew: look at each one before you keep it.
"""

import sys
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import BytesIO
from itertools import product
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Route

from digest.compose import compose
from digest.domain import Issue, Recipient
from digest.newsletters import Sponsor
from digest.templating import themes
from tests.browser import CHROMIUM, running_browser
from tests.compose.conftest import read_issue

REPOSITORY = Path(__file__).parents[2]
PHOTOGRAPHS = REPOSITORY / "digest" / "demo" / "newsroom" / "images"
KEPT = REPOSITORY / "tests" / "data" / "pictures"
WIDTHS = (600, 375)
MODES = ("light", "dark", "images-off")
READER = Recipient("ines@example.org", "Inês", "7.daily.token", "<daily.214.7@news.example.com>", "7.daily.other")
COLOURS = 48  # of a kept picture: enough to compare, and small


@dataclass(frozen=True, slots=True)
class Scene:
    """One mail as one reader sees it. ``language`` is that of our words."""

    theme: str
    width: int
    mode: str
    language: str = "en"

    @property
    def name(self) -> str:
        """What its picture is called."""
        return f"{self.theme}-{self.width}-{self.mode}" + ("" if self.language == "en" else f"-{self.language}")

    @property
    def kept(self) -> Path:
        """Where its picture is."""
        return KEPT / f"{self.name}.png"


SCENES = (
    *(Scene(*each) for each in product(themes(), WIDTHS, MODES)),
    *(Scene(theme, 600, "light", "ar") for theme in themes()),
)


def issue() -> Issue:
    """The Harbour Post's issue with all that an issue can have."""
    plain = read_issue()
    sponsor = Sponsor(
        name="Almara Tideworks",
        headline="Hot water from cold sea",
        text="Heat pumps for houses on the quay, fitted in two days. Readers of the Post get the survey free.",
        url="https://tideworks.example.com/survey",
    )
    newsletter = plain.newsletter.model_copy(update={"sponsor": sponsor})
    intro = "Good morning. The fog has lifted, the first ferry left on time, and the fish market has a new clock."
    return replace(plain, newsletter=newsletter, intro=intro)


def mail(scene: Scene, templates: Path | None = None) -> str:
    """The scene's mail as HTML, as one reader gets it."""
    message = compose(
        issue(),
        scene.theme,
        public_url="https://news.example.com",
        date=datetime(2026, 11, 23, 7, tzinfo=UTC),
        language=scene.language,
        templates=templates,
    )
    return message.html_for(READER)


def picture(browser: Browser, scene: Scene, html: str) -> Image.Image:
    """The whole mail as that reader sees it."""
    scheme = "dark" if scene.mode == "dark" else "light"
    tab = browser.new_page(viewport={"width": scene.width, "height": 800}, color_scheme=scheme)
    tab.route("**/*", _nothing if scene.mode == "images-off" else _photograph)
    tab.set_content(html, wait_until="load")
    taken = tab.screenshot(full_page=True)
    tab.close()
    return Image.open(BytesIO(taken)).convert("RGB")


def _photograph(route: Route) -> None:
    name = route.request.url.rpartition("/")[2]
    route.fulfill(path=PHOTOGRAPHS / name)


def _nothing(route: Route) -> None:
    route.abort()


def main() -> int:
    """Take every picture anew."""
    if CHROMIUM is None:
        print("pictures need a browser: apt-get install chromium fonts-liberation", file=sys.stderr)
        return 1
    KEPT.mkdir(exist_ok=True)
    for old in KEPT.glob("*.png"):
        old.unlink()
    with running_browser() as browser:
        for scene in SCENES:
            taken = picture(browser, scene, mail(scene))
            taken.quantize(COLOURS, dither=Image.Dither.NONE).save(scene.kept, optimize=True)
            print(scene.kept.relative_to(REPOSITORY))
    return 0


if __name__ == "__main__":
    sys.exit(main())
