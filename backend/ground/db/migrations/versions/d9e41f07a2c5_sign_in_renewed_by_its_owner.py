"""sign-in renewed by its owner

Revision: d9e41f07a2c5, after c3f80d61b7e4
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from backend.ground.db.base import UtcTime

revision = "d9e41f07a2c5"
down_revision = "c3f80d61b7e4"
branch_labels = None
depends_on = None

TIMES = ("password_given_at", "second_factor_given_at", "held_until")


def upgrade() -> None:
    """Apply; accounts that are there count as their owners'."""
    with op.batch_alter_table("accounts", schema=None) as batch_op:
        for name in TIMES:
            batch_op.add_column(sa.Column(name, UtcTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("held_signer", sa.LargeBinary(), nullable=True))
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("offered_secret", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.drop_column("offered_secret")
    with op.batch_alter_table("accounts", schema=None) as batch_op:
        for name in (*TIMES, "held_signer"):
            batch_op.drop_column(name)
