"""Character references of XML and HTML (``&amp;``, ``&eacute;``, ``&#8217;``) as an XML parser understands them.

Feeds are full of those that only HTML knows, of numbers that are no characters, and of ampersands that nobody escaped.
"""

import html
import re

REFERENCE = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)|&(?P<name>#\d{1,9};|#[xX][0-9a-fA-F]{1,8};|\w{1,31};)?", re.DOTALL
)
OF_XML = frozenset({"amp;", "lt;", "gt;", "quot;", "apos;"})


def mend_references(text: str) -> str:
    """The document with a letter for each reference that XML does not know, and each lone ampersand escaped."""
    return REFERENCE.sub(_mended, text)


def _mended(found: re.Match[str]) -> str:
    name = found["name"]
    if not found[0].startswith("&") or name in OF_XML:
        return found[0]
    letters = html.unescape(found[0]) if name else found[0]
    if letters == found[0]:  # a name that nobody knows is words
        return "&amp;" + found[0][1:]
    return html.escape(letters)
