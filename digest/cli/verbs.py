"""The verbs of the command line. A verb's module is loaded when it is called: help needs none of them.

What a verb works with is slow to load (the web server, parsers of pages, calendars), and cron, a mail server's pipe
and whoever asks for help wait for it.
"""

from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_group

# Where in this package a verb stands, and the words that its help begins with.
VERBS = {
    "init": ("setup:init", "Write digest.toml and .env, with comments and a fresh secret key; overwrite nothing."),
    "demo": ("demo:demo", "Publish one real issue of a sample newsroom to a sample list, then serve the pages."),
    "preview": (
        "preview:preview",
        "Show the next issue as it would be sent now. Nothing is stored, and nothing is sent but the test you ask for.",
    ),
    "lint": (
        "lint:lint",
        "Look the next issue, or a file, through for what readers would miss and filters would mind.",
    ),
    "why": (
        "why:why",
        "Show every candidate with its score by parts, and why it was chosen or dropped. Nothing is stored.",
    ),
    "collect": ("publishing:collect", "Fetch the sources now and store what is new; send nothing."),
    "send": ("publishing:send", "Make and send an issue: that of the last scheduled slot, unless you say which."),
    "run": ("publishing:run", "Run the daemon: send every issue when it is due, and serve the readers' pages."),
    "serve": ("publishing:serve", "Serve the readers' pages only (sign-up, confirmation, unsubscribe, archive)."),
    "embed": (
        "embed:embed",
        "Print the HTML that puts the sign-up prompt on your own pages: paste it where the prompt is to stand.",
    ),
    "receive": (
        "receive:receive",
        "Take one mail from standard input: a request to leave, sent to a newsletter's unsubscribe_address.",
    ),
    "subscribers": ("subscribers:app", "Add, list, count, remove, import and export subscribers."),
    "issues": ("issues:app", "List, show, edit, approve, cancel and audit issues."),
    "sources": ("sources:app", "List, find, check, import and export sources."),
    "dkim": ("dkim:app", "Make the keys that sign your mail (DKIM), and show the DNS records they need."),
    "migrate": (
        "setup:migrate_database",
        "Bring the database to this version's schema (every command does so when it opens it).",
    ),
}


class Verb(TyperCommand):
    """Stands for a verb in the list of help; the verb itself takes the arguments."""

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        """Load the verb and hand it the arguments."""
        return load(str(self.name)).make_context(info_name, args, parent, **extra)


class Verbs(TyperGroup):
    """The command line's verbs."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        for name, (_, told) in VERBS.items():
            self.add_command(Verb(name, help=told))


def load(name: str) -> Any:
    """The command, or the group of commands, of a verb."""
    place, _ = VERBS[name]
    module, _, attribute = place.partition(":")
    found = getattr(import_module(f"digest.cli.{module}"), attribute)
    app = typer.Typer()
    if isinstance(found, typer.Typer):
        app.add_typer(found, name=name)
    else:
        app.command(name)(found)
    return get_group(app).commands[name]
