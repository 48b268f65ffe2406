"""A lender whom a machine did not accept asks officials to look again

Revision: 856a8684ccb4, after 8632a076d4be
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "856a8684ccb4"
down_revision = "8632a076d4be"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("credentials_voucher_requests", schema=None) as batch_op:
        batch_op.add_column(sa.Column("review", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("invitation", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("credentials_voucher_requests", schema=None) as batch_op:
        batch_op.drop_column("invitation")
        batch_op.drop_column("review")
