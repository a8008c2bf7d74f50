"""Headlines made shorter: up to a clause, from a colon on, or up to a phrase that only adds to what is said.

What is left is whole and says nothing else than before: no quotation is torn, no question is halved, and what limits
a statement ("until June", "police say") is not cut off. Where that cannot be had, a cut is marked by "…".
"""

import re
from collections.abc import Iterator

from digest.summarize.words import count_words

LEAST_PART = 0.45  # of the room: what is shorter says too little
LEAST_AFTER = 4  # words behind a colon that say something by themselves
SHORT_TAIL = 2  # words: so few behind a comma or a colon tell who says it
COLON = re.compile(r":\s+|：")
# What may stand before a colon and be left out: the kind of piece. Whatever else stands there may be who says it.
KIND = re.compile(
    r"""\b(?: review | analysis | opinion | editorial | comment | column | interview | explainer | guide | focus | info
    | update | videos? | photos | pictures | gallery | live | podcast | recipe | fact[ -]?check | portrait
    | preview | recap
    | kommentar | analyse | reportage | porträt | überblick | ratgeber | rezept | faktencheck | bilder | hintergrund
    | análisis | opinión | vídeos? | crítica | entrevista | reportaje | guía | análise | opinião | guia | fotos
    | avis | vidéos? | critique | entretien | tribune | reportage | décryptage )
    (?:\s*\(?(?:\w+\s)?\d+\)?)?$""",
    re.IGNORECASE | re.VERBOSE,
)
CLAUSE = re.compile(r"\s*[;:–—](?=\s)|,(?=\s)|\s+[-|](?=\s)|[，：；。！？、]")
OPENED, CLOSED = re.compile(r"(?<!\w)['‘](?=\w)|[“„«(\[「]"), re.compile(r"(?<=[\w.,!?…])['’](?!\w)|[”»)\]」]")
# What a headline must not end on: words that lead to the next one.
DANGLING = frozenset(
    """
    a an the of in on at to for from by with and or but as is are was were be been has have had will would can could
    may might must should not that this its their his her my your our into over than about how what who why when
    el la los las un una de del en con por para y o que su sus al se es son está están fue fueron ha han será no más
    os as um uma do da dos das em na nos nas com e seu sua ao é são foi tem mais
    le les une des du dans sur au aux et ou qui son sa ses l d est sont ont ne
    der die das ein eine einen einem den dem des im am zu zum zur vom von mit und oder für auf aus bei nach ist sind
    war wird werden hat haben kann können soll muss nicht als wie
    """.split()
)
# Words that begin a phrase which only adds; "of", "to" and their like belong to what stands before them.
ADDING = frozenset(
    """
    in on at for with from by as after before during amid near against over under since while where who which because
    following despite between among across
    en con por para tras durante ante contra desde sobre entre donde mientras cuando porque
    em com após antes enquanto onde quando
    dans avec pour par après avant pendant contre depuis chez où lors quand
    im auf aus bei mit nach für gegen seit über um vor wegen während zum zur wo weil
    """.split()
)
LIMITING = frozenset(
    """
    unless until if without except only if
    si salvo excepto hasta sin menos
    se exceto até sem
    sauf sans jusqu
    wenn falls bis ohne außer sofern
    """.split()
)
ASKED = frozenset("wie dass ob warum".split())  # what is asked or told behind a comma
NEGATING = frozenset(
    """
    no not never nor none cannot without kein keine keinen nicht nie niemand nunca sin ni não nem sem ne pas jamais
    """.split()
)
SUBORDINATE = frozenset(
    "when if while as because although wenn weil während obwohl si cuando como aunque se quando quand lorsque".split()
)
GERMAN = frozenset("der das dem den und für ist von zu zum zur im auf bei nach ein eine sich wird mit".split())
LISTED = re.compile(r"\W*(?:\S+\s+){0,3}(?:and|or|und|oder|y|o|e|ou|et|&)\s")


