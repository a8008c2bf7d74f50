"""Colours: whatever a publisher chooses, type can be read by day and by night."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.compose.colours import contrast, legible
from digest.compose.look import look_of
from digest.contrast import LEAST_CONTRAST
from digest.newsletters import Colours
from digest.templating import themes
from tests.compose.conftest import read_issue

COLOURS = st.from_regex(r"#[0-9a-f]{6}", fullmatch=True)


def test_every_colour_of_type_is_legible_by_day_and_by_night(issue, theme):
    look = look_of(theme, issue.newsletter)
    for colours in (look.light, look.dark):
        for ground in (colours.paper, colours.surface, colours.tint):
            for ink in (colours.ink, colours.faint, colours.accent):
                assert contrast(ground, ink) >= LEAST_CONTRAST, (theme, ground, ink)
        assert contrast(colours.accent, colours.on_accent) >= LEAST_CONTRAST


def test_each_theme_has_an_accent_of_its_own(issue):
    assert len({look_of(theme, issue.newsletter).light.accent for theme in themes()}) == len(themes())


@pytest.mark.parametrize("theme", themes())
@given(accent=COLOURS)
def test_a_publishers_accent_can_be_read_whatever_it_is(theme, accent):
    newsletter = read_issue().newsletter.model_copy(update={"colours": Colours(accent=accent)})
    look = look_of(theme, newsletter)
    for colours in (look.light, look.dark):
        assert contrast(colours.accent, colours.paper) >= LEAST_CONTRAST


@pytest.mark.parametrize("paper", ["#ffffff", "#fff1e0", "#10243a", "#000000", "#d6e4ff"])
@pytest.mark.parametrize("theme", themes())
def test_a_publishers_paper_brings_its_other_grounds_along(theme, paper):
    newsletter = read_issue().newsletter.model_copy(update={"colours": Colours(paper=paper, dark_paper="#101820")})
    look = look_of(theme, newsletter)
    assert (look.light.paper, look.dark.paper) == (paper, "#101820")
    for colours in (look.light, look.dark):
        for ground in (colours.paper, colours.surface, colours.tint):
            for ink in (colours.ink, colours.faint, colours.accent):
                assert contrast(ground, ink) >= LEAST_CONTRAST


@given(COLOURS, COLOURS)
def test_a_colour_is_moved_only_as_far_as_it_takes_to_be_read(colour, ground):
    moved = legible(colour, ground)
    assert contrast(moved, ground) >= LEAST_CONTRAST
    if contrast(colour, ground) >= LEAST_CONTRAST:
        assert moved == colour
