"""``digest receive``."""

import sys

import typer
from sqlmodel import Session

from digest.cli.terminal import err, out, workspace
from digest.feedback import leave_by_mail
from subscribers.tokens import Tokens

LARGEST_MAIL = 1024 * 1024  # bytes that are read; the head is what counts


def receive(context: typer.Context) -> None:
    """Take one mail from standard input: a request to leave, sent to a newsletter's unsubscribe_address.

    For a mail server's pipe, such as this line of /etc/aliases: leave: "|digest -c /srv/post/digest.toml receive"
    """
    place = workspace(context)
    raw = sys.stdin.buffer.read(LARGEST_MAIL)
    with Session(place.engine) as session:
        left = leave_by_mail(session, raw, Tokens(place.settings.keys), now=place.clock())
    if left is None:
        # No failure: a mail server would send the mail back, and whoever forged it would have us write to others.
        err.print("no token of ours stands in the subject: nothing was done")
        return
    out.print(f"subscriber {left.subscriber_id} has left {left.newsletter}")
