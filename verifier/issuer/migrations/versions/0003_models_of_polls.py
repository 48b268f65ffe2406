"""Which model compares a poll's faces. Polls of before keep the one that their references were made by, until they close.

A poll of which no reference is stored is frozen with the present model when it is next looked at: no face of it was compared.

Revision: 0003, after 0002
"""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

STATEMENTS = (
    # `named` says whether the poll's log has it already
    "CREATE TABLE poll_models (poll TEXT PRIMARY KEY, model_id TEXT NOT NULL, thresholds TEXT NOT NULL, named INTEGER NOT NULL)",
    """INSERT INTO poll_models (poll, model_id, thresholds, named)
        SELECT poll, model_id, '', 0 FROM faces WHERE id IN (SELECT max(id) FROM faces GROUP BY poll)""",
)


def upgrade() -> None:
    """Apply."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """An earlier release would compare by its own model, whatever the poll was frozen with."""
    raise NotImplementedError
