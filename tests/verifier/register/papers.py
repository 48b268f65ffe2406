"""Papers of a register for the tool's tests: a claims file, openings that fit it, an act; and what is done to them to make them wrong."""

from __future__ import annotations

import copy
import csv
import io
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.vectors import reference as ref
from tests.vectors.openings import resident, sealed
from tests.vectors.papers import canonical
from tests.vectors.seeds import CASE, CHAIN_ID, hex_of, hex_word, seeded
from verifier.register.check import Check, Task
from verifier.register.freeze import Place
from verifier.register.report import Outcome

PASSWORD = "demo demo"
HEADER = [
    *("债权编号", "出借人类型(个人/企业)", "姓名或名称", "证件类型", "证件号码"),
    *("手机号", "平台账号", "待收本金(元)", "表决组", "关联方(是/否)"),
]


def row(number: int, lender: int, yuan: str, voting_class: str = "普通组", related: str = "否") -> list[str]:
    """A row of a lender's claim; numbers of lenders make names and documents."""
    name, phone = f"示例{chr(0x4E00 + lender)}", f"120{lender:08d}"
    return [f"C{number}", "个人", name, "居民身份证", resident(lender), phone, f"a{number}", yuan, voting_class, related]


def rows_of_eight() -> list[list[str]]:
    """Ten claims of eight lenders: lenders 1 and 4 have two each, 6 is a related party, 7 has nothing left."""
    return [
        row(1, 1, "1000.00"), row(2, 2, "20.50", "大额组"), row(3, 3, "300"), row(4, 4, "4000", "大额组"), row(5, 1, "0.01"),
        row(6, 5, "55"), row(7, 6, "600000", "大额组", "是"), row(8, 7, "0"), row(9, 4, "44", "大额组"), row(10, 8, "8.88"),
    ]  # fmt: skip


@dataclass
class Papers:
    """What an official has: everything may be changed before it is written."""

    folder: Path
    rows: list[list[str]] = field(default_factory=rows_of_eight)
    header: dict[str, Any] = field(default_factory=dict)
    leaves: list[dict[str, Any]] = field(default_factory=list)
    password: str = PASSWORD
    with_related: bool = False

    def __post_init__(self) -> None:
        self.claims = self.folder / "claims.csv"
        self.openings = self.folder / "openings.lvo"
        self.draw_up()

    def write_claims(self) -> None:
        text = io.StringIO()
        csv.writer(text).writerows([HEADER, *self.rows])
        self.claims.write_text(text.getvalue(), encoding="utf-8", newline="")

    def draw_up(self) -> None:
        """Honest openings of the rows, every lender by the document; the order is turned round."""
        self.write_claims()
        lenders: dict[str, dict[str, Any]] = {}
        for place, (_, _, _, _, document, _, _, yuan, voting_class, related) in enumerate(self.rows, start=2):
            lender = lenders.setdefault(document, {"rows": [], "fen": 0, "class": voting_class, "related": related == "是"})
            lender["rows"].append(place)
            lender["fen"] += round(float(yuan) * 100)
        votes = [one for one in lenders.values() if one["fen"] and (self.with_related or not one["related"])]
        names = list(dict.fromkeys(one["class"] for one in votes))
        self.header = {
            "case": hex_of(CASE),
            "chain_id": CHAIN_ID,
            "claims_keccak": hex_of(ref.keccak(self.claims.read_bytes())),
            "class_names": names,
            "register_number": 0,
            "with_related": self.with_related,
        }
        self.leaves = [
            {
                "amount_fen": one["fen"],
                "blind": hex_word(seeded(f"blind {index}") % (ref.N - 1) + 1),
                "index": index,
                "rows": one["rows"],
                "voting_class": names.index(one["class"]),
            }
            for index, one in enumerate(reversed(votes))
        ]

    def leaf(self, row: int) -> dict[str, Any]:
        """The leaf that uses a row."""
        return next(leaf for leaf in self.leaves if row in leaf["rows"])

    def number_again(self) -> None:
        for index, leaf in enumerate(self.leaves):
            leaf["index"] = index

    def content(self) -> bytes:
        return "".join(canonical(line) + "\n" for line in (self.header, *self.leaves)).encode()

    def write_openings(self, content: bytes | None = None) -> None:
        self.openings.write_bytes(sealed(self.content() if content is None else content, self.password, bytes(16), bytes(12)))

    def task(self, **changes: Any) -> Task:
        place = Place(CASE, CHAIN_ID, 0)
        given: dict[str, Any] = {"password": PASSWORD, "place": place, "with_related": self.with_related, "quiet": True}
        return Task(self.claims, self.openings, **(given | changes))

    def check(self, **changes: Any) -> Outcome:
        """What the tool finds in what was written."""
        return Check(self.task(**changes)).run()

    def found(self, change: Callable[[Papers], object] = lambda _: None, **changes: Any) -> dict[str, int]:
        """Findings by name, after a change of honest papers."""
        mine = copy.deepcopy(self)
        change(mine)
        mine.write_openings()
        return dict(mine.check(**changes).findings.by_name)


def act_of(outcome: Outcome, claims: Path) -> dict[str, Any]:
    """The act that an honest desk would show."""
    import hashlib

    freeze = outcome.worked_out
    assert freeze is not None
    fields = {name: hex_of(value) if isinstance(value, bytes) else value for name, value in freeze.fields.items()}
    kinds = ref.fields_of(ref.TYPES["RegisterFreeze"])
    domain = [{"name": name, "type": kind} for kind, name in ref.fields_of(ref.DOMAIN_TYPE)]
    return {
        "id": "x", "case_id": "y", "kind": "register_freeze", "number": 0, "status": "open", "signatures": [], "needed": 2,
        "failure": None, "proposed_at": "2026-11-28T00:00:00Z",
        "typed_data": {
            "types": {"EIP712Domain": domain, "RegisterFreeze": [{"name": name, "type": kind} for kind, name in kinds]},
            "primaryType": "RegisterFreeze",
            "domain": {"name": "LenderVote", "version": "1", "chainId": CHAIN_ID, "verifyingContract": hex_of(CASE)},
            "message": fields,
        },
        "summary": {
            "register_number": 0, "file_name": "claims.csv", "file_sha256": "0x" + hashlib.sha256(claims.read_bytes()).hexdigest(),
            "claims_keccak": hex_of(ref.keccak(claims.read_bytes())), "lenders": freeze.leaf_count, "total_fen": 542839,
            "range_proofs_hash": "0x" + "00" * 32,
            "classes": [
                {"name": each.name, "lenders": each.heads, "total_fen": each.amount_fen, "blind": hex_word(each.blind)}
                for each in freeze.classes
            ],
            "with_related": False, "related_lenders": 1, "related_fen": 60_000_000, "root": fields["root"],
        },
    }  # fmt: skip


def write_act(path: Path, act: dict[str, Any]) -> Path:
    path.write_text(json.dumps(act, ensure_ascii=False), encoding="utf-8")
    return path
