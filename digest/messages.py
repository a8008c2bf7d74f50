"""An issue's messages: compiled once for each of its versions, and written for each delivery."""

from collections.abc import Callable
from email.utils import parseaddr
from functools import cache, partial
from threading import Lock

from digest.compose import CompiledMessage, Rendered, compile_message
from digest.deliver import Claimed, Envelope
from digest.domain import Recipient
from digest.newsletters import Newsletter
from digest.signatures import signers
from digest.store import issues
from digest.store.models import IssueRow, VariantRow
from digest.workspace import Workspace
from subscribers.tokens import Tokens


def writer(workspace: Workspace, newsletter: Newsletter, row: IssueRow) -> Callable[[Claimed], Envelope]:
    """Writes the message for each claimed delivery: always the same for the same delivery and the same due time.

    That goes for its signature too, which bears the message's own date. What it gives may be called from several
    threads at once. Raises ConfigError for a DKIM key that cannot be used.
    """
    compiled = cache(partial(compiled_messages, workspace, newsletter, row))  # when there is one to write
    lock = Lock()
    signer = signers(workspace.config).get(newsletter.key)
    tokens = Tokens(workspace.settings.keys)
    sender, domain = parseaddr(newsletter.sender)[1], newsletter.sender_domain

    def write(claimed: Claimed) -> Envelope:
        recipient = Recipient(
            address=claimed.address,
            name=claimed.name,
            token=tokens.issue_unsubscribe(claimed.subscriber_id, newsletter.key),
            message_id=f"<{newsletter.key}.{row.number}.{claimed.subscriber_id}@{domain}>",
            preferences_token=tokens.issue_preferences(claimed.subscriber_id, newsletter.key),
            date=claimed.due,
        )
        with lock:  # or each thread would compile them
            message = compiled()[claimed.variant_id]
        head, body = message.parts_for(recipient)
        signature = signer.sign(head, body, at=recipient.date or message.date, canonical=True) if signer else b""
        return Envelope(sender, claimed.address, b"".join((signature, head, b"\r\n", body)), is_clean=True)

    return write


def compiled_messages(workspace: Workspace, newsletter: Newsletter, row: IssueRow) -> dict[int, CompiledMessage]:
    """The issue's messages as they were fixed when its sending began, by their variants' ids.

    The whole in the newsletter's own language comes first.
    """
    compiled = partial(
        compile_message,
        newsletter=newsletter,
        site=workspace.config.site,
        number=row.number or 0,
        public_url=workspace.settings.public_url,
        date=row.sending_at or row.created_at,
    )
    return {
        variant.id or 0: compiled(Rendered(*_lines(row, variant), variant.html, variant.text, variant.language))
        for variant in issues.variants_of(workspace.engine, row.id or 0)
    }


def _lines(row: IssueRow, variant: VariantRow) -> tuple[str, str]:
    """The subject and the preheader."""
    return (variant.subject, variant.preheader) if variant.stories else (row.subject, row.preheader)
