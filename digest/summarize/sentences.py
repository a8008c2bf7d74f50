"""Splits text into sentences, in any script, quickly.

A full stop ends a sentence unless it belongs to an abbreviation, an initial, a number or an ellipsis that
goes on; what stands in quotation marks or parentheses is not torn apart; a heading, a caption or an item of a list
is a sentence of its own. The rules and abbreviations cover English, Spanish, Portuguese, French and German; Chinese,
Japanese, Arabic, Hindi and others have marks of their own.
"""

import re
from collections.abc import Iterator, Sequence

END = re.compile(
    r"""
    (?: [.!?…]+ (?: ["'”’“»«)\]]+ | \s» | (?:\[\d+\])+ )? (?= \s | $ )  # European scripts, with what closes
      | (?<= [^\W\d_A-Z]{3} ) [.!?] (?= [A-ZÄÖÜÉÁÍÓÚ][^\W\d_A-Z]+ [\s,] )  # the space was lost with a line break
      | [。！？｡]+ [」』”’）]*                                         # Chinese and Japanese need no space
      | [।॥؟۔]+ ["”’»)]* (?= \s | $ ) )
    """,
    re.VERBOSE,
)
# What stands in them is one piece; an inch or a forgotten mark opens nothing.
QUOTED = re.compile(
    r"""
    (?<!\w)"(?=\S)[^"]{1,600}(?<=\S)"(?!\w) | “[^“”]{1,600}” | „[^„“”"]{1,600}[“”"] | ”[^“”]{1,600}”
    | «[^«»]{1,600}» | »[^«»]{1,600}« | ‹[^‹›]{1,600}›
    | 「[^「」]{1,600}」 | 『[^『』]{1,600}』 | [(（][^()（）]{1,400}[)）]
    """,
    re.VERBOSE,
)
WHOLE = re.compile(r"""[.!?…。！？｡।॥؟۔]["'”’“»«)\]」』）\s]*(?:\[\d+\])*$""")
# Scripts that part sentences by a space, if by anything: there the missing full stop tells nothing.
UNMARKED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
UNSPACED_ENDS = ("。", "！", "？", "｡", "。」", "。』", "。”")
BULLET = re.compile(r"^(?:[-*•●▪◦‣·→►✓✔–—]\s+)+")

# Words that a full stop belongs to, wherever they stand.
ABBREVIATIONS = frozenset(
    """
    mr mrs ms dr prof sr sra srta st gen col lt sgt capt cmdr adm gov sen rep rev hon pres supt det insp messrs
    vs approx dept bros mt ft est fig ed eds jan feb mar apr jun jul aug sep sept oct nov dec
    e.g i.e d.c ph.d ee.uu p.ej d.h z.b u.a o.ä s.a i.d.r u.u s.o a.d b.c v.chr
    ene abr ago dic dez janv févr avr juil déc okt
    bzw ca evtl ggf inkl exkl zzgl vgl bd dgl tel hl dipl ing geb gest gegr verh ehem sog bspw chr hrsg jh max min
    mind abt bes einschl entspr lfd std tgl
    avda av dpto pág págs ud uds vd vds dña excmo exma exmo dra dras drs lic arq gral cnel núm apdo
    mme mlle mgr cf env ex éd tél bld boul
    """.split()
)
# Abbreviations that may stand at a sentence's end as well: what follows decides.
PERHAPS_LAST = frozenset(
    "inc ltd co corp llc jr etc usw pp a.m p.m u.s u.k u.n u.s.a e.u s.a mio mrd tsd ltda cia cía str jhd al".split()
)
# Abbreviations only before a number: otherwise they are words that may end a sentence.
BEFORE_NUMBERS = frozenset("no nos nr núm art abs fig vol cap str p kap ziff tab abb seite num n".split())
# German writes ordinals with a full stop: "am 3. Mai", "im 19. Jahrhundert", "die 1. Mannschaft".
ORDINAL = re.compile(
    r"(?:^|\s)(?P<before>[^\W\d_]*)[\s(–-]*\b\d{1,3}\.$",
)
BEFORE_ORDINALS = frozenset(
    "am an ab bis beim dem den der des die das dieser diesem ein eine einem einen einer eines im in ins mit nach "
    "seit seinen seinem seiner ihren ihrem ihrer unser unsere unserem vom von vor zum zur und".split()
)
MONTHS_AND_AGES = frozenset(
    "Januar Februar März April Mai Juni Juli August September Oktober November Dezember Jahrhundert Jahrhunderts "
    "Jänner Januars Geburtstag Platz Klasse Runde Spieltag Minute Auflage Stock Weltkrieg Weltkriegs Liga Etage "
    "Jahrestag Tag Bundesliga Lebensjahr Semester Quartal Halbjahr".split()
)
INITIAL = re.compile(r"(?:^|[\s(.-])[^\W\d_]\.$")
WORD_BEGINS = re.compile(r"[\s(\"'’“‘«„]")
NUMBERING = re.compile(r"(?:\d{1,3}|[a-z])[.)]")
# Words that begin sentences and hardly ever a name.
STARTERS = frozenset(
    """
    the a an in on at he she it they we i you his her its their this that these those but and for if when while as by
    after before since there what who how with from to not no all some many most one two
    el la los las un una en se su sus pero y no por para con al como este esta es hay
    o os as um uma em no na mas e não por para com ao como este esta há
    le les une des dans il elle ils elles mais et ce cette pour avec au sur on en
    der die das ein eine im in am es er sie wir und aber auch mit für auf bei nach so wenn als wie was wer dort hier
    """.split()
)
WRAPPED_FROM, WRAPPED_TO = 40, 100  # characters of a line that was broken by its width


