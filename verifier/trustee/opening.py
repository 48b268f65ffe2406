"""Opening a poll: shares that prove themselves, and the secret from any t of them (protocol §22.5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from verifier.shares.curve import ORDER, NotAPoint, Point
from verifier.shares.polynomials import secret_of
from verifier.trustee.key_errors import SecretWrong, ShareWrong, TooFewShares


def check_share(seat: int, share: int, share_keys: Sequence[bytes]) -> None:
    """Whether the number is the seat's share. Raises: ShareWrong."""
    try:
        right = 0 <= seat < len(share_keys) and 0 < share < ORDER and Point.of(share).address == share_keys[seat]
    except NotAPoint:
        right = False
    if not right:
        raise ShareWrong(seat=seat)


def secret(shares: Mapping[int, int], threshold: int, key: Point, share_keys: Sequence[bytes]) -> int:
    """x, from any t shares or more. Raises: ShareWrong, TooFewShares, SecretWrong."""
    for seat, share in shares.items():
        check_share(seat, share, share_keys)
    if len(shares) < threshold:
        missing = [seat for seat in range(len(share_keys)) if seat not in shares]
        raise TooFewShares(found=len(shares), needed=threshold, missing=missing)
    chosen = {seat: shares[seat] for seat in sorted(shares)[:threshold]}
    x = secret_of(chosen)
    if x == 0 or Point.of(x) != key:
        raise SecretWrong
    return x
