"""Whether a text says nothing that its source does not: every number, name, date and quotation must stand there.

What cannot be proved by looking words up is not proved here: a "not" too much, or who did what to whom. In doubt a
text is refused. Where a script has no capitals, names cannot be told from other words: there most of the words have
to stand in the source.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from unicodedata import normalize

from babel import Locale, UnknownLocaleError

from digest.summarize.words import words_of

LEAST_COMMON = 0.45  # of the words; below it the text is about something else, or in another language
LEAST_COMMON_CASELESS = 0.75
LONGEST_APART = 3  # words between the two of a name: "Anna Maria Berg" may be called Anna Berg
FOREIGN = re.compile(
    r"https?:|www\.|\w@\w|</?[a-zA-Z]|[*_`]{2}|\]\(|(?:^|\s)#\w|[\U0001f000-\U0001faff\u2600-\u27bf]", re.IGNORECASE
)
DOMAIN = re.compile(r"\b[\w-]+\.[a-z]{2,}\b")
NUMBER = re.compile(r"\d+(?:[.,'’\u00a0\u202f ]\d+)*")
GROUPED = re.compile(r"\d{1,3}(?:[.,'’\u00a0\u202f ]\d{3})+")
TOKEN = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
SENTENCE_END = re.compile(r"(?:^|[.!?…:]['\"”’»)]*\s+|[\"“„«‘(]\s*|\s[–—-]\s)$")
QUOTATION = re.compile(r"“([^“”]+)”|„([^„“”]+)[“”]|«([^«»]+)»|\"([^\"]+)\"|「([^「」]+)」|‘([^‘’]+ [^‘’]+)’")
# Signs and words of one meaning: what is said in dollars here was not said in euros there.
UNITS = (
    re.compile(r"%|\bper ?cent|por ?cento|por ?ciento|pour ?cent|prozent"),
    re.compile(r"€|\beur(?:o|\b)"),
    re.compile(r"\$|\bd[oóô]l+ar|\busd\b"),
    re.compile(r"£|\bpounds?\b|\bgbp\b|\blibras?\b"),
    re.compile(r"\bkilom|\bquil[oô]met|\bkm\b"),
    re.compile(r"\bmiles?\b|\bmillas?\b|\bmilhas?\b|\bmeilen?\b"),
)
NUMBER_WORDS = {
    "en": "zero - two three four five six seven eight nine ten eleven twelve",
    "es": "cero - dos tres cuatro cinco seis siete ocho nueve diez once doce",
    "pt": "zero - dois três quatro cinco seis sete oito nove dez onze doze",
    "fr": "zéro - deux trois quatre cinq six sept huit neuf dix onze douze",
    "de": "null - zwei drei vier fünf sechs sieben acht neun zehn elf zwölf",
}
SCALES = re.compile(
    r"hundred|thousand|million|milliard|billion|trillion|cient|miles|millon|bilh|milh|centen|cent(?:aine)|mille|hundert|tausend"
)
# Words that may begin a sentence without standing in the source; "one" and its like are articles as well.
OPENERS = frozenset(
    """
    a an the in on at to for from by with of and but or as after before while when where how why what who now there
    it its this that these those more most one some all both if since under over new no not
    el la los las un una unos unas en por para con de del al y o pero que se su sus tras como cuando más
    según desde sin este esta
    o a os as um uma em no na nos nas por para com de do da dos das e mas que se seu sua após quando mais segundo
    le la les un une des en dans par pour avec de du et ou mais que qui ce cette ces après quand plus selon depuis sans
    il elle
    der die das ein eine einen einem einer in im am an auf bei mit nach von vom zu zum zur für und oder aber als wenn
    wie was wer nun mehr seit ohne unter über es er sie dieser diese dieses dass
    """.split()
)


def ungrounded(text: str, source: str, language: str = "") -> str:
    """Why ``text`` says more than ``source``; "" when every number, name, date and quotation stands there.

    ``language`` is a BCP 47 tag, "" when unknown. Addresses, markup and emoji are refused wherever they come from.
    """
    text, source = _plain(text), _plain(source)
    if found := FOREIGN.search(text) or DOMAIN.search(text):
        return f"“{found[0].strip()}” has no place in it"
    own = language.partition("-")[0].lower()
    told = _Source(source, own)
    return next((why for check in CHECKS for why in check(text, told)), "")


class _Source:
    """What a source says, in the forms that it is looked up in."""

    def __init__(self, text: str, language: str) -> None:
        self.text = text.casefold()
        self.language = language
        self.sequence = [token.casefold() for token in TOKEN.findall(text)]
        self.tokens = frozenset(part for token in self.sequence for part in (token, *re.split(r"['’-]", token)))
        self.words = words_of(text)
        self.ordinary = frozenset(token for token in TOKEN.findall(text) if token[0].islower())
        self.numbers = {_number(found) for found in NUMBER.findall(text)} | {
            str(value) for word, value in _number_words(language).items() if word in self.tokens
        }
        self.has_case = any(letter.isupper() for letter in text)

    def has(self, word: str) -> bool:
        """True when the word, or the same with another ending, stands in it."""
        word = word.casefold()
        if word in self.tokens:
            return True
        stem = word[: max(4, len(word) - 2)]
        return len(word) > 4 and any(
            token.startswith(stem) and abs(len(token) - len(word)) <= 3 for token in self.tokens
        )


def _foreign_words(text: str, source: _Source) -> Iterator[str]:
    words = words_of(text)
    least = LEAST_COMMON if source.has_case else LEAST_COMMON_CASELESS
    known = frozenset(source.words)
    if words and sum(word in known or source.has(word) for word in words) < least * len(words):
        yield "its words are too far from the article's"


def _numbers(text: str, source: _Source) -> Iterator[str]:
    for found in NUMBER.findall(text):
        if _number(found) not in source.numbers:
            yield f"the number “{found}” is not in the article"
    values = _number_words(source.language)
    for word in TOKEN.findall(text.casefold()):
        if word in values and str(values[word]) not in source.numbers:
            yield f"the number “{word}” is not in the article"
        if SCALES.match(word) and not source.has(word):
            yield f"the number “{word}” is not in the article"
    for unit in UNITS:
        if (found := unit.search(text.casefold())) and not unit.search(source.text):
            yield f"the unit “{found[0].strip()}” is not in the article"


def _dates(text: str, source: _Source) -> Iterator[str]:
    names = _calendar(source.language)
    for word in TOKEN.findall(text.casefold()):
        if word in names and not any(form in source.tokens for form in names[word]):
            yield f"the date “{word}” is not in the article"


def _names(text: str, source: _Source) -> Iterator[str]:
    before = ""  # the name that the last word was, when it was one
    for match in TOKEN.finditer(text):
        word = re.sub(r"['’]s$", "", match[0])
        begins = bool(SENTENCE_END.search(text[: match.start()]))
        is_ordinary = not word[0].isupper() or (begins and (word.casefold() in source.ordinary | OPENERS))
        if not is_ordinary and not source.has(word):
            yield f"the name “{word}” is not in the article"
        follows = before and text[: match.start()].endswith(f"{before} ") and source.language != "de"
        if not is_ordinary and follows and not _near(before, word, source.sequence):
            yield f"the name “{before} {word}” is not in the article"
        before = "" if is_ordinary else match[0]


def _quotations(text: str, source: _Source) -> Iterator[str]:
    said = " ".join(source.words)
    for match in QUOTATION.finditer(text):
        quoted = next(part for part in match.groups() if part)
        if f" {' '.join(words_of(quoted))} " not in f" {said} ":
            yield f"the quotation “{quoted}” is not in the article"


CHECKS = (_foreign_words, _numbers, _dates, _quotations, _names)


def _near(first: str, second: str, sequence: Sequence[str]) -> bool:
    """True when the two stand in this order, with hardly anything between."""
    first, second = first.casefold(), second.casefold()
    places = [place for place, word in enumerate(sequence) if word.startswith(first[:4]) or first in word]
    return any(
        word.startswith(second[:4]) or second in word
        for place in places
        for word in sequence[place + 1 : place + 1 + LONGEST_APART]
    )


def _number(found: str) -> str:
    """One form for 1,200 and 1.200 and 1 200, and one for 3.5 and 3,5."""
    if GROUPED.fullmatch(found):
        return re.sub(r"\D", "", found)
    return re.sub(r"\D", ".", found)


@lru_cache(maxsize=32)
def _number_words(language: str) -> dict[str, int]:
    words = NUMBER_WORDS.get(language, "").split()
    return {word: value for value, word in enumerate(words) if word != "-"}


@lru_cache(maxsize=32)
def _calendar(language: str) -> dict[str, frozenset[str]]:
    """Each name of a month or a day of the week, with the long and short forms of the same."""
    try:
        locale = Locale.parse(language or "en")
    except (ValueError, UnknownLocaleError):
        return {}
    names: dict[str, frozenset[str]] = {}
    for forms in (locale.months["format"], locale.days["format"]):
        for key in forms["wide"]:
            same = frozenset(forms[width][key].casefold().rstrip(".") for width in ("wide", "abbreviated"))
            names[forms["wide"][key].casefold()] = same
    names.pop("may", None)  # a verb; as a month it is a name, and looked up as such
    return names


def _plain(text: str) -> str:
    return normalize("NFKC", text).replace("ʼ", "’")
