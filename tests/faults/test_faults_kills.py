"""Senders that the kernel kills at any instant: nobody is missed, and who gets a second copy gets the same one."""

import time
from random import Random

import pytest

from tests.faults.mailing import MOST_IN_DOUBT, Mailing
from tests.faults.sender import Sender

STARTING_SECONDS = 0.3  # in which a sender opens the database, drafts, composes and makes its first claims


@pytest.mark.long
@pytest.mark.parametrize("senders", [1, 2])
def test_of_fifteen_killed_senders_nobody_notices_but_by_a_second_copy(
    mailing: Mailing, senders: int, dice: Random
) -> None:
    mailing.invite(240)
    kill_again_and_again(mailing, senders, 15, dice)


@pytest.mark.long
@pytest.mark.thorough
@pytest.mark.parametrize("senders", [1, 2])
def test_of_two_hundred_killed_senders_nobody_notices_but_by_a_second_copy(
    mailing: Mailing, senders: int, dice: Random
) -> None:
    mailing.invite(2000)
    kill_again_and_again(mailing, senders, 200, dice)


def kill_again_and_again(mailing: Mailing, senders: int, kills: int, dice: Random) -> None:
    """Kill one of the senders and start another in its place, so often; then see that everything is well."""
    # The server takes a share of the messages between two kills: these are spread over the whole of the sending.
    share = len(mailing.audience) // (kills + 1)
    mailing.receiver.allow(0)
    running = [mailing.start() for _ in range(senders)]
    for _ in range(kills):
        running = [each if each.lives else mailing.start() for each in running]
        _let_pass(mailing, share, dice)
        living = [place for place, each in enumerate(running) if each.lives]
        assert living, "\n".join(each.complaint for each in running)
        victim = dice.choice(living)
        running[victim].kill()
        assert running[victim].end() == -9
        running[victim] = mailing.start()
    mailing.receiver.allow_all()
    assert [_ended(each) for each in running] == ["0 "] * senders
    mailing.resume(1)
    mailing.prove(copies=kills * MOST_IN_DOUBT)


def _let_pass(mailing: Mailing, share: int, dice: Random) -> None:
    """A moment: while the sender begins, or about when a message of its share was accepted."""
    before = mailing.receiver.allow(share)
    if dice.random() < 0.3:
        time.sleep(dice.uniform(0, STARTING_SECONDS))
    elif mailing.receiver.wait_for(before + dice.randint(1, share)):
        time.sleep(dice.uniform(0, 0.015))


def _ended(sender: Sender) -> str:
    return f"{sender.end()} {sender.complaint}"
