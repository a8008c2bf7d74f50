"""What each mail server has been given within a day, and until when it is booked."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString()
MOMENT = sqlmodel.sql.sqltypes.UTCDateTime()


def upgrade() -> None:
    op.create_table(
        "pace",
        sa.Column("transport", TEXT, nullable=False),
        sa.Column("booked_until", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("transport"),
    )
    op.create_table(
        "permit",
        sa.Column("transport", TEXT, nullable=False),
        sa.Column("minute", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("transport", "minute"),
    )
