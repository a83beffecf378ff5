"""Tables for words that could not be read, what they were taught to mean, and answers that were checked."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "unread_words",
        sa.Column("tenant", sa.String, primary_key=True),
        sa.Column("phrase", sa.String, primary_key=True),
        sa.Column("language", sa.String, primary_key=True),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("days", sa.Integer, nullable=False),
        sa.Column("last_day", sa.Integer, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "unread_questions",
        sa.Column("tenant", sa.String, primary_key=True),
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("language", sa.String, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("day", sa.Integer, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("unread_questions_by_day", "unread_questions", ["tenant", "day"])
    op.create_table(
        "taught_words",
        sa.Column("tenant", sa.String, primary_key=True),
        sa.Column("phrase", sa.String, primary_key=True),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("key", sa.String, nullable=False),
        sa.Column("dimension", sa.String),
        sa.Column("label", sa.String, nullable=False),
        sa.Column("entra_id", sa.String, nullable=False),
        sa.Column("at", sa.Double, nullable=False),
    )
    op.create_table(
        "word_leads",
        sa.Column("tenant", sa.String, primary_key=True),
        sa.Column("entra_id", sa.String, primary_key=True),
        sa.Column("language", sa.String, nullable=False),
        sa.Column("locale", sa.String, nullable=False),
    )
    op.create_table(
        "checked_answers",
        sa.Column("tenant", sa.String, primary_key=True),
        sa.Column("key", sa.String, primary_key=True),
        sa.Column("query_json", sa.Text, nullable=False),
        sa.Column("digest", sa.String, nullable=False),
        sa.Column("value", sa.Double),
        sa.Column("unit", sa.String, nullable=False),
        sa.Column("currency", sa.String, nullable=False),
        sa.Column("note", sa.String, nullable=False),
        sa.Column("entra_id", sa.String, nullable=False),
        sa.Column("at", sa.Double, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("checked_answers")
    op.drop_table("word_leads")
    op.drop_table("taught_words")
    op.drop_index("unread_questions_by_day", "unread_questions")
    op.drop_table("unread_questions")
    op.drop_table("unread_words")
