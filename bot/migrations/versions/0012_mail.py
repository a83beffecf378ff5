"""A table for what goes out by mail."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mails",
        sa.Column("key", sa.String, primary_key=True),
        sa.Column("tenant", sa.String, nullable=False),
        sa.Column("entra_id", sa.String, nullable=False),
        sa.Column("conversation", sa.String, nullable=False),
        sa.Column("card_json", sa.Text, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("not_before", sa.Double, nullable=False),
        sa.Column("expires_at", sa.Double, nullable=False),
        sa.Column("lease_until", sa.Double, nullable=False),
        sa.Column("problem", sa.String, nullable=False),
        sa.Column("at", sa.Double, nullable=False),
    )
    op.create_index("mails_by_due", "mails", ["state", "not_before"])


def downgrade() -> None:
    op.drop_table("mails")
