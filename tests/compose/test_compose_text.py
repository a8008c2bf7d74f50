"""The text part: a page of 76 columns that can be read without HTML."""

import re
from dataclasses import replace
from itertools import pairwise

from digest.compose.marks import ADDRESS
from digest.compose.plaintext import columns
from tests.compose.conftest import SPONSOR, changed, rendered


def test_the_text_part_is_76_columns_wide_and_its_links_stay_whole(issue, theme):
    for line in rendered(changed(issue, sponsor=SPONSOR), theme).text.split("\n"):
        assert columns(line) <= 76 or line.strip() in {story.url for story in issue.stories} or ADDRESS in line
        assert line == line.rstrip()


def test_every_link_stands_on_a_line_of_its_own(issue, theme):
    for line in rendered(changed(issue, sponsor=SPONSOR), theme).text.split("\n"):
        assert not re.search(r"\S\s+https?:|https?:\S+\s", line)


def test_stories_are_numbered_under_their_headings(issue, theme):
    lines = rendered(issue, theme).text.split("\n")
    numbered = [line for line in lines if re.match(r" \d\. ", line)]
    assert [line[:4] for line in numbered] == [f" {number}. " for number in range(1, 9)]
    headings = [above for above, below in pairwise(lines) if re.fullmatch("-{1,75}", below)]
    assert headings == ["CITY", "BUSINESS", "SEA", "IN BRIEF"]


def test_a_heading_in_wide_characters_is_ruled_off_as_wide(issue):
    stories = tuple(replace(story, section="港口新闻") for story in issue.stories[:1])
    assert "港口新闻\n--------\n" in rendered(replace(issue, stories=stories)).text
