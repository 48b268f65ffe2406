"""cases that are rehearsals

Revision: 7d20c9b5e1f4, after c51e0b7a9d24

What stands here when this is applied is of protocol 1 or 2, which know no rehearsals.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "7d20c9b5e1f4"
down_revision = "c51e0b7a9d24"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("cases", sa.Column("rehearsal", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    """Take back; the release before knows no cases of protocol 3."""
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.drop_column("rehearsal")
