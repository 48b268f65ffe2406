"""One chain for the tests of this room."""

from tests.backend.chain.conftest import chain

__all__ = ["chain"]
