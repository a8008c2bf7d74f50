"""An issue on its way to many readers, and the proof that it reached each of them."""

import json
import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from digest.deliver.deliver import IN_DOUBT
from tests.e2e.conftest import Operator
from tests.faults import sender
from tests.faults.receiver import Accepted, Receiver
from tests.faults.sender import Sender
from tests.publish.conftest import CONFIG, FOLDER

CONNECTIONS = 4
MOST_IN_DOUBT = CONNECTIONS * IN_DOUBT
SEND = ("send", "daily", "--slot", "2026-01-05T07:00")
ISSUE = "1"


@dataclass
class Mailing:
    """An operator's folder with an audience, the mail server, and the senders at work between the two."""

    operator: Operator
    receiver: Receiver
    audience: frozenset[str] = frozenset()
    started: list[Sender] = field(default_factory=list)
    numbers: Any = field(default_factory=count)

    @property
    def folder(self) -> Path:
        """Where digest.toml stands."""
        return self.operator.folder

    def invite(self, readers: int) -> None:
        """Put readers on the list, and something to read into the folder."""
        addresses = [f"reader{number}@example.com" for number in range(readers)]
        self.operator.write_article(1)
        (self.folder / "list.csv").write_text("\n".join(["email", *addresses]))
        imported = self.operator.digest("subscribers", "import", "list.csv")
        assert imported.returncode == 0, imported.stderr
        self.audience = frozenset(addresses)

    def start(self, prepare: Callable[[], Any] | None = None) -> Sender:
        """Start a sender of the issue, be it the first or one that goes on."""
        words = self.folder / f"words-{next(self.numbers)}"
        begun = sender.start(self.folder, SEND, words, prepare)
        self.started.append(begun)
        return begun

    def resume(self, tries: int = 5) -> None:
        """Send until the issue is sent, as cron would; whoever fails says why in one line."""
        for _ in range(tries):
            answer = self.operator.digest(*SEND)
            assert answer.returncode == 0 or is_one_clear_line(answer.stderr, answer.returncode), answer
            if self.state == "sent":
                return
        raise AssertionError(f"it is {self.state} after {tries} tries: {answer}")

    def start_and_send(self, messages: int, prepare: Callable[[], Any] | None = None) -> Sender:
        """Start a sender that is in the middle of it: so many were accepted, and the server lets the next ones wait."""
        before = self.receiver.allow(messages)
        begun = self.start(prepare)
        assert self.receiver.wait_for(before + messages), begun.complaint
        return begun

    @property
    def state(self) -> str:
        """The issue's."""
        return str(self.audit()["state"])

    def audit(self) -> dict[str, Any]:
        """What `digest issues audit` tells, which must find that the balance holds."""
        answer = self.operator.digest("issues", "audit", ISSUE, "--json")
        assert answer.returncode == 0, answer
        return dict(json.loads(answer.stdout))

    def prove(self, copies: int = 0) -> None:
        """Hold what readers got against the law: nobody missed, and second copies are few and the same.

        ``copies`` is the most that may have come beyond the first ones.
        """
        self.prove_balance()
        got = by_recipient(self.receiver.accepted)
        assert set(got) == self.audience, "everybody got it, and nobody else"
        assert all(len(set(each)) == 1 for each in got.values()), "a second copy is the first one, byte by byte"
        beyond = len(self.receiver.accepted) - len(got)
        assert beyond <= copies, f"{beyond} copies beyond the first ones, and {copies} is the most"

    def prove_balance(self) -> None:
        """The issue is sent, and was settled as sent to each of the audience."""
        audit = self.audit()
        assert (audit["state"], audit["holds"]) == ("sent", True)
        settled = {state: number for state, number in audit["deliveries"].items() if number}
        assert settled == {"audience": len(self.audience), "sent": len(self.audience)}

    def end(self) -> None:
        """Leave no sender behind."""
        for each in self.started:
            if each.lives:
                each.kill()
                each.end()
            each.process.close()


def make_mailing(folder: Path, database_url: str, receiver: Receiver) -> Mailing:
    """An operator's folder whose newsletter goes out by that server, without an audience."""
    (folder / "articles").mkdir()
    config = CONFIG.format(options="expires_hours = 72") + FOLDER + f"\n[sending]\nconnections = {CONNECTIONS}\n"
    (folder / "digest.toml").write_text(config)
    (folder / ".env").write_text(
        "DIGEST_SECRET_KEY=a key for these tests only\n"
        f"DIGEST_SMTP_URL=smtp://127.0.0.1:{receiver.port}?starttls=off\n"
        f"DIGEST_DATABASE_URL={database_url.replace('+psycopg', '')}\n"
    )
    return Mailing(Operator(folder, None, 0), receiver)  # its mail server is ours


def by_recipient(accepted: list[Accepted]) -> dict[str, list[tuple[str, str]]]:
    """The Message-ID and the print of each copy that a reader got."""
    got = defaultdict(list)
    for each in list(accepted):
        got[each.recipient].append((each.message_id, each.content))
    return dict(got)


def is_one_clear_line(complaint: str, status: int) -> bool:
    """What a command says that failed: status 1 and one line of its own, beside what is logged in lines."""
    own = [line for line in complaint.splitlines() if not re.match(r"\d{4}-\d\d-\d\d [\d:,]+ (WARNING|ERROR) ", line)]
    return status == 1 and len(own) == 1 and own[0].startswith("digest: ")
