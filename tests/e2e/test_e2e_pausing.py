"""An issue that is paused, resumed and cancelled while other processes send it, as an operator does it."""

import json

from tests.e2e.conftest import Operator, wait_until

READERS, CONNECTIONS = 300, 4
# What may still arrive on each connection after `pause` has said so: a second's worth at a tenth for each message.
FEW = 10


def audit(operator: Operator) -> dict[str, int]:
    """The deliveries of the first issue by state."""
    answer = operator.digest("issues", "audit", "1", "--json")
    assert (answer.returncode, answer.stderr) == (0, "")
    return dict(json.loads(answer.stdout)["deliveries"])


def state(operator: Operator) -> str:
    """The state of the first issue."""
    return str(json.loads(operator.digest("issues", "list", "--json").stdout)[0]["state"])


def test_a_paused_issue_stands_still_goes_on_with_a_worker_and_is_cancelled(operator: Operator) -> None:
    postbox, received = operator.postbox, operator.postbox.received
    with (operator.folder / "digest.toml").open("a") as config:
        config.write(f"\n[sending]\nconnections = {CONNECTIONS}\n")
    operator.write_article(1)
    rows = "".join(f"reader{number}@example.com\n" for number in range(READERS))
    (operator.folder / "list.csv").write_text(f"email\n{rows}")
    operator.digest("subscribers", "import", "list.csv")
    postbox.seconds = 0.1

    with operator.begun("send", "daily", "--slot", "2026-01-05T07:00") as sender:
        wait_until(lambda: len(received) >= 2 * CONNECTIONS, 60)
        answer = operator.digest("issues", "pause", "1")
        at_pause = len(received)
        assert (answer.returncode, answer.stdout.startswith("issue 1 is paused: ")) == (0, True), answer
        assert sender.wait(timeout=30) == 0
    assert "paused (`digest issues resume 1` goes on)" in operator.log
    assert len(received) - at_pause <= CONNECTIONS * FEW
    assert state(operator) == "paused"
    stood = len(received)
    balance = audit(operator)
    assert (balance["sent"], balance["queued"], balance["sending"]) == (stood, READERS - stood, 0)

    with operator.begun("worker") as worker:
        wait_until(lambda: "looking each second" in operator.log, 60)
        assert operator.digest("send", "daily", "--slot", "2026-01-05T07:00").returncode == 0
        assert len(received) == stood
        operator.digest("issues", "resume", "1")
        wait_until(lambda: len(received) > stood, 10)
        operator.digest("issues", "cancel", "1")
        at_cancel = len(received)
        wait_until(lambda: "issue 1 of daily is cancelled" in operator.log, 30)
        assert len(received) - at_cancel <= CONNECTIONS * FEW
        worker.terminate()
        assert worker.wait(timeout=20) == 0
    assert "Traceback" not in operator.log
    balance = audit(operator)
    assert (balance["sent"], balance["withdrawn"]) == (len(received), READERS - len(received))
    assert len(set(postbox.recipients)) == len(received)
