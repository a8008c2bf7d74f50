"""The ``digest`` command: each verb parses, calls one function and shows the answer.

Exit status 0: done; 1: it ran and something failed; 2: asked wrongly.
"""

import logging
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from digest import __version__
from digest.cli.terminal import CONFIG_FILE, complain
from digest.cli.verbs import Verbs
from digest.errors import AskedWrongly, DigestError, StoreError

app = typer.Typer(
    cls=Verbs,
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
    for noisy in ("httpx", "httpcore", "trafilatura", "htmldate", "mail.log", "asyncio"):
        logging.getLogger(noisy).setLevel(max(level, logging.WARNING))


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
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        # Whoever read our output has gone (`digest issues | head`): nothing is left to say.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except Exception as error:
        if not (cause := _cause_in_the_database(error)):
            raise
        complain(StoreError(f"the database failed: {' '.join(cause.split())} (--verbose tells more)"))
        logging.getLogger(__name__).debug("the database failed", exc_info=error)
        sys.exit(1)


def _cause_in_the_database(error: Exception) -> str:
    """What the database says is wrong; "" when the error is none of the database's."""
    from sqlalchemy.exc import DBAPIError, SQLAlchemyError  # noqa: PLC0415  # slow to load, and help needs none

    if not isinstance(error, SQLAlchemyError):
        return ""
    return str(error.orig if isinstance(error, DBAPIError) else error) or type(error).__name__
