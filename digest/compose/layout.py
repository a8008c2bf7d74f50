"""An issue laid out: what a template is given, every value plain, harmless and ready to be printed.

Templates may be a publisher's own, so they see these values and never the configuration's objects.
"""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from babel import Locale
from babel.dates import format_date

from digest.compose.marks import one_line
from digest.domain import Image, Issue, Story
from digest.newsletters import Newsletter, Site

WORDS_A_MINUTE = 220
# Chinese and Japanese put no spaces between words, which are two characters long on average.
UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")
SMALLEST_PICTURE = 100
WIDE_PICTURE = 480


@dataclass(frozen=True, slots=True)
class LaidOutSite:
    """``site`` in a template. ``url`` is empty when it is no web address."""

    name: str
    url: str
    postal_address: str


@dataclass(frozen=True, slots=True)
class LaidOutNewsletter:
    """``newsletter`` in a template. ``language`` is a BCP 47 tag."""

    title: str
    tagline: str
    language: str
    direction: Literal["ltr", "rtl"]
    archive_url: str
    subscribe_url: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A story's ``picture``. Width and height in pixels, None when unknown; ``wide``: large enough to lead."""

    url: str
    width: int | None
    height: int | None
    alt: str
    wide: bool

    def height_at(self, width: int) -> int | None:
        """The height when it is shown ``width`` wide, None when unknown."""
        return round(width * self.height / self.width) if self.width and self.height else None


@dataclass(frozen=True, slots=True)
class LaidOutStory:
    """One of ``stories`` in a template. ``url`` is empty when there is nothing on the web to read."""

    number: int
    headline: str
    url: str
    summary: str
    section: str
    author: str
    source: str
    minutes: int
    also_in: tuple[str, ...]
    picture: Picture | None


@dataclass(frozen=True, slots=True)
class LaidOutIssue:
    """``issue`` in a template. ``date`` is in words, ``url`` its public page, ``minutes`` what it takes to read."""

    number: int
    date: str
    subject: str
    preheader: str
    url: str
    words: int
    minutes: int


@dataclass(frozen=True, slots=True)
class Layout:
    """Everything that a template may print, by the names it has there."""

    site: LaidOutSite
    newsletter: LaidOutNewsletter
    issue: LaidOutIssue
    stories: tuple[LaidOutStory, ...]


def lay_out(issue: Issue, public_url: str) -> Layout:
    """Lay out ``issue``; ``public_url`` is where our own pages stand, without a slash at its end."""
    stories = tuple(_story(number, story) for number, story in enumerate(issue.stories, 1))
    newsletter = _newsletter(issue.newsletter, public_url)
    words = count_words(f"{story.headline} {story.summary}" for story in stories)
    return Layout(
        site=_site(issue.site),
        newsletter=newsletter,
        issue=LaidOutIssue(
            number=issue.number,
            date=_date(issue),
            subject=one_line(issue.subject),
            preheader=one_line(issue.preheader),
            url=f"{newsletter.archive_url}/{issue.number}",
            words=words,
            minutes=max(1, math.ceil(words / WORDS_A_MINUTE)),
        ),
        stories=stories,
    )


def count_words(texts: Iterable[str]) -> int:
    """How many words the texts hold, in any script."""
    together = " ".join(texts)
    spaced, unspaced = UNSPACED.subn(" ", together)
    return sum(any(map(str.isalnum, word)) for word in spaced.split()) + math.ceil(unspaced / 2)


def web_address(url: str) -> str:
    """The address when it is one of the web, else nothing: no script, no file, no mail."""
    url = "".join(one_line(url).split())
    try:
        parts = urlsplit(url)
        is_web = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return ""
    return url if is_web else ""


def _site(site: Site) -> LaidOutSite:
    return LaidOutSite(one_line(site.name), web_address(site.url), one_line(site.postal_address))


def _newsletter(newsletter: Newsletter, public_url: str) -> LaidOutNewsletter:
    return LaidOutNewsletter(
        title=one_line(newsletter.title),
        tagline=one_line(newsletter.tagline),
        language=newsletter.language,
        direction="rtl" if _locale(newsletter).text_direction == "rtl" else "ltr",
        archive_url=f"{public_url}/archive/{newsletter.key}",
        subscribe_url=f"{public_url}/subscribe/{newsletter.key}",
    )


def _story(number: int, story: Story) -> LaidOutStory:
    return LaidOutStory(
        number=number,
        headline=one_line(story.headline),
        url=web_address(story.url),
        summary=one_line(story.summary),
        section=one_line(story.section),
        author=one_line(story.author),
        source=one_line(story.source_name),
        minutes=max(1, story.minutes),
        also_in=tuple(filter(None, map(one_line, story.also_in))),
        picture=_picture(story.image) if story.image else None,
    )


def _picture(image: Image) -> Picture | None:
    url = web_address(image.url)
    width, height = image.width or None, image.height or None
    if not url or any(size is not None and size < SMALLEST_PICTURE for size in (width, height)):
        return None
    return Picture(url, width, height, one_line(image.alt), wide=width is None or width >= WIDE_PICTURE)


def _date(issue: Issue) -> str:
    day = issue.slot.astimezone(issue.newsletter.zone).date()
    return format_date(day, "full", locale=_locale(issue.newsletter))


def _locale(newsletter: Newsletter) -> Locale:
    return Locale.parse(newsletter.language, sep="-")
