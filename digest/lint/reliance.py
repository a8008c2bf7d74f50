"""Whether a mail still has its looks where ``<style>`` is dropped, as Gmail's apps do for addresses of others."""

from collections.abc import Iterator
from typing import Any

from digest.lint.css import Declaration, is_zero, words_of
from digest.lint.page import Page

LOOKS = frozenset(
    "color background background-color font font-family font-size font-weight text-align width max-width height "
    "padding padding-top padding-right padding-bottom padding-left border line-height".split()
)
RESETS = frozenset({"none", "normal", "inherit", "initial", "auto", "collapse"})
FEWEST = 5  # elements: below that, something small is lost


def relies_on_style(page: Page) -> tuple[int, Any] | None:
    """How many elements look as they do by style sheets alone, and the first; None when most have it inline too."""
    elements = [element for element in page.applied if element.tag != "html" and any(_bare(page, element))]
    inline = sum(bool(set(element.keys()) & {"style", "bgcolor"}) for element in page.elements)
    if len(elements) < FEWEST or len(elements) <= inline:
        return None
    return len(elements), elements[0]


def _bare(page: Page, element: Any) -> Iterator[Declaration]:
    """What style sheets say of the element's looks at rest, in any window, and its own attributes do not."""
    own = {one.name for one in page.inline.get(element, ())}
    for applied in page.applied[element]:
        if not applied.rule.groups and applied.selector.is_at_rest:
            yield from (one for one in applied.rule.declarations if one.name in LOOKS - own and not _is_reset(one))


def _is_reset(one: Declaration) -> bool:
    return bool(words_of(one.value) & RESETS) or (one.name.startswith(("padding", "border")) and is_zero(one.value))
