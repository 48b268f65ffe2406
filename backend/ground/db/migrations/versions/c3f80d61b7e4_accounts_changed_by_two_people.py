"""accounts changed by two people

Revision: c3f80d61b7e4, after 5b1c7e90d2aa
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from backend.ground.db.base import UtcTime

revision = "c3f80d61b7e4"
down_revision = "5b1c7e90d2aa"
branch_labels = None
depends_on = None

OPEN = sa.text("status = 'open'")


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("accounts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("disabled_at", UtcTime(timezone=True), nullable=True))
    op.create_table(
        "account_changes",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("account_id", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("proposed_by", sa.String(length=20), nullable=False),
        sa.Column("proposed_at", UtcTime(timezone=True), nullable=False),
        sa.Column("ended_by", sa.String(length=20), nullable=True),
        sa.Column("ended_at", UtcTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_account_changes_account_id_accounts")),
        sa.ForeignKeyConstraint(["proposed_by"], ["accounts.id"], name=op.f("fk_account_changes_proposed_by_accounts")),
        sa.ForeignKeyConstraint(["ended_by"], ["accounts.id"], name=op.f("fk_account_changes_ended_by_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_changes")),
    )
    with op.batch_alter_table("account_changes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_account_changes_account_id"), ["account_id"], unique=False)
        batch_op.create_index("uq_account_changes_open", ["account_id", "kind"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN)


def downgrade() -> None:
    """Take back; who was disabled cannot sign in afterwards either, since no password fits any more."""
    op.execute("UPDATE accounts SET password_hash = 'disabled' WHERE disabled_at IS NOT NULL")
    op.drop_table("account_changes")
    with op.batch_alter_table("accounts", schema=None) as batch_op:
        batch_op.drop_column("disabled_at")
