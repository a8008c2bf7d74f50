"""Double opt-in, told as what happens to Ann."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import Engine, func
from sqlmodel import Session, select

from subscribers.audience import audience
from subscribers.consent import Act, Proof
from subscribers.mail import Kind
from subscribers.models import Consent, Status, Subscriber, Subscription
from subscribers.roster import forget
from subscribers.signup import Wish, confirm, letter_failed, letter_sent, request, request_again
from subscribers.suppression import suppress
from subscribers.tokens import BadToken, Confirmation, ExpiredToken, Membership
from subscribers.unsubscribe import unsubscribe

WISH = Wish("ann@example.com", ("daily",), "Ann", "en")
PROOF = Proof("Subscribe free", "signup", "https://news.example.com/", "203.0.113.0/24")


@pytest.fixture
def ask(session, now, keys):
    """Ask at so many minutes after the beginning; the letter, if there is one, is sent."""

    def at(minutes=0, wish=WISH):
        letter = request(session, wish, now=now + timedelta(minutes=minutes), keys=keys)
        if letter:
            letter_sent(session, letter, PROOF)
        return letter

    return at


@pytest.fixture
def agree(session, now, keys):
    def at(letter, minutes=1):
        confirmation = Confirmation(letter.subscriber_id, letter.newsletters)
        return confirm(session, confirmation, now=now + timedelta(minutes=minutes), proof=PROOF, keys=keys)

    return at


def subscription(session):
    session.expire_all()
    return session.exec(select(Subscription)).one()


def in_audience(session):
    return list(session.execute(audience("daily")).scalars())


def test_nobody_is_in_the_audience_before_confirming(session, ask, agree):
    letter = ask()
    assert letter.kind == Kind.CONFIRM
    assert subscription(session).status == Status.PENDING
    assert in_audience(session) == []
    assert agree(letter).kind == Kind.WELCOME
    assert in_audience(session) == [letter.subscriber_id]


def test_confirming_twice_is_confirming_once(session, ask, agree):
    letter = ask()
    agree(letter)
    assert agree(letter, 2) is None
    acts = session.exec(select(Consent.act)).all()
    assert sorted(acts) == [Act.CONFIRMED, Act.REQUESTED]


def test_the_proof_of_consent_is_kept_word_by_word(session, ask, agree, now):
    agree(ask())
    asked, confirmed = session.exec(select(Consent).order_by(Consent.id)).all()
    assert (asked.at, confirmed.at) == (now, now + timedelta(minutes=1))
    assert (asked.wording, asked.form, asked.page, asked.network) == (
        PROOF.wording,
        PROOF.form,
        PROOF.page,
        PROOF.network,
    )


def test_asking_again_within_ten_minutes_sends_nothing(ask):
    assert ask()
    assert ask(9) is None
    assert ask(10)


def test_nobody_gets_more_than_three_letters_a_week(ask):
    week = 7 * 24 * 60
    assert [bool(ask(minutes)) for minutes in (0, 60, 120, 180, week - 1)] == [True, True, True, False, False]
    assert ask(week + 1)


def test_nobody_gets_more_letters_for_asking_for_more_newsletters(ask):
    asked = [ask(20 * number, Wish(WISH.address, (f"newsletter-{number}",))) for number in range(12)]
    assert [bool(letter) for letter in asked] == [True] * 3 + [False] * 9


def test_several_newsletters_are_confirmed_with_one_letter(session, ask, agree):
    letter = ask(wish=Wish(WISH.address, ("daily", "weekly")))
    assert letter.newsletters == ("daily", "weekly")
    welcome = agree(letter)
    assert welcome.newsletters == ("daily", "weekly")
    for newsletter in letter.newsletters:
        assert list(session.execute(audience(newsletter)).scalars()) == [letter.subscriber_id]
    acts = session.exec(select(Consent.newsletter, Consent.act)).all()
    assert sorted(acts) == [(each, act) for each in letter.newsletters for act in (Act.CONFIRMED, Act.REQUESTED)]


def test_who_has_one_newsletter_and_asks_for_two_confirms_the_other(session, ask, agree):
    agree(ask())
    letter = ask(60, Wish(WISH.address, ("daily", "weekly")))
    assert (letter.kind, letter.newsletters) == (Kind.CONFIRM, ("weekly",))
    assert agree(letter, 61).newsletters == ("weekly",)


def test_an_expired_link_is_good_for_asking_for_a_new_one(session, ask, now, keys):
    letter = ask()
    later = now + timedelta(days=8)
    again = request_again(session, Confirmation(letter.subscriber_id, letter.newsletters), now=later, keys=keys)
    assert (again.kind, again.address, again.newsletters) == (Kind.CONFIRM, WISH.address, ("daily",))
    with pytest.raises(BadToken):
        request_again(session, Confirmation(letter.subscriber_id + 1, ("daily",)), now=later, keys=keys)


def test_what_a_form_asks_is_kept_of_new_readers_and_of_nobody_else(session, ask, agree):
    first = Wish(
        WISH.address, ("daily",), page="https://news.example.com/ferry", fields={"town": "Porto"}, flag="disposable"
    )
    agree(ask(wish=first))
    ask(60, Wish(WISH.address, ("daily",), page="https://evil.example/", fields={"town": "Nowhere"}))
    ann = session.exec(select(Subscriber)).one()
    assert (ann.fields, ann.flag) == ({"town": "Porto"}, "disposable")
    assert subscription(session).page == "https://news.example.com/ferry"


def test_a_letter_that_could_not_be_sent_may_be_asked_for_at_once(session, now, keys):
    for _ in range(5):
        letter = request(session, WISH, now=now, keys=keys)
        assert letter
        letter_failed(session, letter, keys)


def test_a_subscriber_who_asks_again_is_told_so_by_mail(session, ask, agree):
    agree(ask())
    assert ask(60).kind == Kind.ALREADY
    assert subscription(session).status == Status.ACTIVE


def test_a_suppressed_address_gets_nothing(session, ask, now):
    suppress(session, WISH.address, "complaint", now)
    session.commit()
    assert ask() is None
    assert session.exec(select(Subscriber)).all() == []


def test_an_erased_person_is_not_brought_back_by_a_stranger(session, ask, agree, now, keys):
    agree(ask())
    assert forget(session, WISH.address, now=now, keys=keys)
    assert ask(60) is None
    for table in (Subscriber, Subscription, Consent):
        assert session.exec(select(table)).all() == []


def test_a_reader_who_left_comes_back_only_by_confirming_anew(session, ask, agree, now):
    first = ask()
    agree(first)
    unsubscribe(session, Membership(first.subscriber_id, "daily"), now=now + timedelta(minutes=2))
    with pytest.raises(ExpiredToken):
        agree(first, 3)
    assert in_audience(session) == []
    again = ask(4)
    assert again.kind == Kind.CONFIRM
    assert in_audience(session) == []
    agree(again, 5)
    assert in_audience(session) == [first.subscriber_id]


def test_a_confirmation_of_what_was_never_asked_is_refused(session, ask, now, keys):
    letter = ask()
    stranger, other = (
        Confirmation(letter.subscriber_id + 1, ("daily",)),
        Confirmation(letter.subscriber_id, ("weekly",)),
    )
    for confirmation in (stranger, other):
        with pytest.raises(BadToken):
            confirm(session, confirmation, now=now, proof=PROOF, keys=keys)


def test_an_address_suppressed_meanwhile_is_not_confirmed(session, ask, agree, now):
    letter = ask()
    suppress(session, WISH.address, "bounce", now)
    session.commit()
    with pytest.raises(ExpiredToken):
        agree(letter)


def test_a_stranger_cannot_rename_a_subscriber(session, ask, agree):
    agree(ask())
    ask(60, Wish(WISH.address, ("daily",), "Buy gold at evil.example"))
    assert session.exec(select(Subscriber.name)).one() == "Ann"


def test_a_name_is_one_short_line(session, ask):
    ask(wish=Wish(WISH.address, ("daily",), "  Ann\r\nBcc: x\x00\u202e  Smith" + "h" * 500))
    name = session.exec(select(Subscriber.name)).one()
    assert name.startswith("Ann Bcc: x Smith")
    assert len(name) == 100


def test_twenty_who_sign_one_address_up_at_once_make_one_subscriber_and_one_letter(engine: Engine, now, keys):
    letters = []
    start = threading.Barrier(20)

    def sign_up():
        start.wait()
        with Session(engine) as session:
            letters.append(request(session, WISH, now=now, keys=keys))

    threads = [threading.Thread(target=sign_up) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(letters) == 20
    assert len([letter for letter in letters if letter]) == 1
    with Session(engine) as session:
        assert session.exec(select(func.count()).select_from(Subscriber)).one() == 1
        assert session.exec(select(func.count()).select_from(Subscription)).one() == 1
