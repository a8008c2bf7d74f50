"""Addresses of links and pictures: whether they lead anywhere from a mail, and whether a filter would mind."""

from ipaddress import ip_address
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

from digest.lint.findings import Severity
from digest.lint.vocabulary import SHORTENERS

PLACEHOLDERS = frozenset("example.com example.org example.net www.example.com www.example.org www.example.net".split())
SCHEMES = frozenset({"http", "https", "mailto", "tel", "sms", "webcal", "cid", ""})
LOCAL = (".localhost", ".local", ".internal", ".test", ".invalid")


class Wrong(NamedTuple):
    """What is wrong with an address: how bad, the rule, what, and what to do."""

    severity: Severity
    rule: str
    message: str
    remedy: str


EMPTY = Wrong(Severity.ERROR, "link-empty", "a link leads nowhere", "Give it an address, or make it plain text.")
NO_PLACE = EMPTY._replace(
    message="a link leads to a place that is not in the mail", remedy="Name the place with an id."
)
NO_MAILBOX = EMPTY._replace(message="a mailto: link names no address", remedy="Write mailto:name@domain.")
SCRIPT = Wrong(Severity.ERROR, "link-javascript", "a link runs a script, which no client allows", "Link to a page.")
MALFORMED = Wrong(
    Severity.ERROR, "link-malformed", "a link's address is none", "Write it as https://host/path, without spaces."
)
RELATIVE = Wrong(
    Severity.ERROR,
    "link-relative",
    "a link's address is relative, and leads nowhere in a mail",
    "Write the whole address: a mail has no page that it could be relative to.",
)
BY_NUMBER = Wrong(
    Severity.WARNING,
    "link-to-ip-address",
    "a link names its host by number, as phishers do",
    "Use the name of the host.",
)
NOT_SECURE = Wrong(Severity.WARNING, "link-http", "a link is not secure (http:)", "Use https:, when the site has it.")


def parts_of(address: str) -> SplitResult:
    """The parts of an address; all empty for what is none."""
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")


def host_of(address: str) -> str:
    """The host that a web address names, without its port; "" for what names none."""
    return parts_of(address).hostname or ""


def is_local(host: str) -> bool:
    """True for a host that only this machine or network knows."""
    if host == "localhost" or host.endswith(LOCAL):
        return True
    return _is_ip(host) and not ip_address(host).is_global


def wrong_link(href: str, places: set[str]) -> Wrong | None:
    """What is wrong with a link's address; ``places`` are the names of what is in the mail to link to."""
    if href in ("", "#"):
        return EMPTY
    if href.startswith("#"):
        return None if href[1:] in places or href == "#top" else NO_PLACE
    parts = parts_of(href)
    if parts.scheme == "javascript":
        return SCRIPT
    if parts == urlsplit("") or parts.scheme not in SCHEMES or any(mark.isspace() for mark in href):
        return MALFORMED
    if parts.scheme == "mailto":
        return None if "@" in parts.path else NO_MAILBOX
    return _wrong_host(parts) if parts.scheme in ("", "http", "https") else None


def _wrong_host(parts: SplitResult) -> Wrong | None:
    host = parts.hostname or ""
    if not parts.scheme and not parts.netloc:
        return RELATIVE
    if host in ("", "http", "https"):
        return MALFORMED
    if host in PLACEHOLDERS:
        return Wrong(Severity.ERROR, "link-placeholder", f"a link still leads to {host}", "Give it its true address.")
    if is_local(host):
        what = f"a link leads to {host}, which readers cannot reach"
        return Wrong(Severity.ERROR, "link-local", what, "Use the public address.")
    if host in SHORTENERS:
        remedy = "Link to the page itself: filters distrust addresses that hide where they lead."
        return Wrong(Severity.WARNING, "link-shortened", f"a link hides behind {host}", remedy)
    if _is_ip(host):
        return BY_NUMBER
    return NOT_SECURE if parts.scheme == "http" else None


def _is_ip(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
