"""All that a trustee checks before signing the key, and what follows from the transcript (protocol §22.4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from verifier.shares.curve import ORDER, NotAPoint, Point
from verifier.shares.hashes import canonical_json, hex_of, keccak, word
from verifier.signing.secp256k1 import SigningKey
from verifier.trustee.dealing import Dealing, dealt, pad_of
from verifier.trustee.key_errors import (
    DealingMissing,
    KeyIsNothing,
    OwnDealingChanged,
    ShareDoesNotFit,
    ShareKeysAlike,
    TranscriptIsAnother,
)
from verifier.trustee.papers import Paper
from verifier.trustee.roll import OwnKeys, Roll
from verifier.trustee.typed_data import SealKey
from verifier.trustee.words import twelve_words


@dataclass(frozen=True)
class Transcript:
    """The dealings of all seats under one roll; everything public follows from it."""

    roll: Roll
    dealings: tuple[Dealing, ...]

    @classmethod
    def of(cls, roll: Roll, papers: Mapping[int, Paper]) -> Transcript:
        """From each seat's dealing. Raises: DealingMissing, DealingMalformed."""
        missing = [seat for seat in range(roll.ceremony.seats) if seat not in papers]
        if missing:
            raise DealingMissing(seats=missing)
        return cls(roll, tuple(Dealing.read(papers[seat], seat, roll) for seat in range(roll.ceremony.seats)))

    @classmethod
    def read(cls, paper: Paper, roll: Roll) -> Transcript:
        """From seal.json. Raises: PaperUnreadable, TranscriptIsAnother, DealingMissing, DealingMalformed."""
        found = cls.of(roll, dict(enumerate(paper.papers("dealings"))))
        if found.paper() != paper.value:
            raise TranscriptIsAnother
        return found

    def paper(self) -> dict[str, Any]:
        """seal.json: its canonical JSON has the transcript's hash."""
        head = {"ceremony": hex_of(self.roll.ceremony.id), "rollHash": hex_of(self.roll.hash), "threshold": self.roll.ceremony.threshold}
        trustees = [entry.paper() for entry in self.roll.entries]
        return head | {"trustees": trustees, "dealings": [dealing.paper() for dealing in self.dealings]}

    @cached_property
    def hash(self) -> bytes:
        """transcriptHash."""
        return keccak(canonical_json(self.paper()))

    @property
    def words(self) -> list[str]:
        """The twelve words."""
        return twelve_words(self.hash)

    def check(self) -> None:
        """What anybody can check. Raises: DealingNotSigned, PossessionNotProved, KeyIsNothing, ShareKeysAlike."""
        for seat, dealing in enumerate(self.dealings):
            dealing.check(seat, self.roll)
        found = set()
        for seat, point in enumerate(self.share_points):
            if point in found:
                raise ShareKeysAlike(seat=seat)
            found.add(point)
        self._sum([dealing.commitments[0] for dealing in self.dealings], "X")
        self._sum([dealing.commitments[-1] for dealing in self.dealings], "A_t-1")

    @property
    def key(self) -> Point:
        """X. Raises: KeyIsNothing."""
        return self._sum([dealing.commitments[0] for dealing in self.dealings], "X")

    @cached_property
    def share_points(self) -> tuple[Point, ...]:
        """P_i of every seat. Raises: KeyIsNothing."""
        return tuple(self._sum(self._terms(seat), f"P_{seat}") for seat in range(self.roll.ceremony.seats))

    @property
    def seal_key(self) -> SealKey:
        """What is announced. Raises: KeyIsNothing."""
        share_keys = tuple(point.address for point in self.share_points)
        return SealKey(*self.key.xy, self.roll.ceremony.threshold, share_keys, self.roll.hash, self.hash)

    @property
    def digest(self) -> bytes:
        """SealKey, as shares and identities sign it."""
        return self.roll.ceremony.domain.digest(self.seal_key.struct_hash)

    def _terms(self, seat: int) -> list[Point]:
        """All of them at once: a single dealer's value may be infinity."""
        powers = [pow(seat + 1, k, ORDER) for k in range(self.roll.ceremony.threshold)]
        return [point.times(power) for dealing in self.dealings for point, power in zip(dealing.commitments, powers, strict=True)]

    def _sum(self, points: Sequence[Point], what: str) -> Point:
        try:
            return Point.total(points)
        except NotAPoint as error:
            raise KeyIsNothing(what=what) from error


def own_share(own: OwnKeys, transcript: Transcript) -> int:
    """s_i, after everything was checked. Raises: what Transcript.check does, OwnEntryChanged, OwnDealingChanged, ShareDoesNotFit."""
    roll = transcript.roll
    roll.check_own(own)
    if transcript.dealings[own.seat] != dealt(own, roll):
        raise OwnDealingChanged(seat=own.seat)
    transcript.check()
    total = 0
    for dealer, dealing in enumerate(transcript.dealings):
        pad = pad_of(roll.hash, dealer, own.seat, own.transport, roll.entries[dealer].transport)
        share = dealing.share_for(own.seat, pad)
        if share >= ORDER or not dealing.fits(own.seat, share):
            raise ShareDoesNotFit(dealer=dealer)
        total += share
    if Point.of(total) != transcript.share_points[own.seat]:
        raise KeyIsNothing(what=f"P_{own.seat}")
    return total % ORDER


def confirmation(share: int, transcript: Transcript) -> bytes:
    """SealKey signed with the share itself, 65 bytes."""
    return SigningKey(word(share)).sign(transcript.digest)
