"""The plain-text part: whether it is there, says the same as the HTML, and is text."""

import re
from collections.abc import Iterator

from digest.lint.findings import Severity, Spot
from digest.lint.leftovers import check_words
from digest.lint.links import is_unsubscribe

WIDEST = 78  # columns, RFC 5322 §2.1.1
FEWEST_WORDS = 20
LEAST_SHARE = 0.2  # of the words of the HTML
TAG = re.compile(
    r"</?(?:p|div|a|br|b|i|strong|em|span|table|tr|td|h[1-6]|ul|li|img|html|body|style)\b[^<>]{0,200}>", re.IGNORECASE
)
REFERENCE = re.compile(r"&(?:nbsp|amp|quot|lt|gt|rsquo|mdash|ndash|hellip|#\d{2,5});")


def check_text(text: str, html_words: int, *, is_flowed: bool) -> Iterator[Spot]:
    """The text part, beside the number of words that the HTML has (0 when there is no HTML).

    The lines of a text that ``is_flowed`` (RFC 3676) are the reader's to break.
    """
    words = len(text.split())
    if words < max(1, min(FEWEST_WORDS, html_words * LEAST_SHARE)) or words < html_words * LEAST_SHARE:
        message = f"the text part has {words} words, the HTML {html_words}"
        remedy = "Say the same in both: watches, screen readers and filters read the text."
        yield Spot(Severity.WARNING, "text-part-empty", "text", message, remedy)
    for number, line in enumerate(text.splitlines(), 1):
        yield from _line(line, f"text line {number}", is_flowed=is_flowed)
    if words >= FEWEST_WORDS and not is_unsubscribe(text):
        message = "the text part does not say how to unsubscribe"
        yield Spot(Severity.WARNING, "text-without-unsubscribe", "text", message, "Put the link at its end.")


def _line(line: str, place: str, *, is_flowed: bool) -> Iterator[Spot]:
    yield from check_words(line, place)
    for pattern, what in ((TAG, "HTML tags"), (REFERENCE, "HTML references")):
        if pattern.search(line):
            message = f"{what} stand in the text part"
            yield Spot(Severity.WARNING, "text-has-html", place, message, "Write it as plain text.", line)
    if len(line) > WIDEST and not is_flowed and any(len(word) <= WIDEST for word in line.split()) and "://" not in line:
        message = f"lines are longer than {WIDEST} columns"
        yield Spot(Severity.NOTICE, "text-line-long", place, message, "Wrap them at 76 columns.")
