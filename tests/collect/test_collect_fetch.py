"""Fetching: politely, safely, and never without end."""

import asyncio
import gzip
import socket
import ssl
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from digest.collect import network
from digest.collect.fetch import Fetched, Fetcher, Limits, _why
from digest.collect.network import is_public
from digest.errors import FetchError
from tests.website import Site, website

pytestmark = pytest.mark.anyio
LIMITS = Limits(connect=2, read=0.5, total=2, body=1_000_000)


async def fetch(url: str, *, allow_private: bool = True, **conditions: str) -> Fetched:
    async with Fetcher(LIMITS) as fetcher:
        return await fetcher.get(url, allow_private=allow_private, **conditions)


async def test_what_did_not_change_is_not_sent_again(site: Site) -> None:
    url = site.page("/feed", b"news", ETag='"1"', Last_Modified="Mon, 23 Nov 2026 07:00:00 GMT")
    first = await fetch(url)
    assert first == Fetched(url, b"news", '"1"', "Mon, 23 Nov 2026 07:00:00 GMT")
    site.page("/feed", b"", status=304)
    again = await fetch(url, etag=first.etag, last_modified=first.last_modified)
    assert again.unchanged
    headers = site.asked[-1][1]
    assert (headers["If-None-Match"], headers["If-Modified-Since"]) == (first.etag, first.last_modified)


async def test_new_validators_that_come_with_nothing_new_are_kept(site: Site) -> None:
    url = site.page("/feed", b"", status=304, ETag='"2"')
    assert await fetch(url, etag='"1"') == Fetched(url, etag='"2"', unchanged=True)


async def test_nothing_new_is_no_answer_to_who_knows_nothing(site: Site) -> None:
    with pytest.raises(FetchError, match="answered 304"):
        await fetch(site.page("/feed", b"", status=304))


async def test_we_say_who_we_are(site: Site) -> None:
    await fetch(site.page("/", b"hello"))
    assert site.asked[0][1]["User-Agent"].startswith("digest/")


async def test_redirects_are_followed_to_the_end(site: Site) -> None:
    site.page("/old", b"", status=302, Location="/new")
    site.page("/new", b"here")
    assert await fetch(f"{site.url}/old") == Fetched(f"{site.url}/new", b"here")


@pytest.mark.parametrize(("first", "second", "moved_to"), [(301, 308, "/c"), (308, 302, "/b"), (307, 301, "")])
async def test_what_has_moved_for_good_says_where_to(site: Site, first: int, second: int, moved_to: str) -> None:
    site.page("/a", b"", status=first, Location="/b")
    site.page("/b", b"", status=second, Location="/c")
    site.page("/c", b"here")
    answer = await fetch(f"{site.url}/a")
    assert (answer.url, answer.moved_to) == (f"{site.url}/c", moved_to and site.url + moved_to)


async def test_redirects_in_a_circle_end(site: Site) -> None:
    url = site.page("/round", b"", status=302, Location="/round")
    with pytest.raises(FetchError, match="redirects more than 5 times"):
        await fetch(url)
    assert len(site.asked) == 6


@pytest.mark.parametrize(
    ("host", "told"),
    [
        ("127.0.0.1", "on a private network"),
        ("localhost", "on a private network"),
        ("[::1]", "on a private network"),
        ("[::ffff:127.0.0.1]", "on a private network"),
        ("2130706433", "on a private network"),
        ("0x7f.1", "on a private network"),
        ("169.254.169.254", "on a private network"),
        ("10.0.0.1", "on a private network"),
        ("0.0.0.0", "on a private network"),
        ("0177.0.0.1", "refused"),
        ("[::]", "on a private network"),
        ("[64:ff9b::7f00:1]", "on a private network"),
        ("news.example@127.0.0.1", "on a private network"),
    ],
)
async def test_private_addresses_are_refused_in_every_dress(site: Site, host: str, told: str) -> None:
    site.page("/secret", b"secret")
    with pytest.raises(FetchError, match=told):
        await fetch(f"http://{host}:{site.port}/secret", allow_private=False)
    assert site.asked == []


async def test_a_name_that_changes_its_address_between_check_and_connection_gains_nothing(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [[("93.184.215.14", 80)], [("127.0.0.1", site.port)]]
    asked: list[str] = []

    def rebinding(host: str, port: int, *_: object, **__: object) -> list[object]:
        asked.append(host)
        address = answers[min(len(asked), 2) - 1][0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", address)]

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    with pytest.raises(FetchError):
        await fetch(f"http://rebinding.example:{site.port}/secret", allow_private=False)
    assert site.asked == []


@pytest.mark.parametrize("addresses", [("127.0.0.1", "93.184.215.14"), ("203.0.113.9", "127.0.0.1")])
async def test_a_name_with_a_private_address_among_others_leads_nowhere_private(
    site: Site, monkeypatch: pytest.MonkeyPatch, addresses: tuple[str, str]
) -> None:
    places = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, site.port)) for each in addresses]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: places)
    with pytest.raises(FetchError, match="on a private network"):
        await fetch(f"http://both.example:{site.port}/secret", allow_private=False)
    assert site.asked == []


