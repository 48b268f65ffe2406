"""What officials download before they sign a register, and how they say that they checked it."""

from __future__ import annotations

import gc
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, func, select

from backend.case.register import checking, openings, originals
from backend.case.register.errors import OriginalGone
from backend.case.register.original_store import OriginalRow
from backend.ground.common.hashing import keccak
from backend.ground.common.sealed import SealBroken
from scripts.generate.claims import generate
from tests.backend.case.register.office import Office, claim, write_csv
from tests.backend.town import CasePeople, Person, Refused, Town
from verifier.ranges.file import NAME, size_of
from verifier.register.check import Check, Task
from verifier.register.freeze import Place, check_code
from verifier.register.report import Outcome


@dataclass
class Freeze:
    """A case whose officials are asked to freeze a register."""

    town: Town
    people: CasePeople
    file: Path
    act: dict[str, Any]
    folder: Path

    @property
    def official(self) -> Person:
        return self.people.officials[0]

    def log(self) -> list[str]:
        with self.town.sessions.reading() as session:
            from backend.ground.audit import store

            return [json.loads(row.entry)["act"] for row in store.rows(session)]

    def download(self, official: Person | None = None) -> tuple[Path, Path, str]:
        """Both files, and the password."""
        browser = (official or self.official).browser
        claims = browser.get(f"/api/acts/{self.act['id']}/claims-file")
        sealed = browser.post(f"/api/acts/{self.act['id']}/openings-file")
        assert (claims.status_code, sealed.status_code) == (200, 200), (claims.text[:200], sealed.text[:200])
        paths = self.folder / "claims", self.folder / "openings.lvo"
        paths[0].write_bytes(claims.content)
        paths[1].write_bytes(sealed.content)
        return *paths, sealed.headers["X-Openings-Password"]

    def check(self, **changes: Any) -> Outcome:
        """The tool's own word on what was downloaded."""
        claims, sealed, password = self.download()
        domain, message = self.act["typed_data"]["domain"], self.act["typed_data"]["message"]
        protocol = 5 if "classNamesHash" in message else 1
        case = bytes.fromhex(domain["verifyingContract"][2:])
        place = Place(case, int(domain["chainId"]), int(message["registerNumber"]), protocol)
        proofs = self.official.browser.get(f"/api/acts/{self.act['id']}/range-proofs")
        assert proofs.status_code == 200, proofs.text[:200]
        (self.folder / NAME).write_bytes(proofs.content)
        (self.folder / "act.json").write_text(json.dumps(self.act, ensure_ascii=False), encoding="utf-8")
        given: dict[str, Any] = {"with_related": self.act["summary"]["with_related"], "act": self.folder / "act.json", "quiet": True}
        given["range_proofs"] = self.folder / NAME
        return Check(Task(claims, sealed, password, place, **(given | changes))).run()

    def sign(self, official: Person, **check: str) -> dict[str, Any]:
        body = {"signer": official.signer, "signature": official.sign(self.act["typed_data"]), **check}
        signed: dict[str, Any] = official.post(f"/api/acts/{self.act['id']}/signatures", body)
        return signed


def frozen_later(town: Town, folder: Path, *, with_related: bool = False, file_format: str = "csv") -> Freeze:
    people = town.open_case()
    file, _ = generate(60, 11, folder, file_format, classes=3)
    with file.open("rb") as claims:
        people.institution.post(f"/api/cases/{people.case['id']}/register/imports?dry_run=false", files={"file": (file.name, claims)})
    act = people.officials[0].post(f"/api/cases/{people.case['id']}/register/freeze", {"with_related": with_related})
    return Freeze(town, people, file, act, folder)


@pytest.fixture
def freeze(town: Town, tmp_path: Path) -> Freeze:
    return frozen_later(town, tmp_path)


