"""What a source repeats, what was told of an article, what an editor wrote, what a model answered."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString()
MOMENT = sqlmodel.sql.sqltypes.UTCDateTime()


def upgrade() -> None:
    op.create_table(
        "answer",
        sa.Column("key", TEXT, nullable=False),
        sa.Column("model", TEXT, nullable=False),
        sa.Column("answer", TEXT, nullable=False),
        sa.Column("tokens_in", sa.Integer(), nullable=False),
        sa.Column("tokens_out", sa.Integer(), nullable=False),
        sa.Column("cost", sa.Float(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("ix_answer_asked_at", "answer", ["asked_at"])
    op.create_table(
        "sighting",
        sa.Column("source", TEXT, nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("backlog", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("source", "article_id"),
    )
    op.create_index("ix_sighting_seen_at", "sighting", ["seen_at"])
    op.create_index("ix_sighting_article_id", "sighting", ["article_id"])
    op.execute("INSERT INTO sighting SELECT source, id, seen_at, backlog FROM article")
    with op.batch_alter_table("article") as article:
        article.drop_column("backlog")
    op.add_column("source", sa.Column("lines", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("article", sa.Column("mark", TEXT, nullable=False, server_default=""))
    op.add_column("article", sa.Column("gone", TEXT, nullable=False, server_default=""))
    op.add_column("story", sa.Column("note", TEXT, nullable=False, server_default=""))
    op.add_column("issue", sa.Column("looked_at", MOMENT, nullable=True))
    op.add_column("issue", sa.Column("note", TEXT, nullable=False, server_default=""))
    op.add_column("issue", sa.Column("revision", sa.Integer(), nullable=False, server_default="0"))
    for by_hand in ("subject_by_hand", "preheader_by_hand"):
        op.add_column("issue", sa.Column(by_hand, sa.Boolean(), nullable=False, server_default=sa.false()))
