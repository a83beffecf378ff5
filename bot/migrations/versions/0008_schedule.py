"""Tables for schedules and their runs."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "schedules",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("key", sa.String, nullable=False, unique=True),
        sa.Column("tenant", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("conversation", sa.String, nullable=False),
        sa.Column("owner", sa.String, nullable=False),
        sa.Column("rule_json", sa.Text, nullable=False),
        sa.Column("payload_json", sa.Text, nullable=False),
        sa.Column("language", sa.String, nullable=False),
        sa.Column("locale", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("post", sa.String, nullable=False),
        sa.Column("next_due", sa.Double, nullable=False),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.Column("changed_at", sa.Double, nullable=False),
    )
    op.create_index("schedules_by_due", "schedules", ["state", "next_due"])
    op.create_index("schedules_by_place", "schedules", ["tenant", "conversation"])
    op.create_index("schedules_by_owner", "schedules", ["tenant", "owner"])
    op.create_table(
        "runs",
        sa.Column("schedule", sa.String, primary_key=True),
        sa.Column("period", sa.String, primary_key=True),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("due_at", sa.Double, nullable=False),
        sa.Column("missed", sa.Integer, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("owner", sa.String, nullable=False),
        sa.Column("lease_until", sa.Double, nullable=False),
        sa.Column("not_before", sa.Double, nullable=False),
        sa.Column("waits_for", sa.String, nullable=False),
        sa.Column("note_json", sa.Text, nullable=False),
        sa.Column("activity", sa.String, nullable=False),
        sa.Column("problem", sa.String, nullable=False),
        sa.Column("at", sa.Double, nullable=False),
    )
    op.create_index("runs_by_due", "runs", ["state", "not_before"])


def downgrade() -> None:
    op.drop_table("runs")
    op.drop_table("schedules")
