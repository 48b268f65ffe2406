"""Has a register drawn up, signed by k officials and frozen on chain."""

from __future__ import annotations

from typing import Any

from backend.case.cases.service import CaseService
from backend.case.cases.views import ActView, CaseView, SignedAct
from backend.case.register import store
from backend.case.register.drawing import RegisterDrawer, classes_of
from backend.case.register.errors import RangeProofsMissing, RegisterReplaced
from backend.case.register.range_proofs import RangeProofShelf
from backend.case.register.views import Progress
from backend.ground.chain.by_anyone import transact_unless
from backend.ground.chain.calls import ContractCall
from backend.ground.chain.case import CaseContract
from backend.ground.chain.errors import TransactionReverted
from backend.ground.chain.service import Chain
from backend.ground.chain.typed_data import TypedData, register_freeze, register_freeze_1
from backend.ground.chain.values import NO_RANGE_PROOFS, class_names_hash, classes_hash
from backend.ground.common.clock import Clock
from backend.ground.common.hex_text import to_hex
from backend.ground.db.sessions import Sessions
from verifier.ranges.file import DEMANDED_SINCE
from verifier.ranges.transcript import Frozen

KIND = "register_freeze"


class FreezeDesk:
    """From the newest import to the frozen register."""

    def __init__(
        self, sessions: Sessions, drawer: RegisterDrawer, proofs: RangeProofShelf, chain: Chain, cases: CaseService, clock: Clock
    ) -> None:
        self._sessions = sessions
        self._drawer = drawer
        self._proofs = proofs
        self._chain = chain
        self._cases = cases
        self._clock = clock

    def propose(self, case: CaseView, *, with_related: bool, progress: Progress | None = None) -> ActView:
        """Draw up (or take what was drawn up before from the same import), prove every leaf in range, and propose the act.

        `progress` is told how many leaves are proved; without it a large register is not waited for.
        Raises: RegisterEmpty, RegisterFrozenAlready, TotalTooLarge, RangeProofsTakeLong, AnotherActOpen.
        """
        register_number = self._chain.case(case.address).register_count()
        register = self._drawer.prepare(case.id, register_number, with_related=with_related)
        summary, payload = self._summary(register), {"register_id": register.id}
        proofs_hash = NO_RANGE_PROOFS
        if case.protocol > 1:  # before, an act had no place for their hash
            proofs_hash = self._proofs.make(register, frozen_of(register, case, self._chain.chain_id), progress)
            summary["range_proofs_hash"] = payload["range_proofs_hash"] = to_hex(proofs_hash)
        act = self._cases.propose_act(case.id, KIND, self._typed(case, register, proofs_hash), payload, summary)
        with self._sessions.begin() as session:
            store.set_act(session, register.id, act.id)
        return act

    def _typed(self, case: CaseView, register: store.RegisterRow, proofs_hash: bytes) -> TypedData:
        classes = classes_of(register)
        totals = classes_hash([each.totals for each in classes])
        signed = self._chain.chain_id, case.address, register.register_number, register.root, register.leaf_count, totals
        if case.protocol == 1:
            return register_freeze_1(*signed)
        return register_freeze(*signed, class_names_hash([each.name for each in classes]), proofs_hash)

    def complete(self, act: SignedAct) -> None:
        """Send the freeze and record it; may be called again after an interruption.

        Raises: RegisterReplaced, RangeProofsMissing, TransactionReverted.
        """
        unproved = "range_proofs_hash" not in act.payload and self._cases.get_case(act.case_id).protocol >= DEMANDED_SINCE
        register = self._mark_sending(str(act.payload["register_id"]), unproved=unproved)
        if register.status == store.DrawnStatus.FROZEN:
            return
        contract = self._chain.case(act.case_address)
        call = self._call(contract, act, register)
        if _is_on_chain(contract, register):
            self._chain.copies.watch(call, act.key)
        else:
            try:
                transact_unless(self._chain, lambda: _is_on_chain(contract, register), call, act.key)
            except TransactionReverted:
                self._set_status(register.id, store.DrawnStatus.FREEZING)
                raise
        self._set_status(register.id, store.DrawnStatus.FROZEN)

    def _call(self, contract: CaseContract, act: SignedAct, register: store.RegisterRow) -> ContractCall:
        classes = classes_of(register)
        frozen = register.root, register.leaf_count, [each.totals for each in classes]
        if self._cases.get_case(act.case_id).protocol == 1:
            return contract.freeze_register_1(*frozen, act.signers, act.signatures)
        names, signed = class_names_hash([each.name for each in classes]), act.payload.get("range_proofs_hash")
        proofs_hash = NO_RANGE_PROOFS if signed is None else bytes.fromhex(str(signed)[2:])
        return contract.freeze_register(*frozen, names, proofs_hash, act.signers, act.signatures)

    def _mark_sending(self, register_id: str, *, unproved: bool) -> store.RegisterRow:
        """From here on a newer import no longer stops this freeze: its transaction may be on the way."""
        with self._sessions.begin() as session:
            register = store.register_by_id(session, register_id, hold=True)
            if register is None:
                raise RegisterReplaced
            if register.status == store.DrawnStatus.FREEZING:
                newest = store.newest_import(session, register.case_id)
                if newest is None or newest.id != register.import_id:
                    raise RegisterReplaced
                if unproved:
                    raise RangeProofsMissing
                register.status = store.DrawnStatus.SENDING
        return register

    def _set_status(self, register_id: str, status: store.DrawnStatus) -> None:
        with self._sessions.begin() as session:
            register = store.register_by_id(session, register_id, hold=True)
            assert register is not None, "registers are never deleted"
            register.status = status
            if status == store.DrawnStatus.FROZEN:
                register.frozen_at = self._clock.now()
                store.forget_original(session, register.import_id)

    def _summary(self, register: store.RegisterRow) -> dict[str, Any]:
        with self._sessions.reading() as session:
            imported = store.import_by_id(session, register.case_id, register.import_id)
            assert imported is not None, "registers refer to their import"
        classes = classes_of(register)
        return {
            "register_number": register.register_number,
            "file_name": imported.file_name,
            "file_sha256": "0x" + imported.file_sha256.hex(),
            "claims_keccak": imported.report.get("claims_keccak", ""),
            "lenders": register.leaf_count,
            "total_fen": sum(each.amount_fen for each in classes),
            # With the blinds, so that whoever signs can work out classesHash; once the poll is announced they are published anyway.
            "classes": [
                {"name": each.name, "lenders": each.heads, "total_fen": each.amount_fen, "blind": f"0x{each.blind:064x}"}
                for each in classes
            ],
            "with_related": register.with_related,
            "related_lenders": imported.report["related_lenders"],
            "related_fen": int(imported.report["related_fen"]),
            "root": "0x" + register.root.hex(),
        }


def frozen_of(register: store.RegisterRow, case: CaseView, chain_id: int) -> Frozen:
    """The register as its range proofs begin from it (protocol §4.2)."""
    totals = classes_hash([each.totals for each in classes_of(register)])
    return Frozen(chain_id, bytes.fromhex(case.address[2:]), register.register_number, register.root, register.leaf_count, totals)


def _is_on_chain(contract: CaseContract, register: store.RegisterRow) -> bool:
    """Whether an earlier sending, whose answer was lost, froze exactly this register."""
    return contract.register_count() > register.register_number and contract.register(register.register_number).root == register.root
