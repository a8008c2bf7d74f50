"""What the inbox shows before anything is opened: the subject, and the words after it."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from digest.lint.cascade import looks
from digest.lint.findings import Severity, Spot
from digest.lint.page import INLINE, Page, text_of
from digest.lint.readable import own_text
from digest.lint.vocabulary import IN_BROWSER

LONGEST_SUBJECT = 60  # characters: about what a desktop shows; a phone shows 40
FAR_TOO_LONG = 100
LONGEST_PREHEADER, SHORTEST_PREHEADER = 110, 35
MOST_PICTOGRAMS = 2
INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u2800\u3164\ufeff\xa0]+"
)
ANSWER = re.compile(r"(?:re|fwd?|aw|wg|rv|enc|tr)\s*:", re.IGNORECASE)


def check_subject(subject: str, body_text: str) -> Iterator[Spot]:
    """The subject by itself, and its last word beside those of the mail."""
    if not subject.strip():
        yield _subject(Severity.ERROR, "subject-empty", "the mail has no subject", "Say what is in it.")
        return
    yield from _length(subject)
    yield from _tone(subject)
    if _ends_within_a_word(subject, body_text):
        message = "the subject ends in the middle of a word"
        yield _subject(Severity.WARNING, "subject-cut", message, "End it on a whole word.", subject)


def check_preheader(page: Page, subject: str) -> Iterator[Spot]:
    """The first words of the HTML, which most inboxes show after the subject."""
    element, words, is_hidden = _first_words(page)
    if element is None:
        yield Spot(Severity.ERROR, "mail-empty", "HTML", "there is no text in the HTML", "Write something.")
        return
    place = page.place(element)

    def spot(severity: Severity, rule: str, message: str, remedy: str) -> Spot:
        return Spot(severity, rule, place, message, remedy, words)

    if IN_BROWSER.search(words[:80]):
        message = "the inbox shows “view in browser” after the subject"
        remedy = "Begin the body with a preheader: the next stories in a line, hidden from the mail itself."
        yield spot(Severity.WARNING, "preheader-wasted", message, remedy)
    elif not is_hidden:
        severity = Severity.NOTICE if len(words) >= SHORTEST_PREHEADER else Severity.WARNING
        remedy = "Begin the body with a hidden line that says what else is in it."
        yield spot(
            severity, "preheader-missing", "there is no preheader: the inbox shows the mail's first words", remedy
        )
    elif _plain(words) == _plain(subject):
        message = "the preheader repeats the subject"
        yield spot(Severity.WARNING, "preheader-repeats", message, "Say what else is in the mail.")
    elif not SHORTEST_PREHEADER <= len(words) <= LONGEST_PREHEADER:
        short_or_long = "short" if len(words) < SHORTEST_PREHEADER else "long"
        message = f"the preheader is {short_or_long}: {len(words)} characters"
        remedy = f"Inboxes show {SHORTEST_PREHEADER} to {LONGEST_PREHEADER}."
        yield spot(Severity.NOTICE, "preheader-length", message, remedy)


def _subject(severity: Severity, rule: str, message: str, remedy: str, told: str = "") -> Spot:
    return Spot(severity, rule, "subject", message, remedy, told)


def _length(subject: str) -> Iterator[Spot]:
    if len(subject) > LONGEST_SUBJECT:
        severity = Severity.WARNING if len(subject) > FAR_TOO_LONG else Severity.NOTICE
        message = f"the subject has {len(subject)} characters: inboxes show {LONGEST_SUBJECT} at most, phones about 40"
        yield _subject(severity, "subject-long", message, "Put what matters first, and cut the rest.")


def _tone(subject: str) -> Iterator[Spot]:
    letters = [letter for letter in subject if letter.isupper() or letter.islower()]
    if len(letters) >= 8 and all(letter.isupper() for letter in letters):
        yield _subject(Severity.WARNING, "subject-shouts", "the subject is all in capitals", "Write it as a sentence.")
    if subject.count("!") + subject.count("¡") > 2 or "!!" in subject:
        yield _subject(Severity.WARNING, "subject-shouts", "the subject has many exclamation marks", "One is enough.")
    pictograms = sum(unicodedata.category(mark) == "So" for mark in subject)
    if pictograms > MOST_PICTOGRAMS:
        message = f"the subject has {pictograms} pictograms"
        yield _subject(Severity.WARNING, "subject-pictograms", message, "Screen readers read each aloud: keep one.")
    if ANSWER.match(subject):
        message = "the subject pretends to be an answer"
        yield _subject(Severity.WARNING, "subject-pretends", message, "Leave “Re:” to answers.", subject)


def _ends_within_a_word(subject: str, body_text: str) -> bool:
    """True when the mail says the subject's last two words, but goes on within the second, wherever it does."""
    stem = subject.rstrip(" .…").casefold()
    end = " ".join(stem.split()[-2:])
    if " " not in end or not end[-1].isalpha():
        return False
    text = " ".join(body_text.casefold().split())
    after = [text[found.end() : found.end() + 1] for found in re.finditer(re.escape(end), text)]
    return bool(after) and all(mark.isalpha() for mark in after)


def _plain(text: str) -> str:
    return "".join(mark for mark in text.casefold() if mark.isalnum())


def _first_words(page: Page) -> tuple[Any, str, bool]:
    """The first element with text of its own, its words, and whether they are hidden from the mail itself."""
    found = looks(page, "light")
    inside = set(page.body.iter())
    for element in page.elements:
        words = " ".join(INVISIBLE.sub(" ", own_text(element)).split())
        if element in inside and words and element.tag not in ("style", "script", "title"):
            whole = " ".join(INVISIBLE.sub(" ", text_of(_block(element))).split())
            return element, whole, found[element].is_hidden or found[element].size < 2
    return None, "", False


def _block(element: Any) -> Any:
    """The paragraph or box that the element's words stand in."""
    while element.tag in INLINE and element.getparent() is not None:
        element = element.getparent()
    return element
