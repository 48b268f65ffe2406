"""The votes of the recount's own tests."""

from tests.verifier.tally.conftest import _published, count_again, held_vote, node_address, published  # noqa: F401
