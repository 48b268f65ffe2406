"""Alembic's entry: runs on the connection that `verifier.issuer.store` passes."""

from __future__ import annotations

from alembic import context

context.configure(connection=context.config.attributes["connection"])
# The caller holds the transaction.
context.run_migrations()
