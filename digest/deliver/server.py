"""A mail server that issues may leave through, as the engine needs to know it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial

from digest.deliver.endpoints import SmtpEndpoint
from digest.deliver.smtp import SmtpTransport
from digest.deliver.transport import Transport
from digest.sending import Limits


@dataclass(frozen=True, slots=True)
class Server:
    """``connect`` gives a new connection; ``key`` names the server in the quotas, the same in every process.

    ``weight`` is its share of the messages beside other servers; one of weight 0 is used only while no other can be.
    """

    key: str
    connect: Callable[[], Transport]
    limits: Limits = field(default_factory=Limits)
    weight: int = 1


def servers(endpoints: Iterable[SmtpEndpoint]) -> tuple[Server, ...]:
    """The mail servers at these addresses."""
    return tuple(_server(endpoint) for endpoint in endpoints)


def _server(endpoint: SmtpEndpoint) -> Server:
    connect = partial(SmtpTransport, endpoint, most=endpoint.limits.messages_per_connection)
    return Server(endpoint.key, connect, endpoint.limits, endpoint.weight)
