"""The newsletters and topics that a segment speaks of: a name mistyped would choose others than were meant."""

from collections.abc import Collection, Iterator, Mapping

from subscribers.segments.expressions import All, Comparison, Expression, Not, Segment, Some
from subscribers.segments.mistakes import BadSegment, listed, meant


def check_names(segment: Segment, known: Mapping[str, Collection[str]]) -> None:
    """Raises BadSegment for the first name that is not among the ``known`` ones of its field."""
    for comparison in _comparisons(segment.expression):
        field = comparison.field.name
        for value, place in zip(comparison.values, comparison.places, strict=True):
            if field in known and value not in known[field]:
                names = listed(known[field], "and") if known[field] else "none"
                hint = meant(str(value), known[field]) or f" (known: {names})"
                raise BadSegment(f'there is no {field} "{value}"{hint}', segment.text, place)


def _comparisons(expression: Expression) -> Iterator[Comparison]:
    match expression:
        case Comparison():
            yield expression
        case Not(part):
            yield from _comparisons(part)
        case All(parts) | Some(parts):
            for part in parts:
                yield from _comparisons(part)
