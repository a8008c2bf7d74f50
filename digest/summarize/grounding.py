"""Whether a text says nothing that its source does not: every number, name, date and quotation must stand there.

Numbers are compared by value, with the "million" behind them. What cannot be proved by looking words up is not proved
here: a "not" too much, who did what to whom, or of what a true number is told. In doubt a text is refused. Where a
script has no capitals, names cannot be told from other words: there most of the words have to stand in the source.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from unicodedata import normalize

from babel import Locale, UnknownLocaleError

from digest.summarize.words import words_of

LEAST_COMMON = 0.45  # of the words; below it the text is about something else, or in another language
LEAST_COMMON_CASELESS = 0.75
# What may be at a name's end, or missing there.
ENDINGS = {"en": "s es y", "es": "s es", "pt": "s es", "fr": "s", "de": "s n en e er es in innen"}
LONGEST_APART = 3  # words between the two of a name: "Anna Maria Berg" may be called Anna Berg
FOREIGN = re.compile(
    r"https?:|www\.|\w@\w|</?[a-zA-Z]|[*_`]{2}|\]\(|(?:^|\s)#\w|[\U0001f000-\U0001faff\u2600-\u27bf]", re.IGNORECASE
)
DOMAIN = re.compile(r"\b[\w-]+\.[a-z]{2,}\b")
NUMBER = re.compile(r"\d+(?:[.,'’]\d+|[\u00a0\u202f ]\d{3}(?!\d))*")
GROUPED = re.compile(r"\d{1,3}(?:[.,'’\u00a0\u202f ]\d{3})+")
TOKEN = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
SENTENCE_END = re.compile(r"(?:^|[.!?…:]['\"”’»)]*\s+|[\"“„«‘(]\s*|\s[–—-]\s)$")
QUOTATION = re.compile(
    r"“([^“”]+)”|„([^„“”]+)[“”]|«([^«»]+)»|\"([^\"]+)\"|「([^「」]+)」|‘([^‘’]+ [^‘’]+)’|"
    r"(?<!\w)'(\w(?:[^']|(?<=\w)'(?=\w))* (?:[^']|(?<=\w)'(?=\w))*)'(?!\w)"
)
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
    "en": "zero - two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen twenty",
    "es": "cero - dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete "
    "dieciocho diecinueve veinte veintiuno veintidós veintitrés veinticuatro veinticinco",
    "pt": "zero - dois três quatro cinco seis sete oito nove dez onze doze treze catorze quinze dezesseis dezessete "
    "dezoito dezenove vinte",
    "fr": "zéro - deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept "
    "dix-huit dix-neuf vingt",
    "de": "null - zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn "
    "siebzehn achtzehn neunzehn zwanzig",
}
TENS = {  # from thirty on
    "en": "thirty forty fifty sixty seventy eighty ninety",
    "es": "treinta cuarenta cincuenta sesenta setenta ochenta noventa",
    "pt": "trinta quarenta cinquenta sessenta setenta oitenta noventa",
    "fr": "trente quarante cinquante soixante",
    "de": "dreißig vierzig fünfzig sechzig siebzig achtzig neunzig",
}
# What is behind a number in figures and makes it greater; "mil" and "mille" are thousand, "mil millones" are 10⁹.
SCALE = re.compile(
    r"\s?-?(?:(?P<e3>thousand|k\b|tausend|tsd|mille\b|mil\b)|(?P<e6>million|mio\b|mill[oó]n|milh|m\b(?!\w))|"
    r"(?P<e9>billion(?!en)|bn\b|milliard|mrd\b|bilh|bi\b)|(?P<e12>trillion|tn\b|billionen|trilh|billón))\w*",
    re.IGNORECASE,
)
# Words of quantity, rank and share, by how they begin.
QUANTITIES = re.compile(
    r"(?:hundred|thousand|million|milliard|billion|trillion|cient|miles$|millon|millón|bilh|milh|centen|mille$|hundert|tausend|"
    r"dozen|docena|dúzia|douzaine|dutzend|twice|doubl|tripl|doppel|verdoppel|dobl|dobr|half|halv|hälfte|halb|mitad|moitié|metade|"
    r"quarter|viertel|drittel|tercio|tiers$|terço|tenth|"
    r"first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|"
    r"primer|segund|tercer|terceir|primeir|premi[eè]r|deuxi|troisi|quatri|cinqui|"
    r"zweite|dritte|vierte|fünfte|sechste|siebte|achte|neunte|zehnte)"
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
    daher dabei damit dann doch noch auch so zudem außerdem dennoch deshalb rund etwa fast nur wo ob ihr ihre sein seine
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
        said = (_word_value(word, language) for word in TOKEN.findall(self.text))
        self.values = {_value(match, text) for match in NUMBER.finditer(text)} | {value for value in said if value}
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

    def has_near(self, first: str, second: str) -> bool:
        """True when the two stand there with hardly anything between, in this order (in German in any)."""
        pairs = [(first.casefold(), second.casefold())]
        if self.language == "de":
            pairs.append((second.casefold(), first.casefold()))  # capitals make no name: nouns may change places
        return any(_near(left, right, self.sequence) for left, right in pairs)

    def names(self, word: str) -> bool:
        """True when the name stands in it. Where names have few endings another one makes it another name."""
        if self.language not in ENDINGS:
            return self.has(word)
        word = word.casefold()
        endings = ENDINGS[self.language].split()
        forms = {word, *(word + ending for ending in endings), *map(word.removesuffix, endings)}
        in_compound = self.language == "de" and any(len(word) > 4 and token.endswith(word) for token in self.tokens)
        return not forms.isdisjoint(self.tokens) or in_compound


def _foreign_words(text: str, source: _Source) -> Iterator[str]:
    words = words_of(text)
    least = LEAST_COMMON if source.has_case else LEAST_COMMON_CASELESS
    known = frozenset(source.words)
    if words and sum(word in known or source.has(word) for word in words) < least * len(words):
        yield "its words are too far from the article's"


def _numbers(text: str, source: _Source) -> Iterator[str]:
    for match in NUMBER.finditer(text):
        if _value(match, text) not in source.values:
            yield f"the number “{match[0]}{_scale(match, text)[0]}” is not in the article"
    for word in TOKEN.findall(text.casefold()):
        value = _word_value(word, source.language)
        if value and value not in source.values:
            yield f"the number “{word}” is not in the article"
        if QUANTITIES.match(word) and not source.has(word) and not _is_scale_of_figures(word, text):
            yield f"the number “{word}” is not in the article"
    for unit in UNITS:
        if (found := unit.search(text.casefold())) and not unit.search(source.text):
            yield f"the unit “{found[0].strip()}” is not in the article"


def _dates(text: str, source: _Source) -> Iterator[str]:
    names = _calendar(source.language)
    for token in TOKEN.findall(text.casefold()):
        for word in {token, *token.split("-")} & names.keys():
            if not any(form in source.tokens for form in names[word]):
                yield f"the date “{word}” is not in the article"


def _names(text: str, source: _Source) -> Iterator[str]:
    before = ""  # the name that the last word was, when it was one
    for match in TOKEN.finditer(text):
        word = re.sub(r"['’]s$", "", match[0])
        begins = bool(SENTENCE_END.search(text[: match.start()]))
        is_ordinary = not word[0].isupper() or (begins and (word.casefold() in source.ordinary | OPENERS))
        if not is_ordinary and not (source.has(word) if begins else source.names(word)):
            yield f"the name “{word}” is not in the article"
        follows = before and text[: match.start()].endswith(f"{before} ")
        if not is_ordinary and follows and not source.has_near(before, word):
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
    places = [place for place, word in enumerate(sequence) if word.startswith(first[:4]) or first in word]
    return any(
        word.startswith(second[:4]) or second in word
        for place in places
        for word in sequence[place + 1 : place + 1 + LONGEST_APART]
    )


def _value(match: re.Match[str], text: str) -> str:
    """One form for 1,200 and 1.200 and 1 200, for 3.5 and 3,5, for 3.5 million and 3,500,000."""
    found = match[0]
    number = re.sub(r"\D", "" if GROUPED.fullmatch(found) else ".", found)
    try:
        return f"{float(number) * 10 ** _scale(match, text)[1]:.6g}"
    except ValueError:
        return number  # a date, a version


def _scale(match: re.Match[str], text: str) -> tuple[str, int]:
    """What stands behind a number and makes it greater, and by how many zeros."""
    end, zeros = match.end(), 0
    while (scale := SCALE.match(text, end)) and scale.lastgroup:
        end, zeros = scale.end(), zeros + int(scale.lastgroup.removeprefix("e"))
    return text[match.end() : end], zeros


def _is_scale_of_figures(word: str, text: str) -> bool:
    """True when the word is told with figures, which are compared by their value."""
    return any(word in _scale(match, text)[0].casefold() for match in NUMBER.finditer(text))


def _word_value(word: str, language: str) -> str:
    """The value of a number in words, "" when it is none that is known."""
    words = _number_words(language)
    parts = [part for part in re.split("-|und", word) if part] if word not in words else [word]
    values = [1 if part in ("one", "ein") and len(parts) > 1 else words.get(part, 0) for part in parts]
    return f"{sum(values):.6g}" if all(values) and values else ""


@lru_cache(maxsize=32)
def _number_words(language: str) -> dict[str, int]:
    words = {word: value for value, word in enumerate(NUMBER_WORDS.get(language, "").split()) if word != "-"}
    return words | {word: 10 * tens for tens, word in enumerate(TENS.get(language, "").split(), 3)}


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
    """The text in one form of its letters and apostrophes."""
    return re.sub(r"(?<=\w)[’ʼ](?=\w)", "'", normalize("NFKC", text))
