"""Lines of the text part are broken where a typesetter would break them."""

import re

from hypothesis import given
from hypothesis import strategies as st

from digest.compose.plaintext import columns, wrap


def test_no_line_begins_with_what_a_narrow_space_ties_to_the_word_before():
    assert wrap("Vous nous quittez\u202f?", width=18) == "Vous nous\nquittez\u202f?"


@given(st.text(st.sampled_from("ab é漢字 "), max_size=400), st.integers(4, 40))
def test_wrapping_loses_nothing_and_keeps_the_width(text, width):
    lines = wrap(text, width=width).split("\n")
    assert "".join("".join(lines).split()) == "".join(text.split())
    for line in lines:
        assert columns(line) <= width or not re.search("[ 漢字]", line)
