"""Headlines, the subject line and the preheader: specific, whole, and short enough to be read in a list."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import combinations, count, groupby
from urllib.parse import urlsplit

from digest.summarize.cutting import shorten, whole_part
from digest.summarize.words import count_words, words_of

SUBJECT_CHARACTERS, SUBJECT_WORDS = 60, 12
PREHEADER_CHARACTERS = 110
TELLING_WORDS = 3  # a headline of fewer says what it is about, and no more
LEAST_HALF, PREVIEWED = 25, 4  # characters of a preheader's first half, and stories that it may tell of
ALIKE = 0.8  # of the words of the shorter one
SHORTEST_NAME = 3  # letters and figures
LEAST_TITLE = 15  # characters before a bar, behind which sites put their names
TAIL = re.compile(r"\s+(?P<bar>[|│–—·•»-]|::)\s+(?P<name>[^|│–—·•»]{2,60})$")
HEAD = re.compile(r"^(?P<name>[^|│–—·•»:]{2,40}?)\s*(?:[|│·•»:]|\s[–—-])\s+(?=\S)")
SHOUT = re.compile(
    r"^(?:breaking(?: news)?|just in|exclusive|updated?|watch|eilmeldung|exklusiv|última hora|exclusiv[ao]|urgente?|"
    r"alerte|exclusif)(?:\s*[:|!]|\s[–—-])\s+(?=\S)",
    re.IGNORECASE,
)
INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff]")
NAME_SHARE = 0.5  # of what stands behind a bar: so much of a site's name makes it one
LOUD_SHARE, LOUD_WORD = 0.5, 5  # of the words in one run of capitals, and letters of the longest
WORD = re.compile(r"[^\W_]+")


def clean_headline(title: str, source_name: str = "", url: str = "", text: str = "") -> str:
    """The title without the site's name at either end, a full stop or exclamation marks, and not in capitals.

    The name is known by ``source_name`` and by the host of ``url``; which words are names, by ``text``.
    """
    headline = " ".join(INVISIBLE.sub("", title).split())
    names = [name for name in (_squeezed(source_name), *_labels(url)) if len(name) >= SHORTEST_NAME]
    while (match := TAIL.search(headline)) and _is_site(match, names):
        headline = headline[: match.start()]
    if (match := HEAD.search(headline)) and _is_name(match["name"], names):
        headline = headline[match.end() :]
    headline = re.sub(r"([!?])[!?]+", _one_mark, SHOUT.sub("", headline, count=1))
    headline = headline.removesuffix("!").rstrip()
    if headline.endswith(".") and not headline.endswith(("..", "…")) and headline.count(".") == 1:
        headline = headline[:-1]
    return _calm(headline, text)


def subject_line(headlines: Sequence[str], recent: Sequence[str] = ()) -> str:
    """A subject of at most 60 characters and 12 words that is not like a recent one.

    It is the first headline, or a whole part of it, with a second one where that says too little. Where no whole part
    is short enough the next headline takes its place.
    """
    told = [part for headline in headlines if (part := whole_part(headline, SUBJECT_CHARACTERS, SUBJECT_WORDS))]
    pairs = [pair for pair in map(" · ".join, combinations(told, 2)) if whole_part(pair, SUBJECT_CHARACTERS) == pair]
    cut = [shorten(headline, SUBJECT_CHARACTERS) for headline in headlines if headline]
    subjects = [*(_with_detail(part, pairs) for part in told), *cut, *pairs]
    for subject in subjects:
        if not any(alike(subject, before) for before in recent):
            return subject
    return next((subject for subject in _numbered(subjects[:1]) if subject not in recent), "")


def preheader(headlines: Sequence[str], subject: str = "") -> str:
    """A line of at most 110 characters that gives the next two stories away: those that ``subject`` does not tell."""
    left = [headline for headline in headlines if headline and not alike(headline, subject or headlines[0])]
    for first, second in combinations(left[:PREVIEWED], 2):
        for room in (len(first), PREHEADER_CHARACTERS // 2, PREHEADER_CHARACTERS - 3 - len(second)):
            one = whole_part(first, room) if room >= LEAST_HALF else ""
            other = whole_part(second, PREHEADER_CHARACTERS - 3 - len(one))
            if one and other:
                return f"{one} · {other}"
    return shorten(left[0], PREHEADER_CHARACTERS) if left else ""


def alike(one: str, other: str) -> bool:
    """True when most words of the shorter one stand in the other."""
    left, right = frozenset(words_of(one)), frozenset(words_of(other))
    return one == other != "" or (bool(left and right) and len(left & right) >= ALIKE * min(len(left), len(right)))


def _with_detail(part: str, pairs: Sequence[str]) -> str:
    if count_words(part) >= TELLING_WORDS:
        return part
    return next((pair for pair in pairs if pair.startswith(f"{part} · ")), part)


def _numbered(subjects: Sequence[str]) -> Iterator[str]:
    """The last resort of a newsletter whose headlines are always the same."""
    return (f"{shorten(subject, SUBJECT_CHARACTERS - 6)} ({number})" for subject in subjects for number in count(2))


def _is_site(match: re.Match[str], names: Sequence[str]) -> bool:
    name = _squeezed(match["name"])
    if match["bar"] in "|│" and match.start() > LEAST_TITLE:
        return True
    return len(name) >= SHORTEST_NAME and any(
        name in each or (each in name and len(each) >= NAME_SHARE * len(name)) for each in names
    )


def _is_name(head: str, names: Sequence[str]) -> bool:
    return _squeezed(head) in names


def _labels(url: str) -> list[str]:
    """The parts of an address's host that can be a site's name."""
    labels = (urlsplit(url).hostname or "").removeprefix("www.").split(".")[:-1]
    return [_squeezed(label) for label in labels]


def _squeezed(name: str) -> str:
    return "".join(WORD.findall(name)).casefold().removeprefix("the")


def _one_mark(match: re.Match[str]) -> str:
    return "?" if "?" in match[0] else "!"


def _calm(headline: str, text: str) -> str:
    """The headline without runs of words in capitals: each word as ``text`` has it, else in small letters."""
    words = headline.split(" ")
    calm: list[str] = []
    for is_loud, run in groupby(words, key=lambda word: word == word.upper()):
        loud = list(run)
        letters = max(sum(letter.isalpha() for letter in word) for word in loud)
        shouts = is_loud and letters >= LOUD_WORD and len(loud) >= max(2, LOUD_SHARE * len(words))
        calm += [WORD.sub(partial(_as_written, forms=_forms(text)), word) for word in loud] if shouts else loud
    told = " ".join(calm)
    return told if told == headline else told[:1].upper() + told[1:]


def _as_written(match: re.Match[str], forms: Mapping[str, str]) -> str:
    return forms.get(match[0].lower(), match[0].lower())


def _forms(text: str) -> dict[str, str]:
    """How a text mostly writes each of its words."""
    return {word.lower(): word for word, _ in reversed(Counter(WORD.findall(text)).most_common())}
