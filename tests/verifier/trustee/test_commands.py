"""The whole ceremony by commands and files, every step twice, and what each refuses."""

from __future__ import annotations

import json
import re
from itertools import combinations
from pathlib import Path

import pytest

from tests.verifier.trustee.desk import PASSWORD, Desk, changed
from verifier.shares.curve import Point
from verifier.trustee import key_files
from verifier.trustee.commands.options import CEREMONY, ESCROW

ROOT = Path(__file__).parents[3]
LATE = ("--closes-at", 100, "--final-block-time", 101)


def test_from_the_first_paper_to_the_secret(desk: Desk) -> None:
    said = desk.until_confirmed()
    assert len({json.dumps([one["words"], one["key"]]) for one in said}) == 1
    announced = desk.folder / "announced.json"
    announced.write_text(json.dumps(said[0]["key"]))
    for seat in range(3):
        assert (
            desk.run("check-announced", "--opening", desk.file("opening", seat), "--announced", announced, *desk.secret())["words"]
            == said[0]["words"]
        )
        desk.run("open", *desk.open_words(seat), *LATE)
        desk.run("check-share", "--announced", announced, "--share", desk.file("share", seat))
    public = ("--ceremony", desk.ceremony, "--roll", desk.roll, "--seal", desk.home(0) / "seal.json")
    found = set()
    for size in range(4):
        for seats in combinations(range(3), size):
            shares, out = [desk.file("share", seat) for seat in seats], desk.folder / f"secret-{''.join(map(str, seats))}.json"
            if size == 0:
                desk.refused("CalledWrongly", "unseal", *public, "--out", out, "--shares")
            elif size < 2:
                desk.refused("TooFewShares", "unseal", *public, "--out", out, "--shares", *shares)
            else:
                desk.run("unseal", *public, "--out", out, "--shares", *shares)
                found.add(json.loads(out.read_text())["secret"])
    [x] = found
    assert Point.of(int(x, 16)).xy == (int(said[0]["key"]["x"], 16), int(said[0]["key"]["y"], 16))


def test_every_step_can_be_repeated(desk: Desk) -> None:
    desk.until_confirmed()
    before = {path: path.read_bytes() for path in desk.folder.rglob("*.json")}
    desk.close_roll()
    words = desk.run("confirm", *desk.confirm_words(1))["words"]
    desk.run("deal", *desk.deal_words(1))
    desk.run("confirm", *desk.confirm_words(1), "--words", " ".join(words), "--backup", desk.backup(1))
    for _ in range(2):
        desk.run("open", *desk.open_words(1), *LATE)
    assert {path: path.read_bytes() for path in before} == before


def test_a_lost_file_is_recovered_from_the_paper(desk: Desk) -> None:
    desk.until_dealt()
    dealing, join = desk.file("dealing", 1).read_bytes(), desk.file("join", 1).read_bytes()
    for kind in ("key", "dealing", "join"):
        desk.file(kind, 1).unlink()
    paper = desk.home(1) / "paper.txt"
    again = (
        "--ceremony",
        desk.ceremony,
        "--seat",
        1,
        "--folder",
        desk.home(1),
        "--identity-key",
        desk.home(1) / "identity",
        *desk.secret(),
    )
    text = paper.read_text()
    digit = re.search(r"^seed: (.)", text, re.MULTILINE)
    assert digit
    paper.write_text(text.replace(f"seed: {digit[1]}", f"seed: {'1' if digit[1] == '0' else '0'}", 1))
    desk.refused("PaperNotRead", "recover", *again, "--paper", paper)
    paper.write_text("nothing of the kind")
    desk.refused("PaperNotRead", "recover", *again, "--paper", paper)
    paper.write_text(text)
    desk.run("recover", *again, "--paper", paper)
    desk.refused("NotDealtYet", "confirm", *desk.confirm_words(0), "--key", desk.file("key", 1), "--dealings", desk.file("dealing", 0))
    desk.run("deal", *desk.deal_words(1))
    assert desk.file("join", 1).read_bytes() == join
    assert desk.file("dealing", 1).read_bytes() == dealing


