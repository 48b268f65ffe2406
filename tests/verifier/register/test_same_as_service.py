"""The service and the officials' tool take the same files for the same lenders, and refuse the same rows for the same reasons.

Files are put together from the vectors' rows and words, spoilt at random. What the service takes becomes a register with openings, and the
tool has to find nothing wrong with it.
"""

from __future__ import annotations

import csv
import io
import random
import secrets
from pathlib import Path
from typing import Any

import pytest

from backend.case.register.openings import OpeningLines, sealed
from backend.ground.common.errors import LenderVoteError
from backend.ground.common.sealed import FieldCipher
from tests.backend.case.register.office import CASE as OFFICE_CASE
from tests.backend.case.register.office import Office
from tests.vectors.seeds import CASE, CHAIN_ID, hex_of
from tests.verifier.register.vector_files import load
from verifier.register.check import Check, Task
from verifier.register.claims.file import read_claims
from verifier.register.claims.rules import FileRefused
from verifier.register.freeze import Place

VECTORS = load("register_import.json")
FILES_A_SEED = 40
HEADER: list[str] = VECTORS["header"]
MARKS = [
    *("\u200b", "\u2066", " ", "　", "\ufe00", "\U000e0100", "\x00", "\ue815", "，", "-", "—", "'", "Ａ", "а", "·"),
    *("?", "(", ")", "0", "１", "X", "\r\n", "\t", "=", "+", "\u2800", "\ufffd"),
]


def words_by_column() -> dict[str, list[str]]:
    pool: dict[str, set[str]] = {name: set() for name in HEADER}
    for file in VECTORS["files"]:
        for row in file["rows"]:
            for name, cell in zip(file["header"], row, strict=True):
                pool.setdefault(name, set()).add(cell)
    pool["证件号码"] |= {case["number"] for case in VECTORS["identities"]}
    pool["证件类型"] |= {case["id_type"] for case in VECTORS["identities"]}
    pool["待收本金(元)"] |= {str(case["cell"]) for case in VECTORS["amounts"]}
    pool["手机号"] |= {case["text"] for case in VECTORS["phones"]}
    pool["姓名或名称"] |= {*VECTORS["totals"], *VECTORS["no_totals"], *(case["text"] for case in VECTORS["names_refused"])}
    return {name: sorted(words) for name, words in pool.items()}


POOL = words_by_column()
ROWS: list[list[str]] = [row for file in VECTORS["files"] if file["header"] == HEADER for row in file["rows"]]


def spoilt(dice: random.Random, cell: str) -> str:
    at = dice.randrange(len(cell) + 1)
    return cell[:at] + dice.choice(MARKS) + cell[at:] if dice.random() < 0.3 else cell


def table(dice: random.Random) -> list[list[str]]:
    rows = []
    wild = dice.choice([0.0, 0.0, 0.05, 0.15])
    for number in range(dice.choice([1, 3, 8, 30])):
        row = list(dice.choice(ROWS))
        if dice.random() < 0.9:
            row[0], row[6] = f"C{number}", f"a{number}"
        for place, name in enumerate(HEADER):
            if dice.random() < wild:
                row[place] = spoilt(dice, dice.choice(POOL[name]))
        rows.append(row)
    header = list(dice.choice(VECTORS["headers"])["cells"]) if dice.random() < 0.2 else list(HEADER)
    return [header, *rows]


def write(dice: random.Random, folder: Path, rows: list[list[str]]) -> Path:
    if dice.random() < 0.3:
        from openpyxl import Workbook
        from openpyxl.utils.exceptions import IllegalCharacterError

        workbook: Any = Workbook()
        try:
            for row in rows:
                workbook.active.append([cell or None for cell in row])
            workbook.save(folder / "file.xlsx")
        except IllegalCharacterError:
            pass  # such a file cannot be made; as text it can
        else:
            return folder / "file.xlsx"
    text = io.StringIO()
    csv.writer(text, delimiter=dice.choice(",\t;|，")).writerows(rows)
    (folder / "file.csv").write_bytes(text.getvalue().encode(dice.choice(["utf-8", "utf-8-sig", "gb18030", "utf-16"])))
    return folder / "file.csv"


def by_service(office: Office, path: Path) -> tuple[str, Any]:
    try:
        report = office.take(path)
    except LenderVoteError as error:
        return "refused", error.code
    if report.refused:
        return "rows", {(reject.row, reject.cell, reject.rule) for reject in report.rejects}
    return "taken", None


def by_tool(path: Path) -> tuple[str, Any]:
    try:
        claims = read_claims(path, kept=10**6)
    except FileRefused as error:
        return "refused", error.rule
    if claims.broken_rows:
        return "rows", {(broken.row, broken.cell, broken.rule) for broken in claims.broken}
    return "taken", None


def finds_nothing_wrong(office: Office, path: Path, *, with_related: bool) -> None:
    """Raises: AssertionError with what the tool found in the register that the service drew up."""
    from backend.case.register.errors import RegisterEmpty

    try:
        register = office.drawer.prepare(OFFICE_CASE, 0, with_related=with_related)
    except RegisterEmpty:
        return
    keccak = office.imports.report(OFFICE_CASE, register.import_id).claims_keccak
    lines = OpeningLines(office.sessions, office.seal).of(register, hex_of(CASE), CHAIN_ID, keccak)
    (office.folder / "openings.lvo").write_bytes(b"".join(sealed(lines, "demo")))
    outcome = Check(Task(path, office.folder / "openings.lvo", "demo", Place(CASE, CHAIN_ID, 0), with_related, quiet=True)).run()
    assert [(finding.name, finding.facts) for finding in outcome.findings.listed] == []
    assert outcome.worked_out is not None
    assert (outcome.worked_out.root, outcome.worked_out.leaf_count) == (register.root, register.leaf_count)


@pytest.mark.parametrize("seed", range(5))
def test_both_take_and_refuse_the_same(tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    office = Office(tmp_path, FieldCipher(secrets.token_bytes(32)))
    seen = set()
    for _ in range(FILES_A_SEED):
        path = write(dice, tmp_path, table(dice))
        service, tool = by_service(office, path), by_tool(path)
        assert service == tool, path.read_bytes()
        seen.add(service[0])
        if service[0] == "taken":
            finds_nothing_wrong(office, path, with_related=dice.random() < 0.5)
    office.close()
    assert seen == {"taken", "rows", "refused"}
