"""A picture of the mail, by the browser of this machine."""

import asyncio
import io
import shutil
import stat
from pathlib import Path
from time import monotonic

import pytest
from PIL import Image

from digest.errors import DigestError
from digest.newsletters import Newsletter
from digest.preview import picture, preview_issue, write_preview
from digest.preview.picture import take_picture
from digest.workspace import Workspace
from tests.speed import seconds
from tests.website import Site

PAGE = """<!doctype html><html><head><meta name="color-scheme" content="light dark"><style>
body {{ margin: 0; background: #ffffff }} @media (prefers-color-scheme: dark) {{ body {{ background: #102030 }} }}
</style></head><body><div style="height:1500px">{}</div></body></html>"""


def opened(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png)).convert("RGB")


@pytest.mark.browser
@pytest.mark.skipif(shutil.which("chromium") is None, reason="needs a browser: apt-get install chromium")
class TestWithChromium:
    def test_the_whole_mail_is_in_it_two_pixels_for_each(
        self, workspace: Workspace, daily: Newsletter, tmp_path: Path
    ) -> None:
        preview = asyncio.run(preview_issue(workspace, daily))
        for width in (600, 375):
            write_preview(preview, daily, tmp_path / "issue.png", width=width)
            header = (tmp_path / "issue.png").read_bytes()[:24]
            assert header.startswith(b"\x89PNG\r\n\x1a\n")
            assert int.from_bytes(header[16:20]) == width * 2
            assert int.from_bytes(header[20:24]) > 1000

    def test_it_is_as_high_as_the_mail_light_or_dark(self) -> None:
        light, dark = opened(take_picture(PAGE.format(""))), opened(take_picture(PAGE.format(""), dark=True))
        assert light.size == dark.size == (1200, 3000)
        assert (light.getpixel((600, 2990)), dark.getpixel((600, 2990))) == ((255, 255, 255), (16, 32, 48))

    def test_pictures_come_over_http_and_from_no_file_and_no_script_runs(self, site: Site, tmp_path: Path) -> None:
        red = io.BytesIO()
        Image.new("RGB", (10, 10), "#ff0000").save(red, "PNG")
        (tmp_path / "red.png").write_bytes(red.getvalue())
        url = site.page("/red.png", red.getvalue(), Content_Type="image/png")
        wide = '<img src="{}" style="display:block;width:600px;height:100px">'
        body = wide.format(url) + wide.format((tmp_path / "red.png").as_uri())
        shot = opened(take_picture(PAGE.format(body + '<script>document.body.style.background = "#00ff00"</script>')))
        assert shot.getpixel((600, 100)) == (255, 0, 0)
        assert shot.getpixel((1100, 300)) == (255, 255, 255)
        assert shot.getpixel((600, 2990)) == (255, 255, 255)

    def test_a_picture_that_does_not_come_is_not_waited_for(self, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(picture, "LOADING_SECONDS", 0.5)
        began = monotonic()
        take_picture(PAGE.format(f'<img src="{site.slow("/slow.png", 6)}">'))
        assert monotonic() - began < seconds(6)

    def test_a_very_long_mail_is_a_smaller_picture(self) -> None:
        shot = opened(take_picture('<body style="margin:0"><div style="height:20000px">'))
        assert shot.size == (480, 16000)


def test_without_a_browser_it_is_said_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(DigestError, match=r"install chromium, or write \.html"):
        take_picture("<p>Words</p>")


@pytest.mark.parametrize(("script", "told"), [("echo it hurts >&2; exit 1", "it hurts"), ("sleep 60", "in time")])
def test_a_browser_that_fails_is_told_of(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: str, told: str
) -> None:
    browser = tmp_path / "chromium"
    browser.write_text(f"#!/bin/sh\n{script}\n")
    browser.chmod(browser.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr(picture, "PATIENCE_SECONDS", 1.0)
    with pytest.raises(DigestError, match=told):
        take_picture("<p>Words</p>")
