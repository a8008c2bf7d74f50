"""What an issue begins with; a rendering is known by the language of its reader."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString()


def upgrade() -> None:
    op.add_column("issue", sa.Column("intro", TEXT, nullable=False, server_default=""))
    with op.batch_alter_table("variant") as variant:
        variant.alter_column("key", new_column_name="language")
    # Until now all words of ours were English.
    op.execute("UPDATE variant SET language = 'en'")