def test_the_claims_file_comes_back_byte_for_byte_and_its_keccak_stands_everywhere(freeze: Freeze) -> None:
    answer = freeze.official.browser.get(f"/api/acts/{freeze.act['id']}/claims-file")
    assert answer.content == freeze.file.read_bytes()
    assert answer.headers["content-disposition"] == 'attachment; filename="claims-register-0.csv"'
    assert answer.headers["cache-control"] == "no-store"
    hashed = "0x" + keccak(freeze.file.read_bytes()).hex()
    register = freeze.official.get(f"/api/cases/{freeze.people.case['id']}/register")
    assert register["import"]["claims_keccak"] == hashed
    assert freeze.act["summary"]["claims_keccak"] == hashed
    log = freeze.log()
    assert f"imports for case {freeze.people.case['id']} claims_keccak={hashed}" in log
    assert f"GET /api/acts/{freeze.act['id']}/claims-file claims_keccak={hashed}" in log


@pytest.mark.parametrize("with_related", [False, True])
@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_the_officials_tool_works_out_what_is_to_be_signed(town: Town, tmp_path: Path, with_related: bool, file_format: str) -> None:
    freeze = frozen_later(town, tmp_path, with_related=with_related, file_format=file_format)
    outcome = freeze.check()
    assert [finding.facts for finding in outcome.findings.listed] == []
    assert outcome.worked_out is not None
    assert outcome.worked_out.leaf_count == freeze.act["summary"]["lenders"]
    act = freeze.sign(freeze.official, check_code=check_code(outcome.worked_out.digest))
    assert [(given["checked"], given["unchecked_reason"]) for given in act["signatures"]] == [("tool", "")]


def test_the_act_names_the_hash_of_the_proofs_that_officials_get(freeze: Freeze) -> None:
    answer = freeze.official.browser.get(f"/api/acts/{freeze.act['id']}/range-proofs")
    assert answer.headers["content-disposition"] == 'attachment; filename="range_proofs-register-0.bin"'
    hashed = "0x" + keccak(answer.content).hex()
    assert freeze.act["typed_data"]["message"]["rangeProofsHash"] == freeze.act["summary"]["range_proofs_hash"] == hashed
    assert len(answer.content) == size_of(freeze.act["summary"]["lenders"])
    outcome = freeze.check()
    assert outcome.worked_out is not None
    assert outcome.worked_out.range_proofs_hash == keccak(answer.content)
    wrong = freeze.folder / "wrong.bin"
    wrong.write_bytes(answer.content[:-1] + bytes([answer.content[-1] ^ 1]))
    assert dict(freeze.check(range_proofs=wrong).findings.by_name) == {"ranges.proof": 1, "act.differs": 2}
    assert dict(freeze.check(range_proofs=None).findings.by_name) == {"ranges.missing": 1, "act.differs": 2}


def test_every_download_has_another_password_and_both_are_written_down(freeze: Freeze) -> None:
    first, second = freeze.download()[2], freeze.download()[2]
    assert first != second
    assert len(first) == 29
    assert set(first) <= set(openings._PASSWORD_LETTERS + "-")
    log = freeze.log()
    assert log.count(f"POST /api/acts/{freeze.act['id']}/openings-file") == 2
    assert first not in json.dumps(log)


def test_a_shifted_amount_is_found_by_the_tool(freeze: Freeze, monkeypatch: pytest.MonkeyPatch) -> None:
    """The service that drew the register up lies about two leaves; totals, root and act are as if nothing had happened."""
    honest = openings.OpeningLines._page

    def shifted(self: Any, *given: Any) -> Iterator[dict[str, Any]]:
        for leaf in honest(self, *given):
            yield leaf | {"amount_fen": leaf["amount_fen"] + {3: 5_000, 7: -5_000}.get(leaf["index"], 0)}

    monkeypatch.setattr(openings.OpeningLines, "_page", shifted)
    outcome = freeze.check()
    assert outcome.status == 1
    assert {finding.index for finding in outcome.findings.listed if finding.name == "leaf.amount"} == {3, 7}


@pytest.mark.parametrize("code", ["0000 0000 0000 0000 0000 0000 0000 0000", "1", "xyz"])
def test_another_check_code_is_refused(freeze: Freeze, code: str) -> None:
    with pytest.raises(Refused, match="CheckCodeWrong"):
        freeze.sign(freeze.official, check_code=code)
    with pytest.raises(Refused, match="CheckCodeWrong"):
        freeze.sign(freeze.official, check_code=code, unchecked_reason="the computer does not start")


