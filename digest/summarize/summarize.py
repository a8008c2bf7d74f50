"""The words under a headline: the publisher's own dek when it is good, else the article's best sentences."""

import re

from digest.domain import Article, Summary
from digest.summarize.extractive import cut, summarize_text
from digest.summarize.sentences import split_sentences
from digest.summarize.wording import is_boilerplate
from digest.summarize.words import count_words, words_of

FEWEST_WORDS = 7
CUT_SHORT = ("…", "...", "[…]", "[...]")
END = re.compile(r"[.!?。！？।؟]['\"”’»」)]*$")


def summarize(article: Article, *, max_sentences: int = 2, max_words: int = 40) -> Summary:
    """The story's words, at most ``max_words``; empty when the article has none at all."""
    if is_good_dek(article, max_words):
        return Summary(_finished(article.dek), "dek")
    text = summarize_text(article.title, article.text, article.language, max_sentences, max_words)
    if not text and article.dek:
        return Summary(cut(" ".join(article.dek.split()), max_words), "dek")
    return Summary(text, "extract")


def is_good_dek(article: Article, max_words: int) -> bool:
    """True for a real sentence about the article: not the lead cut short, not the title, not the site's own words."""
    dek = " ".join(article.dek.split())
    length = count_words(dek)
    if not FEWEST_WORDS <= length <= max_words or dek.endswith(CUT_SHORT) or is_boilerplate(dek):
        return False
    return not (_is_shouting(dek) or _repeats_title(dek, article.title) or _is_torn_off(dek, article.text))


def _is_shouting(dek: str) -> bool:
    letters = [letter for letter in dek if letter.isalpha()]
    return sum(letter.isupper() for letter in letters) > len(letters) / 2


def _repeats_title(dek: str, title: str) -> bool:
    own, said = set(words_of(dek)), set(words_of(title))
    return bool(own) and len(own - said) / len(own) < 0.3


def _is_torn_off(dek: str, text: str) -> bool:
    """The beginning of the text, but not to the end of a sentence."""
    beginning = " ".join(text[: len(dek) * 2].split())
    if not beginning.startswith(dek.rstrip(".…")):
        return False
    return not END.search(dek) or split_sentences(beginning[: len(dek) + 1])[-1] not in dek


def _finished(dek: str) -> str:
    dek = " ".join(dek.split())
    return dek if END.search(dek) else f"{dek}."
