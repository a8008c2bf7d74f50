"""Serves the readers' pages, and sends the letters that these pages cause."""

import logging
import signal
from collections.abc import Sequence
from contextlib import suppress
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid, parseaddr

import uvicorn
from fastapi import APIRouter, FastAPI

from digest.deliver import Envelope, endpoints, send_letter
from digest.errors import DigestError
from digest.newsletters import Newsletter
from digest.signatures import signed, signers
from digest.web.app import create_app
from digest.workspace import Workspace
from subscribers.mail import Mail, SendMail

logger = logging.getLogger(__name__)

# ASCII alone, so that any mail server takes letters, and none rewrites them, which breaks signatures (RFC 6376 §5.3).
ANYWHERE = SMTP.clone(cte_type="7bit")


def readers_app(workspace: Workspace, extra_routers: Sequence[APIRouter] = ()) -> FastAPI:
    """The web application of this folder's newsletters."""
    sender = letter_sender(workspace)
    return create_app(workspace.config, workspace.settings, workspace.engine, sender, extra_routers=extra_routers)


def serve(workspace: Workspace, extra_routers: Sequence[APIRouter] = ()) -> None:
    """Serve the pages until SIGINT or SIGTERM. Raises DigestError when the address cannot be listened on."""
    settings = workspace.settings
    config = uvicorn.Config(
        readers_app(workspace, extra_routers),
        host=settings.host,
        port=settings.port,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=5,
    )
    server = uvicorn.Server(config)
    try:
        listener = config.bind_socket()
    except SystemExit:
        raise DigestError(
            f"{settings.host}:{settings.port} cannot be listened on (is another digest running?): "
            "stop it, or change DIGEST_PORT"
        ) from None
    logger.info("serving %s at http://%s:%s", settings.public_url, settings.host, settings.port)
    # uvicorn ends gracefully and then lets the signal take its usual effect: for both it is to come back here.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with listener, suppress(KeyboardInterrupt):
        server.run(sockets=[listener])


def letter_sender(workspace: Workspace) -> SendMail:
    """Sends single letters (confirmation, welcome) through the first of the mail servers that can be used.

    What it gives raises TransportError when none can be used, DigestError when the letter is refused.
    Raises ConfigError for a DKIM key that cannot be used.
    """
    servers, signs = endpoints(workspace.settings.smtp_urls), signers(workspace.config)

    def send(mail: Mail) -> None:
        newsletter = workspace.config.newsletter(mail.newsletter)
        letter = letter_message(mail, newsletter, workspace).as_bytes()
        message = signed(letter, signs.get(newsletter.key), workspace.clock())
        sender = parseaddr(newsletter.sender)[1]
        reply = send_letter(servers, Envelope(sender, mail.to_address, message))
        if reply.code >= 400:
            raise DigestError(f"the mail server refused the letter: {reply.code} {reply.text}")

    return send


def letter_message(mail: Mail, newsletter: Newsletter, workspace: Workspace) -> EmailMessage:
    """The letter as a message: a text part and an HTML part, marked as sent by a program (RFC 3834)."""
    name, address = parseaddr(newsletter.sender)
    message = EmailMessage(ANYWHERE)
    message["From"] = Address(name, addr_spec=address)
    message["To"] = Address(mail.to_name, addr_spec=mail.to_address)
    if newsletter.reply_to:
        message["Reply-To"] = newsletter.reply_to
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(workspace.clock())
    message["Message-ID"] = make_msgid(domain=newsletter.sender_domain)
    message["Auto-Submitted"] = "auto-generated"
    if mail.unsubscribe_url:
        message["List-Unsubscribe"] = f"<{mail.unsubscribe_url}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    return message
