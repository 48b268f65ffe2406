"""The generator's files import clean, are the same for the same seed, and hit nobody; planted mistakes are all found."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from backend.case.register.rules.identity import IdType, canonical_identity
from scripts.cli.cases import read_case
from scripts.cli.register import app
from scripts.generate.claims import generate, generate_with_mistakes
from scripts.generate.likeness import CASE_FILE, CLAIMS_FILE, RowsRefused, rehearse
from scripts.generate.mistakes import MISTAKES
from tests.backend.case.register.office import Office, claim, resident, write_csv
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


@pytest.mark.parametrize("seed", [1, 2])
def test_a_rehearsal_has_the_shape_of_the_register_and_nothing_of_its_people(office: Office, tmp_path: Path, seed: int) -> None:
    real, _ = generate(900, 21, tmp_path, classes=3)
    told = rehearse(real, tmp_path / "rehearsal", 5, 3, seed)
    invented = tmp_path / "rehearsal" / CLAIMS_FILE
    of_real, of_invented = office.take(real), office.take(invented)
    assert of_invented.rejects == []
    assert (told["lenders"], told["rows"], told["classes"]) == (900, of_real.rows, 3)
    for name in ("rows", "lenders", "merged", "related_lenders", "lenders_without_claim"):
        assert getattr(of_invented, name) == getattr(of_real, name), name
    assert sorted(each.lenders for each in of_invented.classes) == sorted(each.lenders for each in of_real.classes)
    for mine, theirs in zip(*(sorted(each.total_fen for each in one.classes) for one in (of_invented, of_real)), strict=True):
        assert theirs / 2 < mine < theirs * 2
    exact = amounts_in(real) & amounts_in(invented)
    assert all(len(amount.replace(".", "").strip("0")) <= 2 for amount in exact), "an amount of the register as it is"


def amounts_in(path: Path) -> set[str]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        _, *rows = csv.reader(file)
    return {row[7].replace(",", "") for row in rows}


def test_of_a_real_lender_nothing_is_in_a_rehearsal(tmp_path: Path) -> None:
    words = {
        "name": "欧阳真实",
        "id_no": resident(515, "19900307"),
        "mobile": "13812345678",
        "account": "real-account-1",
        "claim_no": "QX-2019-77",
        "voting_class": "某某公司内部组",
        "principal_yuan": "123456.78",
        "note": "住址某路某号",
    }
    path = write_csv(tmp_path / "real.csv", [claim(1, **words)])
    rehearse(path, tmp_path / "out", 3, 2, 7)
    written = (tmp_path / "out" / CLAIMS_FILE).read_text("utf-8-sig") + (tmp_path / "out" / CASE_FILE).read_text("utf-8")
    assert [word for word in (*words.values(), "123,456.78") if word in written] == []
    case = read_case(tmp_path / "out" / CASE_FILE)
    assert (case.rehearsal, len(case.officials), case.threshold) == (True, 3, 2)
    with pytest.raises(FileExistsError):
        rehearse(path, tmp_path / "out", 3, 2, 7)
    (tmp_path / "out" / CLAIMS_FILE).unlink()
    with pytest.raises(FileExistsError, match=CASE_FILE):
        rehearse(path, tmp_path / "out", 3, 2, 7)
    assert not (tmp_path / "out" / CLAIMS_FILE).exists(), "nothing half done is left"


def test_a_register_that_cannot_be_imported_has_no_shape(tmp_path: Path) -> None:
    path, _, _ = generate_with_mistakes(200, 5, tmp_path, "csv", classes=2, mistakes=True)
    with pytest.raises(RowsRefused):
        rehearse(path, tmp_path / "out", 3, 2, 7)
    assert not (tmp_path / "out").exists()


def test_the_command_writes_both_files(tmp_path: Path) -> None:
    path, _ = generate(30, 3, tmp_path)
    command = [sys.executable, "-m", "scripts.cli", "rehearse", str(path), "--out", str(tmp_path / "out")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1])["lenders"] == 30
    again = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert (again.returncode, "Traceback" in again.stderr) == (1, False)
