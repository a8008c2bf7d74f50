"""Takes out of an article's paragraphs what the site put there: prompts, share bars, related posts, author boxes.

Only whole paragraphs go, and only short ones that say nothing but such things, so that nothing of the article
itself is lost. In English, Spanish, Portuguese, French and German.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from digest.collect import phrases
from digest.collect.origins import origin_of

LONGEST_PROMPT = 25  # words; what is longer is somebody's writing
LONGEST_RELATED = 25
MOST_RELATED = 8  # titles below a "Related Posts"
LONGEST_CAPTION = 40
LONGEST_SOURCE = 9
LEAST_PARAGRAPHS = 4  # above an author's life that has no heading
LONGEST_BYLINE = 12
LONGEST_EDGE = 45  # words of a paragraph at the beginning or the end that only leads to a prompt
EDGE = 2  # paragraphs
TOP = 3  # paragraphs, among which may stand who wrote it and when
MOST_PARAGRAPHS = 3000  # no article has more; who sends them wants to keep us busy
LONGEST_CLUTTER = 600  # characters; patterns need not look at more
# The tail of an article, in which an author box may stand: what comes first is never taken for one.
TAIL = 0.5


def _any(*kinds: phrases.Phrases) -> re.Pattern[str]:
    """The beginning of a paragraph, in any of the languages."""
    patterns = (pattern for kind in kinds for of_language in kind.values() for pattern in of_language)
    return re.compile(rf"(?:{'|'.join(patterns)})", re.IGNORECASE)


# What stands for nothing else, wherever it stands.
CLUTTER = _any(
    *(phrases.PROMPT, phrases.FOLLOW, phrases.COOKIES, phrases.MORE, phrases.COMMENTS, phrases.COPYRIGHT),
    *(phrases.APPS, phrases.DONATE, phrases.FILED, phrases.READING_TIME, phrases.CONTRIBUTED),
)
# Prompts that come as the last sentence of a few others.
ASKING = _any(phrases.PROMPT, phrases.FOLLOW, phrases.APPS, phrases.DONATE)
RELATED, AUTHOR_BOX = _any(phrases.RELATED), _any(phrases.AUTHOR_BOX)
CREDIT, STAFF, SOURCE = _any(phrases.CREDIT), _any(phrases.STAFF), _any(phrases.SOURCE)
PUBLISHED, FEED_FOOT = _any(phrases.PUBLISHED), _any(phrases.FEED_FOOT)
BIOGRAPHY = re.compile(rf"(?:[^\W\d_a-z][\w.’'-]*,? ){{2,4}}(?i:{_any(phrases.BIOGRAPHY).pattern})")
# "About Ana Reis" is as well a heading over what somebody did.
NAMED_BOX = re.compile(r"^\W*About (?!(?:Our|The|This|Us|Your)\b)[^\W\d_a-z]\w+ [^\W\d_a-z]\w+\W*$")
LONGEST_NAMED_BOX = 2  # paragraphs, with which the article ends
BETWEEN_NAMES = frozenset(
    "and by in the for of from with additional reporting editing writing translation agencies agency wires news staff "
    "y e en con de del la el las los por editado edición información agencias fotos et par le les des avec agences "
    "édité rédigé do da dos das em no na edição tradução reportagem agências fotos "
    "und von der den dem aus bei mit redigiert bearbeitet agenturen afp ap apa dpa efe epd kna sid".split()
)
CAPTION = re.compile(
    r"^[^\n]{40,300}(?:\((?:[\w@.]{3,30}|[^()]{0,40}\b(?:reuters|afp|ap|efe|dpa)\b[^()]{0,30})\)"
    r"|\([^()]{0,40}\b(?:photo|foto|getty|shutterstock)[^()]{0,30}\)\.?)$",
    re.IGNORECASE,
)
CAPTION_PLACES = 2  # a caption without a credit word is one only among the first paragraphs
MONTH = (
    r"(?:jan|feb|f[ée]v|mar|m[äa]r|a[pb]r|avr|ma[iy]|jun|juin|jul|juil|aug|ago|ao[uû]|sep|set|o[ckut]t|nov|de[czs]|d[ée]c"
    r"|dic|ene|out)\w{0,7}\.?"
)
# A day with or without its hour, and nothing else.
DATED = re.compile(
    rf"\W*(?:\S+\s+){{0,2}}(?:\d{{1,2}}[./-]\d{{1,2}}[./-]\d{{2,4}}|\d{{4}}-\d\d-\d\d"
    rf"|\d{{1,2}}(?:st|nd|rd|th|er)?\.?,?\s(?:de\s)?{MONTH},?\s(?:de\s)?\d{{4}}|{MONTH}\s\d{{1,2}},?\s\d{{4}})"
    r"(?:.{0,12}\d{1,2}[:.h]\d\d.{0,12})?\W*$",
    re.IGNORECASE,
)
WRITER = re.compile(
    r"\b(?:published|posted|written|publicado|escrito|postado|publié|écrit|veröffentlicht) (?:by|por|par|von)\b",
    re.IGNORECASE,
)
BY = re.compile(r"^(?:By|Por|Par|Von)\s")
# Where its readers find a writer, and nothing else.
ADDRESS = re.compile(r"[^\s@]+@[^\s@]+|https?://\S+|(?:www\.|twitter\.com/|facebook\.com/)\S+|@\w+")
FIRST_WORDS = re.compile(r"^.*[.!?…]\s+(?=\S)")
ENDED = re.compile(r"[.!?…:;。！？।؟][\"'”’»)\]]*$")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What is left of an article, and the name of the site where it says it first appeared."""

    text: str
    original_name: str = ""


