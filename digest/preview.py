"""The next issue as it would be sent now: made by the same code as the real one, kept nowhere."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlmodel import Session

from digest.compose import CompiledMessage, compose
from digest.domain import Issue, Recipient
from digest.drafting import draft_issue
from digest.errors import AskedWrongly, DigestError
from digest.gathering import Gathered, failures, gather
from digest.newsletters import Newsletter
from digest.schedule import next_slot
from digest.store import issues
from digest.store.issues import Draft
from digest.workspace import Workspace

SUFFIXES = (".html", ".txt", ".eml")


@dataclass(frozen=True, slots=True)
class Preview:
    """The next issue, composed, and the draft it was made from."""

    message: CompiledMessage
    draft: Draft
    gathered: Gathered


async def preview_issue(workspace: Workspace, newsletter: Newsletter, gathered: Gathered | None = None) -> Preview:
    """Make the newsletter's next issue without keeping anything.

    What was ``gathered`` before is used again when given. Raises DigestError, with the reason, when
    there would be no issue.
    """
    gathered = gathered or await gather(workspace, workspace.config.sources_of(newsletter))
    draft = await draft_issue(workspace, newsletter, gathered)
    if draft.skipped:
        failed = failures(gathered)
        told = f"{draft.skipped} ({failed})" if failed else draft.skipped
        raise DigestError(f"{newsletter.key}: the issue would be skipped: {told}")
    message = compose(
        _issue(workspace, newsletter, draft),
        public_url=workspace.settings.public_url,
        date=workspace.clock(),
        templates=workspace.templates,
    )
    return Preview(message, draft, gathered)


def sample_recipient(newsletter: Newsletter) -> Recipient:
    """Somebody for a preview to be addressed to."""
    message_id = f"<{newsletter.key}.preview@{newsletter.sender_domain}>"
    return Recipient("reader@example.com", "A Reader", "preview", message_id)


def write_preview(preview: Preview, newsletter: Newsletter, file: Path) -> None:
    """Write the preview as ``.html``, ``.txt`` or ``.eml``, by the file's ending.

    Raises AskedWrongly for another ending, DigestError when the file cannot be written.
    """
    recipient = sample_recipient(newsletter)
    message = preview.message
    if file.suffix not in SUFFIXES:
        raise AskedWrongly(f"--out: {file.name} must end in one of {', '.join(SUFFIXES)}")
    if file.suffix == ".html":
        content = message.html_for(recipient).encode()
    elif file.suffix == ".txt":
        content = message.text_for(recipient).encode()
    else:
        content = message.for_recipient(recipient)
    try:
        file.write_bytes(content)
    except OSError as error:
        raise DigestError(f"{file}: cannot be written: {error.strerror}") from error


def _issue(workspace: Workspace, newsletter: Newsletter, draft: Draft) -> Issue:
    with Session(workspace.engine) as session:
        number = issues.next_number(session, newsletter.key)
    slot: datetime = next_slot(newsletter, workspace.clock()) or workspace.clock()
    stories = tuple(each.story for each in draft.stories)
    return Issue(newsletter, workspace.config.site, number, slot, draft.subject, draft.preheader, stories)
