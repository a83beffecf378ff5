"""The first tables: conversations, inbox, choices, last answers, credentials, audit."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "conversations",
        sa.Column("tenant", sa.String, primary_key=True),
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("entra_id", sa.String, nullable=False),
        sa.Column("reference_json", sa.Text, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("welcomed_at", sa.Double),
        sa.Column("seen_at", sa.Double, nullable=False),
    )
    op.create_index("conversations_of_person", "conversations", ["tenant", "entra_id"])
    op.create_table(
        "inbox",
        sa.Column("tenant", sa.String, primary_key=True),
        sa.Column("conversation", sa.String, primary_key=True),
        sa.Column("activity", sa.String, primary_key=True),
        sa.Column("owner", sa.String, nullable=False),
        sa.Column("status", sa.Integer),
        sa.Column("body_json", sa.Text),
        sa.Column("at", sa.Double, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("inbox_by_age", "inbox", ["at"])
    op.create_table(
        "choices",
        sa.Column("tenant", sa.String, primary_key=True),
        sa.Column("entra_id", sa.String, primary_key=True),
        sa.Column("key", sa.String, primary_key=True),
        sa.Column("value_json", sa.Text, nullable=False),
        sa.Column("at", sa.Double, nullable=False),
    )
    op.create_table(
        "last_answers",
        sa.Column("tenant", sa.String, primary_key=True),
        sa.Column("conversation", sa.String, primary_key=True),
        sa.Column("entra_id", sa.String, primary_key=True),
        sa.Column("value_json", sa.Text, nullable=False),
        sa.Column("expires_at", sa.Double, nullable=False),
    )
    op.create_index("last_answers_by_end", "last_answers", ["expires_at"])
    op.create_table(
        "credentials",
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("at", sa.Double, nullable=False),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("tenant", sa.String, nullable=False),
        sa.Column("actor", sa.String, nullable=False),
        sa.Column("conversation", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("query_json", sa.Text),
        sa.Column("scope", sa.Text),
        sa.Column("outcome", sa.String, nullable=False),
        sa.Column("records", sa.Integer),
        sa.Column("latency_ms", sa.Double),
    )
    op.create_index("audit_by_time", "audit", ["tenant", "at"])


def downgrade() -> None:
    for table in ("audit", "credentials", "last_answers", "choices", "inbox", "conversations"):
        op.drop_table(table)
