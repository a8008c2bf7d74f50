"""message × audience → inboxes: the outbox decides what is sent, a transport sends it."""

from digest.deliver.deliver import deliver
from digest.deliver.endpoints import SmtpEndpoint, endpoints, parse_smtp_url
from digest.deliver.outbox import Balance, Claimed
from digest.deliver.server import Server, servers
from digest.deliver.smtp import SmtpTransport, send_letter, send_single
from digest.deliver.transport import ConnectionLost, Envelope, Reply, Transport

__all__ = [
    "Balance",
    "Claimed",
    "ConnectionLost",
    "Envelope",
    "Reply",
    "Server",
    "SmtpEndpoint",
    "SmtpTransport",
    "Transport",
    "deliver",
    "endpoints",
    "parse_smtp_url",
    "send_letter",
    "send_single",
    "servers",
]
