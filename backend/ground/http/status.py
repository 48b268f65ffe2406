"""The HTTP status of an error, by its branch of the tree: one table for answers and pages."""

from __future__ import annotations

from backend.ground.common.errors import (
    BadInput,
    Conflict,
    LenderVoteError,
    NotAllowed,
    NotFound,
    NotSignedIn,
    TooMany,
    Unavailable,
)

STATUS: dict[type[LenderVoteError], int] = {
    BadInput: 422,
    NotSignedIn: 401,
    NotAllowed: 403,
    NotFound: 404,
    Conflict: 409,
    TooMany: 429,
    Unavailable: 503,
}


def status_of(error: LenderVoteError) -> int:
    """500 for an error of no branch."""
    return next((status for branch, status in STATUS.items() if isinstance(error, branch)), 500)
