"""Fetches over HTTP, politely and safely: few requests at a time, no more than is needed, nothing endless.

Conditional requests after RFC 9110 §13, Retry-After after §10.2.3.
"""

import asyncio
import re
import ssl
import time
import zlib
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from types import TracebackType
from urllib.parse import urlsplit

import httpx

from digest import __version__
from digest.collect.canonical import absolute_url, canonical_url
from digest.collect.network import open_transport
from digest.errors import FetchError

REDIRECTS = frozenset({301, 302, 303, 307, 308})
FOR_GOOD = frozenset({301, 308})
LATER = frozenset({429, 503})
GZIP = b"\x1f\x8b"
MOST_MEMBERS = 100  # the rest is copied for each
CONDITIONS = {"if-none-match", "if-modified-since"}
NO_WORDS = re.compile(r"(?:audio|video|image|font)/(?!svg)|application/(?:pdf|zip|epub)\b", re.IGNORECASE)
PLAIN = frozenset({"", "identity", "none", "utf-8"})  # the last two are none, but are sent
CERTIFICATE = re.compile(r"certificate verify failed: (?P<why>.+?)\.?(?: \(_ssl|$)")
SECURITY = re.compile(r"\[SSL: (?P<why>\w+)\]")
BROKEN_OFF = re.compile(r"connection has been closed \(EOF\)|EOF occurred in violation of protocol")
LONGEST_WAIT = 86_400.0  # seconds; a server that asks for years is asked again tomorrow
CHARSET = re.compile(r";\s*charset\s*=\s*[\"']?(?P<name>[\w.:-]{1,40})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Limits:
    """How long and how much, in seconds, bytes and requests at a time."""

    connect: float = 10.0
    read: float = 15.0
    total: float = 40.0
    body: int = 10_000_000
    redirects: int = 5
    per_host: int = 2
    overall: int = 20


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer. ``url`` is where it came from in the end; ``unchanged`` answers have no body.

    ``charset`` is the encoding that the server names, or empty. ``moved_to`` is the new address of what has moved
    for good (301, 308), or empty.
    """

    url: str
    body: bytes = b""
    etag: str = ""
    last_modified: str = ""
    unchanged: bool = False
    charset: str = ""
    moved_to: str = ""


@dataclass(frozen=True, slots=True)
class _Redirect:
    url: str
    is_permanent: bool


@cache
def _trust() -> ssl.SSLContext:
    """The certificates that the system trusts. They are loaded once: that takes a tenth of a second."""
    return ssl.create_default_context()


class Fetcher:
    """Fetches many URLs, a few at a time. Use as an asynchronous context manager.

    ``public_url`` tells the servers that are asked where to learn who asks. Answers in which there are no words, such
    as pictures, are refused unless ``any_kind``.
    """

    def __init__(self, limits: Limits | None = None, *, public_url: str = "", any_kind: bool = False) -> None:
        self._limits = limits or Limits()
        self._any_kind = any_kind
        self._agent = f"digest/{__version__}" + (f" (+{public_url})" if public_url else "")
        self._overall = asyncio.Semaphore(self._limits.overall)
        self._hosts: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(self._limits.per_host))
        self._resting: dict[str, float] = {}  # by host, until when it asked to be left alone
        self._clients = {allowed: self._open(_trust(), allow_private=allowed) for allowed in (False, True)}

    async def __aenter__(self) -> "Fetcher":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for client in self._clients.values():
            await client.aclose()

    async def get(self, url: str, *, allow_private: bool = False, etag: str = "", last_modified: str = "") -> Fetched:
        """Fetch a URL, following redirects. Raises FetchError with a reason that a person understands."""
        conditions = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        headers = {name: value for name, value in conditions.items() if _can_be_sent(value)}
        if not canonical_url(url):
            raise FetchError(f"refused: {url[:100]} is not a web address")
        left, moved_to, is_permanent = self._limits.total, "", True
        for _ in range(self._limits.redirects + 1):
            # A place at the host first: who waits for a busy one keeps nobody from the others.
            async with self._hosts[host_of(url).lower()], self._overall:
                self._let_rest(url)
                began = time.monotonic()
                answer = await self._ask(url, self._clients[allow_private], headers, left)
                left -= time.monotonic() - began
            if isinstance(answer, Fetched):
                return replace(answer, moved_to=moved_to)
            url, is_permanent = answer.url, is_permanent and answer.is_permanent
            moved_to = url if is_permanent else moved_to
        raise FetchError(f"{host_of(url)} redirects more than {self._limits.redirects} times")

    def _let_rest(self, url: str) -> None:
        """Refuse to ask a host that asked to be left alone when it was asked for something else."""
        left = self._resting.get(host_of(url).lower(), 0) - time.monotonic()
        if left > 0:
            raise FetchError(f"not asked: {host_of(url)} wants to be left alone", retry_after=left)

    async def _ask(
        self, url: str, client: httpx.AsyncClient, headers: dict[str, str], left: float
    ) -> "Fetched | _Redirect":
        """The answer, within the seconds that are left; or where it redirects to."""
        try:
            async with asyncio.timeout(left), client.stream("GET", url, headers=headers) as response:
                if response.status_code in REDIRECTS and "location" in response.headers:
                    target = _target(url, response.headers["location"])
                    return _Redirect(target, response.status_code in FOR_GOOD)
                return await self._take(url, response)
        except TimeoutError:
            raise FetchError(f"{host_of(url)} took longer than {self._limits.total:.0f} s") from None
        except httpx.TimeoutException as error:
            most = self._limits.connect if isinstance(error, httpx.ConnectTimeout) else self._limits.read
            raise FetchError(f"{host_of(url)} did not answer in time ({most:g} s)") from None
        except httpx.InvalidURL:
            raise FetchError(f"refused: {host_of(url)} is not a web address") from None
        except (httpx.HTTPError, httpx.StreamError) as error:
            raise FetchError(f"{host_of(url)} cannot be reached: {_why(error)}") from error

    async def _take(self, url: str, response: httpx.Response) -> Fetched:
        etag, last_modified = (response.headers.get(name, "") for name in ("etag", "last-modified"))
        if response.status_code == 304 and CONDITIONS & response.request.headers.keys():
            # RFC 9110 §15.4.5: it may name new validators, and need not repeat the old ones.
            return Fetched(url, etag=etag, last_modified=last_modified, unchanged=True)
        if response.status_code != 200:
            wait = _retry_after(response.headers.get("retry-after", "")) if response.status_code in LATER else None
            self._resting[host_of(url).lower()] = time.monotonic() + (wait or 0)
            # The phrase of the standard: the server's own words are not for our logs and pages.
            reason = f"{response.status_code} {httpx.codes.get_reason_phrase(response.status_code)}".strip()
            raise FetchError(f"{host_of(url)} answered {reason}", retry_after=wait, status=response.status_code)
        kind = response.headers.get("content-type", "")
        if NO_WORDS.match(kind) and not self._any_kind:
            raise FetchError(f"{host_of(url)} sent {kind[:40]}, in which there are no words to read", status=200)
        charset = CHARSET.search(kind)
        body = await self._read(url, response)
        return Fetched(url, body, etag, last_modified, charset=charset["name"] if charset else "")

    async def _read(self, url: str, response: httpx.Response) -> bytes:
        """The body. It is unpacked by ourselves, with a bound: httpx unpacks a bomb before it can be counted."""
        body, most = bytearray(), self._limits.body
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) > most:
                raise _too_large(url, most)
        encoding = response.headers.get("content-encoding", "identity").strip().lower()
        if encoding not in PLAIN | {"gzip", "x-gzip", "deflate"}:
            raise FetchError(f"{host_of(url)} packed its answer in a way that was not asked for ({encoding[:20]})")
        answer = bytes(body) if encoding in PLAIN else _unpack(bytes(body), url, most)
        # A sitemap may be a packed file (sitemap.xml.gz), which some servers pack once more on the way.
        return _unpack(answer, url, most) if answer.startswith(GZIP) else answer

    def _open(self, context: ssl.SSLContext, *, allow_private: bool) -> httpx.AsyncClient:
        limits = self._limits
        return httpx.AsyncClient(
            transport=open_transport(context, allow_private=allow_private),
            timeout=httpx.Timeout(limits.read, connect=limits.connect, pool=limits.total),
            headers={"User-Agent": self._agent, "Accept": "*/*", "Accept-Encoding": "gzip, deflate"},
            trust_env=False,
        )


def _target(url: str, location: str) -> str:
    target = absolute_url(url, location)
    if not target:
        raise FetchError(f"refused: {location[:100]} is not a web address")
    return target


def _unpack(packed: bytes, url: str, most: int) -> bytes:
    # 47: zlib or gzip, told apart by its header; -15: deflate without one, as some servers send it.
    for window in (47, -15):
        try:
            body = _members(packed, window, most + 1)
        except zlib.error:
            continue
        if len(body) > most:
            raise _too_large(url, most)
        return body
    raise FetchError(f"{host_of(url)} sent an answer that cannot be unpacked")


def _members(packed: bytes, window: int, most: int) -> bytes:
    """At most ``most`` unpacked bytes. A gzip may consist of several members (RFC 1952 §2.2)."""
    body = bytearray()
    for _ in range(MOST_MEMBERS):
        unpacker = zlib.decompressobj(window)
        body += unpacker.decompress(packed, most - len(body))
        packed = unpacker.unused_data
        # What follows and is no further member is padding.
        if len(body) >= most or not packed.startswith(GZIP):
            return bytes(body)
    raise zlib.error(f"more than {MOST_MEMBERS} members")


def _too_large(url: str, most: int) -> FetchError:
    return FetchError(f"the answer of {host_of(url)} is larger than {most // 1_000_000} MB", status=200)


def _retry_after(value: str) -> float | None:
    if re.fullmatch(r"\s*[0-9]+\s*", value):
        return min(float(value), LONGEST_WAIT)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(max(0.0, (moment - datetime.now(UTC)).total_seconds()), LONGEST_WAIT)


def _can_be_sent(value: str) -> bool:
    """True for a validator that fits into a header: what a server once sent may be anything."""
    return value.isascii() and value.isprintable() and value != ""


def host_of(url: str) -> str:
    """The host and port of a URL, for messages: the rest of it may hold a password or a token."""
    return urlsplit(url).netloc.rpartition("@")[2] or url[:100]


def _why(error: Exception) -> str:
    """What the libraries say, in words for people who do not know them."""
    told = str(error).strip()
    if not told or BROKEN_OFF.search(told):
        return "the connection broke off"
    if refused := CERTIFICATE.search(told):
        return f"its certificate is not valid ({refused['why']})"
    if failed := SECURITY.search(told):
        return f"no secure connection could be made ({failed['why'].lower().replace('_', ' ')})"
    return "it accepts no connection" if told == "All connection attempts failed" else told
