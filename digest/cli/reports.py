"""Tables that tell a person what happened: sources, decisions, deliveries, seconds."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from digest.cli.terminal import counted, minute, out
from digest.deliver.auditing import Audit
from digest.deliver.outbox import Balance
from digest.domain import Decision, Harvest
from digest.store.issues import DraftStory
from digest.store.models import DeliveryState

WHOSE = {
    "living": "with a process that is sending them",
    "gone": "with a process that is gone: the next run sends them again",
    "elsewhere": "with a process of another host",
}


def show_harvests(harvests: Sequence[Harvest]) -> None:
    """What each source gave."""
    articles = sum(len(harvest.articles) for harvest in harvests)
    show_heading(f"{counted(articles, 'article')} came from {counted(len(harvests), 'source')}")
    table = _table("source", "articles", "")
    for harvest in harvests:
        reasons = ", ".join(sorted({reason for _, reason in harvest.dropped}))
        left_out = f"{len(harvest.dropped)} left out ({reasons})" if harvest.dropped else ""
        told = "; ".join(note for note in ("unchanged" if harvest.unchanged else "", left_out) if note)
        table.add_row(harvest.source, str(len(harvest.articles)), told)
    out.print(table)
    for harvest in harvests:
        if harvest.error:
            out.print(Text(f"{harvest.source}: {harvest.error}", style="red"), soft_wrap=True)


def show_decisions(decisions: Sequence[Mapping[str, Any]]) -> None:
    """Why each candidate was chosen or dropped, the chosen first."""
    chosen = [decision for decision in decisions if decision["chosen"]]
    dropped = [decision for decision in decisions if not decision["chosen"]]
    show_heading(f"{len(chosen)} kept, {len(dropped)} dropped")
    table = _table("", "score", "source", "title", "why")
    for decision in [*chosen, *dropped]:
        mark = Text("✓", style="green") if decision["chosen"] else Text("·", style="dim")
        score = f"{decision['score']:.2f}" if decision["score"] else ""
        style = "" if decision["chosen"] else "dim"
        title = Text(_short(decision["title"], 48), style=style)
        table.add_row(mark, score, decision["source"], title, Text(decision["reason"], style=style))
    out.print(table)


def show_reasons(decisions: Sequence[Decision]) -> None:
    """Every candidate with its score by parts, and why it was chosen or dropped, the chosen first."""
    chosen = sum(decision.chosen for decision in decisions)
    show_heading(f"{counted(len(decisions), 'candidate')}: {chosen} chosen, {len(decisions) - chosen} dropped")
    for decision in decisions:
        mark = ("✓", "green") if decision.chosen else ("·", "dim")
        score = f"{decision.score:5.2f}" if decision.parts else " " * 5
        out.print(Text.assemble(mark, f" {score}  ", (decision.title, "bold" if decision.chosen else "")))
        told = (decision.reason, decision.source, _sum_of(decision.parts))
        out.print(Padding(Text(" · ".join(filter(None, told)), style="dim"), (0, 0, 0, 9)))


def show_stories(stories: Sequence[DraftStory]) -> None:
    """An issue's stories in reading order, with the place that an editor knows each by."""
    for place, each in enumerate(stories, 1):
        out.print()
        note = f" ({each.note})" if each.note else ""
        out.print(Text.assemble(f"{place:2} ", (each.story.headline, "bold")))
        out.print(Padding(Text(each.story.summary), (0, 0, 0, 3)))
        told = " · ".join(part for part in (each.story.section, each.story.source_name, each.origin + note) if part)
        out.print(Padding(Text(told, style="dim"), (0, 0, 0, 3)))


def show_balance(balance: Balance) -> None:
    """Deliveries by state, beside the audience they must add up to."""
    counts = asdict(balance)
    told = [f"{counts[state]} {state}" for state in DeliveryState if counts.get(state)]
    if balance.for_later:
        whose = "its reader's" if balance.for_later == 1 else "their readers'"
        told.append(f"{balance.for_later} of them waiting for {whose} hour")
    verdict = "adds up" if balance.adds_up else "DOES NOT ADD UP"
    out.print(f"deliveries {', '.join(told) or 'none'}; audience {balance.audience}: {verdict}", markup=False)


def show_audit(audit: Audit) -> None:
    """The balance of an issue; who has what is in doubt; what servers said most often of what they did not take."""
    show_balance(audit.deliveries)
    for each in audit.in_doubt:
        lease = f", theirs until {minute(each.until)}" if each.until and each.whose != "gone" else ""
        out.print(f"in doubt   {each.number:,} {WHOSE[each.whose]}{lease}", markup=False)
    for codes, number in audit.refusals:
        out.print(f"refused    {number:,} with {codes}", markup=False)


def _sum_of(parts: Mapping[str, float]) -> str:
    """The parts of a score as the sum that they make: "0.75 freshness + 0.10 dek - 0.20 source weight"."""
    terms = "".join(f" {'-' if value < 0 else '+'} {abs(value):.2f} {name}" for name, value in parts.items())
    return terms.removeprefix(" + ").lstrip()


def show_heading(words: str) -> None:
    """The words that a part of the report begins with."""
    out.print()
    out.print(Text(words, style="bold"))


def _table(*columns: str) -> Table:
    return Table(*columns, box=None, pad_edge=False, header_style="dim")


def _short(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"
