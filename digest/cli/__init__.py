"""The ``digest`` command: each verb parses, calls one function and shows the answer.

Exit status 0: done; 1: it ran and something failed; 2: asked wrongly.
"""

import logging
import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from digest import __version__
from digest.cli import demo, issues, lint, person, preview, publishing, receive, setup, sources, subscribers, why
from digest.cli.terminal import CONFIG_FILE, complain
from digest.errors import AskedWrongly, DigestError, StoreError

app = typer.Typer(
    name="digest",
    help="Make one good mail of what is new in your feeds, and send it to your subscribers.",
    epilog="Begin with `digest demo`, or with `digest init` in an empty folder.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _show_version(wanted: bool) -> None:
    if wanted:
        print(f"digest {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    context: typer.Context,
    config: Annotated[
        Path, typer.Option("--config", "-c", envvar="DIGEST_CONFIG", help="The configuration file to work with.")
    ] = CONFIG_FILE,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Tell more, on standard error.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Tell only what went wrong.")] = False,
    _version: Annotated[
        bool, typer.Option("--version", help="Show the version and exit.", callback=_show_version, is_eager=True)
    ] = False,
) -> None:
    context.obj = config
    level = logging.DEBUG if verbose else logging.ERROR if quiet else logging.WARNING
    logging.basicConfig(
        level=level, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s: %(message)s", force=True
    )
    logging.getLogger("digest").setLevel(level)
    for noisy in ("httpx", "httpcore", "aiosmtplib", "trafilatura", "htmldate", "mail.log", "asyncio"):
        logging.getLogger(noisy).setLevel(max(level, logging.WARNING))


for part in (setup, demo, preview, lint, why, publishing, receive):
    part.add_to(app)
person.add_to(subscribers.app)
app.add_typer(subscribers.app, name="subscribers")
app.add_typer(issues.app, name="issues")
app.add_typer(sources.app, name="sources")
setup.add_last(app)


def main() -> None:
    """Run the command line; end the process with its exit status."""
    try:
        app()
    except AskedWrongly as error:
        complain(error)
        sys.exit(2)
    except DigestError as error:
        complain(error)
        sys.exit(1)
    except SQLAlchemyError as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        complain(StoreError(f"the database failed: {' '.join(str(cause).split())} (--verbose tells more)"))
        logging.getLogger(__name__).debug("the database failed", exc_info=error)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        # Whoever read our output has gone (`digest issues | head`): nothing is left to say.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
