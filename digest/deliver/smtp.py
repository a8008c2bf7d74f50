"""SMTP (RFC 5321): one connection that is used for many messages.

A reply that speaks of one recipient or one message is an answer; what speaks of the connection or of
us (421, refused log-in, refused sender) is an error, and no message is to blame for it.

A server that takes several commands at a time (RFC 2920) gets MAIL, RCPT and DATA in one piece, and those of the next
message right behind the end of this one. Such a message has then been begun, but nothing of its content was said, and
nothing is taken until its own last line is answered.
"""

import asyncio
import logging
from collections.abc import Sequence

from digest.deliver.connection import SLOW, ClosingDown, Connection, HungUp
from digest.deliver.endpoints import SmtpEndpoint
from digest.deliver.extensions import Extensions
from digest.deliver.greeting import greet
from digest.deliver.patience import PATIENCE, Patience
from digest.deliver.replies import ServerReply
from digest.deliver.transactions import Transaction, transaction
from digest.deliver.transport import ConnectionLost, Envelope, Reply
from digest.errors import TransportError

logger = logging.getLogger(__name__)

GO_AHEAD = 354
TOO_LARGE = 552
END = b".\r\n"
DATA = b"DATA\r\n"
RESET = b"RSET\r\n"
LETTER_SECONDS = 60.0


