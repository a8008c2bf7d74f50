"""An editor's changes to an issue that has not left yet: its subject, its stories' words, their order."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from digest.collect.markup import plain_line
from digest.domain import Decision
from digest.errors import AskedWrongly
from digest.store import issues
from digest.store.issues import BY_HAND, Draft, DraftStory
from digest.store.models import IssueRow, IssueState
from digest.summarize.asking import SubjectLines
from digest.summarize.headlines import PREHEADER_CHARACTERS, SUBJECT_CHARACTERS, alike
from digest.workspace import Workspace
from digest.writing import lines_of


@dataclass(frozen=True, slots=True)
class Changes:
    """What an editor wants otherwise; None leaves it as it is. Stories are known by their place, from 1.

    ``headline`` and ``summary`` are for ``story``. ``drop`` takes stories out, ``lead`` puts one first. An empty
    ``intro`` is the newsletter's own.
    """

    subject: str | None = None
    preheader: str | None = None
    story: int | None = None
    headline: str | None = None
    summary: str | None = None
    drop: tuple[int, ...] = ()
    lead: int | None = None
    intro: str | None = None


def edit_issue(workspace: Workspace, issue_id: int, changes: Changes) -> list[str]:
    """Make the changes, all or none; return remarks on what they make worse.

    Raises AskedWrongly for a change that cannot be made, and when the issue is not a finished draft or approved.
    """
    row = issues.issue_by_id(workspace.engine, issue_id)
    if row.state not in (IssueState.DRAFT, IssueState.APPROVED) or row.drafted_at is None:
        state = "being drafted" if row.state == IssueState.DRAFT else row.state
        raise AskedWrongly(f"issue {issue_id} is {state}: only a finished draft or an approved issue can be changed")
    before = issues.stories_of(workspace.engine, issue_id)
    stories = _edited(before, changes)
    recent = issues.recent_subjects(workspace.engine, row.newsletter, but=issue_id)
    lines = _lines(row, before, stories, recent)
    draft = Draft(
        lines.subject if changes.subject is None else _line(changes.subject, "--subject"),
        lines.preheader if changes.preheader is None else _line(changes.preheader, "--preheader"),
        tuple(stories),
        _decisions(row, stories),
    )
    by_hand = {name for name in ("subject", "preheader") if getattr(changes, name) is not None}
    intro = None if changes.intro is None else plain_line(changes.intro)
    if not issues.edit_draft(workspace.engine, row, draft, by_hand, intro=intro):
        raise AskedWrongly(
            f"issue {issue_id} was changed by somebody else at this very moment: look at it and try again"
        )
    return _remarks(draft, recent)


def _lines(
    row: IssueRow, before: Sequence[DraftStory], after: Sequence[DraftStory], recent: Sequence[str]
) -> SubjectLines:
    """The issue's subject and preheader; those of our own follow the headlines, which may be others now."""
    if [each.story.headline for each in before] == [each.story.headline for each in after]:
        return SubjectLines(row.subject, row.preheader)
    lines = lines_of(after, recent)
    return SubjectLines(
        row.subject if row.subject_by_hand else lines.subject,
        row.preheader if row.preheader_by_hand else lines.preheader,
    )


def _edited(stories: Sequence[DraftStory], changes: Changes) -> list[DraftStory]:
    if changes == Changes():
        raise AskedWrongly(
            "say what to change: --subject, --preheader, --intro, --story N with --headline or --summary, "
            "--drop N, --lead N"
        )
    for option, place in (
        ("--story", changes.story),
        ("--lead", changes.lead),
        *(("--drop", each) for each in changes.drop),
    ):
        if place is not None and not 1 <= place <= len(stories):
            raise AskedWrongly(f"{option}: there is no story {place}, only 1 to {len(stories)}")
    has_words = changes.headline is not None or changes.summary is not None
    if has_words != (changes.story is not None):
        raise AskedWrongly("--story N goes together with --headline or --summary")
    if changes.lead in changes.drop:
        raise AskedWrongly(f"story {changes.lead} cannot be both dropped and the lead")
    edited = [_reworded(each, changes) if place == changes.story else each for place, each in enumerate(stories, 1)]
    first = [each for place, each in enumerate(edited, 1) if place == changes.lead]
    rest = [each for place, each in enumerate(edited, 1) if place != changes.lead and place not in changes.drop]
    if not first + rest:
        raise AskedWrongly("an issue without a story cannot be sent: `digest issues cancel` takes it back")
    return first + rest


def _reworded(drafted: DraftStory, changes: Changes) -> DraftStory:
    headline = drafted.story.headline if changes.headline is None else _line(changes.headline, "--headline")
    summary = drafted.story.summary if changes.summary is None else _line(changes.summary, "--summary")
    return replace(drafted, story=replace(drafted.story, headline=headline, summary=summary), origin=BY_HAND, note="")


def _line(text: str, option: str) -> str:
    """The words as one line of plain text: what is typed or pasted here goes into a header and a template."""
    line = plain_line(text)
    if not line:
        raise AskedWrongly(f"{option}: there is no word in it")
    return line


def _decisions(row: IssueRow, stories: Sequence[DraftStory]) -> tuple[Decision, ...]:
    left = {each.story.url for each in stories}
    return tuple(
        replace(each, chosen=False, reason="dropped by the editor") if each.chosen and each.url not in left else each
        for each in issues.decisions_of(row)
    )


def _remarks(draft: Draft, recent: Sequence[str]) -> list[str]:
    remarks = []
    if len(draft.subject) > SUBJECT_CHARACTERS:
        remarks.append(f"the subject has {len(draft.subject)} characters; many inboxes show {SUBJECT_CHARACTERS}")
    if len(draft.preheader) > PREHEADER_CHARACTERS:
        remarks.append(f"the preheader has {len(draft.preheader)} characters; many inboxes show {PREHEADER_CHARACTERS}")
    if before := next((each for each in recent if alike(draft.subject, each)), ""):
        remarks.append(f"the subject is like one of late: “{before}”")
    return remarks
