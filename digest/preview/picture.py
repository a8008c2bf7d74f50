"""A picture of a mail, taken by the Chromium of this machine.

The mail is loaded as a mail client would: no script runs, pictures come over http(s), no file of this machine is read.
"""

from base64 import b64decode, b64encode
from time import monotonic

from digest.errors import DigestError
from digest.preview.chromium import Chromium, find_chromium

MAIL_WIDTH = 600
SHARPNESS = 2.0  # pixels for each CSS pixel
TALLEST = 16_000  # pixels: beyond it Chromium paints nothing
LONGEST_PAGE = 1_500_000  # bytes: Chromium opens no address that is longer than 2 MiB
LOADING_SECONDS = 10.0
PATIENCE_SECONDS = 45.0


def take_picture(html: str, *, width: int = MAIL_WIDTH, dark: bool = False) -> bytes:
    """The whole mail as a PNG, ``width`` CSS pixels wide, two pixels each.

    Pictures that are not there after ten seconds stay blank. Raises DigestError when there is no Chromium, or it
    fails.
    """
    binary = find_chromium()
    page = html.encode()
    if len(page) > LONGEST_PAGE:
        raise DigestError(f"the mail has {len(page) // 1024} KB, too many for a picture: write .html")
    with Chromium(binary, deadline=monotonic() + PATIENCE_SECONDS) as browser:
        browser.call("Page.enable")
        browser.call("Emulation.setScriptExecutionDisabled", value=True)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        browser.call("Emulation.setEmulatedMedia", features=[scheme])
        _set_size(browser, width, 800)
        browser.call("Page.navigate", url=f"data:text/html;charset=utf-8;base64,{b64encode(page).decode()}")
        browser.wait_for("Page.loadEventFired", LOADING_SECONDS)
        return _whole_page(browser, width)


def _whole_page(browser: Chromium, width: int) -> bytes:
    height = max(1, round(browser.call("Page.getLayoutMetrics")["cssContentSize"]["height"]))
    _set_size(browser, width, height)
    clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
    shot = browser.call("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip)
    return b64decode(shot["data"])


def _set_size(browser: Chromium, width: int, height: int) -> None:
    sharpness = min(SHARPNESS, TALLEST / height)
    browser.call(
        "Emulation.setDeviceMetricsOverride",
        width=width,
        height=height,
        deviceScaleFactor=sharpness,
        mobile=False,
    )
