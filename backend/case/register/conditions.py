"""Proves that a sum over groups of lenders is at least so much, or is not; nothing else about it leaves the room (protocol §9.2)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from backend.case.cases.service import CaseService
from backend.case.register import leaf_store, store
from backend.case.register.errors import NoRangeProofs, RegisterNotFrozen
from backend.case.register.freezing import frozen_of
from backend.case.register.sealing import RegisterSeal
from backend.ground.chain.service import Chain
from backend.ground.db.sessions import Sessions
from verifier.ranges.linear import context_of, difference_of, prove_difference

Group = tuple[int, Collection[int]]
"""How often the group counts (below 0 where it is taken off), and its lenders by index."""


@dataclass(frozen=True)
class Shown:
    """The commitment to the higher part, and the proof over both."""

    high: bytes
    proof: bytes


class ConditionProver:
    """Has the openings; hears indexes and knows no choice."""

    def __init__(self, sessions: Sessions, seal: RegisterSeal, chain: Chain, cases: CaseService) -> None:
        self._sessions = sessions
        self._seal = seal
        self._chain = chain
        self._cases = cases

    def members(self, case_id: str, register_number: int, voting_class: int) -> list[int]:
        """The indexes of a class, rising. Raises: RegisterNotFrozen, NoRangeProofs."""
        register, found = self._frozen(case_id, register_number), list[int]()
        for first in range(0, register.leaf_count, store.PAGE_ROWS):
            with self._sessions.reading() as session:
                page = leaf_store.points_between(session, register.id, first, first + store.PAGE_ROWS)
            found += [index for index, of_class, _ in page if of_class == voting_class]
        return found

    def sum_of(self, case_id: str, register_number: int, groups: Sequence[Group]) -> tuple[int, int]:
        """Amount and blind of the groups, each so often; both may be below 0. Raises: RegisterNotFrozen, NoRangeProofs."""
        register = self._frozen(case_id, register_number)
        times: dict[int, int] = {}
        for often, indexes in groups:
            for index in indexes:
                times[index] = times.get(index, 0) + often
        wanted, amount, blind = sorted(times), 0, 0
        for start in range(0, len(wanted), store.PAGE_ROWS):
            with self._sessions.reading() as session:
                leaves = leaf_store.leaves_at(session, register.id, wanted[start : start + store.PAGE_ROWS])
            for index, leaf in leaves.items():
                fen, hidden = self._seal.open_opening(register.id, index, leaf.opening_sealed)
                amount, blind = amount + times[index] * fen, blind + times[index] * hidden
        return amount, blind

    def show(
        self, case_id: str, register_number: int, poll: bytes, statement: bytes, opened: tuple[int, int], at_least_fen: int, *, holds: bool
    ) -> Shown:
        """Prove what `sum_of` came to; `statement` is the keccak of what is said. Raises: RegisterNotFrozen, NoRangeProofs, OutOfRange."""
        frozen = frozen_of(self._frozen(case_id, register_number), self._cases.get_case(case_id), self._chain.chain_id)
        amount, blind = opened
        context = context_of(frozen.context, poll, statement)
        return Shown(*prove_difference(context, difference_of(amount, at_least_fen, holds=holds), blind if holds else -blind))

    def _frozen(self, case_id: str, register_number: int) -> store.RegisterRow:
        with self._sessions.reading() as session:
            register = store.frozen_register(session, case_id, register_number)
        if register is None:
            raise RegisterNotFrozen(register_number=register_number)
        if register.range_proofs_hash is None:
            raise NoRangeProofs(register_number=register_number)
        return register
