"""Splits text into sentences, in any script, quickly.

A full stop ends a sentence unless it belongs to an abbreviation, an initial, a number or an ellipsis that
goes on; what stands in quotation marks is not torn apart. The rules and abbreviations cover English,
Spanish, Portuguese, French and German; Chinese, Japanese, Arabic, Hindi and others have marks of their own.
"""

import re

END = re.compile(
    r"""
    (?: [.!?…]+ (?: ["'”’»)\]]+ | \s[»] )?  (?= \s | $ )      # the marks of European scripts, with what closes
      | [。！？｡]+ [」』”’）]*                                  # Chinese and Japanese need no space
      | [।॥؟۔]+ ["”’»)]* (?= \s | $ ) )
    """,
    re.VERBOSE,
)
ABBREVIATIONS = frozenset(
    """
    mr mrs ms dr prof sr sra srta st jr gen col lt sgt capt cmdr adm gov sen rep rev hon pres supt det insp
    vs etc pp approx dept inc ltd co corp bros mt ft
    jan feb mar apr jun jul aug sep sept oct nov dec ene abr ago dic fev dez janv févr avr juil déc
    a.m p.m e.g i.e u.s u.k u.n d.c ph.d ee.uu p.ej d.h z.b u.a o.ä s.a
    bzw ca evtl ggf inkl usw vgl bd dgl mio mrd tel hl prof dipl ing
    avda av dpto núm pág ud uds vd vds exmo exma dra mme mlle cf
    """.split()
)
# Abbreviations only before a number: otherwise they are words that may end a sentence.
BEFORE_NUMBERS = frozenset("no nos nr núm art abs fig vol cap str p".split())
# German writes ordinals with a full stop: "am 3. Mai", "im 19. Jahrhundert".
ORDINAL = re.compile(r"(?:^|\s)\d{1,2}\.$")
MONTHS_AND_AGES = frozenset(
    "Januar Februar März April Mai Juni Juli August September Oktober November Dezember Jahrhundert Jahrhunderts "
    "Januars Geburtstag Platz Klasse Runde Spieltag Minute Auflage Stock Weltkrieg Weltkriegs".split()
)
INITIAL = re.compile(r"(?:^|[\s(.-])[^\W\d_]\.$")
OPENERS, CLOSERS = "“«„「『(", "”»“」』)"


def split_sentences(text: str) -> list[str]:
    """The sentences of ``text`` in order, white space folded; line breaks between paragraphs end one too."""
    return [
        sentence for paragraph in re.split(r"\n\s*\n", text) for sentence in _paragraph(" ".join(paragraph.split()))
    ]


def _paragraph(text: str) -> list[str]:
    sentences, begin = [], 0
    for match in END.finditer(text):
        if _ends(text, begin, match):
            sentences.append(text[begin : match.end()].strip())
            begin = match.end()
    return [sentence for sentence in (*sentences, text[begin:].strip()) if sentence]


def _ends(text: str, begin: int, match: re.Match[str]) -> bool:
    following = text[match.end() :].lstrip()
    if not following:
        return True
    if following[0].islower():
        return False
    if match[0] == "." and _abbreviated(text[begin : match.end()], following):
        return False
    return _closed(text[begin : match.end()])


def _abbreviated(before: str, following: str) -> bool:
    last_word = before.rstrip(".").rpartition(" ")[2].lstrip("(\"'“‘«").lower()
    if last_word in ABBREVIATIONS or INITIAL.search(before):
        return True
    if following[0].isdigit():
        return last_word in BEFORE_NUMBERS
    return bool(ORDINAL.search(before)) and following.split(maxsplit=1)[0].strip(".,;:") in MONTHS_AND_AGES


def _closed(sentence: str) -> bool:
    """True when no quotation or parenthesis is still open; after 400 characters somebody forgot to close it."""
    if len(sentence) > 400:
        return True
    if sentence.count('"') % 2:
        return False
    if "„" in sentence:
        return sentence.count("„") <= sentence.count("“") + sentence.count("”")
    return all(sentence.count(opener) <= sentence.count(closer) for opener, closer in ("“”", "«»", "「」", "()"))