def split_sentences(text: str) -> list[str]:
    """The sentences of ``text`` in order, white space folded; the end of a line ends one too."""
    return [sentence for paragraph in split_paragraphs(text) for sentence in paragraph]


def split_paragraphs(text: str) -> Iterator[list[str]]:
    """The sentences of each paragraph; a heading or an item of a list is a paragraph of its own."""
    lines = (" ".join(line.split()) for block in re.split(r"\n\s*\n", text) for line in _lines(block))
    return (sentences for line in lines if (sentences := _sentences(BULLET.sub("", line))))


def join(sentences: Sequence[str]) -> str:
    """The sentences in a row, parted by a space where their script has one."""
    return "".join(
        sentence if not before or before.endswith(UNSPACED_ENDS) else f" {sentence}"
        for before, sentence in zip(("", *sentences), sentences, strict=False)
    )


def is_whole(sentence: str) -> bool:
    """True when it ends as a sentence does; a heading, a caption, a list's item does not."""
    if sentence.endswith((".", "!", "?", "…")):  # nearly all do
        return True
    return bool(WHOLE.search(sentence[-12:]) or UNMARKED.search(sentence))


def _lines(block: str) -> list[str]:
    """The lines of a block, with those put together again that were broken by their width or in mid-sentence."""
    lines = [line for line in (line.strip() for line in block.split("\n")) if line]
    if len(lines) > 2 and _is_wrapped(lines):
        return [" ".join(lines)]
    joined: list[str] = []
    for line in lines:
        if joined and line[0].islower() and not WHOLE.search(joined[-1]):
            joined[-1] += f" {line}"
        else:
            joined.append(line)
    return joined


def _is_wrapped(lines: list[str]) -> bool:
    longest = max(map(len, lines))
    return longest <= WRAPPED_TO and min(map(len, lines[:-1])) >= max(WRAPPED_FROM, 0.7 * longest)


def _sentences(text: str) -> list[str]:
    quoted = [match.span() for match in QUOTED.finditer(text)]
    sentences, begin = [], 0
    for match in END.finditer(text):
        end = match.end()
        if (not quoted or not _is_within(end, quoted)) and _ends(text, begin, match):
            sentences.append(text[begin:end].strip())
            begin = end
    return [sentence for sentence in (*sentences, text[begin:].strip()) if sentence]


def _is_within(end: int, quoted: list[tuple[int, int]]) -> bool:
    return any(opened < end < closed for opened, closed in quoted)


def _ends(text: str, begin: int, match: re.Match[str]) -> bool:
    following = text[match.end() : match.end() + 40].lstrip()
    if not following:
        return True
    if following[0].islower() or following[0] in ",;":
        return False
    if match[0] == "." and _abbreviated(text[begin : match.end()], following):
        return False
    return not (following[0] == "(" and text[begin : match.end()].isupper())  # MIAMI, FLA. (WSVN) -


def _abbreviated(before: str, following: str) -> bool:
    last_word = WORD_BEGINS.split(before[-30:].rstrip("."))[-1].lower()
    next_word = following.split(maxsplit=1)[0].strip(".,;:“”\"'")
    if last_word in ABBREVIATIONS or NUMBERING.fullmatch(before):
        return True
    if last_word in PERHAPS_LAST or INITIAL.search(before):
        return next_word.lower() not in STARTERS
    if following[0].isdigit():
        return last_word in BEFORE_NUMBERS
    ordinal = ORDINAL.search(before[-30:])
    return ordinal is not None and (next_word in MONTHS_AND_AGES or ordinal["before"].lower() in BEFORE_ORDINALS)
