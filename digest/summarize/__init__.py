"""article → summary: the words under a headline, the subject and the preheader."""

from digest.summarize.extractive import summarize_text
from digest.summarize.headlines import clean_headline, preheader, subject_line
from digest.summarize.summarize import summarize
from digest.summarize.words import reading_minutes

__all__ = ["clean_headline", "preheader", "reading_minutes", "subject_line", "summarize", "summarize_text"]
