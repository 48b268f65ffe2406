"""The escrow by commands and files: taken, checked, drilled, shared anew, ordered and opened."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.verifier.trustee.escrow.registers import CASE, CHAIN_ID, NUMBER, RECIPIENT, Made, officials_paper, signed_by_officials
from verifier.escrow.dealer import Dealer
from verifier.shares.curve import Point
from verifier.shares.hashes import hex_of, keccak, word
from verifier.trustee.__main__ import main
from verifier.trustee.escrow.sharing import Escrow, Sharing

PASSWORD, CHALLENGE = "correct horse battery", "0x" + "42" * 32


class Desk:
    """Three trustees who took files by command, and an escrow made for them; two of them open."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.capsys = folder, capsys
        (folder / "password").write_text(PASSWORD)
        (folder / "recipient").write_text(word(RECIPIENT).hex())
        self.write("officials.json", officials_paper())
        self.write("groups.json", {"for": [0, 2], "against": [1]})
        transports = [self.take(seat, folder / "old") for seat in range(3)]
        base = Made.of(2, 3)
        dealer = Dealer(base.dealer.register, 2, tuple(Point.read(bytes.fromhex(one[2:])) for one in transports), keccak(b"desk"))
        self.file = folder / "openings.escrow"
        self.file.write_bytes(b"".join(dealer.file(base.leaves)))
        sharing = Sharing(dealer.context, 2, dealer.transports, dealer.commitments)
        escrow = Escrow(dealer.register, sharing, keccak(self.file.read_bytes()))
        self.escrow = replace(escrow, signatures=signed_by_officials(escrow.digest, 2))
        self.write("escrow.json", self.escrow.paper())
        self.write("boxes.json", {"boxes": [hex_of(box) for box in dealer.boxes]})
        (folder / "leaves.csv").write_text(base.leaves_csv())
        order = replace(base.order(), signatures=())
        signatures = signed_by_officials(order.digest(self.escrow), 2)
        listed = [{"signature": hex_of(signature), "signer": hex_of(signer)} for signer, signature in signatures]
        named: dict[str, object] = {"register_number": NUMBER, "purpose_hash": hex_of(order.purpose_hash), "signatures": listed}
        self.write("order.json", named | {"recipient_key": hex_of(order.recipient.compressed)})

    def write(self, name: str, value: object) -> None:
        (self.folder / name).write_text(json.dumps(value))

    def take(self, seat: int, home: Path) -> str:
        numbers = ("--chain-id", CHAIN_ID, "--register-number", NUMBER, "--seat", seat, "--folder", home)
        facts = self.run("escrow-take", "--case", hex_of(CASE), *numbers, *self.password())
        return str(json.loads(Path(facts["join"]).read_text())["transport"])

    def password(self) -> tuple[object, ...]:
        return ("--password-file", self.folder / "password")

    def key(self, seat: int, home: str = "old") -> Path:
        return self.folder / home / f"escrow-key-{hex_of(CASE)[:10]}-{NUMBER}-{seat}.json"

    def held(self, seat: int) -> tuple[object, ...]:
        return ("--escrow", self.folder / "escrow.json", "--key", self.key(seat), "--boxes", self.folder / "boxes.json", *self.password())

    def held_anew(self, seat: int) -> tuple[object, ...]:
        reshared = ("--reshared", self.folder / "reshared.json")
        return ("--escrow", self.folder / "escrow.json", "--key", self.key(seat, "new"), *reshared, *self.password())

    def run(self, command: str, *words: object, status: int = 0) -> dict[str, Any]:
        ended = main(["--json", command, *(str(word) for word in words)])
        facts: dict[str, Any] = json.loads(self.capsys.readouterr().out.splitlines()[-1])
        assert ended == status, facts
        return facts

    def refused(self, name: str, command: str, *words: object) -> None:
        assert self.run(command, *words, status=2 if name == "CalledWrongly" else 1)["refused"] == name

    def ordered(self) -> tuple[object, ...]:
        return ("--order", self.folder / "order.json", "--officials", self.folder / "officials.json")

    def opening(self) -> tuple[object, ...]:
        named = [word for name in ("leaves.csv", "groups.json") for word in (f"--{name.split('.')[0]}", self.folder / name)]
        own = ("--recipient-key", self.folder / "recipient", "--file", self.file, "--out", self.folder / "sums.json")
        return ("--escrow", self.folder / "escrow.json", "--order", self.folder / "order.json", *own, *named)


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str], few_rounds: None) -> Desk:
    return Desk(tmp_path, capsys)


