"""sealed polls and key ceremonies

Revision: f04d388a082a, after 7d20c9b5e1f4

What stands here when this is applied is an open poll, with ballots whose choices can be read.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import backend.ground.db.base

revision = "f04d388a082a"
down_revision = "7d20c9b5e1f4"
branch_labels = None
depends_on = None

_UNDERWAY = sa.text("status IN ('joining', 'dealing', 'confirming')")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "ceremonies",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("case_id", sa.String(length=20), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("threshold", sa.Integer(), nullable=False),
        sa.Column("random", sa.LargeBinary(length=32), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("roll_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("seal_key", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("failure", sa.Text(), server_default="", nullable=False),
        sa.Column("complaint", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("begun_at", backend.ground.db.base.UtcTime(timezone=True), nullable=False),
        sa.Column("ended_at", backend.ground.db.base.UtcTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_ceremonies_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ceremonies")),
        sa.UniqueConstraint("case_id", "number", name="uq_ceremonies_number"),
    )
    op.create_index("uq_ceremonies_underway", "ceremonies", ["case_id"], unique=True, sqlite_where=_UNDERWAY, postgresql_where=_UNDERWAY)
    op.create_table(
        "ceremony_seats",
        sa.Column("ceremony_id", sa.String(length=20), nullable=False),
        sa.Column("seat", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("signer", sa.LargeBinary(), nullable=False),
        sa.Column("entry", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("dealing", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("confirmation", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(["ceremony_id"], ["ceremonies.id"], name=op.f("fk_ceremony_seats_ceremony_id_ceremonies")),
        sa.PrimaryKeyConstraint("ceremony_id", "seat", name=op.f("pk_ceremony_seats")),
    )
    # Added, not rebuilt: a poll of a million lenders has a million rows of ballots.
    op.add_column("ballots", sa.Column("seal", sa.LargeBinary(length=32), nullable=True))
    op.add_column("ballots", sa.Column("sealed_choice", sa.LargeBinary(length=8), nullable=True))
    op.add_column("polls", sa.Column("kind", sa.String(length=10), server_default="open", nullable=False))
    op.add_column("polls", sa.Column("sealing", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    """Take back; the release before knows neither sealed polls nor trustees."""
    for table, column in (("polls", "sealing"), ("polls", "kind"), ("ballots", "sealed_choice"), ("ballots", "seal")):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_column(column)
    op.drop_table("ceremony_seats")
    op.drop_table("ceremonies")
