"""Protocol 2: by which protocol a case was opened, places of receipts in the relay's books, and what officials need to check a freeze

What stands here when this is applied is of the first release, so of protocol 1.

Revision: 2b7c1e94d0a5, after f2065350ed79
"""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "2b7c1e94d0a5"
down_revision = "f2065350ed79"
branch_labels = None
depends_on = None

_PLACE = ("book", "book_number", "previous")


def upgrade() -> None:
    """Apply."""
    op.add_column("cases", sa.Column("protocol", sa.Integer(), server_default="1", nullable=False))
    op.add_column("ballots", sa.Column("book", sa.LargeBinary(32), nullable=True))
    op.add_column("ballots", sa.Column("book_number", sa.BigInteger(), nullable=True))
    op.add_column("ballots", sa.Column("previous", sa.LargeBinary(32), nullable=True))
    op.create_index("uq_ballots_place", "ballots", ["poll_id", "book", "book_number"], unique=True)
    op.create_table(
        "ballots_closings",
        sa.Column("poll_id", sa.String(20), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("poll_id", name="pk_ballots_closings"),
    )
    _rejected_is_no_excuse()
    _blinds_into_open_freezes()


def _rejected_is_no_excuse() -> None:
    """Reason 2 says that a ballot with the same or a higher sequence is recorded; what was rejected for another reason is missed."""
    ballots = sa.table("ballots", sa.column("status", sa.String()), sa.column("reason", sa.SmallInteger()))
    rejected = sa.update(ballots).where(ballots.c.status == "rejected")
    op.execute(rejected.where(ballots.c.reason == 2).values(status="superseded"))
    op.execute(rejected.values(status="missed"))


def _blinds_into_open_freezes() -> None:
    """A freeze that still waits for signatures gets what the officials' page needs to work out classesHash."""
    acts = sa.table("acts", *map(sa.column, ("id", "kind", "status")), sa.column("payload", sa.JSON()), sa.column("summary", sa.JSON()))
    registers = sa.table("register_registers", sa.column("id"), sa.column("classes", sa.JSON()))
    connection = op.get_bind()
    waiting = sa.select(acts.c.id, acts.c.payload, acts.c.summary).where(acts.c.kind == "register_freeze", acts.c.status != "done")
    for act_id, payload, summary in connection.execute(waiting).all():
        classes = connection.scalar(sa.select(registers.c.classes).where(registers.c.id == payload.get("register_id")))
        if classes:
            op.execute(sa.update(acts).where(acts.c.id == act_id).values(summary=_with_blinds(summary, classes)))


def _with_blinds(summary: dict[str, Any], classes: list[dict[str, Any]] | str) -> dict[str, Any]:
    drawn = json.loads(classes) if isinstance(classes, str) else classes
    shown = summary.get("classes", [])
    return summary | {"classes": [one | {"blind": other["blind"]} for one, other in zip(shown, drawn, strict=False)]}


def downgrade() -> None:
    """Take back; the first release knows neither books nor cases of protocol 2."""
    op.drop_table("ballots_closings")
    op.drop_index("uq_ballots_place", table_name="ballots")
    with op.batch_alter_table("ballots", schema=None) as batch_op:
        for name in _PLACE:
            batch_op.drop_column(name)
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.drop_column("protocol")
