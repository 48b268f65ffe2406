"""Alembic's entry: runs on the connection that `backend.ground.db.schema` passes."""

from __future__ import annotations

from alembic import context

config = context.config

context.configure(
    connection=config.attributes["connection"],
    target_metadata=config.attributes["metadata"],
    render_as_batch=True,
    compare_type=True,
)
# The caller holds the transaction.
context.run_migrations()
