"""A preview sent to one address as a test: the very message, marked as a test, with a token that opens nothing."""

from dataclasses import replace
from email.utils import make_msgid, parseaddr

from digest.compose import Rendered, compile_message
from digest.deliver import Envelope, endpoints, send_letter
from digest.domain import Recipient
from digest.errors import DigestError
from digest.preview.issue import Preview
from digest.preview.readers import read_address
from digest.signatures import signed, signers
from digest.workspace import Workspace

MARK = "[Test] "
TEST_HEADER = b"X-Digest-Test: 1\r\n"


def send_test(workspace: Workspace, preview: Preview, recipient: Recipient, address: str) -> str:
    """Send the preview as ``recipient`` would see it to ``address``; return the mail server's answer.

    Nothing is stored. Raises AskedWrongly for an address that is none, TransportError when the server cannot be
    used, DigestError when it refuses the mail.
    """
    newsletter = preview.issue.newsletter
    # An id of its own each time: mail clients fold a message that they have had.
    own = replace(recipient, address=read_address(address), message_id=make_msgid(domain=newsletter.sender_domain))
    signer = signers(workspace.config).get(newsletter.key)
    message = signed(marked_message(workspace, preview, own), signer, workspace.clock())
    servers = endpoints(workspace.settings.smtp_urls)
    reply = send_letter(servers, Envelope(parseaddr(newsletter.sender)[1], own.address, message))
    if reply.code >= 400:
        raise DigestError(f"the mail server refused the test for {own.address}: {reply}")
    return str(reply)


def marked_message(workspace: Workspace, preview: Preview, recipient: Recipient) -> bytes:
    """The preview's message (RFC 5322) with ``[Test]`` before its subject."""
    message, issue = preview.message, preview.issue
    marked = compile_message(
        Rendered(MARK + message.subject, message.preheader, message.html, message.text, preview.variant),
        issue.newsletter,
        issue.site,
        issue.number,
        public_url=workspace.settings.public_url,
        date=workspace.clock(),
    )
    return TEST_HEADER + marked.for_recipient(recipient)
