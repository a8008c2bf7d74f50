"""CSS as it stands in mails, read by tinycss2: rules with their selectors, and declarations with their lines."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import tinycss2
import tinycss2.ast as tokens

MOST_TEXT = 300_000  # characters of one sheet
MOST_RULES = 5_000
DEEPEST = 30  # blocks within blocks
GROUPS = frozenset({"media", "supports", "layer", "container"})


class TooMuchCss(ValueError):
    """The CSS is none that a mail would have; the message says what of it."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """``name: value``, the name in lower case; ``value`` is made of tinycss2's nodes, without ``written``'s gaps."""

    name: str
    value: tuple[Any, ...]
    written: tuple[Any, ...]
    is_important: bool
    line: int

    @property
    def source(self) -> str:
        """As it was written, more or less."""
        return f"{self.name}: {tinycss2.serialize(self.written).strip()}"


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that applies where its media do: ``groups`` are the preludes of the at-rules around it, by name."""

    prelude: tuple[Any, ...]
    declarations: tuple[Declaration, ...]
    groups: tuple[tuple[str, tuple[Any, ...]], ...]
    line: int


@dataclass(frozen=True, slots=True)
class AtRule:
    """An at-rule by its name, and how many others it stands in."""

    name: str
    prelude: tuple[Any, ...]
    depth: int
    line: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """A style sheet's rules in order, its at-rules, and the lines on which something is none of CSS."""

    rules: tuple[Rule, ...] = ()
    at_rules: tuple[AtRule, ...] = ()
    mistakes: tuple[int, ...] = ()


def read_sheet(text: str, first_line: int, media: str = "") -> Sheet:
    """The sheet's rules. ``media`` is the attribute of its element. Raises TooMuchCss."""
    _refuse_bombs(text)
    nodes = tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True)
    around = (("media", tuple(tinycss2.parse_component_value_list(media))),) if media else ()
    reader = _Reader(first_line - 1)
    reader.read(nodes, around)
    return Sheet(tuple(reader.rules), tuple(reader.at_rules), tuple(reader.mistakes))


def read_style(text: str, line: int) -> tuple[Declaration, ...]:
    """The declarations of a ``style`` attribute that stands on that line. Raises TooMuchCss."""
    _refuse_bombs(text)
    nodes = tinycss2.parse_blocks_contents(text, skip_comments=True, skip_whitespace=True)
    return tuple(_declaration(node, line) for node in nodes if isinstance(node, tokens.Declaration))


class _Reader:
    """Walks a sheet, at-rules within at-rules."""

    def __init__(self, lines_before: int) -> None:
        self.lines_before = lines_before
        self.rules: list[Rule] = []
        self.at_rules: list[AtRule] = []
        self.mistakes: list[int] = []

    def read(self, nodes: Iterable[Any], groups: tuple[tuple[str, tuple[Any, ...]], ...]) -> None:
        for node in nodes:
            line = self.lines_before + node.source_line
            if isinstance(node, tokens.QualifiedRule):
                self._read_rule(node, groups, line)
            elif isinstance(node, tokens.AtRule):
                self._read_at_rule(node, groups, line)
            elif isinstance(node, tokens.ParseError):
                self.mistakes.append(line)

    def _read_rule(self, node: Any, groups: tuple[tuple[str, tuple[Any, ...]], ...], line: int) -> None:
        if len(self.rules) >= MOST_RULES:
            raise TooMuchCss(f"more than {MOST_RULES:,} rules")
        if any(isinstance(each, tokens.ParseError) for each in node.prelude):
            self.mistakes.append(line)
        inside = tinycss2.parse_blocks_contents(node.content, skip_comments=True, skip_whitespace=True)
        declarations = [each for each in inside if isinstance(each, tokens.Declaration)]
        if any(isinstance(each, tokens.QualifiedRule) for each in inside):
            self.at_rules.append(AtRule("nesting", (), len(groups), line))
        found = tuple(_declaration(each, self.lines_before + each.source_line) for each in declarations)
        self.rules.append(Rule(tuple(node.prelude), found, groups, line))

    def _read_at_rule(self, node: Any, groups: tuple[tuple[str, tuple[Any, ...]], ...], line: int) -> None:
        name = node.lower_at_keyword.removeprefix("-webkit-").removeprefix("-moz-")
        prelude = tuple(node.prelude)
        self.at_rules.append(AtRule(name, prelude, len(groups), line))
        if name in GROUPS and node.content is not None:
            nodes = tinycss2.parse_rule_list(node.content, skip_comments=True, skip_whitespace=True)
            self.read(nodes, (*groups, (name, prelude)))


def all_tokens(nodes: Iterable[Any]) -> Iterator[Any]:
    """Every token, those inside functions and blocks after what they stand in; never deeper than was let in."""
    for node in nodes:
        yield node
        inside = getattr(node, "arguments", None) or getattr(node, "content", None)
        if inside and not isinstance(inside, str):
            yield from all_tokens(inside)


def words_of(nodes: Iterable[Any]) -> set[str]:
    """The identifiers among the tokens, in lower case."""
    return {node.lower_value for node in all_tokens(nodes) if isinstance(node, tokens.IdentToken)}


def functions_of(nodes: Iterable[Any]) -> set[str]:
    """The names of the functions among the tokens, in lower case; ``url`` too where it has no quotation marks."""
    found = {node.lower_name for node in all_tokens(nodes) if isinstance(node, tokens.FunctionBlock)}
    return found | ({"url"} if any(isinstance(node, tokens.URLToken) for node in all_tokens(nodes)) else set())


def is_zero(nodes: Sequence[Any]) -> bool:
    """True when all numbers of a value are zero, or when it has none."""
    numbers = [node for node in nodes if isinstance(node, tokens.DimensionToken | tokens.NumberToken)]
    return all(number.value == 0 for number in numbers)


def _declaration(node: Any, line: int) -> Declaration:
    value = tuple(token for token in node.value if not isinstance(token, tokens.WhitespaceToken | tokens.Comment))
    return Declaration(node.lower_name, value, tuple(node.value), node.important, line)


def _refuse_bombs(text: str) -> None:
    if len(text) > MOST_TEXT:
        raise TooMuchCss(f"more than {MOST_TEXT:,} characters")
    depth = 0
    for mark in text:
        if mark in "{[(":
            depth += 1
            if depth > DEEPEST:
                raise TooMuchCss(f"blocks within blocks, more than {DEEPEST} deep")
        elif mark in "}])":
            depth = max(0, depth - 1)
