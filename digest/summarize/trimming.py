"""Takes off a sentence what it can do without, and nothing that its truth hangs on.

Off comes what leads in (a dateline, "However,"), and, where room is short, an aside. A sentence that loses an aside
must say the same without it: who says something stays, so that a claim does not become a fact, and an aside with a
"not", an "if" or an "alleged" in it stays too. What is within quotation marks is not touched.
"""

import re
from collections.abc import Iterator

DATELINE = re.compile(
    r"""
    ^(?: [^\W\d_a-zß][\w'’.-]*(?:[ /][\w'’.-]+){0,3} (?:,\ [\w.\s-]{2,30}?)?  # LISBON, Portugal
         \s* \([^()\d]{2,30}\)  # (AP)
       | [A-ZÄÖÜÁÉÍÓÚÑÇ]{3,}[A-ZÄÖÜÁÉÍÓÚÑÇ.\s-]* (?:,\ [\w.\s-]{2,30}?)? )
    \s* (?: [-–—]{1,2} | \.- | \.\ [-–—] ) \s+ (?=\S)
    | ^\[[^\[\]]{1,60}\] \s* (?=\S)   # [agency = reporter], [1]
    """,
    re.VERBOSE,
)
CONNECTIVE = re.compile(
    r"""
    ^(?: However | Meanwhile | Moreover | Furthermore | In\ addition | Additionally | Nevertheless | Nonetheless
        | Besides | Also | For\ example | For\ instance | Of\ course | Indeed | In\ fact | In\ short | In\ other\ words
        | Sin\ embargo | Además | Asimismo | Mientras\ tanto | Por\ otra\ parte | Por\ otro\ lado | Por\ su\ parte
        | De\ hecho | En\ definitiva | Por\ ejemplo
        | Além\ disso | No\ entanto | Porém | Contudo | Entretanto | Por\ outro\ lado | Enquanto\ isso | Ainda\ assim
        | Cependant | Toutefois | En\ outre | De\ plus | Par\ ailleurs | D['’]ailleurs | En\ effet | Pourtant
        | Par\ exemple | Pendant\ ce\ temps ) ,\s+
    (?=\w)
    """,
    re.VERBOSE,
)
# An aside with one of these may carry the sentence's truth.
BINDING = re.compile(
    r"""
    \b(?: not | no | never | none | nor | neither | without | if | unless | except | only | but | although | though
    | however | may | might | could | alleg\w+ | accus\w+ | claim\w* | report(?:ed|s|edly) | suspect\w* | said | says
    | according | apparently | n[’']t | deni\w+ | false\w*
    | ni | nunca | jamás | sin | si | salvo | excepto | aunque | pero | según | podría\w* | presunt\w+ | supuest\w+
    | dijo | não | nem | sem | se | exceto | embora | mas | segundo | poderia\w* | suspeit\w+ | disse
    | ne | pas | jamais | sans | sauf | mais | selon | pourrait\w* | présumé\w* | aurait\w* | dit
    | nicht | kein\w* | nie | ohne | wenn | falls | außer | aber | laut | soll\w* | könnte\w* | mutmaßlich\w*
    | angeblich | sagte? | offenbar | wohl | zufolge ) \b | n[’']t\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
PARENTHESIS = re.compile(r"\s+\([^()]*\)(?!\w)")
WEEKDAYS = (
    "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|lunes|martes|miércoles|jueves|viernes|sábado|domingo|"
    "segunda-feira|terça-feira|quarta-feira|quinta-feira|sexta-feira|lundi|mardi|mercredi|jeudi|vendredi|samedi|"
    "dimanche|Montag|Dienstag|Mittwoch|Donnerstag|Freitag|Samstag|Sonntag"
)
# "… , officials said in a statement on Tuesday": how and when it was said, not what is said.
WAYS_OF_SAYING = (
    "statement|interview|tweet|speech|briefing|e-?mail|(?:news|press) (?:release|conference)|"
    "comunicado|entrevista|rueda de prensa|nota|communiqué|entretien|Mitteilung|Erklärung|Stellungnahme|Interview"
).replace(" ", r"\ ")
SAYING = re.compile(
    rf"""(?P<says>\b(?:said|says|announced|dijo|anunció|disse|anunciou|déclaré|annoncé|sagte|teilte\ mit))
    (?:\ (?:in|en|em|dans)\ (?:an?|una?|uma?|une?|eine[rm]?)\ (?:{WAYS_OF_SAYING}))?
    (?:(?:\ (?:on|el|este|na|nesta|am|ce))?\ (?:{WEEKDAYS})(?:\ (?:morning|afternoon|evening|night))?)?(?=[.”"]*$)""",
    re.VERBOSE,
)
# A last clause that only tells more of what stands before it. (German parts the needed ones by a comma, too.)
ASIDE = re.compile(
    r"""
    ,\ (?: which | who | whose | where | including | such\ as | under | with | after | before | during | amid
        | following | as\ part\ of | \w{3,}ing
        | quien(?:es)? | donde | incluyendo | incluid[oa]s? | con | tras | después | durante | \w+[ai]e?ndo
        | onde | incluindo | com | após | depois
        | dont | où | y\ compris | notamment | avec | après | lors | dans\ le\ cadre | en\ \w+ant
        | darunter | einschließlich | nachdem | um )
      \b [^,;:()“”„"«»–—]* (?=[.!]$)
    | ,\ [^,;:()“”„"«»–—]* \b(?:"""
    + WEEKDAYS
    + r""")\b [^,;:()“”„"«»–—]* (?=[.!]$)
    | \ [–—]\ [^,;:()“”„"«»–—]+ (?=[.!]$)
    """,
    re.VERBOSE,
)
DASH = re.compile(r"\s[–—]\s")
FEWEST_LEFT = 7  # words


def without_lead_in(sentence: str) -> str:
    """The sentence without its dateline and without the word that ties it to the one before."""
    bare = DATELINE.sub("", sentence, count=1)
    bare = CONNECTIVE.sub("", bare, count=1)
    return bare[:1].upper() + bare[1:] if bare != sentence else sentence


def shorter(sentence: str) -> Iterator[str]:
    """The same sentence, each time with one thing less; every one is whole and says nothing that it did not."""
    for rule in (PARENTHESIS, SAYING, ASIDE):
        bare = _without(rule, sentence)
        if bare != sentence and len(bare.split()) >= FEWEST_LEFT:
            sentence = bare
            yield sentence


def _without(rule: re.Pattern[str], sentence: str) -> str:
    def dropped(match: re.Match[str]) -> str:
        if match[0].lstrip()[0] in "–—" and len(DASH.findall(sentence)) > 1:  # the other half of a pair
            return match[0]
        if BINDING.search(match[0].removeprefix(match.groupdict().get("says") or "")) or _is_quoted(sentence, match):
            return match[0]
        return match.groupdict().get("says") or ""

    return rule.sub(dropped, sentence)


def _is_quoted(sentence: str, match: re.Match[str]) -> bool:
    before = sentence[: match.start()]
    opened = sum(before.count(mark) for mark in "“„«「") - sum(before.count(mark) for mark in "”»」")
    return opened > 0 or bool(before.count('"') % 2)
