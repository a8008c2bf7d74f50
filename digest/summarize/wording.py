"""Words that tell what a sentence is: one that hangs in the air, or one that is no part of the article."""

import re

_HANGING = {
    "en": "he she it they his her hers him them its their theirs this these those that such but and or yet so however "
    "moreover furthermore therefore thus instead meanwhile nevertheless nonetheless also then both neither besides "
    "still afterwards similarly likewise consequently otherwise hence accordingly too none others another",
    "es": "él ella ello ellos ellas su sus este esta esto estos estas ese esa eso esos esas aquel aquella pero y e o "
    "además también así entonces mientras aunque ambos asimismo tampoco luego sino ni dicho dicha",
    "pt": "ele ela eles elas seu sua seus suas este esta isto estes estas esse essa isso esses essas mas e ou "
    "além também assim então enquanto porém contudo ambos ainda depois nem dele dela nele nela",
    "fr": "il elle ils elles son sa ses leur leurs ce cet cette ces cela ceci c mais et ou donc or ni car aussi "
    "ainsi alors cependant toutefois pourtant enfin ensuite puis celui celle ceux celles",
    "de": "er sie es sein seine seiner ihr ihre ihren ihrem dieser diese dieses diesen diesem jener jene dies "
    "aber und oder denn doch außerdem auch so dann daher deshalb dennoch jedoch zudem dabei damit danach davon dazu "
    "dagegen darüber dadurch darum dafür beide ferner hier dort ihm ihn ihnen deren dessen solche sondern",
    "ru": "он она оно они его её их это этот эта эти но и а однако также поэтому затем",
    "ar": "وهو وهي كما ولكن لكن هذا هذه وقال وقالت وأضاف وأضافت",
    "el": "αυτός αυτή αυτό αυτοί αυτές όμως αλλά και επίσης",
    "hi": "वह यह",
    "it": "lui lei loro questo questa questi queste ma e inoltre però suo sua suoi così infatti anche",
    "nl": "hij zij ze het zijn haar hun dit deze dat maar en dus ook daarom toch daarna",
    "pl": "on ona ono oni one jego jej ich to ten ta te ale i a jednak także również dlatego",
}
# "The" is an article; "That" at the beginning mostly is not: what is left out here may open a sentence.
HANGING = {language: frozenset(words.split()) for language, words in _HANGING.items()}

# "In 2019, she …": the first words lead in, and whom the sentence is about was named before.
_LEADING_IN = {
    "en": "in on at after before since during last by for from when while as until later earlier now today once",
    "es": "en el a tras después antes desde durante cuando hoy ahora según",
    "pt": "em no na ao após depois antes desde durante quando hoje agora segundo",
    "fr": "en à au après avant depuis pendant quand lorsque hier aujourd'hui selon dans",
    "de": "im in am nach vor seit während bei beim zum zur mit von vom als wenn heute gestern jetzt nun dort für um",
}
_PRONOUNS = {
    "en": "he she they his her their him them",
    "es": "él ella ellos ellas",
    "pt": "ele ela eles elas",
    "fr": "elle ils elles",
    "de": "er sie ihm ihnen ihn",
}
LEADING_IN = {language: frozenset(words.split()) for language, words in _LEADING_IN.items()}
PRONOUNS = {language: frozenset(words.split()) for language, words in _PRONOUNS.items()}
LEAD_IN_WORDS = 7
# Where the language is unknown; the little words of the others open sentences in these.
ASSUMED = ("en", "es", "pt", "fr", "de", "ru", "ar", "el", "hi")
# "This week" and "este martes" point to the calendar.
CALENDAR = re.compile(
    r"""
    ^(?: (?:this|these)\ (?:year|month|week|day|days|morning|afternoon|evening|weekend|spring|summer|autumn|fall|winter
            |monday|tuesday|wednesday|thursday|friday|saturday|sunday)
        | est[ea]s?\ (?:año|mes|semana|mañana|tarde|noche|verano|ano|manhã|noite|verão|lunes|martes|miércoles|jueves
            |viernes|sábado|domingo|segunda|terça|quarta|quinta|sexta)
        | ce(?:t|tte)?\ (?:année|mois|semaine|matin|soir|été|hiver|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)
        | dieser?s?\ (?:jahr|woche|monat|sommer|winter|tage) ) \b
    """,
    re.IGNORECASE | re.VERBOSE,
)

