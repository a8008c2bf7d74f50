"""Words that the checks know, in the languages that issues are written in: en, es, pt, fr, de, and a few for ar."""

import re

# Whole texts of links that say nothing, in lower case, without marks at their ends.
VAGUE = frozenset(
    phrase
    for phrases in (
        "here|click|click here|click here now|tap here|this|this link|link|more|read more|learn more|see more",
        "view more|find out more|more info|details|go|continue|continue reading",
        "aquí|haz clic aquí|haga clic aquí|clic aquí|pulsa aquí|más|leer más|ver más|saber más|más información",
        "seguir leyendo",
        "aqui|clique aqui|clica aqui|carregue aqui|mais|ler mais|leia mais|ver mais|saiba mais|saber mais",
        "ici|cliquez ici|cliquer ici|plus|lire plus|lire la suite|en savoir plus|voir plus|plus d'infos",
        "hier|hier klicken|klicken sie hier|klick hier|klicke hier|mehr|mehr lesen|weiterlesen|mehr erfahren",
        "weitere infos|هنا|اضغط هنا|انقر هنا|المزيد|اقرأ المزيد",
    )
    for phrase in phrases.split("|")
)


def _any_of(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


UNSUBSCRIBE = _any_of(
    r"unsubscri|opt[-_ ]?out|preferences",
    r"cancelar (?:la |a )?(?:suscripci|subscri|inscri)|anular (?:la |a )?(?:suscripci|subscri)|dar(?:se|te)? de baja",
    r"descadastr|désabonn|desabonn|désinscri|desinscri",
    r"abmeld|abbestell|austrag",
    r"إلغاء الاشتراك|ألغ اشتراك",
)
IN_BROWSER = _any_of(
    r"view (?:this |it )?(?:\w+ )?(?:in|on) (?:your |the )?(?:browser|web)|view online|no images",
    r"trouble (?:viewing|reading)",
    r"ver (?:este \w+ )?(?:en|no) (?:el |tu |su |seu )?navegador|ver online",
    r"im browser|voir (?:\w+ ){0,4}(?:en ligne|navigateur)|عرض في المتصفح",
)
GREETINGS = (
    r"(?:Hi|Hello|Hey|Dear|Good (?:morning|evening)|Hola|Buenos días|Querid[oa]|Olá|Bom dia|Car[oa]|Bonjour|Salut|"
    r"Chère?|Hallo|Guten Morgen|Liebe[rs]?)"
)
# Hosts that hide where a link leads.
SHORTENERS = frozenset(
    "bit.ly tinyurl.com t.co goo.gl ow.ly is.gd buff.ly rebrand.ly cutt.ly rb.gy shorturl.at tiny.cc lnkd.in t.ly "
    "soo.gd bl.ink s.id v.gd".split()
)
