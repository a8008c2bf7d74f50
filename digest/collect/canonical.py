"""One address for one article: what says how a reader came is taken off, what names the article stays.

After RFC 3986 §6.2 (case, default ports) and the parameters that trackers add.
"""

import re
from urllib.parse import quote, unquote, urljoin, urlsplit, urlunsplit

TRACKING = re.compile(
    r"utm_\w+|fbclid|gclid|dclid|gbraid|wbraid|msclkid|yclid|igshid|mc_cid|mc_eid|mkt_tok|_hsenc|_hsmi|oly_\w+_id|"
    r"vero_(?:id|conv)|s_cid|ncid|cmpid|ref_src|ref_url|spm|wt_mc|at_(?:medium|campaign)\w*|xtor|__twitter_impression",
    re.IGNORECASE,
)
DEFAULT_PORTS = {"http": 80, "https": 443}
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
UNSAFE = re.compile(r"[\x00-\x20\x7f]")
KEPT = "/:@!$&'()*+,;=~%-._?"


def canonical_url(url: str) -> str:
    """The canonical form of an http or https URL; "" for anything else. Applied twice it changes nothing."""
    try:
        parts = urlsplit(CONTROL.sub("", url).strip())
        host, port = (parts.hostname or "").rstrip("."), parts.port
        host = host.encode("idna").decode() if not host.isascii() else host
    except ValueError:
        return ""
    scheme = parts.scheme.lower()
    if scheme not in DEFAULT_PORTS or not host or UNSAFE.search(host) or set(host) & set('<>"{}|\\^`%[]'):
        return ""
    host = f"[{host}]" if ":" in host else host
    place = host if port in (None, DEFAULT_PORTS[scheme]) else f"{host}:{port}"
    return urlunsplit((scheme, place, quote(parts.path, safe=KEPT) or "/", _query(parts.query), ""))


def absolute_url(base: str, link: str) -> str:
    """The link as seen from ``base``; "" when it leads nowhere on the web. An empty link is no link to ``base``."""
    try:
        joined = urljoin(base, link.strip()) if link.strip() else ""
    except ValueError:
        return ""
    return joined if canonical_url(joined) else ""


def _query(query: str) -> str:
    """The query without what trackers added. The rest is not decoded: it may be in any encoding."""
    kept = [pair for pair in query.split("&") if not TRACKING.fullmatch(unquote(pair.partition("=")[0]))]
    return quote("&".join(kept), safe=KEPT)
