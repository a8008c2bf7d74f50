"""Words that tell what a sentence is: one that hangs in the air, or one that is no part of the article."""

import re

_HANGING = {
    "en": "he she it they his her its their this these those that such but and or yet so however moreover "
    "furthermore therefore thus instead meanwhile nevertheless also then both neither besides still "
    "afterwards similarly likewise consequently",
    "es": "él ella ello ellos ellas su sus este esta esto estos estas ese esa eso esos esas aquel pero y e o "
    "sin además también así entonces por mientras aunque ambos asimismo tampoco luego",
    "pt": "ele ela eles elas seu sua seus suas este esta isto estes estas esse essa isso esses essas mas e ou "
    "além também assim então enquanto porém contudo ambos ainda depois",
    "fr": "il elle ils elles son sa ses leur leurs ce cet cette ces cela ceci mais et ou donc or ni car aussi "
    "ainsi alors cependant toutefois pourtant enfin ensuite puis",
    "de": "er sie es sein seine ihr ihre dieser diese dieses diesen jener jene das aber und oder denn doch "
    "außerdem auch so dann daher deshalb dennoch jedoch zudem dabei damit danach beide ferner",
}
# "The" is an article; "That" at the beginning mostly is not: what is left out here may open a sentence.
HANGING = {language: frozenset(words.split()) for language, words in _HANGING.items()}

BOILERPLATE = re.compile(
    r"""
    \b(?: subscribe | newsletter | sign\ up | log\ in | follow\ us | click\ here | read\ more | continue\ reading
    | cookies? | all\ rights\ reserved | advertisement | photo(?:graph)? (?:\ by|:) | image\ credit | share\ this
    | related\ (?:posts|articles|stories) | originally\ (?:posted|published|appeared)
    | suscr[íi]b\w+ | bolet[íi]n\ (?:diario|gratuito) | lee[r]?\ m[áa]s | s[íi]guenos | derechos\ reservados
    | inscreva-se | assine | leia\ (?:mais|tamb[ée]m) | siga-nos
    | abonnez-vous | lire\ (?:la\ suite|aussi) | suivez-nous | tous\ droits
    | abonnieren | weiterlesen | mehr\ zum\ thema | folgen\ sie\ uns | alle\ rechte
    ) (?!\w)""",
    re.IGNORECASE | re.VERBOSE,
)


def hangs(sentence: str, language: str) -> bool:
    """True when the sentence leans on one before it ("He said so on Tuesday")."""
    first = re.match(r"[\W_]*([^\W\d_]+)", sentence)
    if first is None:
        return False
    own = HANGING.get(language.partition("-")[0].lower())
    word = first[1].lower()
    return word in own if own is not None else any(word in words for words in HANGING.values())


def is_boilerplate(sentence: str) -> bool:
    """True when the sentence speaks of the site instead of the story."""
    return bool(BOILERPLATE.search(sentence))