def test_files_that_are_not_the_right_ones(desk: Desk, tmp_path: Path) -> None:
    desk.until_confirmed()
    wrong = tmp_path / "wrong"
    wrong.write_text("another password")
    desk.refused("WrongPassword", "deal", *desk.public(), "--key", desk.file("key", 0), "--password-file", wrong)
    desk.refused("FileOfAnotherKind", "deal", *desk.public(), "--key", desk.file("opening", 0), *desk.secret())
    desk.refused("CeremonyRepeated", "take", *desk.take_words(0))
    desk.refused("SeatUnknown", "take", "--ceremony", desk.ceremony, "--seat", 3, *desk.secret())
    desk.refused("FileNotRead", "deal", *desk.public(), "--key", tmp_path / "none.json", *desk.secret())
    desk.refused("FileNotRead", "deal", *desk.public(), "--key", tmp_path, *desk.secret())
    (tmp_path / "elsewhere").mkdir()
    other = Desk(tmp_path / "elsewhere", desk._capsys)
    other.begin()
    other.run("take", *other.take_words(0))
    desk.refused("FileOfAnotherCeremony", "deal", *desk.public(), "--key", other.file("key", 0), *desk.secret())
    words = " ".join(desk.run("confirm", *desk.confirm_words(0))["words"])
    desk.refused("BackupIsAnother", "confirm", *desk.confirm_words(0), "--words", words, "--backup", desk.file("key", 1))
    desk.refused("CalledWrongly", "confirm", *desk.confirm_words(0), "--words", words)
    desk.refused("WordsDiffer", "confirm", *desk.confirm_words(0), "--words", words + " zoo", "--backup", desk.backup(0))
    desk.refused("PollNotClosed", "open", *desk.open_words(0), "--closes-at", 100, "--final-block-time", 100)
    desk.refused("CalledWrongly", "open", *desk.open_words(0), "--closes-at", "soon", "--final-block-time", 100)
    short = tmp_path / "short"
    short.write_text("  12345 ")
    desk.refused(
        "PasswordTooShort", "take", "--ceremony", other.ceremony, "--seat", 1, "--folder", tmp_path / "new", "--password-file", short
    )
    assert not (tmp_path / "new").exists()


def test_an_identity_key_and_a_seat_that_are_not_the_own(desk: Desk) -> None:
    desk.until_dealt()
    words = " ".join(desk.run("confirm", *desk.confirm_words(0))["words"])
    finish = ("--words", words, "--backup", desk.backup(0), "--identity-key")
    desk.refused("IdentityKeyWrong", "confirm", *desk.confirm_words(0), *finish, desk.home(1) / "identity")
    desk.refused("PaperUnreadable", "confirm", *desk.confirm_words(0), *finish, desk.password)
    desk.refused("FileOfAnotherSeat", "confirm", *desk.confirm_words(0), "--seat", 1)
    desk.refused("FileOfAnotherSeat", "deal", *desk.deal_words(1), "--seat", 2)
    desk.run("deal", *desk.deal_words(1), "--seat", 1)


def test_nothing_is_overwritten(desk: Desk) -> None:
    desk.until_confirmed()
    desk.refused("FileExists", "roll", "--ceremony", desk.ceremony, "--joins", *desk.files("join"), "--out", desk.appointed)
    other = desk.folder / "other"
    paper = other / "paper.txt"
    other.mkdir()
    paper.write_text("something else")
    took = ("--ceremony", desk.ceremony, "--seat", 1, "--folder", other, *desk.secret())
    desk.refused("FileExists", "take", *took, "--paper", paper)
    assert list(other.iterdir()) == [paper]


def test_what_was_signed_elsewhere_stays_when_a_step_is_repeated(desk: Desk) -> None:
    desk.until_confirmed()
    signed = desk.file("join", 1).read_bytes(), desk.file("confirmation", 1).read_bytes()
    own = ("--key", desk.file("key", 1), *desk.secret())
    desk.run("join", "--ceremony", desk.ceremony, *own)
    unsigned = (*desk.public(), *own, "--dealings", *desk.files("dealing"))
    words = " ".join(desk.run("confirm", *unsigned)["words"])
    desk.run("confirm", *unsigned, "--words", words, "--backup", desk.backup(1))
    assert (desk.file("join", 1).read_bytes(), desk.file("confirmation", 1).read_bytes()) == signed


def test_a_seal_file_of_another_ceremony(desk: Desk) -> None:
    desk.until_confirmed()
    changed(desk.home(0) / "seal.json", threshold=3)
    desk.refused("TranscriptIsAnother", "open", *desk.open_words(0), *LATE)


def test_two_rolls_are_refused_by_the_page_that_is_asked(desk: Desk) -> None:
    desk.until_dealt()
    genuine = desk.roll.read_bytes()
    seat_2 = desk.home(2)
    for path in seat_2.glob("*-0x*.json"):
        path.unlink()
    desk.run("take", *[word for word in desk.take_words(2) if word not in {"--paper", seat_2 / "paper.txt"}])
    desk.roll.unlink()
    desk.close_roll()
    assert desk.roll.read_bytes() != genuine
    desk.refused("RollChanged", "deal", *desk.deal_words(0))
    desk.run("deal", *desk.deal_words(2))
    desk.refused("RollChanged", "confirm", *desk.confirm_words(0))


def test_a_share_that_does_not_fit_voids_the_ceremony(desk: Desk) -> None:
    desk.until_dealt()
    honest = desk.file("dealing", 1).read_text()
    _spoil_a_share(desk, dealer=1, receiver=2)
    desk.run("confirm", *desk.confirm_words(0))
    facts = desk.refused("ShareDoesNotFit", "confirm", *desk.confirm_words(2))
    assert "complain" in facts["en"]
    complain = (*desk.deal_words(2), "--dealings", *desk.files("dealing"), "--dealer")
    desk.refused("ComplaintUnfounded", "complain", *complain, 0)
    desk.run("complain", *complain, 1)
    proof = (
        "--ceremony",
        desk.ceremony,
        "--roll",
        desk.roll,
        "--complaint",
        desk.file("complaint", 2),
        "--dealings",
        *desk.files("dealing"),
    )
    assert desk.run("check-complaint", *proof)["dealer"] == 1
    desk.refused("CeremonyVoid", "confirm", *desk.confirm_words(2))
    desk.refused("CeremonyVoid", "deal", *desk.deal_words(2))
    desk.refused("CeremonyVoid", "confirm", *desk.confirm_words(0), "--complaints", desk.file("complaint", 2))
    desk.file("dealing", 1).write_text(honest)
    desk.refused("ComplaintUnfounded", "check-complaint", *proof)


