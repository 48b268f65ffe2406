"""work that was begun on the chain and has to come to its end

Revision: c51e0b7a9d24, after d9e41f07a2c5
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import backend.ground.db.base

revision = "c51e0b7a9d24"
down_revision = "d9e41f07a2c5"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "chain_intents",
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("begun_at", backend.ground.db.base.UtcTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_chain_intents")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("chain_intents")