async def test_a_proxy_of_the_environment_gets_nobody_around_the_check(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, site.url)
    with pytest.raises(FetchError, match="on a private network"):
        await fetch("http://10.0.0.1/secret", allow_private=False)
    assert site.asked == []


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1/"])
async def test_a_redirect_leads_nowhere_but_to_the_web(site: Site, target: str) -> None:
    url = site.page("/away", b"", status=302, Location=target)
    with pytest.raises(FetchError, match=r"refused: .* is not a web address"):
        await fetch(url)


async def test_a_bomb_is_dropped_before_it_fills_the_memory(site: Site) -> None:
    with pytest.raises(FetchError, match="larger than 1 MB"):
        await fetch(site.bomb("/bomb", megabytes=50))


async def test_an_answer_packed_in_two_members_is_unpacked_whole(site: Site) -> None:
    packed = gzip.compress(b"one ") + gzip.compress(b"two")
    assert (await fetch(site.page("/two", packed, Content_Encoding="gzip"))).body == b"one two"


async def test_a_packed_file_is_unpacked_like_a_packed_answer(site: Site) -> None:
    file = gzip.compress(b"<urlset/>")
    assert (await fetch(site.page("/sitemap.xml.gz", file, Content_Type="application/x-gzip"))).body == b"<urlset/>"
    twice = site.page("/twice.xml.gz", gzip.compress(file), Content_Encoding="gzip")
    assert (await fetch(twice)).body == b"<urlset/>"
    with pytest.raises(FetchError, match="larger than 1 MB"):
        await fetch(site.page("/bomb.xml.gz", gzip.compress(b"\0" * 50_000_000)))


async def test_an_answer_packed_in_very_many_members_is_refused(site: Site) -> None:
    url = site.page("/many", gzip.compress(b"") * 40_000, Content_Encoding="gzip")
    with pytest.raises(FetchError, match="cannot be unpacked"):
        await fetch(url)


async def test_a_checked_address_is_greeted_by_the_hosts_name(monkeypatch: pytest.MonkeyPatch) -> None:
    named: list[str | None] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.sni_callback = lambda _, name, __: named.append(name)
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]
    # No public server answers a test: this one's address passes for public.
    monkeypatch.setattr(network, "is_public", lambda address: address == "127.0.0.1")
    place = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [place])
    async with server:
        with pytest.raises(FetchError, match="cannot be reached: the connection broke off"):  # it has no certificate
            await fetch(f"https://news.example:{port}/", allow_private=False)
    assert named == ["news.example"]


async def test_a_stream_without_end_ends(site: Site) -> None:
    with pytest.raises(FetchError, match="larger than 1 MB"):
        await fetch(site.endless("/endless"))


async def test_a_server_that_says_nothing_is_not_waited_for(site: Site) -> None:
    with pytest.raises(FetchError, match="did not answer in time"):
        await fetch(site.slow("/slow", 1.0))


async def test_a_server_that_says_a_byte_now_and_then_is_not_waited_for(site: Site) -> None:
    began = time.monotonic()
    with pytest.raises(FetchError, match="took longer than 2 s"):
        await fetch(site.drip("/drip", pause=0.2))
    assert time.monotonic() - began < 4


@pytest.mark.parametrize("kind", ["audio/mpeg", "video/mp4", "image/jpeg", "application/pdf"])
async def test_what_has_no_words_in_it_is_not_fetched_to_its_end(site: Site, kind: str) -> None:
    with pytest.raises(FetchError, match=f"sent {kind}, in which there are no words") as caught:
        await fetch(site.page("/episode", b"a" * 500_000, Content_Type=kind))
    assert caught.value.status == 200


async def test_a_packing_that_was_not_asked_for_is_refused(site: Site) -> None:
    with pytest.raises(FetchError, match="packed its answer"):
        await fetch(site.page("/br", b"x", Content_Encoding="br"))


@pytest.mark.parametrize("status", [429, 503])
async def test_who_asks_to_be_left_alone_is(site: Site, status: int) -> None:
    url = site.page("/busy", b"", status=status, Retry_After="120")
    with pytest.raises(FetchError, match=str(status)) as caught:
        await fetch(url)
    assert caught.value.retry_after == 120
    moment = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    site.page("/busy", b"", status=status, Retry_After=moment.replace("GMT", "GMT"))
    with pytest.raises(FetchError) as caught:
        await fetch(url)
    assert 3500 < (caught.value.retry_after or 0) <= 3600


