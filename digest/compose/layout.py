"""An issue laid out: what a template is given, every value plain, harmless and ready to be printed.

Templates may be a publisher's own, so they see these values and never the configuration's objects. All words stand
in the reader's language, and dates and numbers as that language writes them.
"""

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import Literal
from urllib.parse import urlsplit

from babel.dates import format_date

from digest.catalogues import direction_of, locale_of, primary_language
from digest.compose.look import Faces, Look, Palette
from digest.compose.marks import ADDRESS, one_line
from digest.compose.wording import Wording
from digest.domain import Image, Issue, Story, told_in_full
from digest.labels import LABELS
from digest.newsletters import Logo, Newsletter, Site, Sponsor

WORDS_A_MINUTE = 220
# Chinese and Japanese put no spaces between words, which are two characters long on average.
UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")
SMALLEST_PICTURE = 100
LEADING_WIDTH = 560
LEAST_WIDTH = 0.85  # of the width it is shown at
Direction = Literal["ltr", "rtl"]
DIRECTIONS: Mapping[str, Direction] = {"L": "ltr", "R": "rtl", "AL": "rtl"}  # by the bidirectional class of a letter
LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


@dataclass(frozen=True, slots=True)
class LaidOutSite:
    """``site`` in a template. ``url`` is empty when it is no web address."""

    name: str
    url: str
    postal_address: str


@dataclass(frozen=True, slots=True)
class LaidOutNewsletter:
    """``newsletter`` in a template. ``logo`` has ``url``, ``width``, ``height`` and ``dark``, or is None."""

    title: str
    tagline: str
    logo: Logo | None
    archive_url: str
    subscribe_url: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A story's ``picture``. Width and height in pixels, None when unknown."""

    url: str
    width: int | None
    height: int | None
    alt: str

    @property
    def wide(self) -> bool:
        """Whether it can lead an issue."""
        return self.fits(LEADING_WIDTH)

    def height_at(self, width: int) -> int | None:
        """The height when it is shown ``width`` wide, None when unknown."""
        return round(width * self.height / self.width) if self.width and self.height else None

    def fits(self, width: int) -> bool:
        """Whether it can be shown as wide as that: it is large enough, as far as known, and not an upright one."""
        large = self.width is None or self.width >= LEAST_WIDTH * width
        return large and (self.height_at(width) or 0) <= width


@dataclass(frozen=True, slots=True)
class LaidOutStory:
    """One story in a template. ``url`` is empty when there is nothing on the web to read.

    ``language`` is that of its words where it is not the issue's, else empty; ``direction`` is that of its script, for
    mail programs that cannot find it themselves. ``numeral`` is the number as the reader writes it. ``facts`` are who
    wrote it, where it stands and where else; ``reading_time`` is how long the whole article takes.
    """

    number: int
    numeral: str
    headline: str
    url: str
    summary: str
    section: str
    language: str
    direction: Direction
    author: str
    source: str
    minutes: int
    reading_time: str
    facts: tuple[str, ...]
    also_in: tuple[str, ...]
    picture: Picture | None

    @property
    def start(self) -> Literal["left", "right"]:
        """Where its lines begin."""
        return _start(self.direction)


@dataclass(frozen=True, slots=True)
class Section:
    """Stories that stand together under a heading; ``name`` is empty where they have none, or go on with the lead's."""

    name: str
    stories: tuple[LaidOutStory, ...]


@dataclass(frozen=True, slots=True)
class LaidOutSponsor:
    """``sponsor`` in a template. ``marked`` says that it is one, and whose."""

    marked: str
    name: str
    headline: str
    text: str
    url: str
    image: str


@dataclass(frozen=True, slots=True)
class LaidOutIssue:
    """``issue`` in a template, ready to be printed. ``language`` is a BCP 47 tag, that of our words.

    ``number`` and ``date`` are words. ``url`` is its public page. ``length`` is how many stories, words and minutes
    it has, in words.
    """

    number: str
    date: str
    subject: str
    preheader: str
    intro: str
    url: str
    language: str
    direction: Direction
    length: tuple[str, ...]

    @property
    def start(self) -> Literal["left", "right"]:
        """Where its lines begin."""
        return _start(self.direction)


@dataclass(frozen=True, slots=True)
class Layout:
    """Everything that a template may print, by the names it has there.

    ``stories`` are all; ``lead`` is the first of them, ``sections`` hold the others that are told in full, ``briefs``
    are told in a line. ``label`` holds our words by name (``digest.labels``).
    """

    site: LaidOutSite
    newsletter: LaidOutNewsletter
    issue: LaidOutIssue
    stories: tuple[LaidOutStory, ...]
    lead: LaidOutStory | None
    sections: tuple[Section, ...]
    briefs: tuple[LaidOutStory, ...]
    sponsor: LaidOutSponsor | None
    label: Mapping[str, str]
    light: Palette
    dark: Palette
    fonts: Faces


