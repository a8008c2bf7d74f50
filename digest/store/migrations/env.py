"""Lets ``alembic revision --autogenerate`` compare the tables with a database (see docs/architecture.md)."""

from alembic import context
from sqlalchemy import create_engine
from sqlmodel import SQLModel

import digest.store.models  # noqa: F401  # fills the metadata

with create_engine(context.config.get_main_option("sqlalchemy.url") or "sqlite://").connect() as connection:
    context.configure(connection=connection, target_metadata=SQLModel.metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
