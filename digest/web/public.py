"""An issue as it was sent, made into a page for everyone."""

from digest import compose


def public_html(html: str) -> str:
    """The stored HTML for the public, without anything that belongs to one reader alone."""
    return compose.public_html(html)