def shorten(text: str, length: int) -> str:
    """The text in at most ``length`` characters: a whole part of it, or cut behind a word and marked by "…"."""
    if part := whole_part(text, length):
        return part
    words = text[:length].rpartition(" ")[0].split() or [text[: length - 1]]
    beginnings = [" ".join(words[:many]) for many in range(len(words), len(words) // 2, -1)]
    beginning = next(filter(_ends_well, beginnings), beginnings[0])
    return beginning.rstrip(" ,;:–—-|")[: length - 1] + "…"


def whole_part(text: str, length: int, most_words: int = 100) -> str:
    """The text, or the first good part of it, in so many characters and words; "" when there is none."""
    fitting = (part for part in _parts(text, length) if len(part) <= length and count_words(part) <= most_words)
    return next(fitting, "")


def _parts(text: str, length: int) -> Iterator[str]:
    """What can stand for the text, the better first; some of it may be too long."""
    yield text
    yield from _beginnings(text, length)
    for colon in COLON.finditer(text):
        after = text[colon.end() :]
        is_said = count_words(after) >= LEAST_AFTER and _first(after) not in ADDING | LIMITING
        if is_said and KIND.search(text[: colon.start()]) and _is_balanced(after):
            yield _begun(after)
            yield from map(_begun, _beginnings(after, length))


def _beginnings(text: str, length: int) -> Iterator[str]:
    """The beginnings that are whole: up to a clause, else up to a phrase that adds; the longer first."""
    if _ends_on_who_says_it(text):
        return
    least = int(LEAST_PART * length)
    for places in (_clauses(text), _phrases(text)):
        for place in sorted((place for place in places if least <= place <= length), reverse=True):
            beginning = text[:place].rstrip(" ,;:–—-|，：；。、")
            if _ends_well(beginning):
                yield beginning


def _clauses(text: str) -> Iterator[int]:
    for match in CLAUSE.finditer(text):
        before, after, mark = text[: match.start()], text[match.end() :], match[0].strip()
        is_part = mark == "," and (
            len(before) < len(after) or LISTED.match(after) or "," in before or _first(before) in SUBORDINATE
        )
        if not is_part and _first(after) not in LIMITING | ASKED:
            yield match.start()


def _ends_on_who_says_it(text: str) -> bool:
    last = [match for match in CLAUSE.finditer(text) if match[0].strip() in (",", ":")][-1:]
    return any(count_words(text[match.end() :]) <= SHORT_TAIL for match in last)


def _phrases(text: str) -> Iterator[int]:
    is_german = not GERMAN.isdisjoint(map(_bare, text.split()))
    for match in re.finditer(r"\s+(?=(\w+)\s)", text):
        before = text[: match.start()]
        end = CLAUSE.search(text, match.end())
        rest = text[match.end() : end.start() if end else len(text)]
        leads = is_german and before.rpartition(" ")[2][:1].islower()  # a verb to its object, an adjective to its noun
        if match[1].lower() in ADDING and not (leads or _is_needed(rest, is_german) or _is_negated(before)):
            yield match.start()


def _is_needed(rest: str, is_german: bool) -> bool:
    """True when what follows is no mere addition: it limits, ends a question, or has the verb of a German sentence."""
    words = rest.split()
    has_verb = is_german and words[-1][0].islower()
    return has_verb or rest.rstrip("\"”»'’").endswith("?") or not LIMITING.isdisjoint(map(_bare, words))


def _is_negated(text: str) -> bool:
    return "n't" in text or "n’t" in text or not NEGATING.isdisjoint(map(_bare, text.split()))


def _first(text: str) -> str:
    return _bare((text.split() or [""])[0])


def _bare(word: str) -> str:
    return word.strip("“”\"'«»().,:").lower()


def _ends_well(text: str) -> bool:
    return _is_balanced(text) and _bare(text.rpartition(" ")[2]) not in DANGLING


def _is_balanced(text: str) -> bool:
    return text.count('"') % 2 == 0 and len(OPENED.findall(text)) <= len(CLOSED.findall(text))


def _begun(text: str) -> str:
    return text[:1].upper() + text[1:]