def test_check_drill_hand_and_open(desk: Desk) -> None:
    for seat in range(3):
        checked = desk.run("escrow-check", *desk.held(seat), "--officials", desk.folder / "officials.json", "--file", desk.file)
        assert checked["to_sign"] == hex_of(desk.escrow.digest)
        desk.run("escrow-drill", *desk.held(seat), "--file", desk.file, "--challenge", CHALLENGE)
        desk.run("escrow-hand", *desk.held(seat), *desk.ordered())
    home = desk.folder / "old"
    asked = ("--escrow", desk.folder / "escrow.json", "--challenge")
    drilled = desk.run("escrow-check-drill", *asked, CHALLENGE, "--answers", home / "escrow-drill-0.json", home / "escrow-drill-2.json")
    assert (drilled["passed"], drilled["missing"]) == ([0, 2], [1])
    desk.refused("DrillNotPassed", "escrow-check-drill", *asked, "0x" + "43" * 32, "--answers", home / "escrow-drill-0.json")
    desk.refused("CalledWrongly", "escrow-check-drill", *asked, "0x43", "--answers", home / "escrow-drill-0.json")
    given = [home / f"escrow-handing-{seat}.json" for seat in (2, 0)]
    desk.refused("TooFewHandings", "escrow-open", *desk.opening(), "--handings", given[0])
    desk.run("escrow-open", *desk.opening(), "--handings", *given)
    assert {name: one["amount_fen"] for name, one in json.loads((desk.folder / "sums.json").read_text())["sums"].items()} == {
        "for": "4000",
        "against": "2000",
    }
    desk.write("groups.json", {"for": [99]})
    desk.refused("OpeningsDiffer", "escrow-open", *desk.opening(), "--handings", *given)


def test_shared_anew_with_the_database_gone(desk: Desk) -> None:
    transports = [desk.take(seat, desk.folder / "new") for seat in range(4)]
    plan = {"former": hex_of(desk.escrow.sharing.context), "givers": [0, 2], "threshold": 3, "transports": transports}
    desk.write("plan.json", plan)
    for seat in (0, 2):
        desk.run("escrow-reshare", *desk.held(seat), "--plan", desk.folder / "plan.json")
    parts = [desk.folder / "old" / f"escrow-given-{seat}.json" for seat in (0, 2)]
    joining = ("--escrow", desk.folder / "escrow.json", "--plan", desk.folder / "plan.json", "--out", desk.folder / "reshared.json")
    desk.refused("ResharingIncomplete", "escrow-join", *joining, "--parts", parts[0])
    desk.run("escrow-join", *joining, "--parts", *parts)
    for seat in range(4):
        desk.run("escrow-check", *desk.held_anew(seat), "--officials", desk.folder / "officials.json", "--file", desk.file)
        desk.run("escrow-hand", *desk.held_anew(seat), *desk.ordered())
    given = [desk.folder / "new" / f"escrow-handing-{seat}.json" for seat in (0, 1, 3)]
    reshared = ("--reshared", desk.folder / "reshared.json")
    desk.run("escrow-open", *desk.opening(), *reshared, "--handings", *given)
    desk.refused("EscrowShareWrong", "escrow-open", *desk.opening(), "--handings", *given)
    desk.write("plan.json", plan | {"former": "0x" + "00" * 32})
    desk.refused("PaperUnreadable", "escrow-reshare", *desk.held(0), "--plan", desk.folder / "plan.json")


def test_what_a_trustee_refuses(desk: Desk) -> None:
    asked = ("--officials", desk.folder / "officials.json", "--file", desk.file)
    desk.refused(
        "FileNotRead", "escrow-check", *desk.held(0), "--officials", desk.folder / "officials.json", "--file", desk.folder / "none"
    )
    without = [word for word in desk.held(0) if word not in {"--boxes", desk.folder / "boxes.json"}]
    desk.refused("CalledWrongly", "escrow-check", *without, *asked)
    desk.write("escrow.json", desk.escrow.paper() | {"signatures": []})
    desk.refused("EscrowNotSigned", "escrow-check", *desk.held(0), *asked)
    desk.write("escrow.json", desk.escrow.paper() | {"register_number": 9})
    desk.refused("EscrowContextWrong", "escrow-check", *desk.held(0), *asked)
    desk.write("escrow.json", desk.escrow.paper())
    desk.write("officials.json", officials_paper() | {"chain_id": 1})
    desk.refused("PaperUnreadable", "escrow-check", *desk.held(0), *asked)
    desk.write("officials.json", officials_paper())
    order = json.loads((desk.folder / "order.json").read_text())
    desk.write("order.json", order | {"signatures": order["signatures"][:1]})
    desk.refused("OrderNotSigned", "escrow-hand", *desk.held(0), *desk.ordered())
    desk.file.write_bytes(b"another")
    desk.refused("FileDigestWrong", "escrow-check", *desk.held(0), *asked)
    for name, answer in (("boxes.json", {"boxes": []}), ("boxes.json", []), ("escrow.json", None)):
        desk.write(name, answer)
        desk.refused("PaperUnreadable", "escrow-check", *desk.held(0), *asked)
