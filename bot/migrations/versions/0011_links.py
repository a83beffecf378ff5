"""Tables for links that work once, and for what was shared to a channel and is still on its way."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "used_links",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("used_at", sa.Double, nullable=False),
        sa.Column("expires_at", sa.Double, nullable=False),
    )
    op.create_index("used_links_by_end", "used_links", ["expires_at"])
    op.create_table(
        "shares",
        sa.Column("key", sa.String, primary_key=True),
        sa.Column("tenant", sa.String, nullable=False),
        sa.Column("conversation", sa.String, nullable=False),
        sa.Column("entra_id", sa.String, nullable=False),
        sa.Column("at", sa.Double, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("shares")
    op.drop_table("used_links")
