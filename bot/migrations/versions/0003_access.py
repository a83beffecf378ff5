"""Tables for deputies and what channels may see."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "deputies",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
        sa.Column("tenant", sa.String, nullable=False),
        sa.Column("principal", sa.String, nullable=False),
        sa.Column("deputy", sa.String, nullable=False),
        sa.Column("starts", sa.String, nullable=False),
        sa.Column("ends", sa.String, nullable=False),
        sa.Column("named_by", sa.String, nullable=False),
        sa.Column("named_at", sa.Double, nullable=False),
        sa.Column("ended_at", sa.Double),
        sa.Column("ended_by", sa.String),
    )
    op.create_index("deputies_by_end", "deputies", ["tenant", "ends"])
    op.create_table(
        "channel_scopes",
        sa.Column("tenant", sa.String, primary_key=True),
        sa.Column("conversation", sa.String, primary_key=True),
        sa.Column("scope_json", sa.Text, nullable=False),
        sa.Column("set_by", sa.String, nullable=False),
        sa.Column("set_at", sa.Double, nullable=False),
    )


def downgrade() -> None:
    for table in ("channel_scopes", "deputies"):
        op.drop_table(table)
