"""The generator's files import clean, are the same for the same seed, and hit nobody; planted mistakes are all found."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from typer.testing import CliRunner

from backend.case.register.rules.identity import IdType, canonical_identity
from scripts.cli.register import app
from scripts.generate.claims import generate, generate_with_mistakes
from scripts.generate.mistakes import MISTAKES
from tests.backend.case.register.office import Office, claim, write_csv
from tests.backend.town import CasePeople, Town


@pytest.mark.parametrize(("file_format", "lenders"), [("csv", 2000), ("xlsx", 400)])
def test_a_generated_file_imports_clean(office: Office, file_format: str, lenders: int) -> None:
    path, mobiles = generate(lenders, 11, office.folder, file_format, classes=3)
    report = office.take(path)
    assert report.rejects == []
    assert report.lenders == len(mobiles) == len(set(mobiles))
    assert report.lenders + report.related_lenders + report.lenders_without_claim >= lenders
    assert report.merged == report.rows - lenders > 0
    assert len(report.classes) == 3


def test_the_same_seed_gives_the_same_file(tmp_path: Path) -> None:
    one, _ = generate(300, 5, tmp_path / "a")
    same, _ = generate(300, 5, tmp_path / "b")
    other, _ = generate(300, 6, tmp_path / "c")
    assert one.read_bytes() == same.read_bytes() != other.read_bytes()


def test_no_real_person_is_hit(tmp_path: Path) -> None:
    path, _ = generate(1500, 7, tmp_path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert all(row["手机号"].startswith("120") and len(row["手机号"]) == 11 for row in rows)
    for row in rows:
        if row["证件类型"] == "居民身份证":
            assert canonical_identity(IdType.RESIDENT, row["证件号码"]).number.startswith("999")
    assert {row["证件类型"] for row in rows} >= {"居民身份证", "统一社会信用代码"}


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_every_planted_mistake_is_found_in_its_row(office: Office, file_format: str) -> None:
    path, _, planted = generate_with_mistakes(300, 3, office.folder, file_format, classes=2, mistakes=True)
    found = {(reject.row, reject.field, reject.rule) for reject in office.take(path).rejects}
    expected = {(mistake.row, mistake.field, mistake.rule) for mistake in planted}
    assert len(expected) == len(MISTAKES)
    assert expected <= found
    # A planted mistake may pull in another row of the same lender, but no row apart from that.
    assert len({row for row, _, _ in found}) <= len(MISTAKES) + 2


def test_the_command_line_imports_and_reports(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    people: CasePeople = town.open_case()
    monkeypatch.setattr("scripts.cli.installation.opened_rooms", lambda: _Open(town))
    good, bad = write_csv(tmp_path / "good.csv", [claim(1), claim(2)]), write_csv(tmp_path / "bad.csv", [claim(1, mobile="1")])
    refused = CliRunner().invoke(app, ["import", str(bad), "--case", people.case["id"]])
    assert refused.exit_code == 1
    assert b"MobileMalformed" in (tmp_path / "bad-rejects.csv").read_bytes()
    imported = CliRunner().invoke(app, ["import", str(good), "--case", people.case["id"]])
    assert imported.exit_code == 0, imported.output
    assert "2,000.00" in imported.output
    frozen = CliRunner().invoke(app, ["freeze", "--case", people.case["id"]])
    assert frozen.exit_code == 0, frozen.output
    assert town.register.register(people.case["id"]).status == "freezing"


def test_the_command_line_writes_the_template(tmp_path: Path) -> None:
    for name in ("a.xlsx", "a.csv"):
        assert CliRunner().invoke(app, ["template", str(tmp_path / name)]).exit_code == 0
        assert (tmp_path / name).stat().st_size > 100
    assert CliRunner().invoke(app, ["template", str(tmp_path / "a.doc")]).exit_code == 2


class _Open:
    """The town's rooms as the command line opens them; its chain runs already."""

    def __init__(self, town: Town) -> None:
        self.register = town.register
        self.chain = self

    def start(self, *, pump: bool) -> None:
        assert not pump

    def __enter__(self) -> _Open:
        return self

    def __exit__(self, *_: object) -> None:
        pass
