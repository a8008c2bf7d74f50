"""Waiting for letters, which leave after the answer to what caused them."""

import threading

from subscribers.mail import Mail


def eventually(mails: list[Mail], count: int) -> None:
    """Wait for so many letters; fails when there are others."""
    patience = threading.Event()
    for _ in range(400):
        if len(mails) >= count:
            break
        patience.wait(0.01)
    assert len(mails) == count
