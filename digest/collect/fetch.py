"""Fetches over HTTP, politely and safely: few requests at a time, no more than is needed, nothing endless.

Conditional requests after RFC 9110 §13, Retry-After after §10.2.3.
"""

import asyncio
import zlib
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from urllib.parse import urljoin, urlsplit

import httpx

from digest import __version__
from digest.collect.network import open_transport
from digest.errors import FetchError

REDIRECTS = frozenset({301, 302, 303, 307, 308})
LATER = frozenset({429, 503})


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
    """An answer. ``url`` is where it came from in the end; ``unchanged`` answers have no body."""

    url: str
    body: bytes = b""
    etag: str = ""
    last_modified: str = ""
    unchanged: bool = False


class Fetcher:
    """Fetches many URLs, a few at a time. Use as an asynchronous context manager."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._overall = asyncio.Semaphore(self._limits.overall)
        self._hosts: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(self._limits.per_host))
        self._clients = {allowed: self._open(allow_private=allowed) for allowed in (False, True)}

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
        headers = {name: value for name, value in conditions.items() if value}
        try:
            async with self._hosts[_host(url)], self._overall, asyncio.timeout(self._limits.total):
                return await self._follow(url, self._clients[allow_private], headers)
        except TimeoutError:
            raise FetchError(f"{_host(url)} took longer than {self._limits.total:.0f} s") from None
        except httpx.TimeoutException:
            raise FetchError(f"{_host(url)} did not answer in time") from None
        except httpx.InvalidURL:
            raise FetchError(f"{url}: this is not a web address") from None
        except (httpx.HTTPError, httpx.StreamError) as error:
            raise FetchError(f"{_host(url)} cannot be reached: {_why(error)}") from error

    async def _follow(self, url: str, client: httpx.AsyncClient, headers: dict[str, str]) -> Fetched:
        for _ in range(self._limits.redirects + 1):
            if urlsplit(url).scheme not in ("http", "https"):
                raise FetchError(f"refused: {url[:100]} is not a web address")
            async with client.stream("GET", url, headers=headers) as response:
                if response.status_code not in REDIRECTS or "location" not in response.headers:
                    return await self._take(url, response)
                url = urljoin(url, response.headers["location"])
        raise FetchError(f"{_host(url)} redirects more than {self._limits.redirects} times")

    async def _take(self, url: str, response: httpx.Response) -> Fetched:
        if response.status_code == 304:
            return Fetched(url, unchanged=True)
        if response.status_code != 200:
            wait = _retry_after(response.headers.get("retry-after", "")) if response.status_code in LATER else None
            reason = f"{response.status_code} {response.reason_phrase}".strip()
            raise FetchError(f"{_host(url)} answered {reason}", retry_after=wait)
        validators = {
            "etag": response.headers.get("etag", ""),
            "last_modified": response.headers.get("last-modified", ""),
        }
        return replace(Fetched(url, await self._read(url, response)), **validators)

    async def _read(self, url: str, response: httpx.Response) -> bytes:
        """The body. It is unpacked by ourselves, with a bound: httpx unpacks a bomb before it can be counted."""
        body, most = bytearray(), self._limits.body
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) > most:
                raise _too_large(url, most)
        encoding = response.headers.get("content-encoding", "identity").strip().lower()
        if encoding in ("", "identity"):
            return bytes(body)
        if encoding not in ("gzip", "x-gzip", "deflate"):
            raise FetchError(f"{_host(url)} packed its answer in a way that was not asked for ({encoding[:20]})")
        return _unpack(bytes(body), url, most)

    def _open(self, *, allow_private: bool) -> httpx.AsyncClient:
        limits = self._limits
        return httpx.AsyncClient(
            transport=open_transport(allow_private=allow_private),
            timeout=httpx.Timeout(limits.read, connect=limits.connect, pool=limits.total),
            headers={"User-Agent": f"digest/{__version__}", "Accept": "*/*", "Accept-Encoding": "gzip, deflate"},
            trust_env=False,
        )


def _unpack(packed: bytes, url: str, most: int) -> bytes:
    # 47: zlib or gzip, told apart by its header; -15: deflate without one, as some servers send it.
    for window in (47, -15):
        try:
            body = zlib.decompressobj(window).decompress(packed, most + 1)
        except zlib.error:
            continue
        if len(body) > most:
            raise _too_large(url, most)
        return body
    raise FetchError(f"{_host(url)} sent an answer that cannot be unpacked")


def _too_large(url: str, most: int) -> FetchError:
    return FetchError(f"the answer of {_host(url)} is larger than {most // 1_000_000} MB")


def _retry_after(value: str) -> float | None:
    if value.strip().isdigit():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def _host(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2] or url[:100]


def _why(error: Exception) -> str:
    return str(error).strip() or type(error).__name__
