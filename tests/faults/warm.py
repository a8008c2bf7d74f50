"""Loaded by the process that senders are forked from: what a command loads only when it needs it is loaded here, once.

It leaves no connection, thread or lock behind that a fork could share.
"""

from contextlib import suppress
from importlib import import_module

from sqlalchemy.orm import configure_mappers

from digest.cli import app
from digest.errors import ConfigError

for part in ("psycopg", "sqlalchemy.dialects.postgresql.psycopg", "sqlalchemy.dialects.sqlite.pysqlite"):
    import_module(part)
for part in ("digest.cli.publishing", "digest.publish", "tests.faults.sender"):
    import_module(part)
configure_mappers()
# A command that gets no farther than its configuration has parsed its arguments.
with suppress(ConfigError):
    app(["--config", "/no/such/folder/digest.toml", "send", "daily"], standalone_mode=False)
