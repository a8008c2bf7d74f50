"""What is previewed: the next issue, made by the same code as the real one, or an issue that is stored."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlmodel import Session

from digest.catalogues import LANGUAGES, language_for
from digest.compose import CompiledMessage, compose
from digest.domain import Issue
from digest.drafting import draft_issue
from digest.errors import AskedWrongly, DigestError
from digest.gathering import Gathered, failures, gather
from digest.messages import compiled_messages
from digest.newsletters import Newsletter, Source
from digest.schedule import next_slot
from digest.store import issues
from digest.store.issues import Draft
from digest.store.models import BEGUN, IssueRow
from digest.templating import templates_folder, themes
from digest.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Edition:
    """An issue in words, not composed yet. ``row`` is what is stored of it, None for the next one."""

    issue: Issue
    draft: Draft
    row: IssueRow | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """An edition, composed with our words in ``variant``, a language. ``theme`` is None for what was sent already."""

    message: CompiledMessage
    edition: Edition
    theme: str | None
    variant: str

    @property
    def issue(self) -> Issue:
        """The issue that was composed."""
        return self.edition.issue

    @property
    def draft(self) -> Draft:
        """The draft that it was made from."""
        return self.edition.draft


async def preview_issue(
    workspace: Workspace,
    newsletter: Newsletter,
    gathered: Gathered | None = None,
    *,
    theme: str | None = None,
    variant: str | None = None,
) -> Preview:
    """Make the newsletter's next issue without keeping anything.

    What was ``gathered`` before is used again when given. Raises DigestError, with the reason, when
    there would be no issue.
    """
    return composed(workspace, await next_edition(workspace, newsletter, gathered), theme=theme, variant=variant)


def preview_stored(
    workspace: Workspace, newsletter: Newsletter, issue_id: int, *, theme: str | None = None, variant: str | None = None
) -> Preview:
    """The stored issue of that id as it stands. Raises AskedWrongly when the newsletter has none to show."""
    return composed(workspace, stored_edition(workspace, newsletter, issue_id), theme=theme, variant=variant)


async def next_edition(workspace: Workspace, newsletter: Newsletter, gathered: Gathered | None = None) -> Edition:
    """The newsletter's next issue in words; see preview_issue."""
    gathered = gathered or await gather(workspace, workspace.config.sources_of(newsletter))
    draft = await draft_issue(workspace, newsletter, gathered)
    if draft.skipped:
        failed = failures(gathered)
        told = f"{draft.skipped} ({failed})" if failed else draft.skipped
        raise DigestError(f"{newsletter.key}: the issue would be skipped: {told}")
    return Edition(_issue(workspace, newsletter, draft), draft)


def stored_edition(workspace: Workspace, newsletter: Newsletter, issue_id: int) -> Edition:
    """The stored issue in words; see preview_stored."""
    row = issues.issue_by_id(workspace.engine, issue_id)
    if row.newsletter != newsletter.key:
        raise AskedWrongly(f"issue {issue_id} is one of {row.newsletter}, not of {newsletter.key}")
    stories = tuple(issues.stories_of(workspace.engine, issue_id))
    if not stories:
        why = row.reason or "it has not been drafted yet"
        raise AskedWrongly(f"issue {issue_id} is {row.state} and has no stories to show: {why}")
    draft = Draft(row.subject, row.preheader, stories, issues.decisions_of(row), note=row.note)
    return Edition(issues.load_issue(workspace.engine, row, workspace.config), draft, row)


def composed(
    workspace: Workspace, edition: Edition, *, theme: str | None = None, variant: str | None = None
) -> Preview:
    """Compose the edition: in the newsletter's theme unless told otherwise; what was sent stays as it was sent.

    Raises AskedWrongly for a theme or a variant that there is not, TemplateError naming the file and the line.
    """
    newsletter, row = edition.issue.newsletter, edition.row
    refuse_unknown(workspace, newsletter, theme, variant)
    if row is not None and row.state in BEGUN and theme is None:
        return _as_sent(workspace, edition, row, variant)
    variant = variant or newsletter.language
    message = compose(
        edition.issue,
        theme,
        public_url=workspace.settings.public_url,
        date=workspace.clock(),
        language=variant,
        templates=workspace.templates,
    )
    return Preview(message, edition, theme or newsletter.theme, variant)


def _as_sent(workspace: Workspace, edition: Edition, row: IssueRow, variant: str | None) -> Preview:
    sent: dict[str, CompiledMessage] = {}
    for message in compiled_messages(workspace, edition.issue.newsletter, row).values():
        sent.setdefault(message.language, message)  # the whole issue comes before those without some stories
    variant = variant or next(iter(sent))
    if variant not in sent:
        raise AskedWrongly(f"issue {row.id} was not sent in {variant} (but in {', '.join(sent)})")
    return Preview(sent[variant], edition, None, variant)


def variants_of(newsletter: Newsletter) -> tuple[str, ...]:
    """The languages that an issue of the newsletter can be sent in; the first is its own."""
    others = (language_for(each, newsletter.language) for each in LANGUAGES)
    return tuple(dict.fromkeys((newsletter.language, *others)))


def refuse_unknown(workspace: Workspace, newsletter: Newsletter, theme: str | None, variant: str | None = None) -> None:
    """Raise AskedWrongly for a theme or a variant that there is not, naming those there are."""
    for what, name, names in (
        ("theme", theme, themes(workspace.templates)),
        ("variant", variant, variants_of(newsletter)),
    ):
        if name is not None and name not in names:
            raise AskedWrongly(f'there is no {what} "{name}" (known: {", ".join(names)})')


async def gather_anew(
    workspace: Workspace, newsletter: Newsletter, before: Gathered, changed: Iterable[Source]
) -> Gathered:
    """What was gathered before, with the ``changed`` sources gathered anew and those that are no more left out."""
    sources = workspace.config.sources_of(newsletter)
    known = {harvest.source: harvest for harvest in before.harvests}
    wanted = {each.key for each in changed}
    fresh = await gather(workspace, [each for each in sources if each.key in wanted or each.key not in known])
    known |= {harvest.source: harvest for harvest in fresh.harvests}
    keys = [each.key for each in sources]
    remembered = {key: row for key, row in (before.remembered | fresh.remembered).items() if key in keys}
    return replace(fresh, harvests=tuple(known[key] for key in keys), remembered=remembered)


def templates_of(workspace: Workspace) -> tuple[Path, ...]:
    """The folders that templates are read from, the publisher's own first."""
    return tuple(filter(None, (workspace.templates, templates_folder())))


def _issue(workspace: Workspace, newsletter: Newsletter, draft: Draft) -> Issue:
    with Session(workspace.engine) as session:
        number = issues.next_number(session, newsletter.key)
    slot: datetime = next_slot(newsletter, workspace.clock()) or workspace.clock()
    stories = tuple(each.story for each in draft.stories)
    return Issue(
        newsletter, workspace.config.site, number, slot, draft.subject, draft.preheader, stories, newsletter.intro
    )
