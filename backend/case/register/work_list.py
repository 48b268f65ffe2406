"""Lenders whom a person has to look after: the list for officials and institution, and who of them may enter by an official's code."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from backend.case.register import store
from backend.case.register.rules.names import mask_name
from backend.case.register.rules.words import Mark
from backend.case.register.sealing import RegisterSeal
from backend.case.register.views import MarkedLender
from backend.ground.common.spreadsheets import table_csv
from backend.ground.db.sessions import Sessions

PAGE = 500
CLAIM_NUMBERS_SHOWN = 5
#: No code reaches these lenders by text message.
WITHOUT_MOBILE = frozenset({Mark.NO_PHONE, Mark.PHONE_ABROAD, Mark.LANDLINE})
WORDS = {
    Mark.NO_PHONE: ("没有手机号", "no phone"),
    Mark.PHONE_ABROAD: ("境外手机号", "phone abroad"),
    Mark.LANDLINE: ("只有固定电话", "landline only"),
    Mark.UNUSUAL_DOCUMENT: ("少见证件，须看原件", "unusual document, see the original"),
    Mark.MAYBE_SAME_PERSON: ("可能与另一名出借人为同一人", "may be the same as another lender"),
}
_HEADER = ("序号 index", "姓名 name", "表决组 class", "原因", "why", "债权编号 claims")


class WorkList:
    """Reads the newest import's marks, and the indexes once a register is frozen from it."""

    def __init__(self, sessions: Sessions, seal: RegisterSeal) -> None:
        self._sessions = sessions
        self._seal = seal

    def of_case(self, case_id: str) -> Iterator[MarkedLender]:
        """Page by page, in the order of the file; none before anything was imported."""
        with self._sessions.reading() as session:
            imported = store.newest_import(session, case_id)
            register = None if imported is None else store.newest_register_of(session, imported.id)
        if imported is None:
            return
        frozen = register.id if register is not None and register.status == store.DrawnStatus.FROZEN else None
        after = -1
        while page := self._page(imported.id, frozen, after):
            yield from (lender for _, lender in page)
            after = page[-1][0]

    def marks_at(self, register: store.RegisterRow, leaf: store.LeafRow) -> frozenset[Mark]:
        """Why a person has to look after the lender of a leaf; nothing for most."""
        with self._sessions.reading() as session:
            row = store.lender(session, register.import_id, leaf.lender_number)
        return frozenset(Mark(mark) for mark in row.marks.split(",") if mark) if row is not None else frozenset()

    def _page(self, import_id: str, register_id: str | None, after: int) -> list[tuple[int, MarkedLender]]:
        with self._sessions.reading() as session:
            rows = store.marked_lenders(session, import_id, after, PAGE)
            numbers = [row.number for row in rows]
            claims = store.claims_of_lenders(session, import_id, numbers)
            indexes = store.indexes_of_lenders(session, register_id, numbers) if register_id is not None else {}
        return [(row.number, self._shown(row, indexes.get(row.number), claims.get(row.number, []))) for row in rows]

    def _shown(self, row: store.LenderRow, index: int | None, claims: Sequence[str]) -> MarkedLender:
        name = self._seal.open_lender(row.import_id, row.number, row.sealed).name
        return MarkedLender(index, mask_name(name), row.voting_class, row.marks.split(","), tuple(claims[:CLAIM_NUMBERS_SHOWN]))


def work_list_csv(lenders: Iterator[MarkedLender]) -> bytes:
    """The list for a spreadsheet."""
    rows = (
        (
            "" if lender.index is None else lender.index,
            *(lender.name_masked, lender.voting_class),
            "；".join(WORDS[Mark(mark)][0] for mark in lender.marks),
            "; ".join(WORDS[Mark(mark)][1] for mark in lender.marks),
            " ".join(lender.claim_numbers),
        )
        for lender in lenders
    )
    return table_csv(_HEADER, rows)
