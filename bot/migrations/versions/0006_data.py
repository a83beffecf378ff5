"""Tables for files on their way in and for who wants to hear of syncs."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "files",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("tenant", sa.String, nullable=False),
        sa.Column("entra_id", sa.String, nullable=False),
        sa.Column("conversation_json", sa.Text, nullable=False),
        sa.Column("activity", sa.String, nullable=False),
        sa.Column("language", sa.String, nullable=False),
        sa.Column("locale", sa.String, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("profile", sa.String, nullable=False),
        sa.Column("standing", sa.String, nullable=False),
        sa.Column("expires_at", sa.Double, nullable=False),
    )
    op.create_index("files_by_end", "files", ["expires_at"])
    op.create_table(
        "sync_listeners",
        sa.Column("tenant", sa.String, primary_key=True),
        sa.Column("entra_id", sa.String, primary_key=True),
        sa.Column("at", sa.Double, nullable=False),
    )


def downgrade() -> None:
    for table in ("sync_listeners", "files"):
        op.drop_table(table)
