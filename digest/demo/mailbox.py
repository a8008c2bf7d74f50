"""A mail server on this machine that keeps each mail it accepts as one ``.eml`` file, byte for byte (RFC 5321)."""

import asyncio
import itertools
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

HOST = "127.0.0.1"
NAME = re.compile(r"(\d+)-.*\.eml")
UNSAFE = re.compile(r"[^A-Za-z0-9.@+=_-]")
LONGEST = 100


class Mailbox:
    """A mail server on a free port of this machine, running from ``start`` to ``stop``.

    Mail for an address in ``refused`` is refused for good (550 5.1.1); mail for one in ``deferred``
    is put off (451 4.2.1) the first time, and accepted from then on. Mail for one in ``pipes`` is handed on instead
    of kept, as a mail server does with an alias that is a command.
    """

    def __init__(
        self,
        folder: Path,
        *,
        refused: Iterable[str] = (),
        deferred: Iterable[str] = (),
        pipes: Mapping[str, Callable[[bytes], object]] | None = None,
    ) -> None:
        self.host = HOST
        postmaster = _Postmaster(folder, refused, deferred, pipes or {})
        self._controller = _FreePort(postmaster, hostname=HOST, port=0)

    @property
    def port(self) -> int:
        """The TCP port; 0 before ``start``."""
        return int(self._controller.port)

    @property
    def url(self) -> str:
        """The address as ``DIGEST_SMTP_URL`` wants it: plain, for this server has no certificate."""
        return f"smtp://{self.host}:{self.port}?starttls=off"

    def start(self) -> Self:
        """Begin to accept mail; the server answers when this returns."""
        self._controller.start()
        return self

    def stop(self) -> None:
        """Close the connections and stop."""
        self._controller.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


class _FreePort(Controller):
    """aiosmtpd knocks at the port that it was given, which for a free one is 0: tell it the one it got."""

    async def _create_server(self) -> asyncio.Server:
        server = cast("asyncio.Server", await super()._create_server())
        self.port = server.sockets[0].getsockname()[1]
        return server


class _Postmaster:
    """Decides about each recipient, and files the mails. Its hooks are named as aiosmtpd wants them."""

    def __init__(
        self,
        folder: Path,
        refused: Iterable[str],
        deferred: Iterable[str],
        pipes: Mapping[str, Callable[[bytes], object]],
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._refused = {address.casefold() for address in refused}
        self._deferred = {address.casefold() for address in deferred}
        self._pipes = {address.casefold(): pipe for address, pipe in pipes.items()}
        self._numbers = itertools.count(_last_number(folder) + 1)

    async def handle_RCPT(  # noqa: N802  # aiosmtpd's name for it
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address.casefold() in self._refused:
            return "550 5.1.1 There is no such mailbox here"
        if address.casefold() in self._deferred:
            self._deferred.remove(address.casefold())
            return "451 4.2.1 The mailbox is busy, try again later"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Recipient accepted"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802  # as above
        for address in envelope.rcpt_tos:
            content = envelope.original_content or b""
            pipe = self._pipes.get(address.casefold())
            if pipe:
                await asyncio.to_thread(pipe, content)
            else:
                self._file(address, content)
        return "250 2.0.0 Filed"

    def _file(self, address: str, content: bytes) -> None:
        name = f"{next(self._numbers):04}-{UNSAFE.sub('_', address)[:LONGEST]}.eml"
        # Under another name until it is whole: whoever lists the folder meanwhile sees no half mail.
        draft = self._folder / f".{name}.part"
        draft.write_bytes(content)
        draft.replace(self._folder / name)


def _last_number(folder: Path) -> int:
    return max((int(match[1]) for file in folder.iterdir() if (match := NAME.fullmatch(file.name))), default=0)
