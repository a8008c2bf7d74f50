"""Selectors of mails (CSS Selectors Level 3): which elements a rule is for, and how specific it is.

Types, classes, ids, attributes and the four combinators; of the pseudo-classes those that a mail at rest can tell.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import tinycss2.ast as tokens

MOST_STEPS = 2_000_000  # comparisons of one element with one part of a selector, in one mail
MOST_PARTS = 12
STATIC = frozenset({"root", "link"})
COMBINATORS = (">", "+", "~")


class TooManySteps(ValueError):
    """The selectors take longer to match than those of any mail would."""


@dataclass(slots=True)
class Compound:
    """What one element must be: ``td.price[align=right]``."""

    tag: str = ""
    id: str = ""
    classes: list[str] = field(default_factory=list)
    attributes: list[tuple[str, str, str]] = field(default_factory=list)
    pseudos: list[str] = field(default_factory=list)
    is_universal: bool = False


@dataclass(slots=True)
class Selector:
    """Compounds from left to right, and before each but the first how it stands to the one before."""

    compounds: list[Compound]
    combinators: list[str]

    @property
    def specificity(self) -> tuple[int, int, int]:
        """Ids; classes, attributes and pseudo-classes; types."""
        parts = self.compounds
        return (
            sum(bool(part.id) for part in parts),
            sum(len(part.classes) + len(part.attributes) + len(part.pseudos) for part in parts),
            sum(bool(part.tag) for part in parts),
        )

    @property
    def is_at_rest(self) -> bool:
        """True when nobody must do anything, or be asked about places among others, for it to apply."""
        return all(pseudo in STATIC for part in self.compounds for pseudo in part.pseudos)


def read_selectors(prelude: Sequence[Any]) -> list[Selector]:
    """The selectors of a rule; those that are none are left out."""
    return [selector for part in _split(prelude) if (selector := _read(part)) is not None]


def _split(prelude: Sequence[Any]) -> Iterator[list[Any]]:
    part: list[Any] = []
    for node in prelude:
        if node == ",":
            yield part
            part = []
        elif not isinstance(node, tokens.Comment):
            part.append(node)
    yield part


def _read(part: list[Any]) -> Selector | None:
    """One selector, or None. A gap is a descendant combinator unless another stands beside it."""
    selector, gap, previous = Selector([], []), " ", None
    current: Compound | None = None
    for node in part:
        if isinstance(node, tokens.WhitespaceToken):
            current = None
        elif node in COMBINATORS:
            gap, current = node.value, None
        else:
            if current is None:
                current = _next_compound(selector, gap)
                gap = " "
            if len(selector.compounds) > MOST_PARTS or not _take(current, node, previous):
                return None
        previous = node
    return selector if selector.compounds else None


def _next_compound(selector: Selector, combinator: str) -> Compound:
    compound = Compound()
    if selector.compounds:
        selector.combinators.append(combinator)
    selector.compounds.append(compound)
    return compound


def _take(compound: Compound, node: Any, previous: Any) -> bool:
    """Note what the node asks of the element; False when it is none of a selector."""
    if isinstance(node, tokens.IdentToken):
        _take_name(compound, node, previous)
    elif isinstance(node, tokens.HashToken):
        compound.id = node.value
    elif isinstance(node, tokens.SquareBracketsBlock):
        compound.attributes.append(_attribute(node.content))
    elif isinstance(node, tokens.FunctionBlock):
        compound.pseudos.append(node.lower_name)
    elif node == "*":
        compound.is_universal = True
    else:
        return node in (".", ":")
    return True


def _take_name(compound: Compound, node: Any, previous: Any) -> None:
    if previous == ".":
        compound.classes.append(node.value)
    elif previous == ":":
        compound.pseudos.append(node.lower_value)
    else:
        compound.tag = node.lower_value


def _attribute(content: list[Any]) -> tuple[str, str, str]:
    """Name, operator and value of ``[name~=value]``."""
    name = operator = value = ""
    for node in content:
        if isinstance(node, tokens.LiteralToken):
            operator += node.value
        elif isinstance(node, tokens.IdentToken | tokens.StringToken):
            name, value = (name, node.value) if operator else (node.value.lower(), value)
    return name, operator, value


class Matcher:
    """Tells whether elements are meant by selectors, within a bound for the whole mail."""

    def __init__(self) -> None:
        self._steps = 0

    def matches(self, element: Any, selector: Selector) -> bool:
        """True when the element is meant. Raises TooManySteps."""
        return self._fits(element, selector, len(selector.compounds) - 1)

    def _fits(self, element: Any, selector: Selector, index: int) -> bool:
        self._steps += 1
        if self._steps > MOST_STEPS:
            raise TooManySteps("its selectors take too long to match")
        if not _is_meant(element, selector.compounds[index]):
            return False
        if index == 0:
            return True
        combinator = selector.combinators[index - 1]
        return any(self._fits(other, selector, index - 1) for other in _related(element, combinator))


def _related(element: Any, combinator: str) -> Iterator[Any]:
    """The elements that stand to this one as the combinator says."""
    if combinator == ">":
        parent = element.getparent()
        return iter(() if parent is None else (parent,))
    if combinator == " ":
        return iter(element.iterancestors())
    siblings = (each for each in element.itersiblings(preceding=True) if isinstance(each.tag, str))
    return iter([sibling] if (sibling := next(siblings, None)) is not None else ()) if combinator == "+" else siblings


def _is_meant(element: Any, compound: Compound) -> bool:
    if compound.tag and compound.tag != element.tag:
        return False
    if compound.id and compound.id != element.get("id"):
        return False
    if compound.classes and not set(compound.classes) <= set((element.get("class") or "").split()):
        return False
    if "root" in compound.pseudos and element.getparent() is not None:
        return False
    return all(_has(element, *attribute) for attribute in compound.attributes)


def _has(element: Any, name: str, operator: str, value: str) -> bool:
    own = element.get(name)
    if own is None or not operator:
        return own is not None
    ways = {
        "=": own == value,
        "~=": value in own.split(),
        "|=": own == value or own.startswith(f"{value}-"),
        "^=": bool(value) and own.startswith(value),
        "$=": bool(value) and own.endswith(value),
        "*=": bool(value) and value in own,
    }
    return bool(ways.get(operator, False))
