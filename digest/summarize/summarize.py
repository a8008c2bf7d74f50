"""The words under a headline: the publisher's own dek when it is good, else the article's best sentences."""

import re
from typing import NamedTuple

from digest.domain import Article, Summary
from digest.summarize.extractive import cut, summarize_text
from digest.summarize.sentences import is_whole, join, split_sentences
from digest.summarize.wording import is_boilerplate, is_byline, open_quotes
from digest.summarize.words import count_words, words_of

FEWEST_WORDS, MOST_WORDS = 7, 60  # of a dek; what is longer is no standfirst
CUT_SHORT = ("…", "...", "[…]", "[...]", "…]", "...]", "…)", ",", ";", ":", "-", "–", "—", "&")
LITTLE_WORD = 3  # letters; a list of keywords has hardly any word so short
SEPARATORS = re.compile(r"[,;|•·/]")


class Length(NamedTuple):
    """How much is said of a story."""

    sentences: int
    words: int


LEAD, STORY, IN_BRIEF = Length(3, 60), Length(2, 40), Length(1, 22)


def summarize(article: Article, *, max_sentences: int = STORY.sentences, max_words: int = STORY.words) -> Summary:
    """The story's words, at most ``max_words``; empty when the article has none at all."""
    if dek := good_dek(article, max_sentences, max_words):
        return Summary(dek, "dek")
    text = summarize_text(article.title, article.text, article.language, max_sentences, max_words)
    if not text and article.dek:
        return Summary(cut(" ".join(article.dek.split()), max_words), "dek")
    return Summary(text, "extract")


def good_dek(article: Article, max_sentences: int, max_words: int) -> str:
    """The dek when it is about the article, or as many of its sentences as there is room for; else nothing."""
    dek = " ".join(article.dek.split())
    if not _is_about(dek, article):
        return ""
    kept: list[str] = []
    for sentence in split_sentences(dek)[:max_sentences]:
        if count_words(join([*kept, sentence])) > max_words:
            break
        kept.append(sentence)
    said = join(kept)
    if count_words(said) < FEWEST_WORDS or (len(said) < len(dek) and (said.endswith("?") or not is_whole(said))):
        return ""
    return said if is_whole(said) else f"{said}."


def _is_about(dek: str, article: Article) -> bool:
    """A real sentence: not the lead cut short, not the title, not keywords or a byline, not the site's own words.

    It may lean on the title ("He had fitted it himself."): there it stands.
    """
    if not FEWEST_WORDS <= count_words(dek) <= MOST_WORDS or dek.endswith(CUT_SHORT) or open_quotes(dek):
        return False
    if is_boilerplate(dek) or is_byline(dek) or _is_keywords(dek):
        return False
    if _is_shouting(dek) or _repeats_title(dek, article.title) or _is_torn_off(dek, article.text):
        return False
    return _shares_words(dek, article)


def _is_shouting(dek: str) -> bool:
    letters = [letter for letter in dek if letter.isalpha()]
    return sum(letter.isupper() for letter in letters) > len(letters) / 2


def _repeats_title(dek: str, title: str) -> bool:
    own, said = set(words_of(dek)), set(words_of(title))
    return bool(own) and len(own - said) / len(own) < 0.3


def _is_keywords(dek: str) -> bool:
    """Commas all over, no full stop, and none of the little words that make a sentence."""
    parts = SEPARATORS.split(dek)
    little = sum(len(word) <= LITTLE_WORD for word in words_of(dek))
    return not is_whole(dek) and len(parts) > 3 and count_words(dek) / len(parts) < 3.5 and little < len(parts)


def _is_torn_off(dek: str, text: str) -> bool:
    """The beginning of the text, but not to the end of a sentence."""
    beginning = " ".join(text[: len(dek) * 2 + 200].split())
    if not beginning.startswith(dek.rstrip(".…")):
        return False
    return not is_whole(dek) or split_sentences(beginning[: len(dek) + 1])[-1] not in dek


def _shares_words(dek: str, article: Article) -> bool:
    """Two telling words with the title or the text; a site's description of itself has none."""
    if not article.text:
        return True
    told = {word for word in words_of(dek) if len(word) > LITTLE_WORD or not word.isascii()}
    said = set(words_of(f"{article.title} {article.text}"))
    return not told or len(told & said) >= min(2, len(told))
