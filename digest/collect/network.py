"""Connects only where a source may lead: not into private networks, this machine or a cloud's metadata.

The address that was checked is the address that is connected to, at every connection: neither a redirect
nor a name that resolves differently the second time (DNS rebinding) gets around it.
"""

import asyncio
import socket
import ssl
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any

import httpcore
import httpx

from digest.errors import FetchError

NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: the last 32 bits are the IPv4 address that is reached
# RFC 8215, RFC 9602, RFC 9637: younger than the tables of some Python that we run on.
NOT_PUBLIC = tuple(map(IPv6Network, ("64:ff9b:1::/48", "5f00::/16", "3fff::/20")))
# Azure's metadata service stands on an address that looks public.
METADATA = frozenset({"168.63.129.16"})


class RefusedAddress(FetchError):
    """The host resolves to an address that must not be reached."""


def is_public(address: str) -> bool:
    """True for an IP address that belongs to the open internet; IPv4 inside IPv6 is looked at as IPv4."""
    found: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address):
        # Site-local addresses were given up (RFC 3879), yet are still routed inside some networks.
        if found.is_site_local or any(found in network for network in NOT_PUBLIC):
            return False
        found = _inside(found) or found
    return found.is_global and not found.is_multicast and not found.is_reserved and str(found) not in METADATA


def _inside(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 address stands for; Teredo's are not public, whatever they stand for."""
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour


class _PublicOnly(httpcore.AsyncNetworkBackend):
    """Resolves each name itself and hands on only the addresses that are public."""

    def __init__(self) -> None:
        self._backend = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  # httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        failure: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in await _resolve(host, port):
            if not is_public(address):
                raise RefusedAddress(
                    f"refused: {host} is on a private network ({address}); set allow_private = true if that is meant"
                )
            try:
                return await self._backend.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    async def sleep(self, seconds: float) -> None:
        await self._backend.sleep(seconds)


async def _resolve(host: str, port: int) -> list[str]:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise FetchError(f"{host} has no address: there is no such name, or no network") from error
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def open_transport(context: ssl.SSLContext, *, allow_private: bool) -> httpx.AsyncHTTPTransport:
    """A transport for httpx that reaches public addresses only, unless ``allow_private``."""
    transport = httpx.AsyncHTTPTransport(verify=context)
    if not allow_private:
        # httpx has no parameter for httpcore's network backend.
        transport._pool = httpcore.AsyncConnectionPool(ssl_context=context, network_backend=_PublicOnly())
    return transport
