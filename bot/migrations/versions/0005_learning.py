"""Tables for words that could not be read, what they were taught to mean, and answers that were checked."""

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