@pytest.mark.parametrize("reason", ["", "   ", "abc", "……！？——，。", "a b c"])
def test_without_a_code_there_has_to_be_a_reason(freeze: Freeze, reason: str) -> None:
    with pytest.raises(Refused, match="NotChecked"):
        freeze.sign(freeze.official, unchecked_reason=reason)


def test_a_reason_is_shown_to_the_others_and_written_down(freeze: Freeze) -> None:
    act = freeze.sign(freeze.official, unchecked_reason="  电脑 坏了，\n改用手机  ")
    assert [(given["checked"], given["unchecked_reason"]) for given in act["signatures"]] == [("unchecked", "电脑 坏了， 改用手机")]
    assert freeze.people.officials[1].get(f"/api/acts/{freeze.act['id']}")["signatures"] == act["signatures"]
    assert f"signs act {freeze.act['id']} unchecked: 电脑 坏了， 改用手机" in freeze.log()


@pytest.mark.parametrize(
    ("reason", "refusal"), [("bad\x00reason", "unchecked_reason"), ("\u202e\u200b", "NotChecked"), ("x" * 501, "unchecked_reason")]
)
def test_a_reason_that_cannot_be_kept_is_refused(freeze: Freeze, reason: str, refusal: str) -> None:
    with pytest.raises(Refused, match=refusal) as error:
        freeze.sign(freeze.official, unchecked_reason=reason)
    assert error.value.status in {400, 422}


@pytest.mark.parametrize(("method", "name"), [("GET", "claims-file"), ("POST", "openings-file"), ("GET", "range-proofs")])
def test_files_are_for_officials_of_the_case_while_the_act_waits(freeze: Freeze, town: Town, method: str, name: str) -> None:
    path = f"/api/acts/{freeze.act['id']}/{name}"
    stranger, institution, admin = town.person("official"), freeze.people.institution, town.person("admin")
    for person, code in ((institution, "RoleNotAllowed"), (admin, "RoleNotAllowed"), (stranger, "NotOfficialOfCase")):
        answer = person.browser.request(method, path)
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, code)
        assert "X-Openings-Password" not in answer.headers
    assert freeze.official.browser.request(method, f"/api/acts/unknown/{name}").json()["error"]["code"] == "ActUnknown"
    freeze.official.post(f"/api/acts/{freeze.act['id']}/withdrawal")
    answer = freeze.official.browser.request(method, path)
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "NotFreezeAct")


def test_a_newer_import_takes_the_older_file_away(freeze: Freeze) -> None:
    with freeze.file.open("rb") as claims:
        path = f"/api/cases/{freeze.people.case['id']}/register/imports?dry_run=false"
        freeze.people.institution.post(path, files={"file": ("again.csv", claims)})
    answer = freeze.official.browser.get(f"/api/acts/{freeze.act['id']}/claims-file")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "OriginalGone")


def test_the_freeze_takes_the_file_away(freeze: Freeze, town: Town) -> None:
    for official in freeze.people.officials[:2]:
        act = freeze.sign(official, unchecked_reason="a test of the freeze")
    assert act["status"] == "done", act
    import_id = freeze.official.get(f"/api/cases/{freeze.people.case['id']}/register")["import"]["id"]
    with town.sessions.reading() as session:
        assert session.scalar(select(func.count()).where(OriginalRow.import_id == import_id)) == 0
    for method, name in (("GET", "claims-file"), ("POST", "openings-file")):
        assert freeze.official.browser.request(method, f"/api/acts/{freeze.act['id']}/{name}").json()["error"]["code"] == "NotFreezeAct"


