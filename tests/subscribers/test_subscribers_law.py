"""The law of the list, whatever happens in whatever order: nobody is written to who must not be.

Real functions over a real SQLite file, and beside it a model in plain Python that knows nothing but the law.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Engine, delete, event
from sqlmodel import Session, select

from subscribers.audience import audience
from subscribers.consent import Act, Proof
from subscribers.mail import Kind
from subscribers.merging import Outcome as Moving
from subscribers.merging import as_it_is_now, change_address, print_of
from subscribers.models import Consent, LetterRow, Merged, Status, Subscriber, Subscription, Suppression
from subscribers.preferences import LONGEST_PAUSE, join, midnight, pause
from subscribers.roster import Entry, Outcome, add, forget, remove
from subscribers.signup import Wish, confirm, request
from subscribers.suppression import suppress
from subscribers.tokens import BadToken, Change, Confirmation, Goodbye, Membership
from subscribers.unsubscribe import leave, undo, unsubscribe
from tests.subscribers.conftest import plain_database

KEYS = ("the newest secret key", "an older secret key")
PEOPLE = tuple(f"{name}@example.com" for name in ("ann", "bob"))
PAPERS = ("daily", "weekly")
PROOF = Proof(form="law")
people, papers = st.sampled_from(PEOPLE), st.sampled_from(PAPERS)


class TheList(RuleBasedStateMachine):
    """What may happen to a list. The model is sets of addresses with newsletters.

    ``agreed`` may be mailed, unless the address is ``silent``; ``known`` were asked for; of these ``left`` are over.
    """

    memberships = Bundle("memberships")
    goodbyes = Bundle("goodbyes")

    engine: Engine

    def __init__(self) -> None:
        super().__init__()
        self.session = Session(self.engine)
        for table in (Consent, LetterRow, Merged, Subscription, Subscriber, Suppression):
            self.session.execute(delete(table))
        self.session.commit()
        self.now = datetime(2026, 3, 2, 7, tzinfo=UTC)
        self.agreed: set[tuple[str, str]] = set()
        self.known: set[tuple[str, str]] = set()
        self.left: set[tuple[str, str]] = set()
        self.ended: dict[tuple[str, str], datetime] = {}  # when by a goodbye that nothing came after
        self.silent: set[str] = set()

    def teardown(self) -> None:
        agreed = {Act.CONFIRMED, Act.IMPORTED, Act.ADDED, Act.UNDONE}
        for address, paper in self.mailed():
            acts = select(Consent.act).join(Subscriber).where(Subscriber.address == address)
            assert agreed & set(self.session.exec(acts.where(Consent.newsletter == paper)))
        self.session.close()

    @initialize(target=memberships, statuses=st.lists(st.sampled_from(Status), min_size=4, max_size=4))
    def begin(self, statuses: list[Status]) -> object:
        """A list that somebody had before, of any kind, and somebody who never was."""
        pairs = list(product(PEOPLE, PAPERS))
        self.import_rows([(*pair, status) for pair, status in zip(pairs, statuses, strict=True)], again=False)
        known = [Membership(self.number(address), paper) for address, paper in pairs]
        return multiple(Membership(99_999, "daily"), *known)

    @rule(target=memberships, address=people, paper=papers)
    def ask(self, address: str, paper: str) -> Membership:
        letter = request(self.session, Wish(address, (paper,)), now=self.now, keys=KEYS)
        if address not in self.silent:
            self.known.add((address, paper))
        if letter is not None:
            assert letter.address == address
            assert address not in self.silent
            assert (letter.kind == Kind.ALREADY) == ((address, paper) in self.agreed)
        return Membership(self.number(address), paper)

    @rule(membership=memberships)
    def confirm(self, membership: Membership) -> None:
        try:
            confirmation = Confirmation(membership.subscriber_id, (membership.newsletter,))
            confirm(self.session, confirmation, now=self.now, proof=PROOF, keys=KEYS)
        except BadToken:
            return
        pair = (self.owner_address(membership), membership.newsletter)
        assert pair[0] not in self.silent
        self.agreed.add(pair)
        self.left.discard(pair)

    @rule(membership=memberships)
    def press_one_click(self, membership: Membership) -> None:
        unsubscribe(self.session, membership, now=self.now)
        self.gone(self.owner_address(membership), membership.newsletter)

    @rule(target=goodbyes, membership=memberships, everything=st.booleans())
    def leave(self, membership: Membership, everything: bool) -> tuple[Goodbye, frozenset[tuple[str, str]]]:
        keys = PAPERS if everything else (membership.newsletter,)
        address = self.owner_address(membership)
        had = frozenset((address, key) for key in keys) & self.agreed
        goodbye = leave(self.session, membership.subscriber_id, keys, now=self.now)
        for key in keys:
            self.gone(address, key)
        self.ended |= dict.fromkeys(had, self.now)
        assert {key for _, key in had if address not in self.silent} <= set(goodbye.newsletters if goodbye else ())
        return goodbye or Goodbye(99, ("daily",), self.now), had

    @rule(pair=goodbyes)
    def undo(self, pair: tuple[Goodbye, frozenset[tuple[str, str]]]) -> None:
        goodbye, had = pair
        before = self.mailed()
        undo(self.session, goodbye, now=self.now, keys=KEYS)
        back = self.mailed() - before
        # Neither what was never confirmed, nor what another address had, nor what ended again since.
        assert back <= {pair for pair in had if self.ended.get(pair) == goodbye.at}
        assert not {address for address, _ in back} & self.silent
        self.agreed |= back
        self.left -= back

    @rule(membership=memberships, days=st.integers(1, 40))
    def have_a_pause(self, membership: Membership, days: int) -> None:
        pause(self.session, membership, midnight(self.now.date() + timedelta(days), UTC))

    @rule(address=people, paper=papers)
    def tick_a_newsletter(self, address: str, paper: str) -> None:
        owner = self.number(address)
        begun = join(self.session, owner, paper, now=self.now, keys=KEYS, proof=PROOF)
        if begun:
            assert address not in self.silent
            assert (address, paper) not in self.left
            self.agreed.add((address, paper))
            self.known.add((address, paper))

    @rule(rows=st.lists(st.tuples(people, papers, st.sampled_from(Status)), max_size=3), again=st.booleans())
    def import_rows(self, rows: list[tuple[str, str, Status]], again: bool) -> None:
        entries = [Entry(address, paper, status=status) for address, paper, status in rows]
        act = Act.ADDED if again else Act.IMPORTED
        outcomes = add(self.session, entries, act=act, now=self.now, keys=KEYS, reactivate=again)
        for (address, paper, status), outcome in zip(rows, outcomes, strict=True):
            if address in self.silent:
                assert outcome is Outcome.SUPPRESSED
                continue
            self.known.add((address, paper))
            if outcome is Outcome.ENDED or (outcome is Outcome.ADDED and status == Status.UNSUBSCRIBED):
                self.gone(address, paper)
            elif outcome is Outcome.ADDED and status == Status.ACTIVE:
                assert again or (address, paper) not in self.left
                self.agreed.add((address, paper))
                self.left.discard((address, paper))

    @rule(address=people, paper=st.none() | papers)
    def remove_by_hand(self, address: str, paper: str | None) -> None:
        remove(self.session, address, paper, now=self.now)
        for key in PAPERS if paper is None else (paper,):
            self.gone(address, key)

    @rule(address=people)
    def suppress(self, address: str) -> None:
        suppress(self.session, address, "bounce", self.now)
        self.session.commit()
        self.silent.add(address)

    @rule(address=people)
    def forget(self, address: str) -> None:
        forget(self.session, address, now=self.now, keys=KEYS)
        self.silent.add(address)
        self.agreed = {pair for pair in self.agreed if pair[0] != address}
        self.known = {pair for pair in self.known if pair[0] != address}
        self.left &= self.known
        assert self.number(address) == 0

    @rule(old=people, new=people)
    def move(self, old: str, new: str) -> None:
        change = Change(Membership(self.number(old), "daily"), print_of(old, KEYS[0]), new)
        outcome, former = change_address(self.session, change, now=self.now, keys=KEYS)
        if {old, new} & self.silent or not change.membership.subscriber_id:
            assert outcome is Moving.REFUSED
        if outcome is not Moving.MOVED:
            return
        assert former == old
        gone = {key for address, key in self.left if address in (old, new)}
        had = {key for address, key in self.agreed if address in (old, new)}
        self.agreed = {pair for pair in self.agreed if pair[0] not in (old, new)} | {(new, key) for key in had - gone}
        self.left = {pair for pair in self.left if pair[0] not in (old, new)} | {(new, key) for key in gone}
        asked = {key for address, key in self.known if address in (old, new)}
        self.known = {pair for pair in self.known if pair[0] not in (old, new)} | {(new, key) for key in asked}

    @rule(minutes=st.sampled_from([1, 11, 60, 7 * 24 * 60]))
    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @invariant()
    def time_goes_by(self) -> None:
        self.now += timedelta(seconds=1)

    @invariant()
    def nobody_is_mailed_who_must_not_be(self) -> None:
        assert self.mailed() == {pair for pair in self.agreed if pair[0] not in self.silent}

    @invariant()
    def nobody_is_mailed_who_pauses(self) -> None:
        for paper in PAPERS:
            pausing = select(Subscription.subscriber_id).where(Subscription.paused_until > self.now)
            now = self.session.execute(audience(paper, self.now)).scalars()
            assert not set(now) & set(self.session.exec(pausing.where(Subscription.newsletter == paper)))

    def mailed(self) -> set[tuple[str, str]]:
        """Who may be written to, now or when their pause is over."""
        later = self.now + 2 * LONGEST_PAUSE
        found = {paper: self.session.execute(audience(paper, later)).all() for paper in PAPERS}
        addresses = dict(self.session.exec(select(Subscriber.id, Subscriber.address)).all())
        return {(addresses[number], paper) for paper, people in found.items() for number, *_ in people}

    def gone(self, address: str, paper: str) -> None:
        if (address, paper) not in self.left:  # who has left already leaves at no other instant
            self.ended.pop((address, paper), None)
        self.left |= {(address, paper)} & self.known
        self.agreed.discard((address, paper))

    def number(self, address: str) -> int:
        return self.session.exec(select(Subscriber.id).where(Subscriber.address == address)).first() or 0

    def address(self, number: int) -> str:
        return self.session.exec(select(Subscriber.address).where(Subscriber.id == number)).first() or ""

    def owner_address(self, membership: Membership) -> str:
        return self.address(as_it_is_now(self.session, membership).subscriber_id)


UNHURRIED = [HealthCheck.too_slow, HealthCheck.filter_too_much]


@pytest.fixture(autouse=True)
def database(tmp_path: Path) -> Iterator[None]:
    """One for all the machine's runs: a table takes longer to make than to empty."""
    TheList.engine = plain_database(tmp_path / "law.db")
    event.listen(TheList.engine, "connect", lambda opened, _: opened.execute("PRAGMA synchronous = OFF"))
    yield
    TheList.engine.dispose()


def test_nobody_is_written_to_who_must_not_be():
    short = settings(max_examples=25, stateful_step_count=30, deadline=None, suppress_health_check=UNHURRIED)
    run_state_machine_as_test(TheList, settings=short)


@pytest.mark.thorough
def test_nobody_is_written_to_who_must_not_be_however_long_it_goes_on():
    long = settings(max_examples=150, stateful_step_count=50, deadline=None, suppress_health_check=UNHURRIED)
    run_state_machine_as_test(TheList, settings=long)
