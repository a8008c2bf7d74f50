"""Takes out of an article's paragraphs what the site put there: prompts, share bars, related posts, author boxes.

Only whole paragraphs go, and only short ones that say nothing but such things, so that nothing of the article
itself is lost. In English, Spanish, Portuguese, French and German.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

LONGEST_PROMPT = 25  # words; what is longer is somebody's writing
LONGEST_RELATED = 25
MOST_RELATED = 8  # titles below a "Related Posts"
LONGEST_CAPTION = 40
LONGEST_CLUTTER = 600  # characters; patterns need not look at more
# The tail of an article, in which an author box may stand: what comes first is never taken for one.
TAIL = 0.5


SOCIAL = "facebook|twitter|whatsapp|telegram|linkedin|pinterest|reddit|tumblr|e-?mail|instagram|youtube"
SHARED = f"en|em|no|on|sur|auf|por|par|via|esto|isto|este|ce|cet|diesen?|art[íi]culo|artigo|article|artikel|{SOCIAL}"


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile(rf"^\W*(?:{'|'.join(patterns)})", re.IGNORECASE)


PROMPT = _any(
    r"(?:please )?(?:subscribe|sign up|register)\b.{0,60}\b(?:news ?letters?"
    r"|(?:by|our|via|your|daily|weekly) e-?mails?|e-?mail (?:alerts|updates)|daily updates|inbox)\b",
    r"(?:subscribe|sign up)\b.{0,30}\b(?:free|daily|updates|alerts)\W*$",
    r"(?:get|receive)\b.{0,60}\bin(?:to)? your inbox\b",
    r"(?:get|receive) (?:our|my|the)\b.{0,40}\bnewsletter\b",
    r"(?:enter|type) your e-?mail",
    r"(?:suscr[íi]b(?:a|anse|ase|ete|irse|irte)|reg[íi]str(?:ate|ese|arse)|ap[úu]nt(?:ate|ese|arse))\b.{0,60}\b(?:bolet[íi]n|newsletter|correo|gratis|canal|alertas)\b",
    r"recib[ea]\b.{0,60}\b(?:bolet[íi]n|correo|newsletter)\b",
    r"(?:inscreva-se|assine|cadastre-se|receba)\b.{0,60}\b(?:newsletter|boletim|e-?mail|gr[áa]tis|canal)\b",
    r"(?:abonnez-vous|inscrivez-vous|recevez)\b.{0,60}\b(?:newsletter|lettre|gratuit\w*|e-?mails?|alertes)\b",
    r"jetzt\b.{0,40}\bnewsletter\b.{0,20}\b(?:abonnieren|anmelden)\b",
    r"(?:abonnieren sie|jetzt abonnieren|melden sie sich"
    r"|jetzt anmelden)\b.{0,60}\b(?:newsletter|e-?mail|kostenlos|push)\b",
)
FOLLOW = _any(
    r"please follow\b.{0,30}\blike us",
    rf"(?:follow|like|find|join) us(?: also)? on\W*(?:{SOCIAL}|social|$)",
    r"follow us\W*$",
    r"(?:share|tweet|pin|e-?mail|print|save)(?: (?:this|it|on|by|via"
    r"|article|post|story|facebook|twitter|whatsapp|linkedin|e-?mail))*\W*$",
    rf"(?:{SOCIAL})(?:\W+(?:{SOCIAL}))*\W*$",
    r"(?:s[íi]guenos|siga-nos|suivez-nous|folgen sie uns)(?:\W+\w+){0,6}\W*$",
    rf"(?:comp[áa]rt(?:e|ir|elo)|compartilh(?:e|ar)|partag(?:er|ez)|teilen)(?:\W+(?:{SHARED}))*\W*$",
)
COOKIES = _any(
    r"(?:we|this (?:web)?site|our partners)\b.{0,40}\buses? cookies",
    r"by (?:continuing|using|browsing)\b.{0,80}\bcookies",
    r"(?:este sitio|utilizamos|usamos|nous utilisons|ce site utilise"
    r"|wir verwenden|diese (?:web)?seite verwendet)\b.{0,60}\bcookies",
)
MORE = _any(
    r"(?:continue reading|click here|read the full (?:story|article)|more from|see also|also read)\b.{0,120}$",
    r"(?:read more|keep reading)(?:\W*$|\s*[:|→»–—-].{0,120}$| (?:about|at|below|from|here|on)\b.{0,120}$)",
    r"(?:leer? m[áa]s|sigue leyendo|lea tambi[ée]n|leia (?:mais|tamb[ée]m)|lire (?:la suite"
    r"|aussi|également)|weiterlesen|lesen sie auch|mehr zum thema)\b.{0,120}$",
    r"(?:advertisement|advertising|publicidad|publicidade|publicité|anzeige|werbung|story continues below.{0,30})\W*$",
    r"(?:leave a (?:reply|comment)|\d+ comments?|comments? (?:are closed|off)"
    r"|deja un comentario|deixe um comentário|laisser un commentaire)\W*$",
)
RELATED = _any(
    r"(?:related|recommended|similar|popular|more)(?: (?:posts?|articles?|stories|news|reading|content|topics))+\W*$",
    r"(?:you (?:may|might) (?:also )?(?:like|enjoy)|you may also be interested"
    r"|don'?t miss|most read|trending(?: now)?|what to read next)\W*$",
    r"(?:art[íi]culos|noticias|entradas|notas|contenido) relacionad[oa]s?\W*$",
    r"(?:also read|read also|lea tambi[ée]n|leia tamb[ée]m)\W*$",
    r"(?:te puede interesar|tambi[ée]n te puede interesar|m[áa]s le[íi]das)\W*$",
    r"(?:artigos|not[íi]cias|posts|mat[ée]rias) relacionad[oa]s\W*$",
    r"(?:voc[êe] (?:tamb[ée]m )?pode gostar|mais lidas|veja tamb[ée]m)\W*$",
    r"(?:articles|sujets|contenus) (?:similaires|li[ée]s|connexes|associ[ée]s)\W*$",
    r"(?:à lire aussi|sur le même sujet|vous (?:aimerez|pourriez) aussi.{0,12})\W*$",
    r"(?:ähnliche|verwandte|weitere) (?:artikel|beiträge|themen|meldungen)\W*$",
    r"(?:das könnte (?:sie|dich) auch interessieren|mehr zum thema|auch interessant)\W*$",
)
AUTHOR_BOX = _any(
    r"(?:about the (?:author|writer)s?|author bio(?:graphy)?)\W*$",
    r"(?:sobre (?:el autor|la autora|o autor|a autora)|acerca del autor|[àa] propos de l[’']auteure?|l[’']auteure?"
    r"|[üu]ber (?:den autor|die autorin)|zum autor|zur autorin)\W*$",
)
# "About Ana Reis" is as well a heading over what somebody did.
NAMED_BOX = re.compile(r"^\W*About (?!(?:Our|The|This|Us|Your)\b)[^\W\d_a-z]\w+ [^\W\d_a-z]\w+\W*$")
LONGEST_NAMED_BOX = 2  # paragraphs, with which the article ends
ORIGIN = re.compile(
    r"""
    ^\W*(?:(?:this|the)\ (?:post|article|story|piece|content)\ (?:was\ |has\ been\ |is\ )?)?
    (?:originally\ |first\ )(?:posted|published|appeared|ran)\ (?:on|in|at|by)\ (?:the\ website\ of\ )?
    (?P<name>[^–—|\n]{2,80}?)
    (?:\s*[–—|-]\s*(?:view|read|see)\b.*|\s*\(?(?:view|read|see)\ (?:the\ )?original.*
      |\s+(?:and\ is|under|with)\ .*|[.!]?\s*)$
    |^\W*(?:publicado\ originalmente\ en|este\ art[íi]culo\ (?:se\ public[óo]|fue\ publicado)\ originalmente\ en
      |publicado\ originalmente\ em|este\ artigo\ foi\ publicado\ originalmente\ em
      |(?:cet\ article\ a\ été\ )?(?:initialement\ publié|publié\ (?:initialement|à\ l.origine))\ (?:sur|dans|par)
      |(?:dieser\ (?:artikel|beitrag)\ (?:erschien|ist)\ )?zuerst\ (?:erschienen\ )?(?:auf|bei|in))
      \s+(?P<other>[^–—|\n]{2,80}?)[.!]?$
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
LONGEST_LINK = 80  # characters
# The foot that WordPress puts under every entry of a feed, in the language of the site.
FEED_FOOT = _any(
    r"the post .{1,300} (?:appeared|was published) first on .{1,100}",
    r"(?:la entrada|el art[íi]culo) .{1,300} (?:se public[óo]|aparece|apareci[óo]) primero en .{1,100}",
    r"o (?:post|conte[úu]do|artigo) .{1,300} (?:apareceu|aparece|foi publicado) primeiro em .{1,100}",
    r"(?:l[’']article|le billet) .{1,300} est apparu en premier sur .{1,100}",
    r"der beitrag .{1,300} erschien zuerst auf .{1,100}",
)
YEAR = re.compile(r"\b(?:19|20)\d\d\b")
# What stands in small letters in the names of publications.
IN_NAMES = frozenset("and da das de del der des di die do du e el et for in la las le les los of on the und y".split())
CREDIT = re.compile(
    r"^\W*(?:photo(?:graph)?s?|image|picture|foto|imagen|imagem|bild"
    r"|crédit photo|credit|illustration)(?: (?:by|credit|de|von|par))?\s*[:/©]",
    re.IGNORECASE,
)
CAPTION = re.compile(
    r"^[^\n]{40,300}(?:\((?:[\w@.]{3,30}|[^()]{0,40}\b(?:reuters|afp|ap|efe|dpa)\b[^()]{0,30})\)"
    r"|\([^()]{0,40}\b(?:photo|foto|getty|shutterstock)[^()]{0,30}\)\.?)$",
    re.IGNORECASE,
)
CAPTION_PLACES = 2  # a caption without a credit word is one only among the first paragraphs
ENDED = re.compile(r"[.!?…:;。！？।؟][\"'”’»)\]]*$")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What is left of an article, and the name of the site where it says it first appeared."""

    text: str
    original_name: str = ""


def clean(text: str) -> Cleaned:
    """``text`` (paragraphs parted by blank lines) without what the site put around and into it."""
    paragraphs = [" ".join(paragraph.split()) for paragraph in re.split(r"\n\s*\n", text) if paragraph.strip()]
    original = next((name for paragraph in paragraphs if (name := origin_of(paragraph))), "")
    kept = _without_author_box(_without_related(paragraphs))
    kept = [paragraph for place, paragraph in enumerate(kept) if not is_clutter(paragraph, place)]
    return Cleaned("\n\n".join(kept), original)


def origin_of(paragraph: str) -> str:
    """The name in "This post was originally posted on NAME"; empty when the paragraph says no such thing."""
    short = len(paragraph) <= LONGEST_CLUTTER and len(paragraph.split()) <= LONGEST_PROMPT + 10
    match = ORIGIN.match(paragraph) if short else None
    name = (match["name"] or match["other"] or "").strip(' ."“”') if match else ""
    return name if _is_name(name) else ""


def leads_to_original(words: str) -> bool:
    """True for the words of a link to the piece where it first appeared ("Read the original article")."""
    return len(words) <= LONGEST_LINK and bool(TO_ORIGINAL.match(words))


def _is_name(words: str) -> bool:
    """True for a site or a publication, as against a date ("Mon 12 Nov 2018") or the rest of a sentence."""
    if YEAR.search(words):
        return False
    return all(word in IN_NAMES or "." in word or not word[:1].islower() for word in words.split())


def is_clutter(paragraph: str, place: int = 99) -> bool:
    """True for a paragraph that is no part of the article. ``place`` is its number, from 0."""
    if len(paragraph) > LONGEST_CLUTTER:
        return False
    words = len(paragraph.split())
    if origin_of(paragraph) or FEED_FOOT.match(paragraph):
        return True
    if words <= LONGEST_PROMPT and any(kind.match(paragraph) for kind in (PROMPT, FOLLOW, COOKIES, MORE)):
        return True
    return words <= LONGEST_CAPTION and bool(
        CREDIT.match(paragraph) or (place < CAPTION_PLACES and CAPTION.match(paragraph))
    )


def _without_related(paragraphs: Sequence[str]) -> list[str]:
    """Without each "Related Posts" and the titles below it: short lines that end no sentence."""
    kept: list[str] = []
    below = 0
    for paragraph in paragraphs:
        if len(paragraph) <= LONGEST_CLUTTER and RELATED.match(paragraph):
            below = MOST_RELATED
        elif below and _is_title(paragraph):
            below -= 1
        else:
            below = 0
            kept.append(paragraph)
    return kept


def _is_title(paragraph: str) -> bool:
    words = len(paragraph.split())
    return words <= LONGEST_RELATED and (not ENDED.search(paragraph) or paragraph.endswith(("?", "…", "!")))


def _without_author_box(paragraphs: list[str]) -> list[str]:
    """Without an author box and all below it, when it stands in the article's later half."""
    for place, paragraph in enumerate(paragraphs):
        if len(paragraph) > LONGEST_CLUTTER or place < len(paragraphs) * TAIL:
            continue
        is_last = len(paragraphs) - place - 1 <= LONGEST_NAMED_BOX
        if AUTHOR_BOX.match(paragraph) or (is_last and NAMED_BOX.match(paragraph)):
            return paragraphs[:place]
    return paragraphs
