"""A real case and chain for this room's tests."""

from tests.backend.vote.ballots.fixtures import issuer, node, vote, world

__all__ = ["issuer", "node", "vote", "world"]
