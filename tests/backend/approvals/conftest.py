"""A real case, chain and issuer for this room's tests."""

from tests.backend.ballots.fixtures import issuer, node, vote, world

__all__ = ["issuer", "node", "vote", "world"]
