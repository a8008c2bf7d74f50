"""Where a piece first appeared, as it says so itself: "This article was originally published on NAME".

In English, Spanish, Portuguese, French and German.
"""

import re

LONGEST_NOTE = 600  # characters
MOST_WORDS = 35
LONGEST_LINK = 80  # characters
ORIGIN = re.compile(
    r"""
    ^\W*(?:(?:this|the)\ (?:post|article|story|piece|content|essay)\ (?:was\ |has\ been\ |is\ )?)?
    (?:(?:originally\ |first\ )(?:posted|published|appeared|ran)\ (?:on|in|at|by)|re-?published\ (?:\w+\ ){0,2}from)
    \ (?:the\ website\ of\ )?
    (?P<en>[^–—|\n]{2,80}?)
    (?:\s*[–—|-]\s*(?:view|read|see)\b.*|\s*\(?(?:view|read|see)\ (?:the\ )?original.*
      |[,.]?\s+(?:and\ is|under|with|read)\ .*|[.!]?\s*)$
    |^\W*(?:(?:este|esta|el|la)\ (?:art[íi]culo|nota|texto|publicaci[óo]n|entrada|contenido)\ )?
      (?:fue\ |se\ |ha\ sido\ )?
      (?:public(?:ad[oa]|[óo])\ (?:originalmente|por\ primera\ vez)|originalmente\ publicad[oa]
        |apareci[óo]\ (?:originalmente|por\ primera\ vez|primero)|republicad[oa])\ (?:en|por|de)
      \s+(?P<es>[^–—|\n]{2,80}?)(?:[,.]?\s+(?:bajo|y\ se|lea|lee)\ .*|[.!]?\s*)$
    |^\W*(?:(?:este|esta|o|a)\ (?:artigo|texto|mat[ée]ria|reportagem|post|conte[úu]do)\ )?(?:foi\ )?
      (?:public(?:ad[oa]|ou-se)\ (?:originalmente|primeiro|primeiramente)|originalmente\ publicad[oa]
        |apareceu\ (?:originalmente|primeiro|pela\ primeira\ vez)|republicad[oa])\ (?:em|no|na|pelo|pela|de|do|da)
      \s+(?P<pt>[^–—|\n]{2,80}?)(?:[,.]?\s+(?:sob|e\ est[áa]|leia)\ .*|[.!]?\s*)$
    |^\W*(?:(?:cet\ article|ce\ texte|ce\ billet|cet\ entretien)\ (?:a\ (?:été|d.abord\ été)\ |est\ )?)?
      (?:(?:initialement|d.abord|originellement)\ (?:publié|paru)
        |(?:publié|paru)\ (?:initialement|(?:à|a)\ l.origine|d.abord)
        |republié\ (?:à\ partir\ )?)\s*(?:sur|dans|par|chez|de|du)
      \s+(?P<fr>[^–—|\n]{2,80}?)(?:[,.]?\s+(?:sous|et\ est|lire|lisez)\ .*|[.!]?\s*)$
    |^\W*(?:(?:dieser|der)\ (?:artikel|beitrag|text)\ (?:ist\ |wurde\ )?)?
      (?:(?:erschien|erschienen)\ (?:zuerst|ursprünglich|zunächst)
        |(?:zuerst|ursprünglich|zunächst)\ (?:erschienen\ |veröffentlicht\ )?)
      \ ?(?:auf|bei|in|im|von)
      \s+(?P<de>[^–—|\n]{2,80}?)(?:\ (?:erschienen|veröffentlicht(?:\ worden)?))?
      (?:[,.]?\s+(?:unter|und\ steht)\ .*|[.!]?\s*)$
    """,
    re.IGNORECASE | re.VERBOSE,
)
TO_ORIGINAL = re.compile(
    r"^\W*(?:(?:view|read|see) (?:the )?original(?: (?:article|post|story|piece|version|here))?"
    r"|(?:ver|leer|lea|lee) (?:el |la )?(?:art[íi]culo|nota|entrada|publicaci[óo]n) original"
    r"|(?:ver|ler|leia) (?:o |a )?(?:artigo|texto|mat[ée]ria|publica[çc][ãa]o|post) original"
    r"|(?:lire|voir|lisez) (?:l.article|l.original|le texte|le billet)(?: original| d.origine)?"
    r"|(?:zum |den )?original(?:artikel|beitrag|text)(?: lesen)?)\W*$",
    re.IGNORECASE,
)
YEAR = re.compile(r"\b(?:19|20)\d\d\b")
# What stands in small letters in the names of publications.
IN_NAMES = frozenset("and da das de del der des di die do du e el et for in la las le les los of on the und y".split())


def origin_of(paragraph: str) -> str:
    """The name in "This post was originally posted on NAME"; empty when the paragraph says no such thing."""
    short = len(paragraph) <= LONGEST_NOTE and len(paragraph.split()) <= MOST_WORDS
    match = ORIGIN.match(paragraph) if short else None
    name = next(filter(None, match.groups()), "").strip(' ."“”') if match else ""
    return name if _is_name(name) else ""


def leads_to_original(words: str) -> bool:
    """True for the words of a link to the piece where it first appeared ("Read the original article")."""
    return len(words) <= LONGEST_LINK and bool(TO_ORIGINAL.match(words))


def _is_name(words: str) -> bool:
    """True for a site or a publication, as against a date ("Mon 12 Nov 2018") or the rest of a sentence."""
    if YEAR.search(words):
        return False
    return all(word in IN_NAMES or "." in word or not word[:1].islower() for word in words.split())
