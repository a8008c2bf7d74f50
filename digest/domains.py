"""Domains as mail servers and name servers write them."""

import re
from functools import lru_cache

from pydantic import AnyHttpUrl, ValidationError

ASCII_DOMAIN = re.compile(r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")


@lru_cache(maxsize=1024)
def ascii_domain(domain: str) -> str:
    """The domain in ASCII (RFC 5890), or nothing when it is no domain."""
    if domain.isascii() or not re.fullmatch(r"[\w.-]+", domain):
        return domain if ASCII_DOMAIN.fullmatch(domain) else ""
    try:
        return AnyHttpUrl(f"http://{domain}").host or ""
    except ValidationError:
        return ""
