"""flags

Revision: d2f61b0c7e85, after b61f0d93ce27
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import backend.ground.db.base

revision = "d2f61b0c7e85"
down_revision = "b61f0d93ce27"
branch_labels = None
depends_on = None

_INDEXES = (
    ("flag_decisions", "ix_flag_decisions_item_id", ["item_id"]),
    ("flag_items", "ix_flag_items_subject", ["case_id", "rule", "subject"]),
    ("flag_lenders", "ix_flag_lenders_identity_lookup", ["identity_lookup"]),
    ("flag_objections", "ix_flag_objections_item_id", ["item_id"]),
    ("flag_runs", "ix_flag_runs_case_id", ["case_id"]),
)


def _moment() -> backend.ground.db.base.UtcTime:
    return backend.ground.db.base.UtcTime(timezone=True)


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "flag_anchors",
        sa.Column("rules_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("audit_number", sa.Integer(), nullable=False),
        sa.Column("anchored_at", _moment(), nullable=False),
        sa.PrimaryKeyConstraint("rules_hash", name=op.f("pk_flag_anchors")),
    )
    op.create_table(
        "flag_runs",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("case_id", sa.String(length=20), nullable=False),
        sa.Column("poll_id", sa.String(length=20), nullable=True),
        sa.Column("rules_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("data_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("seed", sa.LargeBinary(length=32), nullable=False),
        sa.Column("flagged", sa.Integer(), nullable=False),
        sa.Column("controls", sa.Integer(), nullable=False),
        sa.Column("population", sa.JSON(), nullable=False),
        sa.Column("audit_number", sa.Integer(), nullable=False),
        sa.Column("run_at", _moment(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_flag_runs_case_id_cases")),
        sa.ForeignKeyConstraint(["poll_id"], ["polls.id"], name=op.f("fk_flag_runs_poll_id_polls")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flag_runs")),
    )
    op.create_table(
        "flag_items",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("run_id", sa.String(length=20), nullable=False),
        sa.Column("case_id", sa.String(length=20), nullable=False),
        sa.Column("poll_id", sa.String(length=20), nullable=True),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(length=24), nullable=False),
        sa.Column("subject", sa.String(length=160), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("bounds", sa.JSON(), nullable=False),
        sa.Column("flagged", sa.Boolean(), nullable=False),
        sa.Column("groups", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["flag_runs.id"], name=op.f("fk_flag_items_run_id_flag_runs")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flag_items")),
        sa.UniqueConstraint("run_id", "place", name=op.f("uq_flag_items_run_id")),
    )
    _about_items()
    for table, name, columns in _INDEXES:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.create_index(batch_op.f(name), columns, unique=False)


def _about_items() -> None:
    op.create_table(
        "flag_lenders",
        sa.Column("item_id", sa.String(length=20), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("import_id", sa.String(length=20), nullable=False),
        sa.Column("identity_lookup", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["flag_items.id"], name=op.f("fk_flag_lenders_item_id_flag_items")),
        sa.PrimaryKeyConstraint("item_id", "number", name=op.f("pk_flag_lenders")),
    )
    op.create_table(
        "flag_decisions",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("item_id", sa.String(length=20), nullable=False),
        sa.Column("account_id", sa.String(length=20), nullable=False),
        sa.Column("official", sa.String(length=100), nullable=False),
        sa.Column("finding", sa.String(length=16), nullable=False),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("decided_at", _moment(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["flag_items.id"], name=op.f("fk_flag_decisions_item_id_flag_items")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flag_decisions")),
        sa.UniqueConstraint("item_id", "account_id", name=op.f("uq_flag_decisions_item_id")),
    )
    op.create_table(
        "flag_objections",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("item_id", sa.String(length=20), nullable=False),
        sa.Column("poll_id", sa.String(length=20), nullable=False),
        sa.Column("lender_index", sa.Integer(), nullable=False),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("filed_at", _moment(), nullable=False),
        sa.Column("answer_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("answered_by", sa.String(length=100), nullable=True),
        sa.Column("answered_at", _moment(), nullable=True),
        sa.ForeignKeyConstraint(["item_id"], ["flag_items.id"], name=op.f("fk_flag_objections_item_id_flag_items")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flag_objections")),
    )


def downgrade() -> None:
    """Take back."""
    for table, name, _ in reversed(_INDEXES):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_index(batch_op.f(name))
    for table in ("flag_objections", "flag_decisions", "flag_lenders", "flag_items", "flag_runs", "flag_anchors"):
        op.drop_table(table)
