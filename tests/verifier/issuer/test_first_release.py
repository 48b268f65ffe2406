"""What the first release left: its database opens, its log verifies, and its polls (protocol 1) are believed by the same rules."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account
from eth_account.messages import encode_typed_data
from fastapi.testclient import TestClient
from pydantic import SecretStr

from tests.contracts.chain import Chain, anvil
from tests.vectors import reference as ref
from tests.vectors.papers import canonical
from tests.verifier.issuer.asking import OPERATOR, TOKEN, code_of, whole_log
from tests.verifier.issuer.conftest import Clock
from tests.verifier.issuer.papers import FIELDS
from tests.verifier.issuer.test_roots import view
from tests.verifier.tally.proxy import lying
from verifier.face.decision import MODEL_ID
from verifier.issuer import face_store
from verifier.issuer.http.app import create_app
from verifier.issuer.keys.templates import open_sealed
from verifier.issuer.settings import IssuerSettings

ARCHIVE = Path(__file__).resolve().parents[2] / "releases" / "1" / "installation.tar.xz"
BALLOT_KEY = "0x" + "bb" * 20


def derived(name: str) -> bytes:
    """A key of the fixture (tests/releases/README.md)."""
    digest = bytearray(hashlib.sha256(f"LenderVote DEMO release-1 fixture/{name}".encode()).digest())
    digest[0] &= 0x7F
    return bytes(digest)


class Left:
    """The installation, unpacked, with its chain running again."""

    def __init__(self, folder: Path, rpc_url: str) -> None:
        self.folder, self.rpc_url = folder, rpc_url
        self.chain = Chain(rpc_url)
        with sqlite3.connect(folder / "lendervote.sqlite3") as database:
            database.row_factory = sqlite3.Row
            (self.case,) = [dict(row) for row in database.execute("SELECT * FROM cases")]
            polls = [dict(row) for row in database.execute("SELECT * FROM polls ORDER BY number")]
            officials = database.execute("SELECT name FROM case_officials ORDER BY place").fetchall()
        self.polls = [str(poll["address"]).lower() for poll in polls]
        self.officials = [derived(f"member/{row['name']}") for row in officials]

    def fingerprint(self) -> str:
        views = self.chain.contract("Case", self.case["address"]).functions
        facts = {
            "case": self.case["address"].lower(),
            "chain_id": self.chain.chain_id,
            "institution": "0x" + views.institution().call().hex(),
            "officials": ["0x" + official.hex() for official in views.officials().call()],
            "threshold": views.threshold().call(),
        }
        return ref.keccak(canonical(facts).encode())[:16].hex()

    def sign(self, poll: str, key: bytes, kind: str, *values: object) -> str:
        fields = [dict(zip(("type", "name"), field.split(), strict=True)) for field in FIELDS[kind]]
        message = {field["name"]: value for field, value in zip(fields, values, strict=True)}
        domain = {"name": "LenderVote", "version": "1", "chainId": self.chain.chain_id, "verifyingContract": poll}
        return "0x" + bytes(Account.sign_message(encode_typed_data(domain, {kind: fields}, message), key).signature).hex()

    def vouched(self, poll: str, index: int) -> dict[str, Any]:
        now = self.chain.now
        ticket = {"expires_at": now + 600, "signature": self.sign(poll, derived("relay.key"), "PhoneTicket", index, BALLOT_KEY, now + 600)}
        vouchers = [
            {
                "signer": str(Account.from_key(key).address).lower(),
                "method": 1,
                "vouched_at": now,
                "signature": self.sign(poll, key, "Voucher", index, BALLOT_KEY, 1, now),
            }
            for key in self.officials[:2]
        ]
        return {"poll": poll, "index": index, "ballot_key": BALLOT_KEY, "ticket": ticket, "vouchers": vouchers}


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Left]:
    folder = tmp_path_factory.mktemp("release-1")
    with tarfile.open(ARCHIVE) as archive:
        archive.extractall(folder, filter="data")
    with anvil("--load-state", str(folder / "chain" / "state.json")) as rpc_url:
        yield Left(folder, rpc_url)


def settings_of(left: Left, data_dir: Path, **changes: Any) -> IssuerSettings:
    data_dir.mkdir()
    (data_dir / "issuer.sqlite3").write_bytes((left.folder / "issuer" / "issuer.sqlite3").read_bytes())
    given: dict[str, Any] = {
        "cases": left.fingerprint(),
        "rpc_urls": f"Court={left.rpc_url}, Association={left.rpc_url.replace('127.0.0.1', 'localhost')}",
        "key": SecretStr(derived("issuer.key").hex()),
        "reference_key": SecretStr(derived("reference.key").hex()),
        "operator_token": SecretStr(TOKEN),
        "face_workers": 1,
    }
    return IssuerSettings(_env_file=None, data_dir=data_dir, **(given | changes))


@pytest.fixture
def client(left: Left, tmp_path: Path, clock: Clock) -> Iterator[TestClient]:
    with TestClient(create_app(settings_of(left, tmp_path / "issuer"), clock), raise_server_exceptions=False) as client:
        yield client


def test_its_log_verifies_and_goes_on(client: TestClient, left: Left) -> None:
    issuer: Any = client.app.state.issuer  # type: ignore[attr-defined]
    poll = left.polls[1]
    answer = client.post("/v1/credentials/vouched", json=left.vouched(poll, 3))
    assert answer.status_code == 200, answer.text
    entries = whole_log(client, poll=poll, after=107)["entries"]
    assert [(entry["kind"], entry["poll_seq"]) for entry in entries] == [("roots", 1), ("face_model", 2), ("credential", 3)]
    assert issuer.verify_log().seq >= 110, "the round that erases what is over writes beside us"
    earlier = [entry for entry in whole_log(client, poll=poll)["entries"] if "poll_seq" not in entry]
    digest = ref.keccak(b"".join(bytes.fromhex(entry["hash"][2:]) for entry in earlier))
    assert entries[0]["first_release"] == {"entries": len(earlier), "digest": "0x" + digest.hex()}
    assert "first_release" not in entries[1]
    assert (entries[1]["model"], entries[1]["thresholds"]) == (MODEL_ID, ""), "which table it compared by is not known"
    lines = client.get("/v1/log", params={"poll": poll}, headers=OPERATOR).text.splitlines()
    assert [json.loads(line)["kind"] for line in lines] == ["roots", "face_model", "credential", "log"]
    assert json.loads(lines[-1])["count"] == 3


def test_a_decided_poll_of_it_is_believed_and_closed(client: TestClient, left: Left) -> None:
    assert code_of(client.post("/v1/credentials/vouched", json=left.vouched(left.polls[0], 3))) == "PollClosed"
    roots = client.app.state.issuer._desk.polls.roots(left.polls[0])  # type: ignore[attr-defined]
    assert (roots.protocol, roots.number, roots.case.threshold) == (1, 0, 2)


def test_where_the_case_names_another_poll_protocol_1_is_not_believed(left: Left, tmp_path: Path, clock: Clock) -> None:
    """Anybody could use the factory of such a case, so its word about the poll's address is all there is: every node has to give it."""
    lie = view("poll(uint256)", ["address"], "0x" + "57" * 20)
    with lying(left.rpc_url, lie) as liar:
        one = settings_of(left, tmp_path / "one", rpc_urls=f"Exchange={liar}", one_node=True)
        with TestClient(create_app(one, clock)) as client:
            assert code_of(client.post("/v1/credentials/vouched", json=left.vouched(left.polls[1], 3))) == "PollAddressWrong"
        two = settings_of(left, tmp_path / "two", rpc_urls=f"Exchange={liar}, Court={left.rpc_url}")
        with TestClient(create_app(two, clock)) as client:
            answer = client.post("/v1/credentials/vouched", json=left.vouched(left.polls[1], 3))
            assert (code_of(answer), answer.json()["error"]["details"]["organisations"]) == ("NodeLies", "Exchange")


def test_its_references_open_and_bind_nobody(client: TestClient, left: Left) -> None:
    issuer: Any = client.app.state.issuer  # type: ignore[attr-defined]
    poll = left.polls[1]
    with issuer._database.begin() as connection:
        faces = face_store.faces_after(connection, poll, MODEL_ID, -1, 100)
    assert len(faces) == 12
    assert all(len(open_sealed(issuer.keyring.master_keys, face)) == 512 for face in faces)
    roots = issuer._desk.polls.roots(poll)
    assert issuer._references.open(roots, faces[0].index).templates == [], "their operator bound them alone"
    assert issuer.erase(poll, "operator")["count"] == 12


def test_without_a_fingerprint_it_starts_and_signs_nothing(left: Left, tmp_path: Path, clock: Clock) -> None:
    with TestClient(create_app(settings_of(left, tmp_path / "issuer", cases=""), clock)) as client:
        assert code_of(client.post("/v1/credentials/vouched", json=left.vouched(left.polls[1], 3))) == "NoCasePinned"
        assert whole_log(client)["head"]["seq"] == 107
