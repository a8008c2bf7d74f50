"""article → summary: the words under a headline, the subject and the preheader."""

from digest.summarize.extractive import summarize_text
from digest.summarize.headlines import clean_headline, preheader, subject_line
from digest.summarize.summarize import IN_BRIEF, LEAD, STORY, Length, summarize
from digest.summarize.words import reading_minutes

__all__ = [
    "IN_BRIEF",
    "LEAD",
    "STORY",
    "Length",
    "clean_headline",
    "preheader",
    "reading_minutes",
    "subject_line",
    "summarize",
    "summarize_text",
]
