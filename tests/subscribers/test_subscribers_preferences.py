"""The language that a subscriber is written to in: the page's they came by, until they choose another."""

from datetime import timedelta

import pytest

from subscribers.consent import Proof
from subscribers.preferences import Choices, choose, is_active, language_of
from subscribers.signup import Wish, confirm, request
from subscribers.tokens import Confirmation, Membership
from subscribers.unsubscribe import unsubscribe

WISH = Wish("ann@example.com", ("daily",), "Ann", "fr")
PROOF = Proof("Subscribe free", "confirmation")


@pytest.fixture
def letter(session, now, keys):
    return request(session, WISH, now=now, keys=keys)


@pytest.fixture
def agree(session, now, keys):
    return lambda membership: confirm(session, membership, now=now, proof=PROOF, keys=keys)


def test_a_reader_is_written_to_in_the_language_of_the_page_they_came_by(session, letter, agree):
    assert letter.language == "fr"
    assert language_of(session, letter.subscriber_id) == "fr"
    assert agree(Confirmation(letter.subscriber_id, ("daily",))).language == "fr"


def test_a_choice_holds_for_every_letter_from_then_on(session, letter, now, keys):
    choose(session, Choices(letter.subscriber_id, newsletters=(), language="ar"), now=now)
    assert language_of(session, letter.subscriber_id) == "ar"
    again = request(session, WISH, now=now + timedelta(hours=1), keys=keys)
    assert again.language == "ar"


def test_a_stranger_cannot_change_a_readers_language(session, letter, now, keys):
    request(session, Wish(WISH.address, ("daily",), "", "de"), now=now + timedelta(hours=1), keys=keys)
    assert language_of(session, letter.subscriber_id) == "fr"


def test_of_somebody_unknown_no_language_is_known(session):
    assert language_of(session, 99) == ""


def test_only_who_is_on_the_list_has_something_to_choose(session, letter, agree, now):
    membership = Membership(letter.subscriber_id, "daily")
    assert not is_active(session, membership)
    agree(Confirmation(letter.subscriber_id, ("daily",)))
    assert is_active(session, membership)
    assert not is_active(session, Membership(letter.subscriber_id, "weekly"))
    unsubscribe(session, membership, now=now)
    assert not is_active(session, membership)