def _spoil_a_share(desk: Desk, dealer: int, receiver: int) -> None:
    """By the dealer, who signs what it does."""
    from verifier.shares.hashes import hex_of, keccak, word
    from verifier.signing.secp256k1 import SigningKey
    from verifier.trustee.roll import OwnKeys

    own = OwnKeys.of(key_files.read(desk.file("key", dealer), key_files.KEY, PASSWORD))
    paper = json.loads(desk.file("dealing", dealer).read_text())
    dealing = paper["dealing"]
    last = dealing["shares"][receiver][-1]
    dealing["shares"][receiver] = dealing["shares"][receiver][:-1] + ("1" if last == "0" else "0")
    joined = b"".join(bytes.fromhex(one[2:]) for one in dealing["commitments"] + dealing["shares"])
    digest = keccak(b"LenderVote/1/dealing" + bytes.fromhex(paper["rollHash"][2:]) + word(dealer) + joined)
    dealing["signature"] = hex_of(SigningKey(word(own.sign)).sign(digest))
    desk.file("dealing", dealer).write_text(json.dumps(paper))


def test_an_identity_that_signs_elsewhere(desk: Desk) -> None:
    desk.begin()
    for seat in range(3):
        words = list(desk.take_words(seat))
        if seat == 1:
            at = words.index("--identity-key")
            del words[at : at + 2]
        facts = desk.run("take", *words)
    unsigned = desk.file("join", 1)
    assert json.loads(unsigned.read_text())["signature"] == ""
    close = ("--ceremony", desk.ceremony, "--joins", *desk.files("join"), "--out", desk.roll)
    desk.refused("JoinNotSigned", "roll", *close)
    changed(unsigned, signature=json.loads(desk.file("join", 0).read_text())["signature"])
    desk.run("roll", *close)
    desk.refused("SeatNotAppointed", "deal", *desk.deal_words(0))
    desk.roll.unlink()
    from verifier.signing.secp256k1 import SigningKey

    key = SigningKey(bytes.fromhex((desk.home(1) / "identity").read_text()[2:]))
    changed(unsigned, signature="0x" + key.sign(bytes.fromhex(json.loads(unsigned.read_text())["to_sign"][2:])).hex())
    desk.close_roll()
    desk.run("deal", *desk.deal_words(0))
    assert facts["signed"]


def test_the_key_of_another_poll_is_noticed(desk: Desk) -> None:
    said = desk.until_confirmed()
    announced = desk.folder / "announced.json"
    keys = said[0]["key"]["shareKeys"]
    spoilings: list[dict[str, object]] = [{"shareKeys": [keys[1], keys[0], keys[2]]}, {"shareKeys": []}, {"rollHash": "0x" + "00" * 32}]
    for spoiled in spoilings:
        announced.write_text(json.dumps(said[0]["key"] | spoiled))
        desk.refused("ShareKeyNotInPoll", "check-announced", "--opening", desk.file("opening", 0), "--announced", announced, *desk.secret())
    desk.run("open", *desk.open_words(0), *LATE)
    changed(desk.file("share", 0), share="0x" + "11" * 32)
    announced.write_text(json.dumps(said[0]["key"]))
    desk.refused("ShareWrong", "check-share", "--announced", announced, "--share", desk.file("share", 0))


def test_a_seal_from_the_vectors(desk: Desk) -> None:
    case = json.loads((ROOT / "tests/vectors/seals.json").read_text())["good"][301]
    ballot = desk.folder / "ballot.json"
    ballot.write_text(json.dumps(case))
    assert desk.run("check-seal", "--ballot", ballot)["choices"] == case["choices"]
    changed(ballot, plain="0x00000000000000ff")
    desk.refused("SealHoldsAnother", "check-seal", "--ballot", ballot)
    changed(ballot, k="0x" + "22" * 32)
    desk.refused("SealIsAnother", "check-seal", "--ballot", ballot)
    changed(ballot, key={"x": case["key"]["x"], "y": "0x" + "00" * 32})
    desk.refused("PaperUnreadable", "check-seal", "--ballot", ballot)


def test_every_command_says_who_needs_it(capsys: pytest.CaptureFixture[str]) -> None:
    from verifier.trustee.__main__ import main

    for name, *_ in (*CEREMONY, *ESCROW):
        with pytest.raises(SystemExit) as ended:
            main([name, "--help"])
        assert ended.value.code == 0
        assert re.search(r"(保管人|工作组|任何人|出借人|接收人).*：", capsys.readouterr().out)
    assert main(["--lang", "en", "nothing"]) == 2
    assert main([]) == 2
