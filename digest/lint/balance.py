"""Whether boxes, tables and links are closed: each client mends what is not in a way of its own.

Parsers mend it too, and say nothing; so the tags are read as they are written. Only those are looked at whose end
tag HTML never lets anyone leave out.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator

from digest.lint.findings import Severity, Spot

TAG = re.compile(r"<!--|<(?P<raw>style|script|title|textarea)(?=[\s/>])|<(?P<end>/?)(?P<name>div|table|a)(?=[\s/>])")
ENDS = {"": "-->", "style": "</style", "script": "</script", "title": "</title", "textarea": "</textarea"}


def check_balance(html: str) -> Iterator[Spot]:
    """Tags that are not closed, and end tags that close nothing."""
    line_ends = [found.start() for found in re.finditer("\n", html)]
    for position, rule, message, remedy in _mistakes(html.lower()):
        place = f"HTML line {bisect_left(line_ends, position) + 1}"
        yield Spot(Severity.WARNING, rule, place, message, remedy, html[position : position + 80])


def _mistakes(lower: str) -> Iterator[tuple[int, str, str, str]]:
    """Where a mistake is, its rule, what is wrong and what to do."""
    opened: list[tuple[str, int]] = []
    for is_end, name, position in _tags(lower):
        if not is_end:
            opened.append((name, position))
        elif name not in (other for other, _ in opened[-50:]):
            message = f"</{name}> closes nothing: it may close what is around it"
            yield position, "tag-stray", message, "Take it out, or open what it is to close."
        else:
            while (last := opened.pop())[0] != name:
                yield _unclosed(*last)
    for name, position in opened:
        yield _unclosed(name, position)


def _tags(lower: str) -> Iterator[tuple[bool, str, int]]:
    """The tags of the three kinds, with their positions; not those in comments, where Outlook's own stand."""
    position = 0
    while found := TAG.search(lower, position):
        position = found.end()
        if found["name"]:
            yield bool(found["end"]), found["name"], found.start()
            continue
        end = lower.find(ENDS[found["raw"] or ""], position)
        if end < 0:
            return
        position = end


def _unclosed(name: str, position: int) -> tuple[int, str, str, str]:
    message = f"a <{name}>, or one inside it, is not closed: each client ends it somewhere else"
    return position, "tag-unclosed", message, f"Write its </{name}>."
