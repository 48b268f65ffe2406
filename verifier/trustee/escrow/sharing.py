"""The public side of an escrow: context, receivers, commitments, digest and who signed it (protocol §23.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from Crypto.Hash import keccak as library

from verifier.escrow.context import MOST_SEATS, Frozen, context, joined_hash
from verifier.shares import boxes
from verifier.shares.curve import ORDER, NotAPoint, Point, scalar_of_text
from verifier.shares.hashes import hex_of, word
from verifier.shares.polynomials import point_at
from verifier.signing.signers import is_signed
from verifier.trustee.errors import FileNotRead
from verifier.trustee.escrow.errors import (
    BoxNotYours,
    EscrowContextWrong,
    EscrowFileOfAnother,
    EscrowNotSigned,
    EscrowShareWrong,
    FileDigestWrong,
    OwnTransportChanged,
)
from verifier.trustee.key_files import ESCROW, Secret
from verifier.trustee.papers import Paper
from verifier.trustee.typed_data import CaseDomain

_PIECE_BYTES = 2**20


@dataclass(frozen=True)
class Sharing:
    """One polynomial and who holds its values: that of the dealer, or a later one."""

    context: bytes
    threshold: int
    transports: tuple[Point, ...]
    commitments: tuple[Point, ...]

    def point(self, seat: int) -> Point:
        """P_i. Raises: EscrowShareWrong where there is none."""
        try:
            return point_at(self.commitments, seat + 1)
        except NotAPoint as error:
            raise EscrowShareWrong(seat=seat) from error

    def check_share(self, seat: int, share: int) -> None:
        """Raises: EscrowShareWrong."""
        if not (0 <= seat < len(self.transports) and 0 < share < ORDER) or Point.of(share) != self.point(seat):
            raise EscrowShareWrong(seat=seat)


@dataclass(frozen=True)
class Escrow:
    """escrow.json."""

    register: Frozen
    sharing: Sharing
    file_digest: bytes
    signatures: tuple[tuple[bytes, bytes], ...] = ()

    @classmethod
    def read(cls, paper: Paper) -> Escrow:
        """Raises: PaperUnreadable, EscrowContextWrong."""
        numbers = paper.whole("register_number"), paper.data("root", 32), paper.whole("leaf_count", least=1, most=2**24)
        register = Frozen(paper.whole("chain_id"), paper.data("case", 20), *numbers, paper.data("classes_hash", 32))
        transports, commitments = tuple(paper.points("transports")), tuple(paper.points("commitments"))
        threshold = paper.whole("threshold", most=MOST_SEATS)
        if not 2 <= threshold <= len(transports) <= MOST_SEATS or len(commitments) != threshold:
            raise paper.wrong("threshold")
        made = context(register, threshold, transports)
        if made != paper.data("context", 32) or len(set(transports)) != len(transports):
            raise EscrowContextWrong
        signed = tuple((one.data("signer"), one.data("signature")) for one in paper.papers("signatures"))
        return cls(register, Sharing(made, threshold, transports, commitments), paper.data("file_digest", 32), signed)

    def paper(self) -> dict[str, Any]:
        """As it is published."""
        register, sharing = self.register, self.sharing
        return {
            "case": hex_of(register.case),
            "chain_id": register.chain_id,
            "classes_hash": hex_of(register.classes_hash),
            "commitments": [hex_of(point.compressed) for point in sharing.commitments],
            "context": hex_of(sharing.context),
            "file_digest": hex_of(self.file_digest),
            "leaf_count": register.leaf_count,
            "register_number": register.register_number,
            "root": hex_of(register.root),
            "signatures": [{"signature": hex_of(signature), "signer": hex_of(signer)} for signer, signature in self.signatures],
            "threshold": sharing.threshold,
            "transports": [hex_of(point.compressed) for point in sharing.transports],
        }

    @property
    def domain(self) -> CaseDomain:
        """Under which its papers are signed."""
        return CaseDomain(self.register.case, self.register.chain_id)

    @property
    def digest(self) -> bytes:
        """OpeningsEscrow, as officials and then trustees sign it."""
        commitments = joined_hash(self.sharing.commitments)
        return self.domain.escrow(self.register.register_number, self.sharing.context, commitments, self.file_digest)

    def check_file(self, path: Path) -> None:
        """Whether the own copy is the file that was signed. Raises: FileDigestWrong, FileNotRead."""
        if keccak_of_file(path) != self.file_digest:
            raise FileDigestWrong(file=path)


@dataclass(frozen=True)
class Officials:
    """Who may sign for the working group, as the case shows it on two organisations' nodes, and how many must."""

    officials: tuple[bytes, ...]
    threshold: int

    @classmethod
    def read(cls, paper: Paper, escrow: Escrow) -> Officials:
        """Raises: PaperUnreadable, also where they are those of another case."""
        found = paper.many("officials")
        if (paper.data("case", 20), paper.whole("chain_id")) != (escrow.register.case, escrow.register.chain_id):
            raise paper.wrong("case")
        return cls(tuple(found), paper.whole("threshold", least=1, most=len(found)))

    def check(self, digest: bytes, signatures: Sequence[tuple[bytes, bytes]], refusal: type[EscrowNotSigned]) -> None:
        """Whether enough different officials signed. Raises: the refusal, EscrowNotSigned or a sister of it."""
        who = {signer for signer, signature in signatures if signer in self.officials and is_signed(signer, digest, signature)}
        if len(who) < self.threshold:
            raise refusal(found=len(who), needed=self.threshold)


