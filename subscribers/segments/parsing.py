"""From what was written to what it says; every mistake is told with its place.

Nothing of the text ever becomes SQL: it becomes values, and these are bound.
"""

from functools import cache
from pathlib import Path

from lark import Lark, Token, Transformer, UnexpectedCharacters, UnexpectedToken, v_args
from lark.parsers.lalr_interactive_parser import InteractiveParser

from subscribers.segments.comparing import (
    ALL_FIELDS,
    COMPARISONS,
    MEANT_SIGNS,
    asked,
    compare,
    days_of,
    field_of,
    sign_of,
)
from subscribers.segments.expressions import All, Expression, Known, Lately, Not, Operator, Segment, Some
from subscribers.segments.mistakes import BadSegment, Mistake, listed

LONGEST = 1000  # characters
DEEPEST = 20  # brackets in brackets
LENGTHS = "how long: within 30 days, or within 4 weeks"
EXAMPLE = 'language = "es"'
EXPECTED = {
    "TEXT": 'a value: words such as "sport", a day such as 2026-01-31, or a number',
    "AMOUNT": LENGTHS,
    "WITH": '"with": starts with "…"',
    "KNOWN": '"unknown" or "known"',
    "COMMA": '"," or ")"',
    "NAME": f"a field: {listed(ALL_FIELDS)}",
    "LPAR": '"(": in ("es", "pt")',
    "AND": '"and" or "or"',
}
QUOTES = "“”„«»‘’‚‹›`"


def parse(text: str) -> Segment:
    """Read a segment such as ``language = "es" and joined > 2026-01-01``.

    Raises BadSegment, which says what is wrong and where.
    """
    if not text.strip():
        raise BadSegment(f"there is nothing to choose by (try {EXAMPLE})", text.strip(), 0)
    if len(text) > LONGEST:
        raise BadSegment(f"this is longer than {LONGEST} characters", text, LONGEST)
    try:
        return Segment(text, _read(text))
    except Mistake as mistake:
        raise BadSegment(mistake.told, text, mistake.position) from None


def _read(text: str) -> Expression:
    reading = _parser().parse_interactive(text)
    before: Token | None = None
    last: Token | None = None
    depth = 0
    try:
        for token in reading.iter_parse():
            depth += (token.type == "LPAR") - (token.type == "RPAR")
            if depth > DEEPEST:
                raise Mistake(f"there are more than {DEEPEST} brackets in each other", token.start_pos)
            before, last = last, token
        return _whole(reading)
    except UnexpectedCharacters as error:
        raise _unreadable(error.char, error.pos_in_stream) from None
    except UnexpectedToken as error:
        accepted: set[str] = reading.accepts()  # type: ignore[no-untyped-call]  # lark's own
        ended = error.token.type == "$END"
        place = len(text.rstrip()) if ended else error.token.start_pos
        raise Mistake(_expected(error.token, accepted, last if ended else before), place) from None


def _whole(reading: InteractiveParser) -> Expression:
    whole: Expression = reading.feed_eof()  # type: ignore[no-untyped-call]  # lark's own
    return whole


class _Meaning(Transformer[Token, Expression]):
    """What each rule of the grammar says, made while it is read: from the innermost to the outermost."""

    @v_args(inline=True)
    def denial(self, part: Expression) -> Expression:
        return deny(part)

    def both(self, parts: list[Expression]) -> Expression:
        return All(tuple(parts))

    def either(self, parts: list[Expression]) -> Expression:
        return Some(tuple(parts))

    @v_args(inline=True)
    def signed(self, field: Token, sign: Token, value: Token) -> Expression:
        operator = sign_of(sign)
        spelled = "!=" if sign == "!=" else str(operator)
        made = compare(asked(field, sign, spelled), operator, [value])
        return deny(made) if sign == "!=" else made

    def among(self, tokens: list[Token]) -> Expression:
        field, written, *values = tokens
        return compare(asked(field, written, "in (…)"), Operator.IS, values)

    @v_args(inline=True)
    def spoken(self, field: Token, written: Token, value: Token) -> Expression:
        operator = Operator.STARTS if written.type == "STARTS" else Operator.CONTAINS
        return compare(asked(field, written, str(operator)), operator, [value])

    @v_args(inline=True)
    def within(self, field: Token, written: Token, amount: Token, unit: Token) -> Expression:
        return Lately(asked(field, written, "within"), days_of(amount, unit))

    @v_args(inline=True)
    def known(self, field: Token, written: Token, word: Token) -> Expression:
        made = Known(asked(field, written, f"is {word.lower()}"))
        return made if word.type == "KNOWN" else Not(made)


def deny(part: Expression) -> Expression:
    """What holds when ``part`` does not; of a denial, what it denies."""
    return part.part if isinstance(part, Not) else Not(part)


@cache
def _parser() -> Lark:
    grammar = Path(__file__).with_name("grammar.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", lexer="basic", transformer=_Meaning())


def _unreadable(mark: str, position: int | None) -> Mistake:
    if mark in "\"'":
        return Mistake("this quotation mark is not closed in its line", position)
    if mark in QUOTES:
        return Mistake(f"quotation marks are straight here: \" or ', not {mark}", position)
    if not mark.isprintable():
        return Mistake("here stands a character that cannot be seen", position)
    return Mistake(f'"{mark}" means nothing here', position)


def _expected(token: Token, accepted: set[str], before: Token | None) -> str:
    """What would have been right in the place of ``token``, whose type is ``$END`` at the end."""
    if token in MEANT_SIGNS:
        return f'there is no "{token}", did you mean "{MEANT_SIGNS[token]}"?'
    if token.type == "RPAR" and "$END" in accepted:
        return "no bracket was opened that this one could close"
    if token.type == "$END" and "RPAR" in accepted:
        return 'a bracket is open still: ")" is missing'
    if "TEXT" in accepted and token.type == "NAME":
        return f'words stand in quotation marks: "{token}"; a day is written 2026-01-31'
    if "SIGN" in accepted and before is not None:
        field = field_of(before)
        return f"after {field} comes {listed(COMPARISONS[field.kind])}"
    if accepted == {"NAME"}:
        return f"here has to stand {LENGTHS}"
    return f"here has to stand {next(words for kind, words in EXPECTED.items() if kind in accepted)}"
