"""The command line as people and cron meet it: answers, exit statuses, errors in one line."""

import json
import re
import signal
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from typer.testing import CliRunner

from digest.cli import app
from digest.deliver.deliver import IN_DOUBT
from digest.publish import CONNECTIONS
from tests.e2e.conftest import Operator, wait_until


@pytest.mark.parametrize(
    "command", "init demo sources collect preview lint why embed send run serve subscribers issues migrate".split()
)
def test_help_says_what_a_command_is_for(command: str) -> None:
    runner = CliRunner()
    assert command in runner.invoke(app, ["--help"]).output
    answer = runner.invoke(app, [command, "--help"])
    assert (answer.exit_code, "Usage" in answer.output) == (0, True)


def test_init_writes_a_configuration_that_works_and_overwrites_nothing(operator: Operator) -> None:
    assert operator.digest("init", "new").returncode == 0
    config, env = operator.folder / "new" / "digest.toml", operator.folder / "new" / ".env"
    key = re.search(r"^DIGEST_SECRET_KEY=(\S{40,})$", env.read_text(), re.MULTILINE)
    assert key
    assert env.stat().st_mode & 0o077 == 0
    assert operator.digest("--config", str(config), "migrate").returncode == 0
    config.write_text("# mine\n")
    again = operator.digest("init", "new")
    assert (again.returncode, config.read_text()) == (0, "# mine\n")
    assert key[1] in env.read_text()


def test_a_folder_that_cannot_be_written_to_is_named(operator: Operator) -> None:
    answer = operator.process("init", "/proc/nowhere")
    assert (answer.returncode, answer.stderr.count("\n")) == (1, 1)
    assert "/proc/nowhere: cannot be written to" in answer.stderr


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["send"], "say which newsletter to send"),
        (["send", "weekly"], 'there is no newsletter "weekly" in digest.toml (known: daily)'),
        (["send", "daily", "--slot", "soon"], '"soon" is no moment'),
        (["send", "daily", "--slot", "2999-01-01"], "has not come yet"),
        (["preview", "daily", "--out", "issue.pdf"], "must end in one of .html, .txt, .eml, .png"),
        (["preview", "daily", "--out", "a.html", "--send-to", "me@example.com"], "do not go together"),
        (["preview", "daily", "--issue", "7"], "there is no issue 7"),
        (["preview", "daily", "--theme", "tabloid"], 'there is no theme "tabloid"'),
        (["preview", "daily", "--send-to", "me"], "me: This does not look like an email address"),
        (["issues", "show", "7"], "there is no issue 7"),
        (["issues", "edit", "7", "--subject", "S"], "there is no issue 7"),
        (["why", "weekly"], 'there is no newsletter "weekly"'),
        (["why", "7"], "there is no issue 7"),
        (["subscribers", "add", "nobody"], "nobody:"),
        (["subscribers", "import", "none.csv"], "none.csv: cannot be read"),
        (["--config", "none.toml", "collect"], "none.toml: there is no such file"),
    ],
)
def test_who_asks_wrongly_gets_one_clear_line_and_status_2(
    operator: Operator, arguments: list[str], complaint: str
) -> None:
    answer = operator.digest(*arguments)
    assert (answer.returncode, answer.stdout, answer.stderr.count("\n")) == (2, "", 1)
    assert complaint in answer.stderr


def test_every_mistake_in_the_configuration_is_told_at_once(operator: Operator) -> None:
    config = operator.folder / "digest.toml"
    text = config.read_text().replace('"* * * * *"', '"7am"').replace("tagline", "taglines")
    config.write_text(text + '\n[sources.feed]\nurl = "not a url"\n')
    answer = operator.digest("preview", "daily")
    assert answer.returncode == 2
    assert 'newsletters.daily.schedule: "7am" is not a cron expression (try "0 7 * * *")' in answer.stderr
    assert 'newsletters.daily.taglines: there is no such key, did you mean "tagline"?' in answer.stderr
    assert "sources.feed.url" in answer.stderr
    assert answer.stderr.count("\n") == 3


