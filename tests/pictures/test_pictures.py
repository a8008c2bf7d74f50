"""Mails look as they did when somebody last looked at them: pictures held against those that were kept.

Another browser draws type a little otherwise, so both are made small and soft before they are compared: what is told
is a block that is missing, moved, or of another colour. ``make pictures`` takes them anew.
"""

from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageFilter
from playwright.sync_api import Browser

from tests.browser import NEEDS_BROWSER, browser
from tests.pictures import scenes
from tests.pictures.scenes import SCENES, Scene

FONT = Path("/usr/share/fonts/truetype/liberation/LiberationSerif-Regular.ttf")
pytestmark = [
    *NEEDS_BROWSER,
    pytest.mark.pictures,
    pytest.mark.skipif(not FONT.exists(), reason="needs fonts: apt-get install fonts-liberation"),
]
__all__ = ["browser"]  # fixture

SMALLER = 4  # times
HEIGHT_TOLERANCE = 0.02
PIXEL_TOLERANCE = 40  # of 255, in any channel
SHARE_TOLERANCE = 0.02  # of all pixels


def difference(one: Image.Image, other: Image.Image) -> float:
    """The share of the picture that differs; 1 when they have not the same size."""
    if one.width != other.width or abs(one.height - other.height) > HEIGHT_TOLERANCE * other.height:
        return 1.0
    height = min(one.height, other.height)
    left, right = (_softened(each.crop((0, 0, each.width, height))) for each in (one, other))
    channels = ImageChops.difference(left, right).split()
    darkest = ImageChops.lighter(ImageChops.lighter(channels[0], channels[1]), channels[2])
    pixels = darkest.histogram()
    return sum(pixels[PIXEL_TOLERANCE:]) / sum(pixels)


def _softened(picture: Image.Image) -> Image.Image:
    small = picture.convert("RGB").resize((picture.width // SMALLER, picture.height // SMALLER), Image.Resampling.BOX)
    return small.filter(ImageFilter.GaussianBlur(1.5))


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_a_mail_looks_as_it_did(browser: Browser, scene: Scene, tmp_path: Path) -> None:
    assert scene.kept.exists(), "no picture of it was kept: make pictures, and look at it"
    taken = scenes.picture(browser, scene, scenes.mail(scene))
    share = difference(taken, Image.open(scene.kept))
    if share > SHARE_TOLERANCE:
        taken.save(tmp_path / "now.png")
    assert share <= SHARE_TOLERANCE, f"{share:.1%} of it differs: see {tmp_path / 'now.png'}"


@pytest.mark.parametrize("scene", SCENES[:: len(SCENES) // 3], ids=lambda scene: scene.name)
def test_a_lost_block_and_another_colour_are_told(browser: Browser, scene: Scene, tmp_path: Path) -> None:
    own = tmp_path / "issue" / scene.theme / "issue.mjml.j2"
    own.parent.mkdir(parents=True)
    ours = f'{{% extends "digest/issue/{scene.theme}/issue.mjml.j2" %}}'
    kept = Image.open(scene.kept)
    own.write_text(ours + "{% block sponsor %}{% endblock %}")
    assert difference(scenes.picture(browser, scene, scenes.mail(scene, tmp_path)), kept) > SHARE_TOLERANCE
    red = scenes.mail(scene).replace("</head>", RED)
    assert difference(scenes.picture(browser, scene, red), kept) > SHARE_TOLERANCE


RED = "<style>h1, h2, h3 { background: #c00 !important }</style></head>"
