"""The beginning of a conversation: connection, greeting, encryption, log-in (RFC 5321 §3.1, RFC 3207)."""

import asyncio
import re
import socket
import ssl
from functools import cache

from digest.deliver.connection import Connection, why
from digest.deliver.endpoints import SmtpEndpoint
from digest.deliver.extensions import Extensions, read_extensions
from digest.deliver.login import log_in
from digest.deliver.patience import Patience
from digest.deliver.replies import ServerReply
from digest.deliver.transport import ConnectionLost
from digest.errors import TransportError

DOMAIN = re.compile(r"(?=.{4,255}$)[a-z0-9-]+(\.[a-z0-9-]+)+", re.IGNORECASE)


async def greet(endpoint: SmtpEndpoint, patience: Patience) -> tuple[Connection, Extensions]:
    """Connect, encrypt and log in; return the connection, ready for mail, and what the server can do.

    Raises ConnectionLost when another try may do better, TransportError when somebody has to do something first.
    """
    connection = await _connect(endpoint, patience)
    try:
        _check(endpoint, (await connection.replies(1, patience.greeting))[0], "does not want us")
        extensions = await _hello(connection, endpoint, patience)
        if extensions.starttls and not endpoint.implicit_tls and endpoint.starttls != "off":
            extensions = await _encrypt(connection, endpoint, extensions, patience)
        if not connection.is_encrypted:
            _check_clear(endpoint)
        if endpoint.user:
            await log_in(connection, endpoint, extensions, patience)
    except BaseException:
        connection.drop()
        raise
    return connection, extensions


async def _connect(endpoint: SmtpEndpoint, patience: Patience) -> Connection:
    loop = asyncio.get_running_loop()
    context = _context(checked=True) if endpoint.implicit_tls else None
    try:
        async with asyncio.timeout(patience.connect):
            _, connection = await loop.create_connection(
                lambda: Connection(str(endpoint)),
                endpoint.host,
                endpoint.port,
                ssl=context,
                server_hostname=endpoint.host if context else None,
            )
    except (OSError, TimeoutError, UnicodeError) as error:
        raise _unreachable(endpoint, error) from error
    return connection


async def _hello(connection: Connection, endpoint: SmtpEndpoint, patience: Patience) -> Extensions:
    name = (await own_name() or connection.address).encode()
    reply = await connection.ask(b"EHLO " + name, patience.command)
    if reply.code < 500:
        _check(endpoint, reply, "does not want us")
        return read_extensions(reply.lines)
    # RFC 5321 §3.2: a server of before 1995.
    _check(endpoint, await connection.ask(b"HELO " + name, patience.command), "does not want us")
    return Extensions()


async def _encrypt(
    connection: Connection, endpoint: SmtpEndpoint, extensions: Extensions, patience: Patience
) -> Extensions:
    reply = await connection.ask(b"STARTTLS", patience.command)
    if reply.code >= 400:
        if endpoint.starttls == "required":
            _check(endpoint, reply, "does not encrypt")
        return extensions
    if reply.code != 220:
        raise ConnectionLost(f"mail server {endpoint}: it answered {reply} to STARTTLS")
    try:
        # Encryption that is merely preferred cannot be trusted anyway: a server without it would do.
        await connection.encrypt(_context(checked=endpoint.starttls == "required"), endpoint.host, patience.connect)
    except (OSError, TimeoutError) as error:
        raise _unreachable(endpoint, error) from error
    # What the server said in clear may have been somebody else's words (RFC 3207 §4.2).
    return await _hello(connection, endpoint, patience)


def _check_clear(endpoint: SmtpEndpoint) -> None:
    """Without encryption: raise TransportError when it is required, or when a password would be seen."""
    if endpoint.starttls == "required":
        raise TransportError(
            f"mail server {endpoint} offers no encryption, and it is required: use another port, "
            f"or say ?starttls=off in {endpoint.name} if the way to it is safe"
        )
    if endpoint.user and endpoint.starttls != "off" and not endpoint.is_loopback:
        raise TransportError(
            f"mail server {endpoint} offers no encryption, and the password would be seen: use another port, "
            f"or say ?starttls=off in {endpoint.name} if the way to it is safe"
        )


def _check(endpoint: SmtpEndpoint, reply: ServerReply, complaint: str) -> None:
    if reply.code >= 500:
        raise TransportError(f"mail server {endpoint} {complaint} ({reply}): check {endpoint.name}")
    if reply.code >= 300:
        raise ConnectionLost(f"mail server {endpoint} {complaint} now ({reply})")


def _unreachable(endpoint: SmtpEndpoint, error: Exception) -> TransportError:
    kind = TransportError if isinstance(error, ssl.SSLCertVerificationError) else ConnectionLost
    return kind(f"mail server {endpoint} cannot be reached: {why(error)}: check {endpoint.name}")


@cache
def _context(*, checked: bool) -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if not checked:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


async def own_name() -> str:
    """The name of this machine for EHLO; empty when it has none that others could look up."""
    name = socket.gethostname()
    if "." not in name:
        name = await asyncio.to_thread(_name_by_dns)
    return name if DOMAIN.fullmatch(name) else ""


@cache
def _name_by_dns() -> str:
    return socket.getfqdn()
