"""Takes statements that openings survive, holds them to chain and signatures, and says which register has one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from backend.case.cases.service import CaseService
from backend.case.cases.views import ActView, CaseView, SignedAct
from backend.case.escrows import rules, store
from backend.case.escrows.errors import (
    EscrowIncomplete,
    EscrowMissing,
    EscrowNotByOfficials,
    EscrowOfOtherTrustees,
    EscrowRegisterWrong,
    EscrowStands,
    EscrowUnknown,
)
from backend.case.escrows.rules import Statement
from backend.ground.chain.errors import SignatureNotReadable
from backend.ground.chain.sealed_types import openings_escrow
from backend.ground.chain.service import Chain
from backend.ground.chain.typed_data import TypedData
from backend.ground.chain.values import classes_hash
from backend.ground.common.at_once import AtOnce
from backend.ground.common.clock import Clock, SystemClock
from backend.ground.common.hashing import canonical_json
from backend.ground.common.hex_text import to_hex
from backend.ground.db.sessions import Sessions
from backend.people.accounts.visitor import OFFICIAL, Visitor

KIND = "openings_escrow"
DEMANDED_SINCE = 5
"""By which protocol a sealed poll that counts is announced only over a register in escrow."""
CHECKS_AT_ONCE, WAIT_SECONDS = 2, 10.0
Signed = Sequence[tuple[bytes, bytes]]


@dataclass(frozen=True)
class EscrowView:
    """A statement and the seats of the trustees who serve that have not signed it; `paper` is `escrow.json`."""

    register_number: int
    digest: bytes
    file_digest: bytes
    missing: tuple[int, ...]
    paper: dict[str, Any]


class EscrowService:
    """Statements prove themselves, so anybody may hand them in."""

    def __init__(self, sessions: Sessions, chain: Chain, cases: CaseService, clock: Clock | None = None) -> None:
        self._sessions = sessions
        self._chain = chain
        self._cases = cases
        self._clock = clock or SystemClock()
        self._checking = AtOnce(CHECKS_AT_ONCE, WAIT_SECONDS)

    def propose(self, case_id: str, statement: Statement, visitor: Visitor) -> ActView:
        """Lay a statement before the officials in office, who sign it once their own tools made the same file from the same openings.

        Raises: NotOfficialOfCase, OfficialSucceeded, EscrowMalformed, EscrowRegisterWrong, EscrowOfOtherTrustees, AnotherActOpen.
        """
        self._cases.require_official(case_id, visitor)
        case = self._cases.get_case(case_id)
        self._check(case, statement)
        shown = {
            "register_number": statement.register_number,
            "threshold": statement.threshold,
            "trustees": len(statement.transports),
            "escrow_file_digest": to_hex(statement.file_digest),
            "transports": [to_hex(one) for one in statement.transports],
            "commitments": [to_hex(one) for one in statement.commitments],
        }
        typed = self._typed(case, statement)
        return self._cases.propose_act(case_id, KIND, typed, {"paper": _paper(statement, {})}, shown, salted=False)

    def complete(self, act: SignedAct) -> None:
        """Keep a statement that k officials signed; the handler of acts of the kind `KIND`. Raises: as `hand_in`."""
        statement = rules.read(act.payload["paper"])
        self.hand_in(act.case_id, statement, list(zip(act.signers, act.signatures, strict=True)), replaces=True)

    def may_replace(self, case_id: str, visitor: Visitor | None) -> bool:
        """Whether the visitor may put another statement in the place of one: who is in office. Raises: CaseUnknown."""
        if visitor is None or visitor.role != OFFICIAL:
            return False
        case = self._cases.get_case(case_id)
        return case.of_generation(case.generation).official_of(visitor.account_id) is not None

    def hand_in(self, case_id: str, statement: Statement, signed: Signed, *, replaces: bool = False) -> EscrowView:
        """Take a statement that k officials signed; signatures of the same one are gathered. Another one takes its place where `replaces`:
        what officials signed once is public, and whoever has it could put it back over a newer one.

        Raises: CaseUnknown, EscrowMalformed, EscrowRegisterWrong, EscrowOfOtherTrustees, EscrowNotByOfficials, EscrowStands, Busy,
        NodeNotAnswering.
        """
        case = self._cases.get_case(case_id)
        with self._checking.place():
            trustees = self._check(case, statement)
            holding = self._holding(case, statement, signed, trustees)
        with self._sessions.begin() as session:
            former = store.find(session, case_id, statement.register_number, hold=True)
            kept: dict[str, str] = {}
            same = former is not None and former.paper["context"] == to_hex(statement.context) and _same_file(former.paper, statement)
            if former is not None and not same and not replaces:
                raise EscrowStands(number=statement.register_number)
            if former is not None and same:
                kept = {one["signer"]: one["signature"] for one in former.paper["signatures"]}
            paper = _paper(statement, kept | {to_hex(signer): to_hex(signature) for signer, signature in holding.items()})
            store.put(
                session,
                store.EscrowRow(case_id=case_id, register_number=statement.register_number, paper=paper, taken_at=self._clock.now()),
            )
        return self.escrow(case_id, statement.register_number)

    def escrow(self, case_id: str, register_number: int) -> EscrowView:
        """The statement over a register. Raises: CaseUnknown, EscrowUnknown, NodeNotAnswering."""
        case = self._cases.get_case(case_id)
        with self._sessions.reading() as session:
            row = store.find(session, case_id, register_number)
        if row is None:
            raise EscrowUnknown
        paper, digest = row.paper, self._typed(case, rules.read(row.paper)).digest()
        signers = {one["signer"] for one in paper["signatures"]}
        trustees = self._chain.case(case.address).trustees()
        missing = tuple(seat for seat, signer in enumerate(trustees) if to_hex(signer) not in signers)
        return EscrowView(register_number, digest, bytes.fromhex(paper["file_digest"][2:]), missing, paper)

    def demanded(self, case: CaseView, register_number: int) -> EscrowView | None:
        """The complete statement that a sealed poll over the register needs; None where there is none and none is demanded: in a rehearsal,
        and in cases of earlier protocols. Raises: EscrowMissing, EscrowIncomplete, NodeNotAnswering."""
        demanded = case.protocol >= DEMANDED_SINCE and not case.rehearsal
        try:
            found = self.escrow(case.id, register_number)
        except EscrowUnknown as error:
            if demanded:
                raise EscrowMissing(number=register_number) from error
            return None
        if not found.missing:
            return found
        if demanded:
            raise EscrowIncomplete(number=register_number, seats=", ".join(map(str, found.missing)))
        return None

    def published(self, case_id: str, register_number: int) -> bytes:
        """`escrow.json`, canonical. Raises: CaseUnknown, EscrowUnknown."""
        self._cases.require_known(case_id)
        with self._sessions.reading() as session:
            row = store.find(session, case_id, register_number)
        if row is None:
            raise EscrowUnknown
        return canonical_json(row.paper)

    def has(self, case_id: str, register_number: int) -> bool:
        """Whether a statement over the register was handed in."""
        with self._sessions.reading() as session:
            return store.find(session, case_id, register_number) is not None

    def _check(self, case: CaseView, statement: Statement) -> list[bytes]:
        """Whether it is about this register and made for the trustees who serve, whom it gives.

        Raises: EscrowMalformed, EscrowRegisterWrong, EscrowOfOtherTrustees, NodeNotAnswering.
        """
        self._check_register(case, statement)
        rules.check(statement)
        trustees = self._chain.case(case.address).trustees()
        if len(statement.transports) != len(trustees):
            raise EscrowOfOtherTrustees(receivers=len(statement.transports), trustees=len(trustees))
        return trustees

    @staticmethod
    def _typed(case: CaseView, statement: Statement) -> TypedData:
        hashes = statement.context, statement.commitments_hash, statement.file_digest
        return openings_escrow(case.chain_id, case.address, statement.register_number, *hashes)

    def _check_register(self, case: CaseView, statement: Statement) -> None:
        number = statement.register_number
        contract = self._chain.case(case.address)
        if number >= contract.register_count():
            raise EscrowRegisterWrong(number=number, field="register_number")
        register = contract.register(number)
        said: dict[str, object] = {
            "case": to_hex(statement.case),
            "chain_id": statement.chain_id,
            "root": statement.root,
            "leaf_count": statement.leaf_count,
        }
        held: dict[str, object] = {
            "case": case.address,
            "chain_id": case.chain_id,
            "root": register.root,
            "leaf_count": register.leaf_count,
        }
        said["classes_hash"], held["classes_hash"] = statement.classes_hash, classes_hash(register.classes)
        for field, value in held.items():
            if said[field] != value:
                raise EscrowRegisterWrong(number=number, field=field)

    def _holding(self, case: CaseView, statement: Statement, signed: Signed, trustees: Sequence[bytes]) -> dict[bytes, bytes]:
        """The signatures that hold, of officials and trustees; k officials of one generation have to be among them."""
        digest = self._typed(case, statement).digest()
        wanted = {official.signer for one in case.served for official in one.officials} | set(trustees)
        holding = {signer: signature for signer, signature in signed if signer in wanted and self._is_signed(signer, digest, signature)}
        counts = [(sum(official.signer in holding for official in one.officials), one.threshold) for one in case.served]
        if not any(found >= needed for found, needed in counts):
            raise EscrowNotByOfficials(found=counts[0][0], needed=counts[0][1])
        return holding

    def _is_signed(self, signer: bytes, digest: bytes, signature: bytes) -> bool:
        try:
            return self._cases.is_signed(signer, digest, signature)
        except SignatureNotReadable:
            return False


def _same_file(paper: dict[str, Any], statement: Statement) -> bool:
    commitments = [to_hex(one) for one in statement.commitments]
    return bool(paper["file_digest"] == to_hex(statement.file_digest) and paper["commitments"] == commitments)


def _paper(statement: Statement, signatures: dict[str, str]) -> dict[str, Any]:
    return {
        "case": to_hex(statement.case),
        "chain_id": statement.chain_id,
        "classes_hash": to_hex(statement.classes_hash),
        "commitments": [to_hex(one) for one in statement.commitments],
        "context": to_hex(statement.context),
        "file_digest": to_hex(statement.file_digest),
        "leaf_count": statement.leaf_count,
        "register_number": statement.register_number,
        "root": to_hex(statement.root),
        "signatures": [{"signature": signatures[signer], "signer": signer} for signer in sorted(signatures)],
        "threshold": statement.threshold,
        "transports": [to_hex(one) for one in statement.transports],
    }
