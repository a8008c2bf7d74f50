"""The mailbox is a real mail server: what it accepts lies in the folder as it came."""

import re
import smtplib
import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from digest.demo.mailbox import Mailbox

SENDER = "daily@harbourpost.example.com"
MAIL = (
    "From: daily@harbourpost.example.com\r\n"
    "Subject: The night tram stays\r\n"
    "\r\n"
    ".A line that begins with a dot,\r\n"
    "..one with two, an 8-bit one: Søren Østergaard, 田中さくら,\r\n"
    "\r\n"
    "and the end.\r\n"
).encode()


def send(mailbox: Mailbox, *recipients: str, mail: bytes = MAIL) -> dict[str, tuple[int, bytes]]:
    with smtplib.SMTP(mailbox.host, mailbox.port) as connection:
        return connection.sendmail(SENDER, recipients, mail, mail_options=["BODY=8BITMIME"])


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def test_an_accepted_mail_is_kept_byte_for_byte(tmp_path: Path) -> None:
    with Mailbox(tmp_path) as mailbox:
        send(mailbox, "ana.moreira@example.com")
    assert names(tmp_path) == ["0001-ana.moreira@example.com.eml"]
    assert (tmp_path / "0001-ana.moreira@example.com.eml").read_bytes() == MAIL


def test_every_recipient_has_a_copy_of_their_own(tmp_path: Path) -> None:
    with Mailbox(tmp_path) as mailbox:
        send(mailbox, "ana.moreira@example.com", "oksana+news@example.com")
    assert names(tmp_path) == ["0001-ana.moreira@example.com.eml", "0002-oksana+news@example.com.eml"]


def test_the_numbers_go_on_in_a_folder_that_has_mail(tmp_path: Path) -> None:
    (tmp_path / "0041-ana.moreira@example.com.eml").write_bytes(b"an earlier mail")
    (tmp_path / "notes.txt").write_text("not a mail")
    with Mailbox(tmp_path) as mailbox:
        send(mailbox, "grace.obrien@example.com")
    assert "0042-grace.obrien@example.com.eml" in names(tmp_path)
    assert (tmp_path / "0041-ana.moreira@example.com.eml").read_bytes() == b"an earlier mail"


def test_an_unknown_recipient_is_refused_for_good(tmp_path: Path) -> None:
    with Mailbox(tmp_path, refused={"gone@example.com"}) as mailbox:
        refusals = send(mailbox, "ana.moreira@example.com", "Gone@example.com")
        assert refusals["Gone@example.com"][0] == 550
        assert refusals["Gone@example.com"][1].startswith(b"5.1.1 ")
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            send(mailbox, "gone@example.com")
    assert names(tmp_path) == ["0001-ana.moreira@example.com.eml"]


def test_a_busy_recipient_is_accepted_at_the_second_try(tmp_path: Path) -> None:
    with Mailbox(tmp_path, deferred={"busy@example.com"}) as mailbox:
        with pytest.raises(smtplib.SMTPRecipientsRefused) as refusal:
            send(mailbox, "busy@example.com")
        assert refusal.value.recipients["busy@example.com"][0] == 451
        assert names(tmp_path) == []
        assert send(mailbox, "busy@example.com") == {}
    assert names(tmp_path) == ["0001-busy@example.com.eml"]


@pytest.mark.parametrize(
    "address",
    ['"../../escape"@example.com', "a/b@example.com", "%00{`x`}@example.com", f"{'a' * 64}@{'b' * 60}.{'c' * 60}.com"],
)
def test_no_address_can_name_another_place(tmp_path: Path, address: str) -> None:
    folder = tmp_path / "mail"
    with Mailbox(folder) as mailbox:
        send(mailbox, address)
    assert names(tmp_path) == ["mail"]
    assert re.fullmatch(r"0001-[A-Za-z0-9._=+@-]{1,120}\.eml", *names(folder))


def test_an_address_in_another_script_is_accepted(tmp_path: Path) -> None:
    with Mailbox(tmp_path) as mailbox, smtplib.SMTP(mailbox.host, mailbox.port) as connection:
        connection.ehlo()
        connection.sendmail(SENDER, ["νίκος@example.com"], MAIL, mail_options=["SMTPUTF8", "BODY=8BITMIME"])
    assert names(tmp_path) == ["0001-_____@example.com.eml"]


def test_many_connections_at_once_lose_nothing(tmp_path: Path) -> None:
    addresses = [f"reader{number}@example.com" for number in range(40)]
    with Mailbox(tmp_path) as mailbox, ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda address: send(mailbox, address), addresses)) == [{}] * 40
    assert sorted(name.partition("-")[2] for name in names(tmp_path)) == sorted(
        f"{address}.eml" for address in addresses
    )
    assert [int(name[:4]) for name in names(tmp_path)] == list(range(1, 41))


def test_the_url_is_where_the_server_answers_until_it_stops(tmp_path: Path) -> None:
    with Mailbox(tmp_path) as mailbox:
        port = mailbox.port
        assert mailbox.url == f"smtp://127.0.0.1:{port}?starttls=off"
        with smtplib.SMTP("127.0.0.1", port) as connection:
            assert connection.noop()[0] == 250
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


def test_a_client_that_stays_does_not_keep_the_server(tmp_path: Path) -> None:
    with Mailbox(tmp_path) as mailbox:
        connection = smtplib.SMTP(mailbox.host, mailbox.port)
    with pytest.raises(smtplib.SMTPServerDisconnected):
        connection.noop()
    connection.close()
