"""Tables for targets set in words and for stories."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "targets",
        sa.Column("id", NUMBER, primary_key=True, autoincrement=True),
        sa.Column("tenant", sa.String, nullable=False),
        sa.Column("metric", sa.String, nullable=False),
        sa.Column("dimension", sa.String, nullable=False),
        sa.Column("member", sa.String, nullable=False),
        sa.Column("value", sa.Double),
        sa.Column("direction", sa.String, nullable=False),
        sa.Column("starts", sa.String, nullable=False),
        sa.Column("set_by", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("set_at", sa.Double, nullable=False),
    )
    op.create_index("targets_by_metric", "targets", ["tenant", "metric"])
    op.create_table(
        "stories",
        sa.Column("id", NUMBER, primary_key=True, autoincrement=True),
        sa.Column("tenant", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("record", sa.String, nullable=False),
        sa.Column("title", sa.String, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("author", sa.String, nullable=False),
        sa.Column("author_name", sa.String, nullable=False),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("changed_at", sa.Double, nullable=False),
    )
    op.create_index("stories_by_age", "stories", ["tenant", "changed_at"])


def downgrade() -> None:
    op.drop_table("stories")
    op.drop_table("targets")
