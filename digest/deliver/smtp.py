"""SMTP (RFC 5321) over aiosmtplib: one connection that is used for many messages.

A reply that speaks of one recipient or one message is an answer; what speaks of the connection or of
us (421, refused log-in, refused sender) is an error, and no message is to blame for it.
"""

import asyncio
import os
import re
import socket
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Literal, get_args
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

import aiosmtplib

from digest.deliver.transport import ConnectionLost, Envelope, Reply
from digest.errors import ConfigError, TransportError

StartTls = Literal["required", "preferred", "off"]
EXAMPLE = "smtp://user:password@smtp.example.com:587"
# RFC 5321 §4.5.3.2 allows minutes; a server that is this slow is as good as gone.
REPLY_SECONDS = 60.0
CLOSING_SECONDS = 2.0
CLOSING_DOWN = 421
# What can stand between < and > of RCPT TO and end neither the address nor the line (RFC 5321 §4.1.2).
MAILBOX = re.compile(r"[!-;=?-~]+@[!-;=?-~]+")


@dataclass(frozen=True, slots=True)
class SmtpEndpoint:
    """Where and how to reach a mail server. ``implicit_tls``: encrypted from the first byte (RFC 8314)."""

    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    implicit_tls: bool = False
    starttls: StartTls = "preferred"

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def parse_smtp_url(url: str) -> SmtpEndpoint:
    """Read ``smtp://[user:password@]host[:port][?starttls=required|preferred|off]`` or ``smtps://…``.

    Raises ConfigError with one line that never holds the password.
    """
    try:
        parts = urlsplit(url)
        port, options = parts.port, parse_qs(parts.query, strict_parsing=bool(parts.query))
    except ValueError:
        raise ConfigError(f"DIGEST_SMTP_URL: this is not the address of a mail server (try {EXAMPLE})") from None
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname or parts.path.strip("/"):
        raise ConfigError(f"DIGEST_SMTP_URL: this is not the address of a mail server (try {EXAMPLE})")
    if set(options) - {"starttls"} or options.get("starttls", ["off"])[-1] not in get_args(StartTls):
        raise ConfigError("DIGEST_SMTP_URL: after ? only starttls=required, preferred or off is known")
    return _endpoint(parts, port, options.get("starttls", [""])[-1])


def _endpoint(parts: SplitResult, port: int | None, starttls: str) -> SmtpEndpoint:
    host, implicit, user = parts.hostname or "", parts.scheme == "smtps", unquote(parts.username or "")
    if not starttls:
        # A password never travels in clear unless somebody says so.
        starttls = "required" if user and not implicit and not _is_loopback(host) else "preferred"
    return SmtpEndpoint(
        host=host,
        port=port or (465 if implicit else 587 if user else 25),
        user=user,
        password=unquote(parts.password or ""),
        implicit_tls=implicit,
        starttls=starttls,  # type: ignore[arg-type]  # checked against StartTls by the caller
    )