class SmtpTransport:
    """A connection to one server; see Transport. After ``most`` messages it is made anew; 0 is never.

    ``at_stake``: the content of the latest message was begun, and no reply to it was read. When an error is raised
    then, the server may have taken the message or not.
    """

    def __init__(self, endpoint: SmtpEndpoint, most: int = 0, patience: Patience = PATIENCE) -> None:
        self.endpoint = endpoint
        self.at_stake = False
        self._most = most
        self._patience = patience
        self._connection: Connection | None = None
        self._extensions = Extensions()
        self._count = 0
        self._needs_reset = False
        self._begun: tuple[Envelope, Transaction] | None = None

    async def send(self, envelope: Envelope, following: Envelope | None = None) -> Reply:
        """Send one message; see Transport.send. What ``following`` is must be sent next, or the connection is lost."""
        self.at_stake = False
        try:
            connection, is_used = await self._ready(envelope)
            try:
                return await self._send(connection, envelope, following)
            except HungUp:
                # Servers close connections that were idle or used for long; no message is in doubt by that.
                if self.at_stake or not is_used:
                    raise
                self._drop()
            connection, _ = await self._ready(envelope)
            return await self._send(connection, envelope, following)
        except ClosingDown:
            self.at_stake = False
            self._drop()
            raise
        except BaseException:
            # Stopped half-way: what the server makes of it is unknown, so this conversation is over.
            self._drop()
            raise

    async def close(self) -> None:
        """End the conversation; see Transport.close."""
        connection = self._connection
        try:
            if connection is not None and connection.failure is None and self._begun is None:
                await connection.ask(b"QUIT", self._patience.quit)
        except ConnectionLost:
            pass
        finally:
            self._drop()

    async def _ready(self, envelope: Envelope) -> tuple[Connection, bool]:
        """A connection that this envelope can be sent over, and whether it was used before."""
        if self._begun is not None:
            if self._begun[0] is envelope and self._connection is not None:
                return self._connection, True
            # The server waits for the content of another message, and only the end of the connection calls that off.
            self._drop()
        if self._most and self._count >= self._most:
            await self.close()
        if self._connection is not None and self._connection.failure is None:
            return self._connection, True
        self._drop()
        self._connection, self._extensions = await greet(self.endpoint, self._patience)
        return self._connection, False

    async def _send(self, connection: Connection, envelope: Envelope, following: Envelope | None) -> Reply:
        if self._begun is not None:
            written, self._begun = self._begun[1], None
            replies = await connection.replies(3, self._patience.command)
        else:
            refused_here = transaction(envelope, self._extensions)
            if isinstance(refused_here, Reply):
                return refused_here
            written = refused_here
            replies = await self._open(connection, written)
        self._check_replies(replies, envelope)
        refusal = next((reply for reply in replies if reply.code >= 400), None)
        if refusal is None:
            return await self._say(connection, written, following)
        self._needs_reset = True
        if replies[-1].code == GO_AHEAD:
            await self._say_nothing(connection)
        return refusal.told

    async def _open(self, connection: Connection, written: Transaction) -> list[ServerReply]:
        """Send MAIL, RCPT and DATA; return the replies to them, of which the last may be a refusal."""
        reset, self._needs_reset = self._needs_reset, False
        self._count += 1
        commands = (written.mail, written.recipient, DATA)
        if self._extensions.pipelining:
            connection.write(*(RESET,) * reset, *commands, owed=reset + 3)
            replies = await connection.replies(reset + 3, self._patience.command)
            if reset:
                self._check_reset(replies.pop(0))
            return replies
        if reset:
            connection.write(RESET, owed=1)
            self._check_reset((await connection.replies(1, self._patience.command))[0])
        replies = []
        for command in commands:
            connection.write(command, owed=1)
            replies += await connection.replies(1, self._patience.data if command is DATA else self._patience.command)
            if replies[-1].code >= 400:
                break
        return replies

    async def _say(self, connection: Connection, written: Transaction, following: Envelope | None) -> Reply:
        """Send the content, and the commands for what follows; return the server's word about the content."""
        ahead = self._ahead(following)
        self.at_stake = True
        if following is not None and ahead is not None:
            self._begun = following, ahead
            self._count += 1
            connection.write(written.content, END, ahead.mail, ahead.recipient, DATA, owed=4)
        else:
            connection.write(written.content, END, owed=1)
        await connection.drained(self._patience.block)
        is_early = connection.is_blocked
        [reply] = await connection.replies(1, self._patience.dot)
        if reply.code < 400 and (is_early or reply.code >= 300):
            when = "before it had the whole message" if is_early else "to a message"
            raise ConnectionLost(f"mail server {self.endpoint}: it answered {reply} {when}")
        self.at_stake = False
        if is_early:
            self._drop()
        self._needs_reset = reply.code >= 400 and ahead is None
        return reply.told

    def _ahead(self, following: Envelope | None) -> Transaction | None:
        """What can go right behind the content of another message, if anything can."""
        if following is None or not self._extensions.pipelining or 0 < self._most <= self._count:
            return None
        try:
            written = transaction(following, self._extensions)
        except TransportError:
            return None  # raised again when it is that message's turn
        return written if isinstance(written, Transaction) else None

    async def _say_nothing(self, connection: Connection) -> None:
        """End a message that has no recipient; the server then says that it had none (RFC 2920 §3.1)."""
        try:
            connection.write(END, owed=1)
            await connection.replies(1, self._patience.dot)
        except ConnectionLost:
            self._drop()

    def _check_replies(self, replies: Sequence[ServerReply], envelope: Envelope) -> None:
        """Raise an error for replies to MAIL, RCPT and DATA that speak of us, or cannot be the replies to these."""
        for command, fine, reply in zip(("MAIL", "RCPT", "DATA"), (2, 2, 3), replies, strict=False):
            if reply.code < 400 and reply.code // 100 != fine:
                raise ConnectionLost(f"mail server {self.endpoint}: it answered {reply} to {command}")
        refused = replies[0]
        if refused.code < 400 or refused.code == TOO_LARGE:
            return
        if refused.code < 500:
            raise ConnectionLost(f"mail server {self.endpoint}: {refused}")
        raise TransportError(
            f"mail server {self.endpoint} refused the sender {envelope.sender} ({refused}): "
            "check `sender` in digest.toml, and that the server may send for its domain"
        )

    def _check_reset(self, reply: ServerReply) -> None:
        if reply.code >= 300:
            raise HungUp(f"mail server {self.endpoint}: it answered {reply} to RSET")

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.drop()
        self._connection, self._begun = None, None
        self._needs_reset, self._count = False, 0


def send_single(endpoint: SmtpEndpoint, envelope: Envelope) -> Reply:
    """Send one mail over a connection of its own, from a thread without an event loop.

    Raises TransportError (or ConnectionLost) when the server cannot be used.
    """

    async def once() -> Reply:
        transport = SmtpTransport(endpoint)
        try:
            # Somebody waits for a letter: the minutes that RFC 5321 gives a server are too many here.
            async with asyncio.timeout(LETTER_SECONDS):
                return await transport.send(envelope)
        except TimeoutError:
            raise ConnectionLost(f"mail server {endpoint}: {SLOW}") from None
        finally:
            await transport.close()

    return asyncio.run(once())


def send_letter(endpoints: Sequence[SmtpEndpoint], envelope: Envelope) -> Reply:
    """Send one mail through the first of these servers that can be used; those without weight come last.

    Raises TransportError with the reasons, one a server, when none can.
    """
    failures: list[TransportError] = []
    for endpoint in sorted(endpoints, key=lambda endpoint: endpoint.weight == 0):
        try:
            return send_single(endpoint, envelope)
        except TransportError as error:
            failures.append(error)
            logger.info("%s", error)
    raise failures[0] if len(failures) == 1 else TransportError("; ".join(map(str, failures)))
