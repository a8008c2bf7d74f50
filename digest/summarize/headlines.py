"""Headlines, the subject line and the preheader: specific, whole, and short enough to be read in a list."""

import re
from collections.abc import Sequence

SUBJECT_CHARACTERS = 60
PREHEADER_CHARACTERS = 110
TAIL = re.compile(r"\s+[|–—·»-]\s+(?P<tail>[^|–—·»]{2,40})$")
CLAUSE = re.compile(r"\s*[,;:–—](?=\s)|\s+[-|](?=\s)")
# What a cut must not end on: words that lead to the next one.
DANGLING = frozenset(
    """
    a an the of in on at to for from by with and or but as is are was were that this its their his her into over
    el la los las un una de del en con por para y o que su sus al se
    o os as um uma do da dos das em no na com e que seu sua ao
    le les une des du dans sur au aux et ou qui son sa ses l d
    der die das ein eine dem den des im am zu zum zur von vom mit und oder für auf aus bei nach
    """.split()
)


def clean_headline(title: str, source_name: str = "") -> str:
    """The title without the site's name at its end, without a full stop, and not in capitals."""
    headline = " ".join(title.split())
    match = TAIL.search(headline)
    if match and (_same(match["tail"], source_name) or (match[0].strip().startswith("|") and match.start() > 15)):
        headline = headline[: match.start()]
    if headline.endswith(".") and not headline.endswith(("..", "…")) and headline.count(".") == 1:
        headline = headline[:-1]
    return _lowered(headline) if _is_shouting(headline) else headline


def subject_line(headlines: Sequence[str], recent: Sequence[str] = ()) -> str:
    """A subject of at most 60 characters from the first headline that gives one not used of late."""
    subjects = [shorten(headline, SUBJECT_CHARACTERS) for headline in headlines]
    for subject in subjects:
        if subject and subject not in recent:
            return subject
    return next((subject for subject in subjects if subject), "")


def preheader(headlines: Sequence[str]) -> str:
    """A line of at most 110 characters that gives the next two stories away."""
    following = [headline for headline in headlines[1:3] if headline]
    if not following:
        return ""
    whole = " · ".join(following)
    if len(whole) <= PREHEADER_CHARACTERS:
        return whole
    first = shorten(following[0], PREHEADER_CHARACTERS)
    room = PREHEADER_CHARACTERS - len(first) - 3
    second = shorten(following[1], room) if len(following) > 1 and room >= 25 else ""
    return f"{first} · {second}" if second else first


def shorten(text: str, length: int) -> str:
    """The text in at most ``length`` characters: cut before a clause if that leaves enough, else behind a word."""
    if len(text) <= length:
        return text
    clauses = [match.start() for match in CLAUSE.finditer(text) if length * 0.5 <= match.start() <= length]
    if clauses:
        return text[: clauses[-1]].rstrip(" ,;:–—-|")
    words = text[:length].rpartition(" ")[0].split() or [text[: length - 1]]
    while len(words) > 3 and words[-1].strip("“\"'«(").lower() in DANGLING:
        words.pop()
    return " ".join(words).rstrip(" ,;:–—-|")[: length - 1] + "…"


def _same(tail: str, source_name: str) -> bool:
    return bool(source_name) and tail.strip().casefold() in source_name.casefold()


def _is_shouting(headline: str) -> bool:
    letters = [letter for letter in headline if letter.isalpha()]
    return len(letters) > 12 and sum(letter.isupper() for letter in letters) > 0.8 * len(letters)


def _lowered(headline: str) -> str:
    return headline[:1] + headline[1:].lower()
