"""The addresses of mail servers: what may stand after ``?``, and several of them."""

from datetime import date

import pytest

from digest.deliver import ConnectionLost, Envelope, SmtpEndpoint, endpoints, parse_smtp_url, send_letter
from digest.errors import ConfigError, TransportError
from digest.sending import Limits
from digest.settings import Settings
from tests.postbox import Postbox

LETTER = Envelope("daily@example.com", "ana@example.com", b"Subject: Good morning\r\n\r\nHello\r\n")


def test_what_an_address_says_holds_in_place_of_the_limits_of_all() -> None:
    limits = Limits(connections=3, per_hour=100)
    url = "smtp://me:x@mail.example.com?weight=3&per_hour=5&per_second=2.5&warm_up_from=2026-11-01"
    read = parse_smtp_url(url, "DIGEST_SMTP_URL_2", limits)
    assert read.limits == Limits(connections=3, per_hour=5, per_second=2.5, warm_up_from=date(2026, 11, 1))
    assert (read.weight, read.name, read.key) == (3, "DIGEST_SMTP_URL_2", "me@mail.example.com:587")


def test_a_token_file_is_for_xoauth2() -> None:
    read = parse_smtp_url("smtps://me@mail.example.com?token_file=/run/token")
    assert (read.auth, read.token_file, read.starttls) == ("xoauth2", "/run/token", "preferred")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ("starttls=maybe", "starttls= can be required, preferred or off"),
        ("auth=cram-md5", "auth= can be plain, login or xoauth2"),
        ("auth=plain&token_file=x", "token_file is for auth=xoauth2, not for auth=plain"),
        ("weight=-1", "weight= is a whole number from 0 to 1000"),
        ("weight=²", "weight= is a whole number from 0 to 1000"),
        ("per_hour=many", "per_hour=: Input should be a valid integer"),
        ("connections=0", "connections=: Input should be greater than or equal to 1"),
        ("per_second=nan", "per_second=: "),
        ("tls=1", "after ? only these are known: auth, connections, "),
        ("swordfish=1", "after ? only these are known: auth, connections, "),
    ],
)
def test_a_mistake_after_the_question_mark_is_one_clear_line(options: str, told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_smtp_url(f"smtp://me:swordfish@mail.example.com?{options}", "DIGEST_SMTP_URL_3")
    assert str(caught.value).startswith(f"DIGEST_SMTP_URL_3: {told}")
    assert "swordfish" not in str(caught.value)
    assert str(caught.value).isprintable()


def test_a_log_in_without_a_user_is_a_mistake() -> None:
    with pytest.raises(ConfigError, match="auth=plain needs a user"):
        parse_smtp_url("smtp://mail.example.com?auth=plain")


def test_several_mail_servers_are_read_in_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGEST_SMTP_URL_3", "smtp://third.example.com")
    monkeypatch.setenv("DIGEST_SMTP_URL_2", "")
    settings = Settings(secret_key=("sixteen or more letters",), smtp_url="smtp://first.example.com")  # type: ignore[arg-type]
    read = endpoints(settings.smtp_urls, Limits(per_day=9))
    assert [(each.name, each.host, each.limits.per_day) for each in read] == [
        ("DIGEST_SMTP_URL", "first.example.com", 9),
        ("DIGEST_SMTP_URL_3", "third.example.com", 9),
    ]


def test_the_same_account_twice_is_a_mistake() -> None:
    urls = [("DIGEST_SMTP_URL", "smtp://me:a@mail.example.com"), ("DIGEST_SMTP_URL_2", "smtp://me:b@mail.example.com")]
    with pytest.raises(ConfigError, match="DIGEST_SMTP_URL_2: this is the same server and user as DIGEST_SMTP_URL"):
        endpoints(urls)


def test_a_letter_leaves_through_the_first_server_that_can_be_used(postbox: Postbox, unused_port: int) -> None:
    servers = (SmtpEndpoint("127.0.0.1", postbox.port, weight=0), SmtpEndpoint("127.0.0.1", unused_port))
    assert send_letter(servers, LETTER).code == 250
    assert postbox.recipients == ["ana@example.com"]


def test_a_refused_letter_is_not_offered_to_another_server(postbox: Postbox) -> None:
    postbox.answers["ana@example.com"] = ["550 5.1.1 no such user"]
    server = SmtpEndpoint("127.0.0.1", postbox.port)
    assert send_letter((server, server), LETTER).code == 550
    assert postbox.received == []


def test_a_letter_that_no_server_takes_says_why_of_each(unused_port: int) -> None:
    servers = (SmtpEndpoint("127.0.0.1", unused_port), SmtpEndpoint("127.0.0.1", unused_port, name="DIGEST_SMTP_URL_2"))
    with pytest.raises(TransportError, match=r"check DIGEST_SMTP_URL; .* check DIGEST_SMTP_URL_2"):
        send_letter(servers, LETTER)
    with pytest.raises(ConnectionLost, match="connection refused"):
        send_letter(servers[:1], LETTER)
