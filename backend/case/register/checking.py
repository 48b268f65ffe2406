"""What an official downloads to work out a register before signing it: the claims file as it was handed in, and the sealed openings."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Iterator
from dataclasses import dataclass, field

from backend.case.cases.service import CaseService
from backend.case.cases.status import ActStatus
from backend.case.cases.views import ActView
from backend.case.register import store
from backend.case.register.errors import NoRangeProofs, NotFreezeAct, OriginalGone
from backend.case.register.freezing import KIND, frozen_of
from backend.case.register.openings import OpeningLines, SealedOpenings, new_password, sealed
from backend.case.register.originals import OriginalShelf
from backend.case.register.range_proofs import RangeProofShelf
from backend.case.register.sealing import RegisterSeal
from backend.ground.chain.service import Chain
from backend.ground.common.errors import TooMany
from backend.ground.db.sessions import Sessions
from backend.people.accounts.visitor import Visitor

AT_ONCE = 2
"""Making openings opens every leaf's seal: so many officials at a time, on any machine."""
BUSY_SECONDS = 30


class OpeningsBusy(TooMany):
    """Other officials are being given their openings."""

    zh = "正在为其他成员生成明细文件，请在 {wait}后再试。"
    en = "Openings are being prepared for other officials. Try again in {wait}."


@dataclass(frozen=True)
class Original:
    """A claims file as it was handed in; `suffix` says what kind it is, whatever its name was."""

    claims_keccak: str
    suffix: str
    register_number: int
    pieces: Iterator[bytes] = field(repr=False)


class CheckDesk:
    """Gives officials of the case what the tool of section 19 reads, while the act waits for signatures."""

    def __init__(self, sessions: Sessions, seal: RegisterSeal, proofs: RangeProofShelf, chain: Chain, cases: CaseService) -> None:
        self._sessions = sessions
        self._proofs = proofs
        self._lines = OpeningLines(sessions, seal)
        self._originals = OriginalShelf(sessions, seal)
        self._chain = chain
        self._cases = cases
        self._places = threading.BoundedSemaphore(AT_ONCE)

    def claims_file(self, act_id: str, visitor: Visitor) -> Original:
        """The claims file behind a freeze. Raises: ActUnknown, NotOfficialOfCase, NotFreezeAct, OriginalGone."""
        _, register = self._register_of(act_id, visitor)
        pieces = self._originals.parts(register.import_id)
        first = next(pieces, b"")
        suffix = "xlsx" if first.startswith(b"PK\x03\x04") else "csv"
        return Original(self._keccak_of(register), suffix, register.register_number, _joined(first, pieces))

    def range_proofs(self, act_id: str, visitor: Visitor) -> tuple[int, Iterator[bytes]]:
        """The register's number and its file of range proofs. Raises: ActUnknown, NotOfficialOfCase, NotFreezeAct, NoRangeProofs."""
        act, register = self._register_of(act_id, visitor)
        if register.range_proofs_hash is None:
            raise NoRangeProofs(register_number=register.register_number)
        frozen = frozen_of(register, self._cases.get_case(act.case_id), self._chain.chain_id)
        return register.register_number, self._proofs.file(register, frozen)

    def openings(self, act_id: str, visitor: Visitor) -> SealedOpenings:
        """The openings of the register, under a new password. Raises: ActUnknown, NotOfficialOfCase, NotFreezeAct, OpeningsBusy."""
        act, register = self._register_of(act_id, visitor)
        case = self._cases.get_case(act.case_id)
        lines = self._lines.of(register, case.address, self._chain.chain_id, self._keccak_of(register))
        if not self._places.acquire(blocking=False):
            raise OpeningsBusy(retry_after_seconds=BUSY_SECONDS)
        password = new_password()
        pieces = sealed(lines, password)
        weakref.finalize(pieces, self._places.release)  # sent as a whole, given up halfway, or never begun
        return SealedOpenings(register.register_number, password, pieces)

    def _register_of(self, act_id: str, visitor: Visitor) -> tuple[ActView, store.RegisterRow]:
        act = self._cases.get_act(act_id)
        self._cases.require_official(act.case_id, visitor)
        with self._sessions.reading() as session:
            register = store.register_of_act(session, act_id)
        if act.kind != KIND or register is None or act.status not in {ActStatus.OPEN, ActStatus.FAILED}:
            raise NotFreezeAct
        return act, register

    def _keccak_of(self, register: store.RegisterRow) -> str:
        with self._sessions.reading() as session:
            imported = store.import_by_id(session, register.case_id, register.import_id)
        keccak = str(imported.report.get("claims_keccak", "")) if imported is not None else ""
        if not keccak:
            raise OriginalGone  # imported before files were kept
        return keccak


def _joined(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest
