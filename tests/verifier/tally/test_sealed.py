"""Sealed polls on a real chain: both recounts agree with right ones, whatever became of them, and an auditor can count one alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from eth_abi.abi import encode
from eth_utils.crypto import keccak

from scripts.evidence.bundle import write_bundle
from tests.contracts.approval.test_officials import p256_signer, passkey_signature
from tests.contracts.ballot_box import ABSTAIN, FOR, N, Register, make_register, secret, signer_of
from tests.contracts.chain import Chain
from tests.contracts.sealed_world import EMPTY_BOX, SealedVote, SealedWorld, SealKeys, folded, trustee_keys
from tests.verifier.second.second import recount as second
from tests.verifier.tally.proxy import lying
from tests.verifier.tally.sealed_vote import SealedHeldVote
from verifier.tally.__main__ import main
from verifier.tally.recount import Options, Recount
from verifier.tally.report import as_json
from verifier.tally.scenes import judged

Again = Callable[..., Recount]
SAME = ("recount", "passed", "decision", "result_hash", "recounted_heads", "invalid", "beside", "ballots_recorded", "ballots_rejected")


def both_agree(work: Recount, address: str, folder: Path) -> None:
    """No finding, and the second recount says the same."""
    assert [finding for log in work.steps for finding in log.findings] == []
    said = second("--rpc", address, "--published", folder).last
    mine = json.loads(as_json(work))
    assert {name: said[name] for name in SAME} == {name: mine[name] for name in SAME}


@pytest.mark.parametrize("motions", [1, 3])
def test_recount__agrees_with_a_right_sealed_poll(node_address: str, tmp_path: Path, count_again: Again, motions: int) -> None:
    vote = SealedHeldVote.announce_sealed(Chain(node_address), motions=motions)
    vote.hold()
    vote.breach()
    vote.close()
    vote.publish(tmp_path)
    work = count_again(tmp_path)
    both_agree(work, node_address, tmp_path)
    assert work.count is not None
    assert work.count.heads == [tuple(vote.poll.heads(motion, number)) for motion in range(motions) for number in range(2)]
    assert sum(work.count.invalid) == len([one for one in vote.chosen.values() if not one]) == 2
    assert [line.split(" ")[0] for line in work.beside] == ["2", "a"]
    assert any("not by: 1" in note for note in work.steps[14].notes)
    assert work.steps[10].notes == ["14 receipts: 13 recorded, 1 superseded, 0 missed"]
    bundle = tmp_path / "evidence.zip"
    write_bundle(node_address, tmp_path, bundle, Options())
    assert judged(tmp_path, ["--evidence", "evidence.zip"]).verdict == "agrees"
    assert second("--evidence", bundle).last["recount"] == "agrees"


class WithPasskey(SealedWorld):
    """The last seat's trustee signs by passkey."""

    def by_passkey(self) -> bytes:
        """Appoints the seats; the passkey's signer."""
        self.passkey = ec.derive_private_key(54321, ec.SECP256R1())
        signer = p256_signer(self.passkey, self.chain.deploy("PasskeyVerifier").address)
        signers = [*(signer_of(key) for key in self.trustees[:-1]), signer]
        signed = self.signed("TrusteeAppointment", 1, keccak(encode(["bytes[]"], [signers])))
        self.chain.send(self.case.functions.appointTrustees(signers, *signed))
        self.chain.warp(self.chain.now + 8 * 86_400)
        return signer

    def confirmations(self, keys: SealKeys) -> list[tuple[bytes, bytes]]:
        *plain, (share, _) = super().confirmations(keys)
        return [*plain, (share, passkey_signature(self.passkey, self.domain.digest("SealKey", *keys.values)))]


def test_trustees_passkey__is_held_to_the_built_verifier_as_officials_are(node_address: str, tmp_path: Path, count_again: Again) -> None:
    world = WithPasskey(Chain(node_address))
    signer = world.by_passkey()
    vote = SealedHeldVote.announce_sealed(world.chain, world=world)
    vote.hold()
    vote.close()
    vote.publish(tmp_path)
    both_agree(count_again(tmp_path), node_address, tmp_path)

    def other_code(method: str, params: list[str], result: str) -> str:
        return "0x6000" if method == "eth_getCode" and bytes.fromhex(params[0][2:]) == signer[:20] else result

    with lying(node_address, other_code) as address:
        assert {finding.name for finding in count_again(tmp_path, address).findings} == {"seal.trustees"}
        assert second("--rpc", address, "--published", tmp_path).last["names"] == ["seal.trustees"]
    bundle = tmp_path / "evidence.zip"
    write_bundle(node_address, tmp_path, bundle, Options())
    with ZipFile(bundle) as archive:
        [codes] = [archive.read(name) for name in archive.namelist() if name.endswith("code.jsonl")]
    assert "0x" + signer[:20].hex() in [json.loads(line)["address"] for line in codes.splitlines()]
    assert judged(tmp_path, ["--evidence", "evidence.zip"]).verdict == "agrees"
    assert second("--evidence", bundle).last["recount"] == "agrees"
    without(bundle, signer[:20])
    spoiled = ["bundle.file", "proof.code"]  # the archive's own list names another hash, too
    assert judged(tmp_path, ["--evidence", "evidence.zip"]).names == spoiled
    assert second("--evidence", bundle).last["names"] == spoiled


def without(bundle: Path, address: bytes) -> None:
    """The bundle proves no code at that address."""
    with ZipFile(bundle) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    with ZipFile(bundle, "w") as archive:
        for name, content in held.items():
            lines = [line for line in content.splitlines(keepends=True) if address.hex().encode() not in line[:60]]
            archive.writestr(name, b"".join(lines) if name.endswith("code.jsonl") else content)


def test_own_receipt__with_other_sealed_bytes_says_nothing_against_the_relay(node_address: str, tmp_path: Path, count_again: Again) -> None:
    """The relay does not sign what was sealed: a lender whose ballot was overtaken could change it in the own copy."""
    vote = SealedHeldVote.announce_sealed(Chain(node_address))
    vote.hold()
    vote.close()
    vote.publish(tmp_path)
    [overtaken] = [one for one in vote.receipts if (one["index"], one["sequence"]) == (5, 1)]
    copy = tmp_path / "own.json"
    for changed in ({}, {"sealed_choice": "0x" + "00" * 8}, {"seal": "0x" + "00" * 32}):
        copy.write_text(json.dumps(overtaken | changed))
        work = count_again(tmp_path, own_receipts=[copy])
        assert work.findings == []
        assert [one.ballot for one in work.brought] == ["superseded"]
        assert second("--rpc", node_address, "--published", tmp_path, "--receipt", copy).last["recount"] == "agrees"
    listed = tmp_path / "receipts.jsonl"
    wrong = json.dumps(overtaken | {"sealed_choice": "0x" + "00" * 8}, sort_keys=True, separators=(",", ":"))
    right = json.dumps(overtaken, sort_keys=True, separators=(",", ":"))
    listed.write_text(listed.read_text().replace(right, wrong))  # of its list the relay is asked all the same
    copy.write_text(right)
    work = count_again(tmp_path, own_receipts=[copy])
    assert {finding.name for finding in work.findings} == {"receipts.missed"}
    assert second("--rpc", node_address, "--published", tmp_path, "--receipt", copy).last["names"] == ["receipts.missed"]


def test_auditor__counts_alone_from_transactions(
    node_address: str, tmp_path: Path, count_again: Again, capsys: pytest.CaptureFixture[str]
) -> None:
    vote = SealedHeldVote.announce_sealed(Chain(node_address))
    vote.hold()
    vote.poll.close()
    vote.note(closed=True)
    vote.publish(tmp_path)
    where = ["write-count", "--rpc", node_address, "--published", str(tmp_path), "--most", "5"]
    assert main([*where, "--secret", "0x7"]) == 1
    assert "--secret" in capsys.readouterr().err
    assert main([*where, "--secret", hex(vote.poll.keys.secret)]) == 0
    calls = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [call["ballots"] for call in calls] == [0, 5, 5, 3]
    for call in calls[:2]:
        vote.poll.chain.send_data(vote.poll.contract.address, call["data"])
    assert main(where) == 0  # somebody began; the rest is left
    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == calls[2:]
    for call in calls[2:]:
        vote.poll.chain.send_data(vote.poll.contract.address, call["data"])
    vote.poll.open_sums(vote.chosen)
    vote.publish(tmp_path)
    both_agree(count_again(tmp_path), node_address, tmp_path)