def clean(text: str) -> Cleaned:
    """``text`` (paragraphs parted by blank lines) without what the site put around and into it."""
    paragraphs = [" ".join(paragraph.split()) for paragraph in re.split(r"\n\s*\n", text) if paragraph.strip()]
    looked_at, others = paragraphs[:MOST_PARAGRAPHS], paragraphs[MOST_PARAGRAPHS:]
    original = next((name for paragraph in looked_at if (name := origin_of(paragraph))), "")
    kept = _without_author_box(_without_related(looked_at))
    kept = [paragraph for place, paragraph in enumerate(kept) if not is_clutter(paragraph, place)]
    return Cleaned("\n\n".join([*_without_edges(kept), *others]), original)


def is_clutter(paragraph: str, place: int = 99) -> bool:
    """True for a paragraph that is no part of the article. ``place`` is its number, from 0."""
    if len(paragraph) > LONGEST_CLUTTER:
        return False
    words, said = len(paragraph.split()), _words_of(paragraph)
    if origin_of(paragraph) or FEED_FOOT.match(said):
        return True
    if words <= LONGEST_PROMPT and (not said or CLUTTER.match(said) or _is_signed(said)):
        return True
    if place < TOP and words <= LONGEST_PROMPT and _is_dateline(paragraph):
        return True
    return words <= LONGEST_CAPTION and bool(
        CREDIT.match(paragraph) or (place < CAPTION_PLACES and CAPTION.match(paragraph))
    )


def _words_of(paragraph: str) -> str:
    """The paragraph from its first word on."""
    first = re.search(r"\w", paragraph)
    return paragraph[first.start() :] if first else ""


def _is_signed(paragraph: str) -> bool:
    """True for who reported, edited or gave it: names, and hardly a word between them."""
    kind = STAFF.match(paragraph)
    if kind:
        return _are_names(paragraph[kind.end() :])
    return bool(SOURCE.match(paragraph)) and len(paragraph.split()) <= LONGEST_SOURCE and _are_names(paragraph)


def _are_names(words: str) -> bool:
    """True when only a few words are written as no name is, most of them those that stand between names."""
    small = [word for word in re.findall(r"[\w.-]+", words) if word[:1].islower() and "." not in word]
    return all(word in BETWEEN_NAMES for word in small)


def _is_dateline(paragraph: str) -> bool:
    """True for when and by whom it was published, as it stands between a title and the text."""
    if ENDED.search(paragraph):
        return False
    if len(paragraph.split()) <= LONGEST_BYLINE:
        dated = DATED.match(paragraph) or (PUBLISHED.match(_words_of(paragraph)) and re.search(r"\d", paragraph))
        if dated or (BY.match(paragraph) and _are_names(paragraph[4:])):
            return True
    return bool(WRITER.search(paragraph, 0, 40) and re.search(r"\d{4}", paragraph))


def _without_edges(paragraphs: list[str]) -> list[str]:
    """Without what leads to a prompt at the beginning and the end, and the author's life and addresses there."""
    last = len(paragraphs) - EDGE
    kept = [
        paragraph
        for place, paragraph in enumerate(paragraphs)
        if not ((place < EDGE or place >= last) and _asks(paragraph))
        and not (place >= last and _are_addresses(paragraph))
    ]
    if len(kept) > LEAST_PARAGRAPHS and _is_biography(kept[-1]):
        kept = kept[:-1]
    return kept or paragraphs


def _are_addresses(paragraph: str) -> bool:
    return all(ADDRESS.fullmatch(word) for word in paragraph.split())


def _asks(paragraph: str) -> bool:
    """True for a few sentences of which the last is a prompt."""
    if len(paragraph) > LONGEST_CLUTTER or len(paragraph.split()) > LONGEST_EDGE:
        return False
    first = FIRST_WORDS.match(paragraph)
    return bool(first and ASKING.match(_words_of(paragraph[first.end() :])))


def _is_biography(paragraph: str) -> bool:
    return len(paragraph.split()) <= LONGEST_CAPTION and bool(BIOGRAPHY.match(paragraph))


def _without_related(paragraphs: Sequence[str]) -> list[str]:
    """Without each "Related Posts" and the titles below it: short lines that end no sentence."""
    kept: list[str] = []
    below = 0
    for paragraph in paragraphs:
        if len(paragraph) <= LONGEST_CLUTTER and RELATED.match(_words_of(paragraph)):
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
        if AUTHOR_BOX.match(_words_of(paragraph)) or (is_last and NAMED_BOX.match(paragraph)):
            return paragraphs[:place]
    return paragraphs
