"""Logging in to a mail server: PLAIN, LOGIN, XOAUTH2 (RFC 4954)."""

from base64 import b64decode, b64encode
from collections.abc import Iterator
from pathlib import Path

from digest.deliver.connection import Connection
from digest.deliver.endpoints import SmtpEndpoint
from digest.deliver.extensions import Extensions
from digest.deliver.patience import Patience
from digest.deliver.replies import ServerReply, one_line
from digest.deliver.transport import ConnectionLost
from digest.errors import TransportError

BY_PASSWORD = ("plain", "login")
MORE = 334


async def log_in(connection: Connection, endpoint: SmtpEndpoint, extensions: Extensions, patience: Patience) -> None:
    """Log in as the endpoint says. Raises TransportError when that is refused, ConnectionLost when it is put off."""
    mechanism = _mechanism(endpoint, extensions)
    answers = _answers(mechanism, endpoint)
    first = b"" if mechanism == "login" else b" " + next(answers)
    reply = await connection.ask(b"AUTH " + mechanism.upper().encode() + first, patience.command)
    explanation = ""
    while reply.code == MORE:
        explanation = explanation or _explanation(mechanism, reply)
        # "*" takes the log-in back (RFC 4954 §4): the server asks for more than there is to say.
        reply = await connection.ask(next(answers, b"*"), patience.command)
    if 200 <= reply.code < 300:
        return
    why = f"{reply} {explanation}".rstrip()
    if reply.code < 500:
        raise ConnectionLost(f"mail server {endpoint} does not log us in now ({why})")
    secret = "token" if mechanism == "xoauth2" else "password"
    raise TransportError(
        f"mail server {endpoint} refused the log-in ({why}): check the user and {secret} in {endpoint.name}"
    )


def _mechanism(endpoint: SmtpEndpoint, extensions: Extensions) -> str:
    wanted = (endpoint.auth,) if endpoint.auth else BY_PASSWORD
    for mechanism in wanted:
        if mechanism.upper() in extensions.mechanisms:
            return mechanism
    offered = one_line(", ".join(sorted(extensions.mechanisms))) or "none"
    raise TransportError(
        f"mail server {endpoint} offers no log-in by {' or '.join(wanted).upper()} (but {offered}): "
        f"check the port, and auth= in {endpoint.name}"
    )


def _answers(mechanism: str, endpoint: SmtpEndpoint) -> Iterator[bytes]:
    """What is said in turn; each is written in base64."""
    user, password = endpoint.user.encode(), endpoint.password.encode()
    if mechanism == "plain":
        yield b64encode(b"\0" + user + b"\0" + password)  # RFC 4616
    elif mechanism == "login":
        yield b64encode(user)
        yield b64encode(password)
    else:
        token = _token(endpoint) if endpoint.token_file else password
        # https://developers.google.com/workspace/gmail/imap/xoauth2-protocol
        yield b64encode(b"user=" + user + b"\1auth=Bearer " + token + b"\1\1")
        yield b""  # the error was told, and waits to be heard


def _token(endpoint: SmtpEndpoint) -> bytes:
    """The access token, read anew each time: it is good for an hour, and somebody renews it."""
    try:
        token = Path(endpoint.token_file).read_bytes().strip()
    except OSError as error:
        why = (error.strerror or "it cannot be read").lower()
        raise TransportError(f"{endpoint.name}: token_file {endpoint.token_file}: {why}") from error
    if not token or not token.isascii() or len(token.split()) > 1:
        raise TransportError(f"{endpoint.name}: token_file {endpoint.token_file}: there is not one token in it")
    return token


def _explanation(mechanism: str, reply: ServerReply) -> str:
    """What the server says of an XOAUTH2 token that it does not take."""
    if mechanism != "xoauth2":
        return ""
    try:
        return one_line(b64decode(reply.lines[-1], validate=True).decode(errors="replace"))[:200]
    except ValueError:
        return ""
