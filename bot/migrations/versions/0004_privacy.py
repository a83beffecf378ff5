"""Tables for persons to be forgotten; the audit keeps a pseudonym and what a card rested on."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "erasures",
        sa.Column("mark", sa.String, primary_key=True),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
    )
    # Ids of people were written plainly before; nobody's id is left behind by an upgrade.
    op.execute("DELETE FROM audit")


def downgrade() -> None:
    op.drop_table("erasures")