def test_a_mistake_in_the_settings_is_told_without_the_secret(operator: Operator) -> None:
    answer = operator.digest("collect", env={"DIGEST_SECRET_KEY": "swordfish", "DIGEST_SMTP_URL": "http://x"})
    assert answer.returncode == 2
    assert "DIGEST_SECRET_KEY: each key needs at least 16 characters" in answer.stderr
    assert "DIGEST_SMTP_URL: it must begin with smtp:// or smtps://" in answer.stderr
    assert "swordfish" not in answer.stderr


def test_a_database_of_a_newer_version_is_refused_with_the_remedy(operator: Operator) -> None:
    operator.digest("migrate")
    with sqlite3.connect(operator.folder / "digest.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    answer = operator.digest("issues", "list")
    assert (answer.returncode, "upgrade digest to open it" in answer.stderr) == (1, True)


def test_a_database_that_fails_is_one_clear_line(operator: Operator) -> None:
    operator.digest("migrate")
    with sqlite3.connect(operator.folder / "digest.db") as connection:
        connection.execute("DROP TABLE issue")
    connection.close()
    answer = operator.digest("issues", "list")
    assert (answer.returncode, answer.stderr.count("\n")) == (1, 1)
    assert "the database failed: no such table: issue" in answer.stderr


def test_collecting_from_a_source_that_fails_tells_which_and_stores_the_rest(
    operator: Operator, unused_port: int
) -> None:
    operator.write_article(1)
    with (operator.folder / "digest.toml").open("a") as config:
        config.write(f'\n[sources.gone]\nurl = "http://127.0.0.1:{unused_port}/feed.xml"\nallow_private = true\n')
    answer = operator.digest("collect", "--json")
    harvests = {harvest["source"]: harvest for harvest in json.loads(answer.stdout)}
    assert answer.returncode == 1
    assert len(harvests["desk"]["articles"]) == 1
    assert "cannot be reached" in harvests["gone"]["error"]


@pytest.mark.parametrize("ending", ["html", "txt", "eml"])
def test_the_preview_is_written_by_the_files_ending(operator: Operator, ending: str) -> None:
    operator.write_article(1)
    answer = operator.digest("preview", "daily", "--out", f"issue.{ending}")
    assert answer.returncode == 0
    content = (operator.folder / f"issue.{ending}").read_text()
    assert "The library opens its doors" in " ".join(content.replace("=\n", "").split())


def test_the_preview_is_sent_to_its_editor_as_a_test(operator: Operator) -> None:
    operator.write_article(1)
    operator.digest("subscribers", "add", "ana@example.com")
    answer = operator.digest("preview", "daily", "--send-to", "me@example.com")
    assert (answer.returncode, answer.stdout.startswith("sent a test to me@example.com: ")) == (0, True)
    assert "250 2.0.0 queued as 4711" in answer.stdout
    [(to, _)] = operator.postbox.received
    assert to == "me@example.com"
    assert json.loads(operator.digest("issues", "list", "--json").stdout) == []


def test_a_sent_issue_is_previewed_as_it_was_sent(operator: Operator) -> None:
    operator.write_article(1)
    operator.digest("subscribers", "add", "ana@example.com")
    operator.digest("send", "daily", "--slot", "now")
    [mail] = operator.mails_to("ana@example.com")
    answer = operator.digest("preview", "daily", "--issue", "1", "--out", "sent.eml")
    assert (answer.returncode, answer.stderr) == (0, "")
    shown = message_from_bytes((operator.folder / "sent.eml").read_bytes(), policy=policy.default)
    assert (shown["Subject"], shown["Date"]) == (mail["Subject"], mail["Date"])


def test_why_tells_of_the_next_issue_what_the_issue_then_keeps(operator: Operator) -> None:
    operator.write_article(1)
    (operator.folder / "articles" / "short.md").write_text("---\ntitle: A picture\n---\nFog.\n")
    before = operator.digest("why", "daily")
    assert (before.returncode, "✓" in before.stdout, "freshness +" in before.stdout) == (0, True, True)
    assert "hardly any text" in before.stdout
    assert json.loads(operator.digest("issues", "list", "--json").stdout) == []
    operator.digest("send", "daily", "--slot", "now")
    reasons = [
        {decision["url"]: decision["reason"] for decision in json.loads(operator.digest("why", what, "--json").stdout)}
        for what in ("1", "daily")
    ]
    assert sorted(reasons[0].values()) == ["hardly any text", "the lead"]
    assert sorted(reasons[1].values()) == ["already in an earlier issue", "hardly any text"]


def test_an_editor_changes_a_draft_before_approving_it(operator: Operator) -> None:
    config = operator.folder / "digest.toml"
    config.write_text(config.read_text().replace("tagline", 'approval = "manual"\ntagline'))
    operator.write_article(1)
    operator.write_article(2)
    operator.digest("send", "daily", "--slot", "now")
    answer = operator.digest(
        "issues", "edit", "1", "--subject", "Ships " * 12, "--drop", "1", "--story", "2", "--headline", "Mine"
    )
    assert (answer.returncode, answer.stderr) == (0, "note: the subject has 71 characters; many inboxes show 60\n")
    assert "Mine" in answer.stdout
    refused = operator.digest("issues", "edit", "1", "--drop", "2")
    assert (refused.returncode, refused.stderr) == (2, "digest: --drop: there is no story 2, only 1 to 1\n")
    operator.digest("issues", "approve", "1")
    operator.digest("subscribers", "add", "ana@example.com", "daily")
    assert operator.digest("send", "--due").returncode == 0
    assert json.loads(operator.digest("issues", "show", "1", "--json").stdout)["subject"] == ("Ships " * 12).strip()


def test_sending_again_sends_nothing_and_says_so(operator: Operator) -> None:
    operator.write_article(1)
    operator.digest("subscribers", "add", "ana@example.com")
    slot = time.strftime("%Y-%m-%dT%H:%M", time.gmtime())
    first = operator.digest("send", "daily", "--slot", slot)
    assert (first.returncode, "1 sent; audience 1: adds up" in first.stdout) == (0, True)
    second = operator.digest("send", "daily", "--slot", slot)
    assert (second.returncode, "nothing was sent now" in second.stdout) == (0, True)
    assert len(operator.postbox.received) == 1


def test_two_sends_at_once_make_one_issue(operator: Operator) -> None:
    operator.write_article(1)
    (operator.folder / "list.csv").write_text("email\n" + "".join(f"r{number}@example.com\n" for number in range(50)))
    operator.digest("subscribers", "import", "list.csv")
    arguments = ("send", "daily", "--slot", "2026-01-05T07:00")
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda _: operator.process(*arguments), range(2)))
    assert [answer.returncode for answer in answers] == [0, 0], [answer.stderr for answer in answers]
    assert operator.digest(*arguments).returncode == 0
    assert operator.postbox.recipients == sorted(f"r{number}@example.com" for number in range(50))


