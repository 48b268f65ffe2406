"""Who may vote, with which claim: claims are imported, merged and frozen; then leaves, proofs and sums are given out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from sqlalchemy.orm import Session

from backend.case.cases.service import CaseService
from backend.case.cases.views import ActView, CaseView, SignedAct, Stage
from backend.case.register import leaf_store, store
from backend.case.register.addressees import AddresseeDesk
from backend.case.register.checking import CheckDesk
from backend.case.register.claim_places import ClaimPlaces
from backend.case.register.claimants import ClaimantDesk
from backend.case.register.conditions import ConditionProver
from backend.case.register.crypto import AMOUNT_LIMIT, CURVE_ORDER
from backend.case.register.drawing import RegisterDrawer, classes_of
from backend.case.register.errors import LeafUnknown, NoRangeProofs, RegisterNotFrozen
from backend.case.register.freezing import KIND, FreezeDesk, frozen_of
from backend.case.register.imports import ImportDesk, report_of
from backend.case.register.known_by import shown_ends, signs_needed, who_knows
from backend.case.register.range_proofs import RangeProofShelf
from backend.case.register.rows import RowDesk
from backend.case.register.rules.names import mask_name
from backend.case.register.rules.phones import canonical_phone
from backend.case.register.samples import SampleShelf
from backend.case.register.sealing import LenderParticulars, RegisterSeal
from backend.case.register.steps import stage_of
from backend.case.register.trees import TreeShelf
from backend.case.register.views import (
    ClaimPart,
    FalseLeaf,
    FrozenLeaf,
    FrozenRegister,
    ImportReport,
    LeafSource,
    LenderDocument,
    LenderLeaf,
    MarkedLender,
    Progress,
    RegisterStatus,
    RegisterView,
)
from backend.case.register.work_list import WITHOUT_MOBILE, WorkList
from backend.ground.chain.service import Chain
from backend.ground.chain.values import Opening
from backend.ground.common.clock import Clock, SystemClock
from backend.ground.common.sealed import FieldCipher
from backend.ground.db.sessions import Sessions
from backend.people.accounts.visitor import Visitor

__all__ = ["KIND", "RegisterService"]

Row = tuple[int, int, bytes]


def _silent(_done: int, _total: int) -> None:
    """Nobody watches."""


class RegisterService:
    """The register room's use cases; thread-safe."""

    def __init__(self, sessions: Sessions, cipher: FieldCipher, chain: Chain, cases: CaseService, clock: Clock | None = None) -> None:
        self._sessions = sessions
        self._seal = RegisterSeal(cipher)
        self._cases, self._chain = cases, chain
        self._trees, self._proofs = TreeShelf(sessions), RangeProofShelf(sessions, self._seal)
        self.samples, self.conditions = SampleShelf(sessions, cases), ConditionProver(sessions, self._seal, chain, cases)
        moment = clock or SystemClock()
        self._imports = ImportDesk(sessions, self._seal, moment)
        cases.ask_for_check(KIND)
        self.checking = CheckDesk(sessions, self._seal, self._proofs, chain, cases)
        self._work_list = WorkList(sessions, self._seal)
        self.claimants = ClaimantDesk(sessions, self._seal)
        self.addressees = AddresseeDesk(sessions, self._seal)
        self.claim_places = ClaimPlaces(sessions)
        self.rows = RowDesk(sessions, self._seal)
        drawer = RegisterDrawer(sessions, self._seal, self._trees, moment)
        self._freezing = FreezeDesk(sessions, drawer, self._proofs, chain, cases, moment)

    # --- import and freeze -------------------------------------------------------------------------------------------------------

    def import_file(
        self,
        case_id: str,
        path: Path,
        file_name: str,
        dry_run: bool = False,
        progress: Progress = _silent,
        *,
        visitor: Visitor | None = None,
    ) -> ImportReport:
        """Check every row, merge accounts, and store all or nothing; a dry run stores nothing.

        Rows that break a rule are in the report (`status` refused), then nothing of the file is kept but the reject list. `visitor` is
        the institution; None for the command line. Raises: CaseUnknown, NotInstitutionOfCase, FileRefused, TooManyClasses, TotalTooLarge.
        """
        if visitor is None:
            self._cases.require_known(case_id)
        else:
            self._cases.require_institution(case_id, visitor)
        return self._imports.run(case_id, path, file_name, dry_run=dry_run, progress=progress)

    def import_report(self, case_id: str, import_id: str) -> ImportReport:
        """The report of an import or of a recent dry run, with every reject. Raises: ImportUnknown."""
        return self._imports.report(case_id, import_id)

    def propose_freeze(
        self, case_id: str, visitor: Visitor | None, *, with_related: bool = False, progress: Progress | None = None
    ) -> ActView:
        """Draw up the register of the newest import, prove it, and lay it before the officials; asked again, it gives the same act.

        Related parties stay outside unless `with_related`. `visitor` is an official; None for the command line, which has a `progress`.
        Raises: CaseUnknown, NotOfficialOfCase, RegisterEmpty, RegisterFrozenAlready, TotalTooLarge, RangeProofsTakeLong, AnotherActOpen.
        """
        if visitor is not None:
            self._cases.require_official(case_id, visitor)
        return self._freezing.propose(self._cases.get_case(case_id), with_related=with_related, progress=progress)

    def complete_freeze(self, act: SignedAct) -> None:
        """Freeze on chain what k officials signed. Raises: RegisterReplaced, TransactionReverted, Unavailable."""
        self._freezing.complete(act)

    # --- what is in it ---------------------------------------------------------------------------------------------------------

    def register(self, case_id: str) -> RegisterView:
        """Where the case's register stands. Raises: CaseUnknown."""
        self._cases.get_case(case_id)
        with self._sessions.reading() as session:
            imported = store.newest_import(session, case_id)
            if imported is None:
                return RegisterView(RegisterStatus.EMPTY, None, None, None, 0, (), None)
            report = report_of(imported)
            row = store.newest_register_of(session, imported.id)
            if row is None:
                return RegisterView(RegisterStatus.IMPORTED, report, None, None, report.lenders, report.classes, None)
            status = RegisterStatus.FROZEN if row.status == store.DrawnStatus.FROZEN else RegisterStatus.FREEZING
            return RegisterView(status, report, row.register_number, row.root, row.leaf_count, classes_of(row), row.act_id)

    def stage(self, case: CaseView) -> Stage | None:
        """What the case waits for in this room; None once a register is frozen."""
        return stage_of(self.register(case.id).status)

    def frozen(self, case_id: str, register_number: int) -> FrozenRegister:
        """A frozen register with its public leaves. Raises: RegisterNotFrozen."""
        row = self._frozen_row(case_id, register_number)
        assert row.frozen_at is not None, "frozen rows have their time"
        facts = row.root, row.depth, row.leaf_count, classes_of(row), row.frozen_at, row.range_proofs_hash
        return FrozenRegister(case_id, register_number, *facts, LeafSource(lambda: self._leaves_of(row)))

    def range_proofs(self, case_id: str, register_number: int) -> Iterator[bytes]:
        """The public file of range proofs of a frozen register, in pieces. Raises: RegisterNotFrozen, NoRangeProofs."""
        row = self._frozen_row(case_id, register_number)
        if row.range_proofs_hash is None:
            raise NoRangeProofs(register_number=register_number)
        return self._proofs.file(row, frozen_of(row, self._cases.get_case(case_id), self._chain.chain_id))

    def lender_by_phone(self, case_id: str, register_number: int, phone: str) -> list[LenderLeaf]:
        """The lenders with this phone, by index; none for an unknown one. Raises: RegisterNotFrozen, MobileMalformed."""
        lookup = self._seal.phone_lookup(canonical_phone(phone))
        register = self._frozen_row(case_id, register_number)
        with self._sessions.reading() as session:
            rows = [(leaf, self._name(session, register, leaf)) for leaf in leaf_store.leaves_by_phone(session, register, lookup)]
        return [self._lender_leaf(register, leaf, name) for leaf, name in rows]

    def signs_needed(self, case_id: str, register_number: int, indexes: Sequence[int]) -> int:
        """How many signs from the end of their document numbers tell these lenders apart. Raises: RegisterNotFrozen, LeafUnknown."""
        return signs_needed(self._particulars(case_id, register_number, indexes))

    def who_knows(self, case_id: str, register_number: int, indexes: Sequence[int], document_end: str, name: str = "") -> list[int]:
        """Those of the lenders whose document number ends so, and who bear the name, if one is given.

        Raises: RegisterNotFrozen, LeafUnknown.
        """
        return [indexes[place] for place in who_knows(self._particulars(case_id, register_number, indexes), document_end, name)]

    def document_of(self, case_id: str, register_number: int, index: int) -> LenderDocument:
        """What officials compare when they see this lender. Raises: RegisterNotFrozen, LeafUnknown."""
        (lender,) = self._particulars(case_id, register_number, [index])
        return LenderDocument(lender.name, mask_name(lender.name), lender.id_type, shown_ends(lender))

    def lenders_for_officials(self, case_id: str) -> Iterator[MarkedLender]:
        """Whom of the newest import a person has to look after. Raises: CaseUnknown."""
        self._cases.get_case(case_id)
        return self._work_list.of_case(case_id)

    def has_no_mobile(self, case_id: str, register_number: int, index: int) -> bool:
        """Whether no code can reach this lender by text message. Raises: RegisterNotFrozen, LeafUnknown."""
        register = self._frozen_row(case_id, register_number)
        with self._sessions.reading() as session:
            leaf = self._leaf_row(session, register, index)
        return bool(self._work_list.marks_at(register, leaf) & WITHOUT_MOBILE)

    def leaf(self, case_id: str, register_number: int, index: int) -> LenderLeaf:
        """One lender's leaf with opening, name and proof. Raises: RegisterNotFrozen, LeafUnknown."""
        register = self._frozen_row(case_id, register_number)
        with self._sessions.reading() as session:
            leaf = self._leaf_row(session, register, index)
            name = self._name(session, register, leaf)
        return self._lender_leaf(register, leaf, name)

    def claim_parts(self, case_id: str, register_number: int, index: int) -> list[ClaimPart]:
        """The claims that one lender's amount is made of, for that lender's eyes only. Raises: RegisterNotFrozen, LeafUnknown."""
        register = self._frozen_row(case_id, register_number)
        with self._sessions.reading() as session:
            leaf = self._leaf_row(session, register, index)
            rows = store.claims_of(session, register.import_id, leaf.lender_number)
            return [ClaimPart(row.claim_no, self._seal.claim_amount(register.import_id, row.row, row.sealed)) for row in rows]

    def leaves(self, case_id: str, register_number: int, indexes: Sequence[int]) -> list[FrozenLeaf]:
        """The public leaves at the indexes, in their order. Raises: RegisterNotFrozen, LeafUnknown."""
        register = self._frozen_row(case_id, register_number)
        with self._sessions.reading() as session:
            found = leaf_store.leaves_at(session, register.id, indexes)
        for index in indexes:
            if index not in found:
                raise LeafUnknown(index=index)
        return [_public(index, found[index].voting_class, found[index].point) for index in indexes]

    def multiproof(self, case_id: str, register_number: int, indexes: Sequence[int]) -> list[bytes]:
        """The siblings that prove strictly ascending indexes together (protocol §4.1).

        Raises: RegisterNotFrozen, LeafUnknown; ValueError when the indexes do not ascend.
        """
        register = self._frozen_row(case_id, register_number)
        for index in indexes:
            if not 0 <= index < register.leaf_count:
                raise LeafUnknown(index=index)
        return self._trees.tree(register.id, register.leaf_count).multiproof(indexes)

    def sum_openings(self, case_id: str, register_number: int, choices: Mapping[int, int]) -> list[Opening]:
        """For each class, amounts and blinds (modulo n) of the lenders who chose 1 FOR, 2 AGAINST, 3 ABSTAIN (protocol §9).

        `choices` is the newest choice by index; 0 counts nowhere. Raises: RegisterNotFrozen, LeafUnknown.
        """
        register = self._frozen_row(case_id, register_number)
        for index in choices:
            if not 0 <= index < register.leaf_count:
                raise LeafUnknown(index=index)
        sums = [[0] * 8 for _ in register.classes]
        for index, voting_class, sealed in self._paged(register, leaf_store.openings_between):
            choice = choices.get(index, 0)
            if choice:
                amount_fen, blind = self._seal.open_opening(register.id, index, sealed)
                sums[voting_class][2 * choice] += amount_fen
                sums[voting_class][2 * choice + 1] += blind
        return [Opening(s[2], s[3] % CURVE_ORDER, s[4], s[5] % CURVE_ORDER, s[6], s[7] % CURVE_ORDER) for s in sums]

    def leaves_without_claim(self, case_id: str, register_number: int) -> list[FalseLeaf]:
        """The leaves whose own opening shows an amount of 2^63 fen or more, or a negative one; a register drawn up here has none.

        Raises: RegisterNotFrozen.
        """
        register = self._frozen_row(case_id, register_number)
        pages = self._paged(register, leaf_store.openings_between)
        opened = ((index, *self._seal.open_opening(register.id, index, sealed)) for index, _, sealed in pages)
        return [FalseLeaf(*one) for one in opened if one[1] >= AMOUNT_LIMIT]

    def proof(self, case_id: str, register_number: int, index: int) -> list[bytes]:
        """The siblings of a leaf, from the bottom to the top. Raises: RegisterNotFrozen; IndexError beyond the leaf count."""
        register = self._frozen_row(case_id, register_number)
        return self._trees.tree(register.id, register.leaf_count).proof(index)

    def amount_of(self, case_id: str, register_number: int, indexes: Sequence[int]) -> int:
        """The fen of these lenders together. Raises: RegisterNotFrozen, LeafUnknown."""
        register = self._frozen_row(case_id, register_number)
        with self._sessions.reading() as session:
            leaves = leaf_store.leaves_at(session, register.id, indexes)
        for index in indexes:
            if index not in leaves:
                raise LeafUnknown(index=index)
        return sum(self._seal.open_opening(register.id, index, leaf.opening_sealed)[0] for index, leaf in leaves.items())

    # --- inside --------------------------------------------------------------------------------------------------------------------

    def _frozen_row(self, case_id: str, register_number: int) -> store.RegisterRow:
        with self._sessions.reading() as session:
            row = store.frozen_register(session, case_id, register_number)
        if row is None:
            raise RegisterNotFrozen(register_number=register_number)
        return row

    def _leaf_row(self, session: Session, register: store.RegisterRow, index: int) -> store.LeafRow:
        leaf = leaf_store.leaves_at(session, register.id, [index]).get(index)
        if leaf is None:
            raise LeafUnknown(index=index)
        return leaf

    def _leaves_of(self, register: store.RegisterRow) -> Iterator[FrozenLeaf]:
        return (_public(*leaf) for leaf in self._paged(register, leaf_store.points_between))

    def _paged(self, register: store.RegisterRow, read: Callable[[Session, str, int, int], Sequence[Row]]) -> Iterator[Row]:
        # One short transaction a page: the reader may be slow, and nobody should wait for it.
        for first in range(0, register.leaf_count, store.PAGE_ROWS):
            with self._sessions.reading() as session:
                page = read(session, register.id, first, first + store.PAGE_ROWS)
            yield from page

    def _particulars(self, case_id: str, register_number: int, indexes: Sequence[int]) -> list[LenderParticulars]:
        register = self._frozen_row(case_id, register_number)
        with self._sessions.reading() as session:
            leaves = [self._leaf_row(session, register, index) for index in indexes]
            lenders = [store.lender(session, register.import_id, leaf.lender_number) for leaf in leaves]
            return [self._seal.open_lender(register.import_id, row.number, row.sealed) for row in lenders if row is not None]

    def _name(self, session: Session, register: store.RegisterRow, leaf: store.LeafRow) -> str:
        lender = store.lender(session, register.import_id, leaf.lender_number)
        assert lender is not None, "leaves refer to their lender"
        return self._seal.open_lender(register.import_id, lender.number, lender.sealed).name

    def _lender_leaf(self, register: store.RegisterRow, leaf: store.LeafRow, name: str) -> LenderLeaf:
        amount_fen, blind = self._seal.open_opening(register.id, leaf.leaf_index, leaf.opening_sealed)
        return LenderLeaf(
            **asdict(_public(leaf.leaf_index, leaf.voting_class, leaf.point)),
            class_name=classes_of(register)[leaf.voting_class].name,
            amount_fen=amount_fen,
            blind=blind,
            proof=self._trees.tree(register.id, register.leaf_count).proof(leaf.leaf_index),
            name=name,
            name_masked=mask_name(name),
        )


def _public(index: int, voting_class: int, point: bytes) -> FrozenLeaf:
    return FrozenLeaf(index, voting_class, int.from_bytes(point[:32], "big"), int.from_bytes(point[32:], "big"))
