# ruff: noqa: E501, PLR0915 (long because it lists what the rooms declare)
"""${message}

Revision: ${up_revision}, ${'after ' + down_revision if down_revision else 'the first'}
"""

from __future__ import annotations

import sqlalchemy as sa

import backend.ground.db.base
from alembic import op
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}


def upgrade() -> None:
    """Apply."""
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    """Take back."""
    ${downgrades if downgrades else "pass"}