# Who speaks was named before; "the two" were, too.
NAMED_BEFORE = re.compile(
    r"""
    \b(?:he|she|they)\ (?:said|says|added|adds|told|explained|wrote|recalled|noted|continued|argued|tweeted|warned)\b
    | [”"»]\s*,?\s*(?:dijo|dice|afirmó|añadió|señaló|explicó|disse|diz|afirmou|acrescentou|explicou)\s*[.,]
    | \b(?:dijo|disse|afirmou)\ (?:él|ella|ele|ela)\b
    | \b(?:have|has|had|do|does|did|is|are|was|were|will|would|can|could)(?:n[’']t|\ not)\W*$  # … what?
    | -t-(?:il|elle)\b | \b(?:dit|ajoute|explique|poursuit|précise)-(?:il|elle)\b
    | \b(?:sagte?|erklärte?|betonte?|meinte?|ergänzte?|erzählte?|berichtete?|so)\ (?:er|sie)\b
    | ^(?:the\ (?:two|pair|couple|duo|former|latter|same|other)
        | por\ (?:eso|ello|tanto|lo\ tanto|isso) | sin\ embargo
        | (?:all|some|most|many|each|one|none|both|two|few|any|part)
            \ of\ (?:this|that|these|those|them|it|its|his|her|their)
        | (?:for|in|at|with|to|from|of|on|by|after|under|despite|because\ of)\ (?:this|that|these|those|it|them)
            (?!\ (?:year|month|week|day|morning|weekend))
        | (?:second|third)(?:ly)?, | (?:no|yes|sí|não|oui|non|ja|nein|doch),
        | das\ (?:[a-zäöüß]+t|war|wäre|waren|sind|habe|kann|ging|sei|lag|muss|will|darf)
        | (?:aus|in|mit|vor|nach|bei|zu|an|für|auf|unter|von)\ dies(?:e[mrns]?)
            \ (?!jahr|woche|monat|tage|sommer|winter|saison)\w+
        | among\ (?:them|others?) | entre\ (?:otr[ao]s|ell[ao]s|outr[ao]s|el[ea]s|autres) | parmi\ (?:eux|elles)
        | unter\ ander(?:em|en|m)
        | zweitens | drittens | ersterer? | letzterer?
        | (?:por|en|con|para|de|tras|ante)\ (?:es[oae]s?|est[oae]s?)(?!\ (?:año|mes|semana|mañana|tarde|noche))
        | les?\ \w+(?:ó|aron|ieron)(?=\W) | lo\ (?:\w+(?:ó|aron|ieron)|hizo|hacen|hace|dijo|es|fue)
        | (?:por|com|para)\ (?:iss?o|isto|ess[ea]|est[ea]) | n?(?:ess[ea]|iss?o)(?=\ )
        | (?:pour|dans|à|avec|de|sur)\ (?:cel?a|cette|ces|cet|ce)(?!\ (?:année|mois|semaine|que|qui))
        | d['’](?:autre|une)\ part
        | los\ dos | las\ dos | os\ dois | as\ duas | les\ deux | die\ beiden | der\ eine ) \b
    | ^(?: 他 | 她 | 它 | 这 | 那 | 此 | 但 | 然而 | 彼 | これ | それ | この | その | しかし | そして | また )
    """,
    re.IGNORECASE | re.VERBOSE,
)
# What a sentence's last words or its demonstratives point to was said before.
POINTS_BACK = re.compile(
    r"""
    \b(?: it | them | so | this | that | these | those | there | him | one | ones | too
        | either | as\ well | also | other )\W*$
    | \b(?: this | these | those | such | the\ (?:latter|former|same|other) )\ (?!year|month|week|day|morning|weekend)\w
    | \b(?: dies(?:e[rsnm]?)? | jene[rsnm]? | solche[rsnm]? )\ (?!jahr|woche|monat|tage|sommer|winter)\w
    | \b(?: ellos? | ellas? | eso | esto | también | tampoco | ello | isso | isto | também | deles | delas | cela )\W*$
    | \b(?: es[ae]s? | es[eo]s | dich[oa]s? | ess[ea]s? | dess[ea]s? | ness[ea]s? )\ \w
    | \b(?: ce | cet | cette | ces )\ (?!année|mois|semaine|matin|soir|été|qui|que|n|sont|s)\w
    # What it stands against was said before.
    | ,\ (?: however | though | by\ contrast | meanwhile | sin\ embargo | en\ cambio | no\ entanto | porém | contudo
        | cependant | toutefois | en\ revanche ) ,
    | \b(?: jedoch | hingegen | allerdings ) \b
    """,
    re.VERBOSE,
)
# Nothing but somebody's words, and nobody who says them.
BARE_QUOTE = re.compile(r"""^(?:“[^”]*”|"[^"]*"|„[^“”]*[“”]|«[^»]*»|»[^«]*«|「[^」]*」)\W*$""")

# Who writes, or whom it is written for.
PERSONAL = re.compile(
    r"""\b(?: I | [Ww]e | [Yy]ou | [Mm]y | [Oo]ur | [Yy]our | ich | [Ww]ir | [Dd]u | Sie | mein\w* | unser\w* | dein\w*
    | je | [Nn]ous | [Vv]ous | [Nn]otre | [Vv]otre | yo | nosotros | [Nn]uestr[oa]s? | usted(?:es)? | eu | [Nn]ós
    | [Nn]oss[oa]s? | você )\b""",
    re.VERBOSE,
)