def lay_out(issue: Issue, look: Look, wording: Wording, public_url: str) -> Layout:
    """Lay out ``issue``; ``public_url`` is where our own pages stand, without a slash at its end."""
    stories = tuple(_story(number, story, wording) for number, story in enumerate(issue.stories, 1))
    newsletter = _newsletter(issue.newsletter, public_url)
    in_full = told_in_full(len(stories), issue.newsletter.in_full)
    return Layout(
        site=_site(issue.site),
        newsletter=newsletter,
        issue=_issue(issue, wording, newsletter),
        stories=stories,
        lead=stories[0] if stories else None,
        sections=_sections(stories[1:in_full], stories[0].section) if stories else (),
        briefs=stories[in_full:],
        sponsor=_sponsor(issue, wording),
        label=_labels(wording, newsletter.title),
        light=look.light,
        dark=look.dark,
        fonts=look.fonts,
    )


def reading(issue: Issue) -> tuple[int, int]:
    """How many words the issue has to read, and how many minutes that takes."""
    words = count_words([issue.intro, *(f"{story.headline} {story.summary}" for story in issue.stories)])
    return words, max(1, math.ceil(words / WORDS_A_MINUTE))


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


def direction_in(text: str, otherwise: Direction) -> Direction:
    """The direction of the first letter that has one (UAX #9, P2), as ``dir="auto"`` finds it."""
    found = (DIRECTIONS.get(unicodedata.bidirectional(character)) for character in text)
    return next(filter(None, found), otherwise)


def _start(direction: Direction) -> Literal["left", "right"]:
    return "right" if direction == "rtl" else "left"


def _site(site: Site) -> LaidOutSite:
    return LaidOutSite(one_line(site.name), web_address(site.url), one_line(site.postal_address))


def _newsletter(newsletter: Newsletter, public_url: str) -> LaidOutNewsletter:
    return LaidOutNewsletter(
        title=one_line(newsletter.title),
        tagline=one_line(newsletter.tagline),
        logo=newsletter.logo,
        archive_url=f"{public_url}/archive/{newsletter.key}",
        subscribe_url=f"{public_url}/subscribe/{newsletter.key}",
    )


def _issue(issue: Issue, wording: Wording, newsletter: LaidOutNewsletter) -> LaidOutIssue:
    words, minutes = reading(issue)
    return LaidOutIssue(
        number=wording.label("number", number=wording.number(issue.number)),
        date=_date(issue, wording.language),
        subject=one_line(issue.subject),
        preheader=one_line(issue.preheader),
        intro=one_line(issue.intro),
        url=f"{newsletter.archive_url}/{issue.number}",
        language=wording.language,
        direction=direction_of(wording.language),
        length=(wording.stories(len(issue.stories)), wording.words(words), wording.minutes(minutes)),
    )


def _story(number: int, story: Story, wording: Wording) -> LaidOutStory:
    author, source = one_line(story.author), one_line(story.source_name)
    also_in = tuple(filter(None, map(one_line, story.also_in)))
    by = [wording.label("by", author=author)] if author and author != source else []
    also = [wording.label("also_in", names=wording.listed(also_in))] if also_in else []
    minutes = max(1, story.minutes)
    headline = one_line(story.headline)
    return LaidOutStory(
        number=number,
        numeral=wording.number(number),
        headline=headline,
        url=web_address(story.url),
        summary=one_line(story.summary),
        section=one_line(story.section),
        language=_other_language(story.language, wording.language),
        direction=direction_in(headline, direction_of(wording.language)),
        author=author,
        source=source,
        minutes=minutes,
        reading_time=wording.reading_time(minutes),
        facts=(*by, source, *also),
        also_in=also_in,
        picture=_picture(story.image) if story.image else None,
    )


def _other_language(tag: str, ours: str) -> str:
    is_other = primary_language(tag) != primary_language(ours)
    return tag if is_other and LANGUAGE_TAG.fullmatch(tag) else ""


def _sections(stories: Iterable[LaidOutStory], leads: str) -> tuple[Section, ...]:
    groups = groupby(stories, key=lambda story: story.section)
    sections = [Section(name, tuple(group)) for name, group in groups]
    if sections and sections[0].name == leads:
        sections[0] = replace(sections[0], name="")
    return tuple(sections)


def _sponsor(issue: Issue, wording: Wording) -> LaidOutSponsor | None:
    sponsor: Sponsor | None = issue.newsletter.sponsor
    if sponsor is None or (sponsor.until and _day(issue) > sponsor.until):
        return None
    name = one_line(sponsor.name)
    return LaidOutSponsor(
        marked=wording.label("sponsor", name=name),
        name=name,
        headline=one_line(sponsor.headline),
        text=one_line(sponsor.text),
        url=web_address(sponsor.url),
        image=web_address(sponsor.image or ""),
    )


def _labels(wording: Wording, title: str) -> dict[str, str]:
    filled_later = {"number", "by", "also_in", "sponsor"}
    values = {"address": ADDRESS, "title": title}
    return {name: wording.label(name, **values) for name in LABELS if name not in filled_later}


def _picture(image: Image) -> Picture | None:
    url = web_address(image.url)
    width, height = image.width or None, image.height or None
    if not url or any(size is not None and size < SMALLEST_PICTURE for size in (width, height)):
        return None
    return Picture(url, width, height, one_line(image.alt))


def _day(issue: Issue) -> date:
    return issue.slot.astimezone(issue.newsletter.zone).date()


def _date(issue: Issue, language: str) -> str:
    return format_date(_day(issue), "full", locale=locale_of(language))
