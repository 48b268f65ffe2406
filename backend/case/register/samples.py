"""Keeps the sample that officials drew and signed, beside the register's public files. Whether it is right, recounts say."""

from __future__ import annotations

import json
from dataclasses import dataclass

from backend.case.cases.service import CaseService
from backend.case.register import sample_store, store
from backend.case.register.errors import RegisterNotFrozen
from backend.case.register.sample_errors import SampleNotSigned, SampleOfAnotherRegister, SampleSmaller
from backend.ground.db.sessions import Sessions
from verifier.ranges.group import keccak
from verifier.sampling.draw import WHOLE
from verifier.sampling.paper import SIGNERS


@dataclass(frozen=True)
class Sample:
    """Both files; the second is empty where nothing was drawn, because every lender was looked at."""

    paper: bytes
    proofs: bytes


class SampleShelf:
    """Samples of frozen registers."""

    def __init__(self, sessions: Sessions, cases: CaseService) -> None:
        self._sessions = sessions
        self._cases = cases

    def keep(self, case_id: str, register_number: int, paper: bytes, proofs: bytes) -> None:
        """Keep a signed sample. Raises: CaseUnknown, RegisterNotFrozen, SampleOfAnotherRegister, SampleNotSigned, SampleSmaller."""
        officials = len(self._cases.get_case(case_id).officials)
        with self._sessions.begin() as session:
            register = store.frozen_register(session, case_id, register_number)
            if register is None:
                raise RegisterNotFrozen(register_number=register_number)
            draws, signers = _said(paper, proofs, register.root)
            needed = min(SIGNERS, officials)
            if signers < needed:
                raise SampleNotSigned(found=signers, needed=needed)
            before = sample_store.sample_of(session, register.id)
            if before is not None and not _is_larger(draws, before.draws):
                raise SampleSmaller(before=before.draws, draws=draws)
            sample_store.put_sample(session, register.id, draws, paper, proofs)

    def of(self, case_id: str, register_number: int) -> Sample | None:
        """The sample of a frozen register, if it has one. Raises: RegisterNotFrozen."""
        with self._sessions.reading() as session:
            register = store.frozen_register(session, case_id, register_number)
            if register is None:
                raise RegisterNotFrozen(register_number=register_number)
            row = sample_store.sample_of(session, register.id)
            return None if row is None else Sample(row.paper, row.proofs)


def _is_larger(draws: int, before: int) -> bool:
    """Every leaf is more than any draw, and the same size again is no more: findings do not change quietly."""
    return before != WHOLE and (draws == WHOLE or draws > before)


def _said(paper: bytes, proofs: bytes, root: bytes) -> tuple[int, int]:
    """How many draws, and how many distinct signers. Raises: SampleOfAnotherRegister."""
    try:
        found = json.loads(paper)
        draws, indexes, stated = found["draws"], found["indexes"], found["proofs_hash"]
        hashed = keccak(proofs) if proofs else bytes(32)
        fits = found["root"] == "0x" + root.hex() and stated == "0x" + hashed.hex() and draws == len(indexes)
        signers = len({one["signer"] for one in found["signatures"]})
        told = {(str(one["found"]), int(one["index"])) for one in found["findings"]}  # what the page of the poll says
        fits = fits and type(found["bound_fen"]) is int and len(told) == len(found["findings"])
    except (ValueError, KeyError, TypeError) as error:
        raise SampleOfAnotherRegister from error
    if not fits:
        raise SampleOfAnotherRegister
    return draws, signers