def test_an_unreachable_mail_server_is_told_and_everything_stays_queued(operator: Operator, unused_port: int) -> None:
    operator.write_article(1)
    operator.digest("subscribers", "add", "ana@example.com")
    wrong = {"DIGEST_SMTP_URL": "smtp://127.0.0.1:1"}
    answer = operator.digest("send", "daily", "--slot", "now", env=wrong)
    assert answer.returncode == 1
    assert re.search(r"127\.0\.0\.1:1 cannot be reached: .*\(1 messages stay queued\)", answer.stderr)
    assert "Traceback" not in answer.stderr
    due = operator.digest("send", "--due", "--json")
    assert (due.returncode, [report["issue"]["state"] for report in json.loads(due.stdout)]) == (0, ["sent"])
    assert len(operator.postbox.received) == 1


def test_a_new_set_up_sends_no_surprise_issue(operator: Operator) -> None:
    operator.write_article(1)
    operator.digest("subscribers", "add", "ana@example.com")
    config = operator.folder / "digest.toml"
    config.write_text(config.read_text().replace('"* * * * *"', '"0 0 * * *"'))
    answer = operator.digest("send", "--due")
    assert (answer.returncode, answer.stdout.strip()) == (0, "nothing is due")


def test_a_send_that_is_killed_goes_on_where_it_stopped(operator: Operator) -> None:
    operator.write_article(1)
    rows = "".join(f"reader{number}@example.com\n" for number in range(300))
    (operator.folder / "list.csv").write_text(f"email\n{rows}")
    assert operator.digest("subscribers", "import", "list.csv").returncode == 0
    received = operator.postbox.received
    with operator.killed_when(lambda: len(received) >= 60, "send", "daily", "--slot", "2026-01-05T07:00") as process:
        assert process.returncode == -signal.SIGKILL
    answer = operator.digest("send", "daily", "--slot", "2026-01-05T07:00")
    assert (answer.returncode, "300 sent; audience 300: adds up" in answer.stdout) == (0, True)
    assert {address for address, _ in received} == {f"reader{number}@example.com" for number in range(300)}
    assert len(received) <= 300 + CONNECTIONS * IN_DOUBT


def test_a_daemon_that_is_told_to_end_finishes_what_is_under_way(operator: Operator) -> None:
    operator.write_article(1)
    rows = "".join(f"reader{number}@example.com\n" for number in range(1500))
    (operator.folder / "list.csv").write_text(f"email\n{rows}")
    operator.digest("subscribers", "import", "list.csv")
    operator.digest("send", "daily", "--slot", "now", env={"DIGEST_SMTP_URL": "smtp://127.0.0.1:1"})
    with operator.running("run") as process:
        wait_until(lambda: len(operator.postbox.received) >= 50, 30)
        process.terminate()
        assert process.wait(timeout=15) == 0
    received = len(operator.postbox.received)
    balance = json.loads(operator.digest("issues", "audit", "1", "--json").stdout)["deliveries"]
    assert (balance["sent"], balance["queued"], balance["sending"]) == (received, 1500 - received, 0)


def test_the_list_goes_out_and_comes_in_again(operator: Operator) -> None:
    (operator.folder / "in.csv").write_text("email,name\nana@example.com,=Ana\nnot an address,X\n")
    answer = operator.digest("subscribers", "import", "in.csv")
    assert (answer.returncode, "in.csv:3:" in answer.stderr) == (1, True)
    assert operator.digest("subscribers", "export", "out.csv").returncode == 0
    exported = (operator.folder / "out.csv").read_text()
    assert "'=Ana" in exported
    again = operator.digest("subscribers", "import", "out.csv", "--json")
    report = json.loads(again.stdout)
    assert (report["outcomes"], report["refused"]) == ({"known": 1}, [])


def test_the_demo_leaves_all_that_it_promises(operator: Operator, tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    elsewhere = {"DIGEST_SMTP_URL": "smtp://127.0.0.1:1", "DIGEST_SMTP_URL_2": "smtp://127.0.0.1:2"}
    answer = operator.digest("demo", "--once", "--dir", str(folder), env=elsewhere)
    assert answer.returncode == 0, answer.stderr
    for name in ("digest.toml", "digest.db", "issue.html", "issue.txt"):
        assert (folder / name).stat().st_size > 0
    assert len(list((folder / "mail").glob("*.eml"))) == 10
    for words in ("articles came from", "dropped", "subject", "10 sent; audience 10: adds up", "collect"):
        assert words in answer.stdout
    assert operator.digest("--config", str(folder / "digest.toml"), "issues", "audit", "1").returncode == 0


def test_the_demo_touches_no_folder_that_is_not_its_own(operator: Operator) -> None:
    answer = operator.digest("demo", "--once", "--dir", ".")
    assert (answer.returncode, "is not empty" in answer.stderr) == (2, True)
