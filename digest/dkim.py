"""Where DKIM keys stand: in ``digest.toml`` as tables ``[[dkim]]``, in the domain's name service as records."""

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from digest.kinds import Table

LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
SELECTOR = re.compile(rf"{LABEL}(?:\.{LABEL})*", re.ASCII)
DOMAIN = re.compile(rf"{LABEL}(?:\.{LABEL})+", re.ASCII)
LONGEST_NAME = 253  # of a name in DNS (RFC 1035 §2.3.4)


def check_domain(text: str) -> str:
    """The domain in small letters. Raises ValueError for what is none, or is not written in ASCII."""
    if not DOMAIN.fullmatch(text.lower()) or len(text) > LONGEST_NAME:
        raise ValueError(f'"{text}" is not a domain in ASCII')
    return text.lower()


def check_selector(text: str) -> str:
    """The selector in small letters. Raises ValueError for what is none (RFC 6376 §3.1)."""
    if not SELECTOR.fullmatch(text.lower()) or len(text) > LONGEST_NAME:
        raise ValueError(f'"{text}" is not a selector: letters, digits and hyphens')
    return text.lower()


def record_name(domain: str, selector: str) -> str:
    """The name of the record that bears the public key (RFC 6376 §3.6.2.1)."""
    return f"{selector}._domainkey.{domain}"


class DkimKey(Table):
    """A table ``[[dkim]]``: mail from ``domain``, or from one below it, is signed with the private key in a file.

    ``key`` is the file, relative to ``digest.toml``.
    """

    domain: Annotated[str, AfterValidator(check_domain)]
    selector: Annotated[str, AfterValidator(check_selector)]
    key: str = Field(min_length=1)

    def is_for(self, domain: str) -> bool:
        """True when mail from that domain, in ASCII, is signed with this key."""
        return f".{domain.lower()}".endswith(f".{self.domain}")


def _several(tables: Any) -> Any:
    if not isinstance(tables, list):
        raise ValueError("write [[dkim]] in two brackets, once for each key")  # noqa: TRY004  # pydantic's way
    return tables


DkimKeys = Annotated[tuple[DkimKey, ...], BeforeValidator(_several)]
