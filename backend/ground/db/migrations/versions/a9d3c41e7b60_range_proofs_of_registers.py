"""range proofs of registers

Revision: a9d3c41e7b60, after f04d388a082a
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "a9d3c41e7b60"
down_revision = "f04d388a082a"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "register_range_proofs",
        sa.Column("register_id", sa.String(length=20), nullable=False),
        sa.Column("chunk", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("proof", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["register_id"], ["register_registers.id"], name=op.f("fk_register_range_proofs_register_id_register_registers")
        ),
        sa.PrimaryKeyConstraint("register_id", "chunk", name=op.f("pk_register_range_proofs")),
    )
    op.add_column("register_registers", sa.Column("range_proofs_hash", sa.LargeBinary(length=32), nullable=True))


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("register_registers") as batch:
        batch.drop_column("range_proofs_hash")
    op.drop_table("register_range_proofs")
