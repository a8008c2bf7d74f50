"""What readers choose for themselves, which letters they were sent, how far an import came; consent is never edited."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString()
MOMENT = sqlmodel.sql.sqltypes.UTCDateTime()
NEVER_EDITED = "a consent is never edited"


def upgrade() -> None:
    op.add_column("subscriber", sa.Column("timezone", TEXT, nullable=False, server_default=""))
    op.add_column("subscriber", sa.Column("fields", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("subscriber", sa.Column("flag", TEXT, nullable=False, server_default=""))
    op.add_column("subscriber", sa.Column("engaged_at", MOMENT, nullable=True))
    op.add_column("subscription", sa.Column("topics", TEXT, nullable=False, server_default=""))
    op.add_column("subscription", sa.Column("hour", sa.Integer(), nullable=True))
    op.add_column("subscription", sa.Column("paused_until", MOMENT, nullable=True))
    op.add_column("subscription", sa.Column("page", TEXT, nullable=False, server_default=""))
    op.add_column("consent", sa.Column("note", TEXT, nullable=False, server_default=""))
    _mergers()
    _letters()
    _imports()
    _variants()
    _consents_stay_as_they_are()


def _mergers() -> None:
    op.create_table(
        "merged",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subscriber_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["subscriber_id"], ["subscriber.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_merged_subscriber_id", "merged", ["subscriber_id"])


def _letters() -> None:
    op.create_table(
        "letter",
        sa.Column("address", TEXT, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("address", "number"),
    )
    op.create_index("ix_letter_at", "letter", ["at"])


def _imports() -> None:
    op.create_table(
        "import",
        sa.Column("key", TEXT, nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("key"),
    )


def _variants() -> None:
    """One rendering for each language and choice of stories, where it was one for each language."""
    postgres = op.get_bind().dialect.name == "postgresql"
    with op.batch_alter_table("variant", naming_convention={"uq": "uq_%(table_name)s"}) as variant:
        for name in ("stories", "subject", "preheader"):
            variant.add_column(sa.Column(name, TEXT, nullable=False, server_default=""))
        variant.drop_constraint("variant_issue_id_key_key" if postgres else "uq_variant", type_="unique")
        variant.create_unique_constraint("variant_issue_language_stories", ["issue_id", "language", "stories"])


def _consents_stay_as_they_are() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE TRIGGER consent_never_edited BEFORE UPDATE ON consent "
            f"BEGIN SELECT RAISE(ABORT, '{NEVER_EDITED}'); END"
        )
        return
    op.execute(
        "CREATE FUNCTION consent_never_edited() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{NEVER_EDITED}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER consent_never_edited BEFORE UPDATE ON consent "
        "FOR EACH ROW EXECUTE FUNCTION consent_never_edited()"
    )
