"""The words of an issue that are not its publisher's: English ones, by the names that ``digest.toml`` knows them by.

Catalogues hold them in other languages. What stands in braces is filled in.
"""

from string import Formatter


def N_(message: str) -> str:  # noqa: N802  # gettext's name for a message that is translated later
    """Mark a message for the catalogues."""
    return message


LABELS = {
    "number": N_("No. {number}"),
    "by": N_("By {author}"),
    "also_in": N_("Also in {names}"),
    "lead": N_("Top story"),
    "in_brief": N_("In brief"),
    "sponsor": N_("A message from our sponsor, {name}"),
    "the_end": N_("That’s all. You are up to date."),
    "why": N_("You get this because {address} is subscribed to {title}."),
    # For the text part, where the address stands in the next line: nobody knows how long it is.
    "why_below": N_("You get this because this address is subscribed to {title}:"),
    "preferences": N_("Preferences"),
    "unsubscribe": N_("Unsubscribe"),
    "in_browser": N_("View in browser"),
    "past_issues": N_("Past issues"),
    "forwarded": N_("Forwarded to you, or found by chance?"),
    "subscribe": N_("Subscribe"),
}


def blanks(message: str) -> frozenset[str]:
    """The names in braces. Raises ValueError when the braces make no sense."""
    return frozenset(name for _, name, _, _ in Formatter().parse(message) if name is not None)