def test_overtaken__agrees_where_a_stranger_counts_one_before_each_piece(node_address: str, tmp_path: Path, count_again: Again) -> None:
    vote = SealedHeldVote.announce_sealed(Chain(node_address))
    vote.hold()
    vote.unseal()
    poll = vote.poll
    while len(poll.records) > 1:
        before, piece = poll.piece(4)
        poll.count(1)
        poll.chain.send(poll.calls.count(before, piece + poll.records[0]))  # and with a ballot that is still in the box
        del poll.records[max(0, len(poll.records) - 3) :]
    if poll.records:
        poll.count()
    poll.open_sums(vote.chosen)
    vote.publish(tmp_path)
    both_agree(count_again(tmp_path), node_address, tmp_path)


@pytest.mark.parametrize("opened", [False, True])
def test_abandoned__agrees_without_a_result(node_address: str, tmp_path: Path, count_again: Again, opened: bool) -> None:
    vote = SealedHeldVote.announce_sealed(Chain(node_address))
    vote.hold()
    if opened:
        vote.unseal()
        vote.poll.count(4)
    else:
        vote.poll.close()
        vote.note(closed=True)
    vote.abandon()
    vote.publish(tmp_path)
    work = count_again(tmp_path)
    both_agree(work, node_address, tmp_path)
    assert work.decision is None
    assert [line.split(" ")[0] for line in work.beside if "box" in line] == ["9" if opened else "13"]
    (tmp_path / "result.json").write_text('{"abandoned":"x","reason_hash":"0x' + "00" * 32 + '"}')
    assert {finding.name for finding in count_again(tmp_path).findings} == {"result.file"}


def test_leaf_without_a_claim__is_a_finding_with_all_that_was_counted_for_it(node_address: str, tmp_path: Path, count_again: Again) -> None:
    lenders = list(make_register(12).lenders)
    lenders[9] = replace(lenders[9], amount_fen=lenders[9].amount_fen + 2**64)
    lenders[11] = replace(lenders[11], amount_fen=lenders[11].amount_fen - 2**64)
    vote = SealedHeldVote.announce_sealed(Chain(node_address), Register(lenders))
    poll = vote.poll
    poll.chain.warp(poll.terms.poll.opens_at)
    votes = [vote.sealed(index, FOR) for index in range(9)] + [vote.sealed(11, ABSTAIN)]
    poll.cast_batch(votes)
    vote.chose(votes)
    records = list(poll.records)
    vote.unseal()
    poll.count_all()
    leaf, before = lenders[11], folded(EMPTY_BOX, records[:-1])
    given = (11, leaf.leaf, vote.register.proof(11), leaf.amount_fen % N, leaf.blind, before, records[-1])
    poll.chain.send(poll.calls.excludeLeaf(*given))
    vote.excluded, vote.chosen = [11], {index: one for index, one in vote.chosen.items() if index != 11}
    vote.publish(tmp_path)
    work = count_again(tmp_path)
    assert {finding.name for finding in work.findings} >= {"register.excluded"}
    assert not [one for one in work.findings if "newest ballot" in one.what]
    assert work.count is not None
    assert work.count.heads == [tuple(poll.heads(0, number)) for number in range(2)]


def test_trustees_of_another_poll__are_those_who_served_then(node_address: str, tmp_path: Path, count_again: Again) -> None:
    chain = Chain(node_address)
    world = SealedWorld(chain, trustees=[secret("former", i) for i in range(2)])
    world.trustees = trustee_keys()
    world.appoint(world.trustees)
    first = SealedHeldVote.announce_sealed(chain, world=world)
    first.poll.chain.warp(first.poll.terms.poll.opens_at)
    first.poll.cast(SealedVote(first.register.lenders[0], FOR))
    first.chosen[0] = (FOR,)
    SealedHeldVote.announce_sealed(chain, world=world)
    first.close(sizes=())
    first.publish(tmp_path)
    both_agree(count_again(tmp_path), node_address, tmp_path)
