"""What a template left behind: marks that nobody filled in, and "None" where a name or a number should be."""

import re
from collections.abc import Iterator

from digest.lint.findings import Severity, Spot
from digest.lint.vocabulary import GREETINGS

# After Jinja, Liquid, Handlebars, Mailchimp, Salesforce, EJS, and our own splice marks.
MARKS = re.compile(
    r"\{\{.{0,40}|\}\}|\{%.{0,40}|%\}|%%\w{1,40}%%|\*\|[^|]{1,40}\|\*|\[\[.{0,40}|\]\]|<%.{0,40}|\$\{\w{0,40}|"
    r"\[object Object\]|(?<![\w{])\{(?:first|last|user|full)?_?name\}|(?<!\w)%(?:FIRST_?NAME|LAST_?NAME|NAME|EMAIL)%",
    re.IGNORECASE,
)
NOBODY = r"(?:None|undefined|null|NaN|nil)"
THINGS = r"(?:stor(?:y|ies)|articles?|words?|min(?:ute)?s?(?: read)?|hours?|days?|subscribers?|readers?)"
GREETED = re.compile(rf"\b{GREETINGS},? {NOBODY}\b")
COUNTED = re.compile(rf"(?<!\w){NOBODY} {THINGS}(?!\w)|(?<!\w)(?:None|undefined|NaN)\s?[%€$£]")
ALONE = re.compile(rf"(?:^|[·|•]\s*|\b(?:[Bb]y|No\.) ){NOBODY}(?=\s*(?:$|[·|•]))")
IN_ADDRESS = re.compile(r"[/=](?:None|undefined|null|NaN)(?=$|[/&#?])")
OUR_MARKS = re.compile("[\ue001-\ue006]")
PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff]")
FILLER = re.compile(r"\blorem ipsum\b", re.IGNORECASE)
# Journalists put words of their own into brackets, and "todo" is Spanish: only what cannot be meant.
TO_DO = re.compile(
    r"\b(?:TODO|FIXME)(?::|$)|"
    r"\[(?:[Yy]our (?:name|company|text|link|logo)|(?i:insert [^\]]{1,40}|(?:first|last) ?name))\]"
)
BROKEN = re.compile("\ufffd|Ã[\x80-¿]|â€[™œ\x9d“”¦]|Â[\xa0«»°©®]")
ESCAPED_TWICE = re.compile(r"&(?:amp|nbsp|quot|lt|gt|#39|#x27|rsquo|mdash|ndash|hellip);")

NOT_FILLED = "a value that a template did not have"
FILL = "Give it a value, or leave the phrase out where there is none."
UNSEEN = "Take it out, or use a picture: readers see a box, or nothing."
MEANT_IN_CODE = (
    (MARKS, Severity.ERROR, "leftover-mark", "a mark of a template stands in the text", "Fill it in, or take it out."),
    (GREETED, Severity.ERROR, "leftover-none", NOT_FILLED, FILL),
    (COUNTED, Severity.ERROR, "leftover-none", NOT_FILLED, FILL),
    (ALONE, Severity.ERROR, "leftover-none", NOT_FILLED, FILL),
    (TO_DO, Severity.WARNING, "leftover-to-do", "a note to oneself", "Do it, or take it out."),
    (ESCAPED_TWICE, Severity.WARNING, "text-escaped-twice", "a reference that was escaped twice", "Escape it once."),
)
NEVER_MEANT = (
    (OUR_MARKS, Severity.ERROR, "leftover-mark", "a mark for a recipient's own value was not filled in", "Fill it in."),
    (PRIVATE, Severity.WARNING, "private-character", "a private-use character", UNSEEN),
    (FILLER, Severity.ERROR, "leftover-filler", "text that only fills a place", "Write the text."),
    (
        BROKEN,
        Severity.WARNING,
        "text-broken",
        "characters broken by a wrong encoding",
        "Read the text in its encoding.",
    ),
)


def check_words(text: str, place: str, *, is_code: bool = False) -> Iterator[Spot]:
    """Leftovers in a piece of text. ``is_code`` is one that shows code, in which braces are meant."""
    for pattern, severity, rule, message, remedy in (*NEVER_MEANT, *(() if is_code else MEANT_IN_CODE)):
        if pattern.search(text):
            yield Spot(severity, rule, place, message, remedy, _around(text, pattern))


def check_address(address: str, place: str) -> Iterator[Spot]:
    """Leftovers in the address of a link or a picture."""
    for pattern in (MARKS, IN_ADDRESS, PRIVATE):
        if pattern.search(address):
            message = "an address holds what a template should have filled in"
            yield Spot(Severity.ERROR, "leftover-in-address", place, message, "Fill it in.", _around(address, pattern))
            return


def is_unfilled(value: str) -> bool:
    """True for the value of a header field with a leftover in it."""
    return any(pattern.search(value) for pattern in (MARKS, GREETED, IN_ADDRESS, PRIVATE, FILLER))


def _around(text: str, pattern: re.Pattern[str]) -> str:
    found = pattern.search(text)
    return text[max(0, found.start() - 20) : found.end() + 20] if found else ""
