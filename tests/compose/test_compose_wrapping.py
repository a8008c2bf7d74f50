"""Lines of the text part are broken where a typesetter would break them."""

from digest.compose.plaintext import wrap


def test_no_line_begins_with_what_a_narrow_space_ties_to_the_word_before():
    assert wrap("Vous nous quittez\u202f?", width=18) == "Vous nous\nquittez\u202f?"