@dataclass(frozen=True)
class OwnSeat:
    """A trustee's file for one register's openings."""

    seat: int
    transport: int = field(repr=False)

    @classmethod
    def of(cls, held: Secret) -> OwnSeat:
        """From an escrow key file."""
        if held.kind != ESCROW:
            raise ValueError("not an escrow key file")
        m = b"LenderVote/1/escrow trustee" + held.secret + word(held.about["chain_id"]) + bytes.fromhex(held.about["case"][2:])
        return cls(held.about["seat"], scalar_of_text(m + word(held.about["register_number"]) + b"transport"))

    def check_at(self, sharing: Sharing) -> None:
        """Whether the own key stands at the own seat. Raises: OwnTransportChanged."""
        if self.seat >= len(sharing.transports) or sharing.transports[self.seat] != Point.of(self.transport):
            raise OwnTransportChanged(seat=self.seat)

    def share(self, sharing: Sharing, box: bytes) -> int:
        """s_i from the own box. Raises: OwnTransportChanged, BoxNotYours, EscrowShareWrong."""
        self.check_at(sharing)
        try:
            share = boxes.opened(box, self.transport, sharing.context, self.seat)
        except boxes.BoxNotOpened as error:
            raise BoxNotYours(seat=self.seat) from error
        sharing.check_share(self.seat, share)
        return share


def about(escrow_case: bytes, chain_id: int, register_number: int, seat: int) -> dict[str, Any]:
    """The public fields of a trustee's file."""
    return {"case": hex_of(escrow_case), "chain_id": chain_id, "register_number": register_number, "seat": seat}


def check_about(held: Secret, escrow: Escrow, name: str) -> None:
    """Whether the file is for this register. Raises: EscrowFileOfAnother."""
    register = escrow.register
    if dict(held.about) != about(register.case, register.chain_id, register.register_number, held.about["seat"]):
        raise EscrowFileOfAnother(file=name)


def keccak_of_file(path: Path) -> bytes:
    """The hash of a file, read piece by piece. Raises: FileNotRead."""
    hashing = library.new(digest_bits=256)
    try:
        with path.open("rb") as file:
            while piece := file.read(_PIECE_BYTES):
                hashing.update(piece)
    except OSError as error:
        raise FileNotRead(file=path, reason=error.strerror or type(error).__name__) from error
    return hashing.digest()