def test_an_import_of_before_files_were_kept_has_none(freeze: Freeze, town: Town) -> None:
    from backend.case.register import store

    with town.sessions.begin() as session:
        register = store.register_of_act(session, freeze.act["id"])
        assert register is not None
        imported = session.get_one(store.ImportRow, register.import_id)
        imported.report = {name: value for name, value in imported.report.items() if name != "claims_keccak"}
        session.execute(delete(OriginalRow).where(OriginalRow.import_id == register.import_id))
    for method, name in (("GET", "claims-file"), ("POST", "openings-file")):
        assert freeze.official.browser.request(method, f"/api/acts/{freeze.act['id']}/{name}").status_code == 404
    assert freeze.official.get(f"/api/cases/{freeze.people.case['id']}/register")["import"]["claims_keccak"] == ""


def test_so_many_openings_at_once(freeze: Freeze, town: Town) -> None:
    gc.collect()  # an answer that an earlier test broke off holds its place until it is collected
    desk = town.register.checking
    visitor = town.accounts.visitor_of(freeze.official.browser.cookies["lendervote_session"])
    begun = [desk.openings(freeze.act["id"], visitor) for _ in range(checking.AT_ONCE)]
    next(begun[0].pieces)
    with pytest.raises(checking.OpeningsBusy):
        desk.openings(freeze.act["id"], visitor)
    del begun  # given up: one halfway, one before it began
    assert list(desk.openings(freeze.act["id"], visitor).pieces)
    assert list(desk.openings(freeze.act["id"], visitor).pieces)
    assert list(desk.openings(freeze.act["id"], visitor).pieces)


def test_openings_are_what_the_protocol_says() -> None:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    for count in (0, 1, 20_000):
        lines = [b"line %d" % number for number in range(count)]
        password = openings.new_password()
        file = b"".join(openings.sealed(iter(lines), password))
        head, salt, nonce, content = file[:8], file[8:24], file[24:36], file[36:]
        key = hashlib.scrypt(password.encode(), salt=salt, n=2**15, r=8, p=1, maxmem=2**26, dklen=32)
        assert head == b"LVOP0001"
        assert AESGCM(key).decrypt(nonce, content, head + salt) == b"".join(line + b"\n" for line in lines)


# --- the kept file ----------------------------------------------------------------------------------------------------------------------


def parts_of(office: Office, import_id: str) -> list[bytes]:
    return list(originals.OriginalShelf(office.sessions, office.seal).parts(import_id))


def test_a_file_of_any_length_is_kept_in_sealed_parts(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_csv(office.folder / "x.csv", [claim(number) for number in range(40)])
    content = path.read_bytes()
    for length in (len(content), len(content) // 2, 1000, len(content) + 1):
        monkeypatch.setattr(originals, "_PART_BYTES", length)
        report = office.take(path)
        assert b"".join(parts_of(office, report.id)) == content
        assert report.claims_keccak == "0x" + keccak(content).hex()
        with office.sessions.reading() as session:
            rows = session.scalars(select(OriginalRow)).all()
        assert {row.import_id for row in rows} == {report.id}
        assert len(rows) == -(-len(content) // length)
        assert not any(content[:30] in row.sealed for row in rows)


def test_a_refused_file_and_a_dry_run_are_not_kept(office: Office) -> None:
    office.take_rows([claim(1), claim(1)])
    office.take_rows([claim(1)], dry_run=True)
    with office.sessions.reading() as session:
        assert session.scalar(select(func.count()).select_from(OriginalRow)) == 0


def test_parts_that_are_missing_moved_or_changed_do_not_open(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(originals, "_PART_BYTES", 1000)
    report = office.take_rows([claim(number) for number in range(40)])
    with office.sessions.begin() as session:
        last = session.scalars(select(OriginalRow).order_by(OriginalRow.place.desc())).first()
        assert last is not None
        kept = last.place, last.sealed
        session.delete(last)
    with pytest.raises(SealBroken):
        parts_of(office, report.id)
    with office.sessions.begin() as session:
        first = session.get_one(OriginalRow, (report.id, 0))
        first.sealed = kept[1]
    with pytest.raises(SealBroken):
        parts_of(office, report.id)
    with office.sessions.begin() as session:
        session.execute(delete(OriginalRow).where(OriginalRow.place == 1))
    with pytest.raises((SealBroken, OriginalGone)):
        parts_of(office, report.id)
