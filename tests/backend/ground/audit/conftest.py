"""One chain for the tests of this room."""

from tests.backend.ground.chain.conftest import chain

__all__ = ["chain"]
