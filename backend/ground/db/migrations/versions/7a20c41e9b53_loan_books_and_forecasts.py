"""loan books and forecasts

Revision: 7a20c41e9b53, after a9d3c41e7b60
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import backend.ground.db.base

revision = "7a20c41e9b53"
down_revision = "a9d3c41e7b60"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "loan_books",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("case_id", sa.String(length=20), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("file_keccak", sa.LargeBinary(), nullable=False),
        sa.Column("as_of", sa.Integer(), nullable=False),
        sa.Column("collapsed", sa.Integer(), nullable=True),
        sa.Column("loan_count", sa.Integer(), nullable=False),
        sa.Column("unpaid_by_issue", sa.Text(), nullable=False),
        sa.Column("loans", sa.LargeBinary(), nullable=False),
        sa.Column("imported_at", backend.ground.db.base.UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_loan_books_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loan_books")),
    )
    with op.batch_alter_table("loan_books", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_loan_books_case_id"), ["case_id"], unique=False)
    op.create_table(
        "outlook_forecasts",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("case_id", sa.String(length=20), nullable=False),
        sa.Column("book_id", sa.String(length=20), nullable=False),
        sa.Column("canonical", sa.LargeBinary(), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.Column("audit_number", sa.Integer(), nullable=False),
        sa.Column("made_at", backend.ground.db.base.UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["book_id"], ["loan_books.id"], name=op.f("fk_outlook_forecasts_book_id_loan_books")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_outlook_forecasts_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outlook_forecasts")),
    )
    with op.batch_alter_table("outlook_forecasts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outlook_forecasts_case_id"), ["case_id"], unique=False)


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("outlook_forecasts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outlook_forecasts_case_id"))
    op.drop_table("outlook_forecasts")
    with op.batch_alter_table("loan_books", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_loan_books_case_id"))
    op.drop_table("loan_books")
