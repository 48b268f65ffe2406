"""Lenders whom a person has to look after, and entry codes for those without a mobile

Revision: 5b1c7e90d2aa, after 1f0a58258b1c
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from backend.ground.db.base import UtcTime

revision = "5b1c7e90d2aa"
down_revision = "1f0a58258b1c"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("register_lenders", schema=None) as batch_op:
        batch_op.add_column(sa.Column("marks", sa.String(length=120), server_default="", nullable=False))
    op.create_table(
        "credentials_entries",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("poll_id", sa.String(length=20), nullable=False),
        sa.Column("lender_index", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("tries_left", sa.SmallInteger(), nullable=False),
        sa.Column("made_by", sa.String(length=20), nullable=False),
        sa.Column("made_at", UtcTime(timezone=True), nullable=False),
        sa.Column("expires_at", UtcTime(timezone=True), nullable=False),
        sa.Column("used_at", UtcTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credentials_entries")),
    )
    with op.batch_alter_table("credentials_entries", schema=None) as batch_op:
        for column in ("poll_id", "code_hash", "expires_at"):
            batch_op.create_index(batch_op.f(f"ix_credentials_entries_{column}"), [column], unique=False)


def downgrade() -> None:
    """Take back."""
    op.drop_table("credentials_entries")
    with op.batch_alter_table("register_lenders", schema=None) as batch_op:
        batch_op.drop_column("marks")
