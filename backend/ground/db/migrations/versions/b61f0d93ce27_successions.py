"""successions of officials and institution, and statements of openings in escrow

Revision: b61f0d93ce27, after d2f6b83a19c7
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import backend.ground.db.base

revision = "b61f0d93ce27"
down_revision = "d2f6b83a19c7"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "case_generations",
        sa.Column("case_id", sa.String(length=20), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("threshold", sa.Integer(), nullable=False),
        sa.Column("institution_name", sa.String(length=100), nullable=False),
        sa.Column("credit_code", sa.String(length=100), nullable=False),
        sa.Column("institution_signer", sa.LargeBinary(), nullable=False),
        sa.Column("institution_account_id", sa.String(length=20), nullable=True),
        sa.Column("officials", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("announced_at", backend.ground.db.base.UtcTime(timezone=True), nullable=False),
        sa.Column("holds_from", backend.ground.db.base.UtcTime(timezone=True), nullable=False),
        sa.Column("ended_at", backend.ground.db.base.UtcTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_generations_case_id_cases")),
        sa.ForeignKeyConstraint(
            ["institution_account_id"], ["accounts.id"], name=op.f("fk_case_generations_institution_account_id_accounts")
        ),
        sa.PrimaryKeyConstraint("case_id", "number", name=op.f("pk_case_generations")),
    )
    op.create_table(
        "openings_escrows",
        sa.Column("case_id", sa.String(length=20), nullable=False),
        sa.Column("register_number", sa.Integer(), nullable=False),
        sa.Column("paper", sa.JSON(), nullable=False),
        sa.Column("taken_at", backend.ground.db.base.UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_openings_escrows_case_id_cases")),
        sa.PrimaryKeyConstraint("case_id", "register_number", name=op.f("pk_openings_escrows")),
    )
    for table in ("cases", "acts", "polls"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            # Whatever was there before belongs to those who opened the case.
            batch_op.add_column(sa.Column("generation", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    """Take back."""
    for table in ("polls", "acts", "cases"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_column("generation")
    op.drop_table("openings_escrows")
    op.drop_table("case_generations")
