"""A mail server that issues may leave through, as the engine needs to know it."""

from collections.abc import Callable
from dataclasses import dataclass, field

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
