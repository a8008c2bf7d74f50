"""Nobody's inbox is filled by us, whoever asks for it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlalchemy import Engine
from sqlmodel import Session, select

from subscribers.letterbook import forget_letters, may_write
from subscribers.mail import Kind
from subscribers.models import LetterRow

ANN = "ann@example.com"


def test_three_letters_a_week_are_the_most_that_strangers_can_cause(session, now, keys):
    kinds = (Kind.CONFIRM, Kind.ALREADY, Kind.CONFIRM, Kind.CONFIRM, Kind.ALREADY)
    assert [may_write(session, ANN, kind, now=now, keys=keys) for kind in kinds] == [True, True, True, False, False]
    assert may_write(session, "bob@example.com", Kind.CONFIRM, now=now, keys=keys)
    assert may_write(session, ANN, Kind.CONFIRM, now=now + timedelta(days=7), keys=keys)


def test_a_welcome_does_not_count_against_a_confirmation(session, now, keys):
    assert [may_write(session, ANN, Kind.WELCOME, now=now, keys=keys) for _ in range(4)] == [True, True, True, False]
    assert may_write(session, ANN, Kind.CONFIRM, now=now, keys=keys)


def test_a_new_secret_key_forgets_no_letter(session, now, keys):
    for _ in range(3):
        assert may_write(session, ANN, Kind.CONFIRM, now=now, keys=keys[1:])
    assert not may_write(session, ANN, Kind.CONFIRM, now=now, keys=keys)


def test_the_address_itself_is_not_kept_and_the_rest_only_while_it_counts(session, now, keys):
    may_write(session, ANN, Kind.CONFIRM, now=now, keys=keys)
    [row] = session.exec(select(LetterRow)).all()
    assert ANN not in str(row)
    assert forget_letters(session, now=now + timedelta(days=6)) == 0
    assert forget_letters(session, now=now + timedelta(days=7)) == 1


def test_of_many_letters_at_once_three_are_written(engine: Engine, now, keys):
    def one(_: int) -> bool:
        with Session(engine) as session:
            return may_write(session, ANN, Kind.CONFIRM, now=now, keys=keys)

    with ThreadPoolExecutor(12) as pool:
        assert sum(pool.map(one, range(40))) == 3
