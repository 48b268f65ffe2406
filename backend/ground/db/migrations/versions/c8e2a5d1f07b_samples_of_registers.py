"""samples of registers, conditions of polls

Revision: c8e2a5d1f07b, after 7a20c41e9b53
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "c8e2a5d1f07b"
down_revision = "7a20c41e9b53"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "register_samples",
        sa.Column("register_id", sa.String(length=20), nullable=False),
        sa.Column("draws", sa.Integer(), nullable=False),
        sa.Column("paper", sa.LargeBinary(), nullable=False),
        sa.Column("proofs", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["register_id"], ["register_registers.id"], name=op.f("fk_register_samples_register_id_register_registers")
        ),
        sa.PrimaryKeyConstraint("register_id", name=op.f("pk_register_samples")),
    )
    op.create_table(
        "poll_conditions",
        sa.Column("poll_id", sa.String(length=20), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["poll_id"], ["polls.id"], name=op.f("fk_poll_conditions_poll_id_polls")),
        sa.PrimaryKeyConstraint("poll_id", name=op.f("pk_poll_conditions")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("poll_conditions")
    op.drop_table("register_samples")
