"""What binds a face or a name to an index: officials' signatures. The operator alone binds nobody."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from eth_utils.crypto import keccak
from fastapi.testclient import TestClient

from tests.contracts.ballot_box import secret, sign, signer_of
from tests.verifier.face.photos import Faces
from tests.verifier.issuer.asking import OPERATOR, TOKEN, bind, code_of, hand_in, whole_log
from tests.verifier.issuer.conftest import Clock
from tests.verifier.issuer.papers import IssuerPapers
from tests.verifier.issuer.ways.test_face import put_reference, show
from verifier.issuer.__main__ import main
from verifier.issuer.bindings.errors import IdentityFileNotReadable
from verifier.issuer.bindings.file import Line, person_hash, read_file
from verifier.issuer.http.bodies import JSON_BYTES
from verifier.issuer.settings import IssuerSettings

FILES = "/v1/identity-files"
VECTORS = json.loads((Path(__file__).resolve().parents[2] / "vectors" / "issuer_log.json").read_text("utf-8"))
PERSON = {"name": "王小明", "id_number": "11010119900307013X"}


@pytest.fixture
def settings(settings: IssuerSettings) -> IssuerSettings:
    return settings.model_copy(update={"liveness": "off"})


def put(client: TestClient, papers: IssuerPapers, index: int, image: bytes) -> Any:
    """The operator alone, without officials."""
    fields = {"poll": papers.address, "index": str(index)}
    return client.post("/v1/references", data=fields, files={"image": ("photo.jpg", image, "image/jpeg")}, headers=OPERATOR)


def put_identity(client: TestClient, papers: IssuerPapers, index: int, **changes: str) -> Any:
    return client.post("/v1/identities", json={"poll": papers.address, "index": index, **PERSON, **changes}, headers=OPERATOR)


def test_the_operator_binds_no_foreign_face(client: TestClient, papers: IssuerPapers, faces: Faces) -> None:
    """The attack: a friend's photo under an absent lender's index, then the friend before the camera."""
    refused = put(client, papers, 7, faces.stranger)
    assert (refused.status_code, code_of(refused)) == (403, "PhotoNotBound"), "without any file"
    hand_in(client, papers, papers.identity_line(7, faces.lender), papers.identity_line(8, faces.stranger))
    for index in (7, 9):
        assert code_of(put(client, papers, index, faces.stranger)) == "PhotoNotBound", "bound to another lender, or to none"
    assert code_of(put(client, papers, 7, faces.lender + b"\0")) == "PhotoNotBound", "another file of the same picture"
    assert put(client, papers, 8, faces.stranger).status_code == 204
    assert show(client, papers, 7, faces.stranger).json()["decision"] == "official"
    assert [entry["kind"] for entry in whole_log(client)["entries"]].count("reference_stored") == 1


def test_the_operator_binds_no_foreign_person(client: TestClient, papers: IssuerPapers) -> None:
    assert code_of(put_identity(client, papers, 4)) == "PersonNotBound"
    hand_in(client, papers, papers.identity_line(4, person=("王小明", "11010119900307013x")), papers.identity_line(5, b"photo only"))
    assert code_of(put_identity(client, papers, 4, name="王小红")) == "PersonNotBound"
    assert code_of(put_identity(client, papers, 4, id_number="110101199003070148")) == "PersonNotBound"
    assert code_of(put_identity(client, papers, 5)) == "PersonNotBound"
    full_width = {"name": "王 小明", "id_number": "１１０１０１１９９００３０７０１３Ｘ"}
    assert put_identity(client, papers, 4, **full_width).status_code == 204, "one writing"


def test_a_reference_that_a_newer_file_does_not_bind_is_used_no_more(client: TestClient, papers: IssuerPapers, faces: Faces) -> None:
    put_reference(client, papers, 7, faces.lender)
    hand_in(client, papers, papers.identity_line(7, faces.stranger))
    assert show(client, papers, 7, faces.lender_again).json()["decision"] == "official", "officials corrected it: no reference stands"
    said, _ = papers.signed_file(papers.identity_line(7, faces.lender))
    refused = client.post(FILES, json=said)
    assert (refused.status_code, code_of(refused)) == (409, "IdentityFileReplaced"), "the operator cannot go back to the older one"
    both = papers.identity_line(7, faces.lender, faces.stranger)
    hand_in(client, papers, both)
    answer = show(client, papers, 7, faces.lender_again, consented=False).json()
    assert answer["decision"] == "accepted", "both are bound now"
    files = [entry["file_hash"] for entry in whole_log(client)["entries"] if entry["kind"] == "identity_file"]
    assert len(files) == 2
    assert whole_log(client)["entries"][-1]["identity_file"] == files[-1] == "0x" + keccak(text=both.as_text()).hex()


def test_a_reference_of_the_first_release_is_bound_by_nobody(
    client: TestClient, papers: IssuerPapers, faces: Faces, settings: IssuerSettings
) -> None:
    put_reference(client, papers, 7, faces.lender)
    with sqlite3.connect(settings.data_dir / "issuer.sqlite3") as database:
        database.execute("UPDATE faces SET photo = NULL")
    answer = show(client, papers, 7, faces.lender_again).json()
    assert (answer["decision"], answer["credential"]) == ("official", None)
    assert client.post("/v1/credentials/vouched", json=papers.vouched(7)).status_code == 200, "the other way stays open"


def signed_by(papers: IssuerPapers, *keys: bytes, **changes: Any) -> dict[str, Any]:
    """Signatures over a file by any keys; `changes` are to what is handed in."""
    said, _ = papers.signed_file(papers.identity_line(7, b"photo"))
    digest = papers.poll.world.case_digest("IdentityFile", registerNumber=0, fileHash=bytes.fromhex(said["file_hash"][2:]))  # type: ignore[attr-defined]
    signatures = {
        "signers": ["0x" + signer_of(key).hex() for key in keys],
        "signatures": ["0x" + sign(key, digest).hex() for key in keys],
    }
    return said | signatures | changes


def test_a_file_needs_the_signatures_of_k_officials(client: TestClient, papers: IssuerPapers) -> None:
    world = papers.poll.world
    one, two, _ = world.official_keys
    wrong = {
        "one official": signed_by(papers, one),
        "one official twice": signed_by(papers, one, one),
        "an official and a stranger": signed_by(papers, one, secret("anyone")),
        "the institution": signed_by(papers, one, world.institution_key),
        "for another file": signed_by(papers, one, two, file_hash="0x" + "11" * 32),
        "a signature too few": signed_by(papers, one, two, signatures=signed_by(papers, one)["signatures"]),
        "signatures swapped": signed_by(papers, one, two, signers=signed_by(papers, two, one)["signers"]),
    }
    for name, said in wrong.items():
        refused = client.post(FILES, json=said)
        assert (refused.status_code, code_of(refused)) == (403, "IdentityFileNotSigned"), name
    refused = client.post(FILES, json=signed_by(papers, one, two, register_number=1))
    assert (refused.status_code, code_of(refused)) == (403, "RegisterNotSigned"), "no such register"
    refused = client.post(FILES, json=signed_by(papers, one, two, case="0x" + "57" * 20))
    assert (refused.status_code, code_of(refused)) == (403, "CaseNotPinned")
    assert client.post(FILES, json=signed_by(papers, one, two)).status_code == 202


def test_only_the_file_that_was_signed_is_read(client: TestClient, papers: IssuerPapers) -> None:
    said, data = papers.signed_file(papers.identity_line(7, b"photo"))
    path = f"{FILES}/{said['file_hash']}"
    refused = client.put(path, content=data)
    assert (refused.status_code, code_of(refused)) == (404, "IdentityFileNotExpected"), "nobody signed yet"
    large = {"Content-Length": str(JSON_BYTES + 1)}
    assert client.put(path, content=b"x", headers=large).status_code == 413, "and nothing large is taken from strangers"
    client.post(FILES, json=said)
    assert code_of(client.put(path, content=data + b" ")) == "IdentityFileNotExpected"
    assert client.put(f"{FILES}/0x{'11' * 32}", content=b"x", headers=large).status_code == 413
    assert client.put(path, content=data).json() == {"file_hash": said["file_hash"], "lenders": 1}
    assert code_of(client.put(path, content=data)) == "IdentityFileNotExpected", "taken"
    assert client.post(FILES, json=said).status_code == 202, "the file in force may be handed in again"
    assert client.put(path, content=data).status_code == 200


def test_a_large_file_is_taken_when_it_was_signed(client: TestClient, papers: IssuerPapers) -> None:
    lines = [Line(index, bytes(32), tuple(keccak(bytes([index, number])) for number in range(5)), None) for index in range(24)]
    padded = "".join(line.as_text().replace("{", "{" + " " * 40_000, 1) for line in lines).encode()
    assert len(padded) > JSON_BYTES
    said, data = papers.signed_file(data=padded)
    client.post(FILES, json=said)
    assert client.put(f"{FILES}/{said['file_hash']}", content=data).json()["lenders"] == 24


GOOD = Line(3, bytes(32), (keccak(b"photo"),), None).as_text()
BROKEN = {
    "no end of line": (GOOD[:-1], 1, "end with a line feed"),
    "an empty line": (GOOD + "\n", 2, "another form"),
    "no JSON": (GOOD + "{\n", 2, "another form"),
    "deep JSON": ("[" * 100_000 + "\n", 1, "another form"),
    "an index twice": (GOOD + GOOD, 2, "rise"),
    "indexes that fall": (GOOD + GOOD.replace('"index":3', '"index":2'), 2, "rise"),
    "an index beyond the register": (GOOD.replace('"index":3', '"index":24'), 1, "not in the register"),
    "an index below zero": (GOOD.replace('"index":3', '"index":-1'), 1, "whole number"),
    "an index with a fraction": (GOOD.replace('"index":3', '"index":3.0'), 1, "whole number"),
    "an index that is true": (GOOD.replace('"index":3', '"index":true'), 1, "whole number"),
    "a key twice": (GOOD.replace('"index":3', '"index":3,"index":3'), 1, "twice"),
    "a key more": (GOOD.replace('"index":3', '"index":3,"more":3'), 1, "one object"),
    "capital digits": (GOOD.replace("0x00", "0xAA"), 1, "lower case"),
    "a short salt": (GOOD.replace('"salt":"0x00', '"salt":"0x'), 1, "64"),
    "neither photo nor person": (Line(3, bytes(32), (), None).as_text(), 1, "at least"),
    "six photos": (Line(3, bytes(32), (bytes(32),) * 6, None).as_text(), 1, "at most 5"),
    "a digit that is no number": (GOOD.replace('"index":3', '"index":NaN'), 1, "whole number"),
    "bytes that are no text": (None, 1, "another form"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_line_that_is_none_is_named(name: str) -> None:
    text, row, said = BROKEN[name]
    with pytest.raises(IdentityFileNotReadable) as refused:
        read_file(b"\xff\xfe\n" if text is None else text.encode(), 24)
    assert refused.value.facts["row"] == row
    assert said in str(refused.value)


def test_a_file_with_a_broken_line_changes_nothing(client: TestClient, papers: IssuerPapers) -> None:
    hand_in(client, papers, papers.identity_line(7, b"photo"))
    said, data = papers.signed_file(data=(GOOD + "{\n").encode())
    client.post(FILES, json=said)
    refused = client.put(f"{FILES}/{said['file_hash']}", content=data)
    assert (refused.status_code, code_of(refused)) == (422, "IdentityFileNotReadable")
    assert "第 2 行" in refused.json()["error"]["message_zh"]
    assert code_of(put(client, papers, 7, b"another")) == "PhotoNotBound"
    assert put(client, papers, 7, b"photo").json()["error"]["code"] == "PictureNotUsable", "the former file is still in force"


def test_the_file_is_that_of_the_vectors() -> None:
    text = VECTORS["identity_file"]["text"]
    lines = read_file(text.encode(), 40)
    assert "".join(line.as_text() for line in lines) == text
    assert "0x" + keccak(text.encode()).hex() == VECTORS["identity_file"]["file_hash"]
    assert lines[1].person == person_hash(lines[1].salt, "王小明", "11010119900307013X")
    assert lines[1].person == person_hash(lines[1].salt, " 王小 明", "１１０１０１１９９００３０７０１３ｘ"), "one writing"


def test_bindings_go_with_the_last_poll_of_their_register(
    client: TestClient, papers: IssuerPapers, settings: IssuerSettings, clock: Clock
) -> None:
    bind(client, papers, 7, b"photo")
    issuer: Any = client.app.state.issuer  # type: ignore[attr-defined]
    with sqlite3.connect(settings.data_dir / "issuer.sqlite3") as database:
        assert issuer.retention.round()["forgotten"]["bindings"] == 0
        clock.seconds += 181 * 86_400
        assert issuer.retention.round()["forgotten"]["bindings"] == 1, "no poll of the register was met for long"
        bind(client, papers, 8, b"photo")
        client.post("/v1/credentials/vouched", json=papers.vouched(3))
        clock.seconds += 181 * 86_400
        assert issuer.retention.round()["forgotten"]["bindings"] == 0, "a poll of the register is open"
        papers.poll.chain.warp(papers.poll.terms.closes_at)
        assert issuer.retention.round()["forgotten"]["bindings"] == 2
        assert database.execute("SELECT count(*) FROM bindings").fetchone() == (0,)
        assert database.execute("SELECT count(*) FROM identity_files").fetchone() == (2,), "what officials signed stays"


def test_a_copied_database_tells_no_number_by_trying(client: TestClient, papers: IssuerPapers, settings: IssuerSettings) -> None:
    line = papers.identity_line(4, person=("王小明", "11010119900307013X"))
    hand_in(client, papers, line)
    assert line.person is not None
    kept = b"".join(path.read_bytes() for path in settings.data_dir.rglob("*") if path.is_file())
    assert line.person not in kept
    assert line.person.hex().encode() not in kept


def test_the_commands_make_a_file_and_hand_it_in(
    client: TestClient,
    papers: IssuerPapers,
    settings: IssuerSettings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "a.jpg").write_bytes(b"photo a")
    (tmp_path / "b.jpg").write_bytes(b"photo b")
    table, made = tmp_path / "table.csv", tmp_path / "identities.jsonl"
    table.write_text("index,name,number,photos\n9,王小明,11010119900307013x,\n7,,,a.jpg; b.jpg\n", encoding="utf-8-sig")
    assert main(["identity-file", "make", str(table), "--out", str(made)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["lenders"], told["photos"], told["persons"]) == (2, 2, 1)
    assert made.stat().st_mode & 0o077 == 0
    first, second = read_file(made.read_bytes(), 24)
    assert first.photos == (keccak(b"photo a"), keccak(b"photo b"))
    assert second.person == person_hash(second.salt, "王小明", "11010119900307013X")
    assert first.salt != second.salt

    said, _ = papers.signed_file(data=made.read_bytes())
    assert said["file_hash"] == told["file_hash"]
    act = tmp_path / "act.json"
    given = {"DATA_DIR": str(settings.data_dir), "RPC_URLS": settings.rpc_urls, "CASES": settings.cases}
    for name, value in (given | {"KEY": settings.key.get_secret_value(), "OPERATOR_TOKEN": TOKEN}).items():
        monkeypatch.setenv(f"LENDERVOTE_ISSUER_{name}", value)
    act.write_text(json.dumps(said | {"signatures": said["signatures"][::-1]}))
    assert main(["identity-file", "hand-in", str(made), "--act", str(act)]) == 1
    assert json.loads(capsys.readouterr().out)["rule"] == "IdentityFileNotSigned"
    act.write_text(json.dumps(said))
    assert main(["identity-file", "hand-in", str(made), "--act", str(act)]) == 0
    assert json.loads(capsys.readouterr().out) == {"lenders": 2, "file_hash": told["file_hash"]}
    assert code_of(put(client, papers, 7, b"photo a")) == "PictureNotUsable", "bound, for the running service, too"


TITLE = "index,name,number,photos\n"
TABLES = {
    "nothing": "",
    "columns missing": "index,name\n7,x\n",
    "no rows": TITLE,
    "no index": TITLE + "x,,,a.jpg\n",
    "neither photo nor name": TITLE + "7,,,\n",
    "a name without a number": TITLE + "7,王小明,,\n",
    "a photo that is not there": TITLE + "7,,,none.jpg\n",
    "an index twice": TITLE + "7,a,b,\n7,c,d,\n",
}


@pytest.mark.parametrize("text", TABLES.values(), ids=TABLES)
def test_a_table_that_cannot_be_used_is_named(tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    table = tmp_path / "table.csv"
    table.write_text(text)
    assert main(["identity-file", "make", str(table), "--out", str(tmp_path / "out")]) == 1
    said = capsys.readouterr()
    assert json.loads(said.out)["lenders"] == 0
    assert said.err == ""
    assert not (tmp_path / "out").exists()
