"""Lists of likenesses by the verifier, and what officials found

Revision: 78c2a8677f22, after 08654449fba6
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import backend.ground.db.base

revision = "78c2a8677f22"
down_revision = "08654449fba6"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "likenesses_lists",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("poll_id", sa.String(length=20), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("model", sa.String(length=100), nullable=False),
        sa.Column("made_at", sa.String(length=20), nullable=False),
        sa.Column("searched", sa.BigInteger(), nullable=False),
        sa.Column("fmr_ppb", sa.BigInteger(), nullable=False),
        sa.Column("expected_false_milli", sa.BigInteger(), nullable=False),
        sa.Column("taken_at", backend.ground.db.base.UtcTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_likenesses_lists")),
        sa.UniqueConstraint("digest", name=op.f("uq_likenesses_lists_digest")),
    )
    with op.batch_alter_table("likenesses_lists", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_likenesses_lists_poll_id"), ["poll_id"], unique=False)

    op.create_table(
        "likenesses",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("list_id", sa.String(length=20), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("first_index", sa.Integer(), nullable=False),
        sa.Column("second_index", sa.Integer(), nullable=False),
        sa.Column("band", sa.String(length=10), nullable=False),
        sa.Column("finding", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("found_by", sa.Text(), nullable=False),
        sa.Column("found_at", backend.ground.db.base.UtcTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["list_id"], ["likenesses_lists.id"], name=op.f("fk_likenesses_list_id_likenesses_lists")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_likenesses")),
    )
    with op.batch_alter_table("likenesses", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_likenesses_list_id"), ["list_id"], unique=False)


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("likenesses", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_likenesses_list_id"))

    op.drop_table("likenesses")
    with op.batch_alter_table("likenesses_lists", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_likenesses_lists_poll_id"))

    op.drop_table("likenesses_lists")
