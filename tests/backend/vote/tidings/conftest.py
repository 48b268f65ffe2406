"""A real case, chain and issuer for this room's tests."""

from tests.backend.vote.ballots.fixtures import issuer, node, standing_vote, vote, world

__all__ = ["issuer", "node", "standing_vote", "vote", "world"]
