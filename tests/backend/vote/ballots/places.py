"""Where receipts of polls with books stand."""

from backend.vote.ballots.books import Place
from backend.vote.ballots.receipts import Receipt


def place_of(receipt: Receipt) -> Place:
    """Its place; the test fails for a receipt outside of any book."""
    assert receipt.place is not None
    return receipt.place
