"""Segments: which part of a list is meant, told in a small language.

``parse`` reads it; ``condition`` puts it to a database and ``holds`` to one subscription, and both answer alike.
"""

from subscribers.segments.conditions import condition
from subscribers.segments.expressions import Segment
from subscribers.segments.mistakes import BadSegment
from subscribers.segments.naming import check_names
from subscribers.segments.parsing import parse
from subscribers.segments.reading import holds

__all__ = ["BadSegment", "Segment", "check_names", "condition", "holds", "parse"]
