"""Loaded by the process that senders are forked from: what a command loads only when it needs it is loaded here, once.

It leaves no connection, thread or lock behind that a fork could share.
"""

import contextlib
from pathlib import Path

import psycopg  # noqa: F401
import sqlalchemy.dialects.postgresql.psycopg
import sqlalchemy.dialects.sqlite.pysqlite
from sqlalchemy.orm import configure_mappers

import digest.publish
import tests.faults.sender  # noqa: F401
from digest.cli import app
from digest.errors import ConfigError

configure_mappers()
# A command that gets no farther than its configuration has parsed its arguments.
with contextlib.suppress(ConfigError):
    app(["--config", str(Path("no", "such", "folder")), "send", "daily"], standalone_mode=False)
