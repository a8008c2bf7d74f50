"""The mail as a frame of the preview shows it: light or dark whatever the system says, with or without pictures.

``prefers-color-scheme`` asks the browser, and the browser asks the system. So that the editor may choose, the media
queries (Media Queries Level 5 §12.5) of the copy in the frame are answered here. The mail itself is left as it is.
"""

import re

from digest.web.preview.choice import Choice

# Same origin, so that the page may keep the place where its reader was; no script, so that nothing can use it.
SANDBOX = "allow-same-origin allow-popups allow-popups-to-escape-sandbox"
PICTURES = "https: http: data:"
POLICY = (
    f"sandbox {SANDBOX}; default-src 'none'; style-src 'unsafe-inline'; img-src {{pictures}}; form-action 'none'; "
    "base-uri 'none'; frame-ancestors 'self'"
)
STYLE = re.compile(r"(<style\b[^>]*>)(.*?)(</style)", re.IGNORECASE | re.DOTALL)
ASKED = re.compile(r"\(\s*prefers-color-scheme\s*:\s*(light|dark)\s*\)", re.IGNORECASE)
HEAD = re.compile(r"<head\b[^>]*>", re.IGNORECASE)
KNOWS_DARK = re.compile(r"color-scheme[^;>]*\bdark\b", re.IGNORECASE)
YES, NO = "(min-width: 0px)", "(max-width: -1px)"
NEW_TAB = '<base target="_blank">'
# What Gmail's apps and Outlook do to mails by themselves is roughly this: turn light into dark and leave pictures.
INVERTED = (
    "<style>html{background:#fff;filter:invert(1) hue-rotate(180deg)}img{filter:invert(1) hue-rotate(180deg)}</style>"
)


def framed(html: str, choice: Choice) -> str:
    """The HTML part for the frame."""
    scheme = "dark" if choice.scheme == "dark" else "light"
    answered = STYLE.sub(lambda style: style[1] + _answered(style[2], scheme) + style[3], html)
    return _into_head(answered, NEW_TAB + _scheme(html, scheme) + (INVERTED if choice.scheme == "forced" else ""))


def frame_policy(choice: Choice) -> str:
    """The Content-Security-Policy of the frame; without pictures a client shows what stands in ``alt``."""
    return POLICY.format(pictures="'none'" if choice.images == "off" else PICTURES)


def _answered(css: str, scheme: str) -> str:
    return ASKED.sub(lambda asked: YES if asked[1].lower() == scheme else NO, css)


def _scheme(html: str, scheme: str) -> str:
    """What the browser itself paints; a mail that knows no dark is light in the dark, too."""
    used = scheme if KNOWS_DARK.search(html) else "light"
    return f"<style>:root{{color-scheme:{used} !important}}</style>"


def _into_head(html: str, more: str) -> str:
    head = HEAD.search(html)
    end = head.end() if head else 0
    return html[:end] + more + html[end:]
