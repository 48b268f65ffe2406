"""What the relay alone may ask for: signatures over lists, a poll's log. It signs each question with the poll's receipt signer (§15.1)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from verifier.issuer.errors import RelayNotProved, RequestTooOld
from verifier.issuer.rates import Rate
from verifier.issuer.roots.reading import PollRoots
from verifier.signing.secp256k1 import SignatureBroken, recover

#: So old may a signed question be, and so far ahead of the issuer's clock. Asking the same again does no harm.
MOST_AGE_SECONDS = 300


@dataclass(frozen=True)
class Question:
    """A question's own words: when it was signed, in seconds since 1970, and the signature as the header has it."""

    requested_at: int | None
    signature: str | None


@dataclass(frozen=True)
class RelayDoor:
    """Lets signed questions of a poll's relay in, so many a minute for each poll."""

    clock: Callable[[], float]
    rate: Rate

    def admit(self, roots: PollRoots, question: Question, digest: Callable[[int], bytes]) -> None:
        """`digest` gives what is signed for a time. Raises: RelayNotProved, RequestTooOld, TooOften."""
        if question.requested_at is None or question.signature is None:
            raise RelayNotProved()
        try:
            signer = recover(digest(question.requested_at), bytes.fromhex(question.signature.removeprefix("0x")))
        except (SignatureBroken, ValueError) as error:
            raise RelayNotProved() from error
        if signer != roots.receipt_signer:
            raise RelayNotProved()
        if abs(self.clock() - question.requested_at) > MOST_AGE_SECONDS:
            raise RequestTooOld(seconds=MOST_AGE_SECONDS)
        self.rate.take(roots.poll)