async def test_who_asks_to_be_left_alone_is_asked_for_nothing_else_either(site: Site) -> None:
    busy, other = site.page("/busy", b"", status=429, Retry_After="120"), site.page("/other", b"here")
    async with Fetcher(LIMITS) as fetcher:
        for url in (busy, other):
            with pytest.raises(FetchError) as caught:
                await fetcher.get(url, allow_private=True)
            assert 110 < (caught.value.retry_after or 0) <= 120
    assert [path for path, _ in site.asked] == ["/busy"]


@pytest.mark.parametrize("wait", ["", "soon", "-5", "0"])
async def test_a_wait_that_is_none_keeps_nobody_from_the_rest(site: Site, wait: str) -> None:
    busy, other = site.page("/busy", b"", status=503, Retry_After=wait), site.page("/other", b"here")
    async with Fetcher(LIMITS) as fetcher:
        with pytest.raises(FetchError):
            await fetcher.get(busy, allow_private=True)
        assert (await fetcher.get(other, allow_private=True)).body == b"here"


@pytest.mark.parametrize("status", [401, 404, 410, 418, 500])
async def test_an_answer_that_is_none_keeps_its_status(site: Site, status: int) -> None:
    with pytest.raises(FetchError, match=str(status)) as caught:
        await fetch(site.page("/none", b"", status=status))
    assert caught.value.status == status


async def test_an_unreachable_host_is_told_in_words(unused_port: int) -> None:
    with pytest.raises(FetchError, match=rf"127\.0\.0\.1:{unused_port} cannot be reached: it accepts no connection"):
        await fetch(f"http://127.0.0.1:{unused_port}/")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (
            "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate (_ssl.c:1006)",
            "its certificate is not valid (self-signed certificate)",
        ),
        (
            "[SSL: C_V_F] certificate verify failed: Hostname mismatch, it is 'a.example'. (_ssl.c:9)",
            "its certificate is not valid (Hostname mismatch, it is 'a.example')",
        ),
        (
            "[SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:1006)",
            "no secure connection could be made (wrong version number)",
        ),
        ("", "the connection broke off"),
    ],
)
def test_why_a_connection_fails_is_told_in_words(said: str, told: str) -> None:
    assert _why(httpx.ConnectError(said)) == told


async def test_one_host_is_asked_two_things_at_a_time(site: Site) -> None:
    limits = replace(LIMITS, read=3, total=10)
    for number in range(6):
        site.slow(f"/{number}", 0.2)
    began = time.monotonic()
    async with Fetcher(limits) as fetcher:
        answers = await asyncio.gather(
            *(fetcher.get(f"{site.url}/{number}", allow_private=True) for number in range(6)), return_exceptions=True
        )
    assert len(answers) == 6
    assert time.monotonic() - began >= 0.6


async def test_who_is_led_to_a_busy_host_waits_there_like_all_others(site: Site) -> None:
    limits = replace(LIMITS, read=3, total=10)
    with website() as other:
        for number in range(6):
            site.slow(f"/{number}", 0.2)
            other.page(f"/{number}", b"", status=302, Location=f"{site.url}/{number}")
        began = time.monotonic()
        async with Fetcher(limits) as fetcher:
            led = (fetcher.get(f"{other.url}/{number}", allow_private=True) for number in range(6))
            await asyncio.gather(*led, return_exceptions=True)
    assert len(site.asked) == 6
    assert time.monotonic() - began >= 0.6


async def test_a_host_that_keeps_us_waiting_keeps_nobody_from_the_others(site: Site) -> None:
    limits = replace(LIMITS, read=3, total=10, overall=3)
    with website() as other:
        for number in range(8):
            site.slow(f"/{number}", 0.3)
        quick = other.page("/quick", b"here")
        async with Fetcher(limits) as fetcher:
            slow = [asyncio.create_task(fetcher.get(f"{site.url}/{number}", allow_private=True)) for number in range(8)]
            await asyncio.sleep(0.05)
            began = time.monotonic()
            assert (await fetcher.get(quick, allow_private=True)).body == b"here"
            assert time.monotonic() - began < 0.3
            await asyncio.gather(*slow, return_exceptions=True)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.215.14", True),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True),
        ("100.64.0.1", False),
        ("fd00::1", False),
        ("fe80::1%eth0", False),
        ("fec0::1", False),
        ("3fff::1", False),
        ("64:ff9b:1::1", False),
        ("64:ff9b::a9fe:a9fe", False),
        ("fd00:ec2::254", False),
        ("::ffff:10.0.0.1", False),
        ("2002:7f00:1::", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::", False),
    ],
)
def test_public_is_what_belongs_to_the_open_internet(address: str, public: bool) -> None:
    assert is_public(address) is public
