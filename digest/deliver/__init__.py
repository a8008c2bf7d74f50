"""message × audience → inboxes: the outbox decides what is sent, a transport sends it."""

from digest.deliver.deliver import deliver
from digest.deliver.outbox import Balance, Claimed
from digest.deliver.server import Server
from digest.deliver.smtp import SmtpEndpoint, SmtpTransport, parse_smtp_url, send_single
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
    "parse_smtp_url",
    "send_single",
]
