"""Tables for alerts, what people set for what comes unasked, and what became of what was sent to many."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "alerts",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("tenant", sa.String, nullable=False),
        sa.Column("owner", sa.String, nullable=False),
        sa.Column("query_json", sa.Text, nullable=False),
        sa.Column("period", sa.String, nullable=False),
        sa.Column("audience", sa.String, nullable=False),
        sa.Column("said", sa.Text, nullable=False),
        sa.Column("language", sa.String, nullable=False),
        sa.Column("locale", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("seen", sa.String, nullable=False),
        sa.Column("over_json", sa.Text, nullable=False),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.Column("changed_at", sa.Double, nullable=False),
    )
    op.create_index("alerts_by_owner", "alerts", ["tenant", "owner"])
    op.create_table(
        "person_settings",
        sa.Column("tenant", sa.String, primary_key=True),
        sa.Column("entra_id", sa.String, primary_key=True),
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("at", sa.Double, nullable=False),
    )
    op.create_table(
        "receipts",
        sa.Column("schedule", sa.String, primary_key=True),
        sa.Column("period", sa.String, primary_key=True),
        sa.Column("entra_id", sa.String, primary_key=True),
        sa.Column("outcome", sa.String, nullable=False),
        sa.Column("key", sa.String, nullable=False),
        sa.Column("at", sa.Double, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("receipts")
    op.drop_table("person_settings")
    op.drop_table("alerts")