class SmtpTransport:
    """A connection to one server; see Transport."""

    def __init__(self, endpoint: SmtpEndpoint) -> None:
        self._endpoint = endpoint
        self._client: aiosmtplib.SMTP | None = None

    async def send(self, envelope: Envelope, following: Envelope | None = None) -> Reply:  # noqa: ARG002
        """Send one message; see Transport.send."""
        client = await self._connected()
        try:
            return await self._converse(client, envelope)
        except aiosmtplib.SMTPSenderRefused as error:
            self._drop()
            if error.code < 500:
                raise ConnectionLost(f"mail server {self._endpoint}: {error.code} {error.message}") from error
            raise TransportError(
                f"mail server {self._endpoint} refused the sender {envelope.sender} ({error.code} {error.message}): "
                "check `sender` in digest.toml, and that the server may send for its domain"
            ) from error
        except (aiosmtplib.SMTPServerDisconnected, OSError, TimeoutError) as error:
            self._drop()
            raise ConnectionLost(f"mail server {self._endpoint}: {_why(error)}") from error
        except BaseException:
            # Stopped half-way: what the server makes of it is unknown, so this conversation is over.
            self._drop()
            raise

    async def close(self) -> None:
        """End the conversation; see Transport.close."""
        if self._client is not None and self._client.is_connected:
            try:
                await self._client.quit(timeout=CLOSING_SECONDS)
            except (aiosmtplib.SMTPException, OSError, TimeoutError):
                self._drop()
        self._client = None

    async def _converse(self, client: aiosmtplib.SMTP, envelope: Envelope) -> Reply:
        if not MAILBOX.fullmatch(envelope.recipient):
            return Reply(553, "this address cannot be written into an SMTP command")
        try:
            await client.mail(envelope.sender)
            await client.rcpt(envelope.recipient)
            accepted = await client.data(envelope.message)
        except (aiosmtplib.SMTPRecipientRefused, aiosmtplib.SMTPDataError) as error:
            if error.code == CLOSING_DOWN:
                raise aiosmtplib.SMTPServerDisconnected(f"{error.code} {error.message}") from error
            await client.rset()
            return Reply(error.code, _one_line(error.message))
        return Reply(accepted.code, _one_line(accepted.message))

    async def _connected(self) -> aiosmtplib.SMTP:
        if self._client is None or not self._client.is_connected:
            self._client = await self._connect()
        return self._client

    async def _connect(self) -> aiosmtplib.SMTP:
        end = self._endpoint
        client = aiosmtplib.SMTP(
            hostname=end.host,
            port=end.port,
            use_tls=end.implicit_tls,
            start_tls=False,
            timeout=REPLY_SECONDS,
            # Encryption that is merely preferred cannot be trusted anyway: a server without it would do.
            validate_certs=end.implicit_tls or end.starttls == "required",
        )
        try:
            await client.connect()
            await self._encrypt(client)
            if end.user:
                await client.login(end.user, end.password)
        except aiosmtplib.SMTPAuthenticationError as error:
            client.close()
            raise TransportError(
                f"mail server {end} refused the log-in ({error.code} {_one_line(error.message)}): "
                "check the user and password in DIGEST_SMTP_URL"
            ) from error
        except aiosmtplib.SMTPNotSupported as error:
            client.close()
            raise TransportError(f"mail server {end}: {_one_line(error.message)}: check DIGEST_SMTP_URL") from error
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            client.close()
            raise ConnectionLost(
                f"mail server {end} cannot be reached: {_why(error)}: check DIGEST_SMTP_URL"
            ) from error
        except BaseException:
            client.close()
            raise
        return client

    async def _encrypt(self, client: aiosmtplib.SMTP) -> None:
        end = self._endpoint
        if end.implicit_tls or end.starttls == "off":
            return
        await client.ehlo()
        if client.supports_extension("starttls"):
            await client.starttls()
        elif end.starttls == "required":
            raise TransportError(
                f"mail server {end} offers no encryption, and it is required: use another port, "
                "or say ?starttls=off in DIGEST_SMTP_URL if the way to it is safe"
            )

    def _drop(self) -> None:
        if self._client is not None:
            self._client.close()
        self._client = None


def send_single(endpoint: SmtpEndpoint, envelope: Envelope) -> Reply:
    """Send one mail over a connection of its own, from a thread without an event loop.

    Raises TransportError (or ConnectionLost) when the server cannot be used.
    """

    async def once() -> Reply:
        transport = SmtpTransport(endpoint)
        try:
            return await transport.send(envelope)
        finally:
            await transport.close()

    return asyncio.run(once())


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _why(error: BaseException) -> str:
    if isinstance(error, TimeoutError):
        return "it did not answer in time"
    cause = error.__cause__
    if isinstance(cause, socket.gaierror):
        return "there is no such name, or no network"
    if isinstance(cause, OSError) and cause.errno:
        return os.strerror(cause.errno).lower()
    return _one_line(str(error) or type(error).__name__)


def _one_line(text: str) -> str:
    return " ".join(text.split())
