"""Tables for feedback and for who asked for a post that others see too."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "feedback",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
        sa.Column("tenant", sa.String, nullable=False),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("reaction", sa.String, nullable=False),
        sa.Column("comment", sa.Text, nullable=False),
        sa.Column("query_json", sa.Text),
    )
    op.create_index("feedback_by_time", "feedback", ["tenant", "at"])
    op.create_table(
        "shared_posts",
        sa.Column("tenant", sa.String, primary_key=True),
        sa.Column("conversation", sa.String, primary_key=True),
        sa.Column("activity", sa.String, primary_key=True),
        sa.Column("entra_id", sa.String, nullable=False),
        sa.Column("at", sa.Double, nullable=False),
    )
    op.create_index("shared_posts_by_age", "shared_posts", ["at"])


def downgrade() -> None:
    op.drop_table("shared_posts")
    op.drop_table("feedback")
