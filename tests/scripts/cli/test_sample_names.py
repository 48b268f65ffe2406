"""Names on work sheets come from the claims file, which has to agree with the openings row by row."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from scripts.cli.sampling.chain import FrozenThere
from scripts.cli.sampling.drawing import Opened, draw_from, open_register
from scripts.cli.sampling.errors import RowsDiffer
from scripts.cli.sampling.people import names_in
from scripts.cli.sampling.sheets import as_csv, as_page, lines_of
from tests.vectors.papers import canonical

VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[2] / "vectors" / "openings.json").read_bytes())
GIVEN = VECTORS["registers"][0]


@pytest.fixture
def claims(tmp_path: Path) -> Path:
    path = tmp_path / "claims.csv"
    path.write_text(VECTORS["claims"], encoding="utf-8", newline="")
    return path


@pytest.fixture
def opened(tmp_path: Path) -> Opened:
    path, root = tmp_path / "openings.lvo", bytes.fromhex(GIVEN["message"]["root"][2:])
    path.write_bytes(bytes.fromhex(GIVEN["openings"][2:]))
    there = FrozenThere(VECTORS["chain_id"], root, 18, bytes(32))
    case = bytes.fromhex(VECTORS["case"][2:])
    return open_register(path, GIVEN["password"], there, case, GIVEN["register_number"], lambda *_: None)


def lines() -> list[bytes]:
    return [line.encode() for line in GIVEN["content"].splitlines()]


def test_names__are_those_of_the_claims_file(claims: Path, opened: Opened) -> None:
    names = names_in(claims, opened, lines())
    drawn = draw_from(opened, FrozenThere(VECTORS["chain_id"], bytes(32), 18, bytes(32)), 0, lambda *_: None)
    sheet = lines_of(drawn, opened, names)
    assert [line.index for line in sheet] == list(range(len(opened.leaves)))
    assert all(line.name for line in sheet)
    assert sheet[0].name in as_csv(sheet).decode("utf-8-sig")
    assert sheet[0].yuan in as_page(sheet, drawn).decode()


def test_rows_of_another_lender__are_named(claims: Path, opened: Opened) -> None:
    header, first, second, *rest = map(json.loads, GIVEN["content"].splitlines())
    first["rows"], second["rows"] = second["rows"], first["rows"]
    swapped = [canonical(one).encode() for one in (header, first, second, *rest)]
    with pytest.raises(RowsDiffer):
        names_in(claims, opened, swapped)


def test_another_claims_file__is_named(claims: Path, opened: Opened) -> None:
    claims.write_text(VECTORS["claims"] + "\n", encoding="utf-8", newline="")
    with pytest.raises(RowsDiffer):
        names_in(claims, opened, lines())
