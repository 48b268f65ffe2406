"""A register's range proofs: made once, kept chunk by chunk, taken up again after a kill, in the act, and published."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from backend.case.register import drawing, range_proofs, store
from backend.case.register.errors import RangeProofsTakeLong, TotalTooLarge
from backend.case.register.proof_store import RangeProofRow, chunks_kept
from backend.case.register.range_proofs import RangeProofShelf
from backend.ground.common.hashing import keccak
from tests.backend.case.register.office import CASE, Office, claim
from tests.backend.case.register.test_register import ROWS, freeze, upload
from tests.backend.town import CasePeople, Refused, Town
from verifier.ranges.checking import Claimed, wrong_chunks
from verifier.ranges.file import proofs_in, size_of
from verifier.ranges.proving import prove
from verifier.ranges.transcript import Frozen

ROOT = Path(__file__).parents[4]


def drawn(office: Office, lenders: int) -> tuple[store.RegisterRow, Frozen]:
    office.take_rows([claim(number) for number in range(1, lenders + 1)])
    register = office.drawer.prepare(CASE, 0, with_related=False)
    return register, Frozen(31337, bytes(20), 0, register.root, register.leaf_count, bytes(32))


def shelf(office: Office) -> RangeProofShelf:
    return RangeProofShelf(office.sessions, office.seal)


def points_of(office: Office, register: store.RegisterRow) -> bytes:
    with office.sessions.reading() as session:
        from backend.case.register.leaf_store import points_between

        return b"".join(point for _, _, point in points_between(session, register.id, 0, register.leaf_count))


def holds(file: bytes, points: bytes, frozen: Frozen) -> bool:
    pieces = proofs_in(io.BytesIO(file), len(file), frozen.context, frozen.leaf_count)
    claimed = [Claimed.of(one, proof, points) for one, proof in pieces]
    return wrong_chunks(frozen.context, claimed) == []


def test_proofs_are_made_once_and_hold(office: Office) -> None:
    register, frozen = drawn(office, 7)
    told: list[tuple[int, int]] = []
    hashed = shelf(office).make(register, frozen, lambda done, total: told.append((done, total)))
    assert told == [(4, 7), (6, 7), (7, 7)]
    file = b"".join(shelf(office).file(register, frozen))
    assert (keccak(file), len(file)) == (hashed, size_of(7))
    assert holds(file, points_of(office, register), frozen)
    stored = office.drawer.prepare(CASE, 0, with_related=False)
    assert stored.range_proofs_hash == hashed
    assert shelf(office).make(stored, frozen, None) == hashed


def test_chunks_that_are_kept_are_not_made_again(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    register, frozen = drawn(office, 7)
    made: list[int] = []
    stop_at = {6}

    def proved(context: bytes, start: int, *rest: Any) -> bytes:
        if start in stop_at:
            raise KeyboardInterrupt
        made.append(start)
        return prove(context, start, *rest)

    monkeypatch.setattr(range_proofs, "prove", proved)
    with pytest.raises(KeyboardInterrupt):
        shelf(office).make(register, frozen, lambda *_: None)
    with office.sessions.reading() as session:
        assert chunks_kept(session, register.id) == {0, 1}
    stop_at.clear()
    shelf(office).make(register, frozen, lambda *_: None)
    assert made == [0, 4, 6]
    assert holds(b"".join(shelf(office).file(register, frozen)), points_of(office, register), frozen)


KILLED = """
    import sys
    from pathlib import Path

    from backend.case.register.range_proofs import RangeProofShelf
    from backend.ground.common.sealed import FieldCipher
    from tests.backend.case.register.office import CASE, Office
    from tests.backend.case.register.test_range_proofs import Frozen

    office = Office(Path(sys.argv[1]), FieldCipher(bytes.fromhex(sys.argv[2])))
    register = office.drawer.prepare(CASE, 0, with_related=False)
    frozen = Frozen(31337, bytes(20), 0, register.root, register.leaf_count, bytes(32))
    RangeProofShelf(office.sessions, office.seal).make(register, frozen, lambda done, total: print(done, flush=True))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9")