BOILERPLATE = re.compile(
    r"""
    (?<!\w)(?: subscribe | newsletter | sign\ up | log\ in | follow\ us | click\ here | read\ more | continue\ reading
    | cookies? | all\ rights\ reserved | advertisement | photo(?:graph)? (?:\ by|:) | image\ credit | share\ this
    | related\ (?:posts|articles|stories|videos) | copyright | ©
    | (?:may|we)\ (?:receive|earn)\ (?:\w+\ )?(?:compensation|commissions?) | affiliate\ (?:links?|commissions?)
    | advertiser\ disclosure | independent(?:ly)?\ review(?:ed)?\ process | originally\ (?:posted|published|appeared)
    | suscr[íi]b\w+ | bolet[íi]n\ (?:diario|gratuito) | lee[r]?\ m[áa]s | s[íi]guenos | derechos\ reservados
    | inscreva-se | assine | leia\ (?:mais|tamb[ée]m) | siga-nos | clique\ aqui | saiba\ mais
    | abonnez-vous | lire\ (?:la\ suite|aussi) | suivez-nous | tous\ droits | cliquez\ ici
    | abonnieren | weiterlesen | mehr\ zum\ thema | folgen\ sie\ uns | alle\ rechte | hier\ klicken | jetzt\ anmelden
    ) (?!\w)""",
    re.VERBOSE,
)
# "By Ana Reis | 3 May 2024", "Foto: dpa": who made it and when, not what it says.
BYLINE = re.compile(
    r"""
    ^(?: by | von | par | por | text | texto | published | updated | posted(?:\ on)? | veröffentlicht | aktualisiert
        | stand | publicado | actualizado | atualizado | publié | mis\ à\ jour ) [\s:]+ [^.]{0,60}
      \b(?: \d{4} | \d{1,2}:\d{2} | \d{1,2}[./]\d{1,2}[./]\d{2,4} )\W*\w{0,4}\W*$
    | ^(?: photo | foto | image | imagen | bild | abbildung | imagem | picture | caption | credits? | crédit | crédito
        | fotografía | fotografia | symbolbild | archivbild | illustration ) s? \s* (?: : | \b by \b | © )
    | (?: getty\ images | shutterstock | picture\ alliance | istock(?:photo)? | adobe\ stock | unsplash | afp/ | /afp
        | /dpa | dpa/ | /reuters ) \W*$
    """,
    re.IGNORECASE | re.VERBOSE,
)
PAIRS = (("«", "»"), ("(", ")"), ("「", "」"), ("『", "』"), ("（", "）"))


def hangs(sentence: str, language: str) -> bool:
    """True when the sentence leans on one before it ("He said so on Tuesday", "In 2019, she …")."""
    if CALENDAR.match(sentence):
        return False
    if NAMED_BEFORE.search(sentence) or BARE_QUOTE.match(sentence):
        return True
    words = re.findall(r"[^\W\d_]+|\d+", sentence[:120])[: LEAD_IN_WORDS + 1]
    if not words:
        return False
    own = language.partition("-")[0].lower()
    languages = (own,) if own in HANGING else ASSUMED
    first = words[0].lower()
    return any(first in HANGING[each] or _leads_in(words, each) for each in languages)


def _leads_in(words: list[str], language: str) -> bool:
    """After words that lead in, a pronoun comes before any name (in German, every noun has a capital)."""
    if not (words[0].isdigit() or words[0].lower() in LEADING_IN.get(language, ())):
        return False
    for word in words[1:]:
        if word in PRONOUNS.get(language, ()):
            return True
        if word[0].isupper() and language != "de":
            return False
    return False


def points_back(sentence: str) -> bool:
    """True when it can be read alone, but says "it" or "this" of something that was named before."""
    return bool(POINTS_BACK.search(sentence))


def speaks_to_us(sentence: str) -> bool:
    """True when it has the writer or the reader in it."""
    return bool(PERSONAL.search(sentence))


def is_boilerplate(sentence: str) -> bool:
    """True when the sentence speaks of the site instead of the story."""
    return bool(BOILERPLATE.search(sentence.lower()))


def is_byline(sentence: str) -> bool:
    """True when it says who wrote or took it, or when, and nothing else."""
    return bool(BYLINE.search(sentence))


def open_quotes(sentence: str) -> int:
    """How many quotation marks and parentheses are opened more often than closed; negative for the other way."""
    if sentence.count('"') % 2:
        return 1
    curly = sentence.count("„") + sentence.count("“") - sentence.count("”")
    if "„" in sentence:  # there “ closes
        curly = sentence.count("„") - sentence.count("“") - sentence.count("”")
    pairs = [sentence.count(opener) - sentence.count(closer) for opener, closer in PAIRS]
    if sentence.lstrip().startswith("»") or (" »" in sentence and "« " not in sentence):  # in German, » opens
        pairs[0] = -pairs[0]
    return next((each for each in (curly, *pairs) if each), 0)
