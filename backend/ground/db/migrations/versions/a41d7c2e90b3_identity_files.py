"""identity files that wait for officials' signatures

Revision: a41d7c2e90b3, after 2b7c1e94d0a5
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import backend.ground.db.base

revision = "a41d7c2e90b3"
down_revision = "2b7c1e94d0a5"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "identity_files",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("case_id", sa.String(length=20), nullable=False),
        sa.Column("register_number", sa.Integer(), nullable=False),
        sa.Column("file_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("content_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("taken_at", backend.ground.db.base.UtcTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_files")),
        sa.UniqueConstraint("case_id", "register_number", name="uq_identity_files_register"),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("identity_files")
