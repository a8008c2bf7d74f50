"""What the editor looks at, and how: all of it stands in the address, so that reloading and sharing keep it."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from urllib.parse import urlencode

VIEWS = ("mail", "text", "headers", "source", "html", "lint", "why")
DEVICES = ("both", "desktop", "phone")
SCHEMES = ("light", "dark", "forced")
IMAGES = ("on", "off")
ALLOWED = {"view": VIEWS, "device": DEVICES, "scheme": SCHEMES, "images": IMAGES, "kept": ("", "1")}
LONGEST = 320


@dataclass(frozen=True, slots=True)
class Choice:
    """The choices in the address. ``kept`` asks for the last good rendering, ``sent`` names an attempt to send."""

    view: str = "mail"
    device: str = "both"
    scheme: str = "light"
    images: str = "on"
    reader: str = "plain"
    theme: str = ""
    variant: str = ""
    to: str = ""
    kept: str = ""
    sent: str = ""

    def but(self, **changes: str) -> str:
        """The address of the page with some choices changed; what is as usual is not in it."""
        query = replace(self, **changes).changed
        return f"/?{urlencode(query)}" if query else "/"

    @property
    def changed(self) -> dict[str, str]:
        """The choices that are not as usual."""
        return {each.name: value for each in fields(self) if (value := getattr(self, each.name)) != each.default}

    @property
    def mail(self) -> str:
        """The address of the mail in its frame."""
        names = ("scheme", "images", "reader", "theme", "variant", "kept")
        query = {name: value for name, value in self.changed.items() if name in names}
        return f"/mail?{urlencode(query)}" if query else "/mail"


def read_choice(query: Mapping[str, str]) -> Choice:
    """Read the choices from the address; what makes no sense is as usual."""
    known = {each.name: query[each.name][:LONGEST].strip() for each in fields(Choice) if each.name in query}
    return Choice(**{name: value for name, value in known.items() if value in ALLOWED.get(name, (value,))})