@pytest.mark.skipif(
    os.environ.get("LENDERVOTE_TEST_DATABASES", "sqlite") != "sqlite", reason="the other process opens the folder's own database"
)
def test_a_process_that_was_killed_is_taken_up_where_it_was(tmp_path: Path) -> None:
    from backend.ground.common.sealed import FieldCipher

    key = b"k" * 32
    office = Office(tmp_path, FieldCipher(key))
    register, frozen = drawn(office, 15)
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(KILLED), str(tmp_path), key.hex()], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "8\n"
        process.send_signal(signal.SIGKILL)
    with office.sessions.reading() as session:
        kept = chunks_kept(session, register.id)
        before = session.get(RangeProofRow, (register.id, 0))
        assert before is not None
        first = before.proof
    assert 0 in kept
    told: list[int] = []
    shelf(office).make(register, frozen, lambda done, _: told.append(done))
    assert len(told) == 4 - len(kept)
    file = b"".join(shelf(office).file(register, frozen))
    assert first in file
    assert holds(file, points_of(office, register), frozen)
    office.close()


def test_several_processes_make_the_same_file(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(range_proofs, "_SPREAD_FROM_LEAVES", 2)
    register, frozen = drawn(office, 5)
    shelf(office).make(register, frozen, lambda *_: None)
    assert holds(b"".join(shelf(office).file(register, frozen)), points_of(office, register), frozen)


def test_a_request_does_not_wait_for_a_large_register(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(range_proofs, "IN_A_REQUEST_LEAVES", 2)
    register, frozen = drawn(office, 3)
    with pytest.raises(RangeProofsTakeLong) as error:
        shelf(office).make(register, frozen, None)
    assert error.value.facts == {"left": 3, "total": 3}
    hashed = shelf(office).make(register, frozen, lambda *_: None)
    assert shelf(office).make(register, frozen, None) == hashed, "the command line made them"


def test_a_proof_that_does_not_hold_is_never_signed(office: Office) -> None:
    """A machine that computes wrongly, or a database in which somebody changed a chunk before the last was made."""
    register, frozen = drawn(office, 3)
    right = shelf(office)
    right.make(register, frozen, lambda *_: None)
    register.range_proofs_hash = None
    with office.sessions.begin() as session:
        session.execute(update(RangeProofRow).where(RangeProofRow.chunk == 1).values(proof=bytes(688)))
    with pytest.raises(ArithmeticError):
        right.make(register, frozen, lambda *_: None)
    with office.sessions.reading() as session:
        assert chunks_kept(session, register.id) == set()
    right.make(register, frozen, lambda *_: None)
    assert holds(b"".join(right.file(register, frozen)), points_of(office, register), frozen)


def test_a_class_of_2_to_the_63_is_not_drawn_up(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "AMOUNT_LIMIT", 300_000)
    office.take_rows([claim(1), claim(2)])
    assert office.drawer.prepare(CASE, 0, with_related=False).leaf_count == 2
    office.take_rows([claim(1), claim(2), claim(3)])
    with pytest.raises(TotalTooLarge):
        office.drawer.prepare(CASE, 1, with_related=False)


def test_proofs_are_in_the_act_on_the_chain_and_given_out(town: Town) -> None:
    people = town.open_case()
    upload(people, ROWS)
    act = people.officials[0].post(f"/api/cases/{people.case['id']}/register/freeze")
    assert people.sign_together(act)["status"] == "done"
    file = b"".join(town.register.range_proofs(people.case["id"], 0))
    frozen = town.register.frozen(people.case["id"], 0)
    assert frozen.range_proofs_hash == keccak(file)
    assert act["typed_data"]["message"]["rangeProofsHash"] == "0x" + keccak(file).hex()
    # The contract took the officials' signatures over this hash, so it is the one that it froze.
    assert town.chain.case(people.case["address"]).register(0).root == frozen.root


def test_an_act_of_before_proofs_is_not_completed(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proposed by the former version of the system, signed after the upgrade: it fails with a sentence, and is proposed again."""
    people: CasePeople = town.open_case()
    upload(people, ROWS)
    act = people.officials[0].post(f"/api/cases/{people.case['id']}/register/freeze")
    from backend.case.cases import store as acts

    with town.sessions.begin() as session:
        session.execute(update(acts.ActRow).values(payload={"register_id": _register_id(town, act)}))
    failed = people.sign_together(act)
    assert failed["status"] == "failed"
    assert failed["failure"]
    assert freeze(people)["status"] == "done"
    with pytest.raises(Refused, match="RegisterFrozenAlready"):
        freeze(people)


def _register_id(town: Town, act: dict[str, Any]) -> str:
    with town.sessions.reading() as session:
        register = store.register_of_act(session, act["id"])
    assert register is not None
    return register.id
