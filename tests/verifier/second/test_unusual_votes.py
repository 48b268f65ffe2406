"""Votes that are odd but right: the second recount agrees with them all, whoever sends what in which form."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from eth_account import Account
from eth_utils.address import to_checksum_address

from scripts.tampers.forge.bundle import write
from scripts.tampers.forge.vote import ForgedVote
from scripts.tampers.lies.logs import VerifierLog
from tests.contracts.approval.test_officials import p256_signer, passkey_signature
from tests.contracts.ballot_box import AGAINST, FOR, Lender, Register, make_register, opening, secret, sign, signer_of
from tests.contracts.call_layouts import backwards, scattered
from tests.contracts.chain import GAS, Chain, anvil
from tests.contracts.typed import Domain
from tests.contracts.world import World
from tests.verifier.second.second import Said, needs_node, recount
from tests.verifier.tally.proxy import lying
from tests.verifier.tally.vote import RELAY, HeldVote, hex_of
from verifier.tally.__main__ import main as first_recount
from verifier.tally.scenes import judged

pytestmark = needs_node


def again(address: str, folder: Path, vote: HeldVote) -> Said:
    vote.publish(folder)
    return recount("--rpc", address, "--published", folder)


def finish(vote: HeldVote) -> None:
    poll = vote.poll
    poll.chain.warp(poll.terms.closes_at)
    vote.note(closed=True)
    poll.chain.send(poll.calls.openSums(opening(vote.register, vote.newest)))


def test_nobody_voted__and_the_officials_refuse(node_address: str, tmp_path: Path) -> None:
    vote = HeldVote.announce(Chain(node_address))
    finish(vote)
    vote.poll.chain.warp(vote.poll.calls.challengeEndsAt().call())
    for key in vote.world.official_keys[1:]:
        vote.poll.attest(key, False)
    last = again(node_address, tmp_path, vote).last
    assert (last["recount"], last["decision"], last["passed"]) == ("agrees", "refused", False)


def test_undecided__agrees_and_an_invented_decision_does_not(node_address: str, tmp_path: Path) -> None:
    vote = HeldVote.announce(Chain(node_address))
    vote.hold()
    finish(vote)
    said = again(node_address, tmp_path, vote)
    assert (said.last["recount"], said.last["decision"]) == ("agrees", None)
    result = (tmp_path / "result.json").read_bytes()
    (tmp_path / "result.json").write_bytes(result.replace(b"null", b'"undecided"'))
    assert recount("--rpc", node_address, "--published", tmp_path).names == {"result.file"}


def test_not_opened__differs_at_the_opening(node_address: str, tmp_path: Path) -> None:
    vote = HeldVote.announce(Chain(node_address))
    vote.hold()
    vote.poll.chain.warp(vote.poll.terms.closes_at)
    assert again(node_address, tmp_path, vote).names == {"opening.missing", "receipts.unanchored", "result.file", "step.blocked"}


def test_layout__of_a_call_is_the_senders_affair(node_address: str, tmp_path: Path) -> None:
    vote = HeldVote.announce(Chain(node_address))
    poll, chain = vote.poll, vote.poll.chain
    chain.warp(poll.terms.opens_at)
    votes = [vote.vote(index, FOR) for index in range(9)]
    batch = bytes.fromhex(poll.calls.castBatch(*poll.papers.batch(votes[1:]).arguments)._encode_transaction_data()[2:])
    chain.send_data(poll.contract.address, "0x" + backwards(batch).hex())
    single = bytes.fromhex(poll.calls.cast(*poll.papers.ballot(votes[0]))._encode_transaction_data()[2:])
    chain.send_data(poll.contract.address, "0x" + scattered(single).hex())
    vote.count(votes)
    finish(vote)
    last = again(node_address, tmp_path, vote).last
    assert (last["recount"], last["ballots_recorded"]) == ("agrees", 9)


def test_passkeys__of_an_official_and_a_second_poll(node_address: str, tmp_path: Path) -> None:
    chain = Chain(node_address)
    passkey = ec.derive_private_key(54321, ec.SECP256R1())
    signer = p256_signer(passkey, chain.deploy("PasskeyVerifier").address)
    world = World(chain)
    world.case = chain.open_case([*(signer_of(key) for key in world.official_keys[:2]), signer], 2, signer_of(world.institution_key))
    world.domain = Domain(chain.chain_id, world.case.address)
    HeldVote.announce(chain, world=world)
    vote = HeldVote.announce(chain, world=world)
    poll = vote.poll
    chain.warp(poll.terms.opens_at)
    votes = [vote.vote(index, FOR) for index in range(9)]
    poll.cast_batch(votes)
    vote.count(votes)
    finish(vote)
    chain.warp(poll.calls.challengeEndsAt().call())
    digest = poll.papers.domain.digest("Attestation", poll.calls.resultHash().call(), True)
    chain.send(poll.calls.attest(signer, True, passkey_signature(passkey, digest)))
    chain.send(poll.calls.attest(signer_of(world.official_keys[1]), True, sign(world.official_keys[1], digest)))
    last = again(node_address, tmp_path, vote).last
    assert (last["recount"], last["decision"]) == ("agrees", "approved")

    def other_code(method: str, params: list[Any], result: str) -> str:
        """Another contract stands behind the passkey."""
        return result[:-2] + "00" if method == "eth_getCode" and params[0] == "0x" + signer[:20].hex() else result

    with lying(node_address, other_code) as address:
        assert recount("--rpc", address, "--published", tmp_path).names == {"case.officials"}


@pytest.mark.parametrize(("secret_number", "found"), [(54321, set()), (99, {"log.vouchers"})], ids=["its own", "another's"])
def test_voucher__of_a_passkey_is_judged_by_both_tools(secret_number: int, found: set[str], tmp_path: Path) -> None:
    """What a passkey signed in a log is computed, like all it signs."""
    signer = p256_signer(ec.derive_private_key(54321, ec.SECP256R1()), "0x" + "33" * 20)
    vote = ForgedVote()
    vote.officials = [*(signer_of(key) for key in vote.official_keys[:2]), signer]
    vote.build()
    vote.chain.seal()
    bundle = write(vote, tmp_path / "evidence.zip")
    log = VerifierLog(vote)
    passkey = ec.derive_private_key(secret_number, ec.SECP256R1())
    log.where("credential", lambda entry: entry if entry["way"] == "face" else with_passkey(log, entry, signer, passkey))
    (tmp_path / "log.jsonl").write_bytes(log.content())
    arguments = ["--evidence", "evidence.zip", "--issuer-log", "log.jsonl"]
    assert recount("--evidence", bundle, "--issuer-log", tmp_path / "log.jsonl").names == found
    assert {*judged(tmp_path, arguments).names} == found


def with_passkey(log: VerifierLog, entry: dict[str, Any], signer: bytes, passkey: ec.EllipticCurvePrivateKey) -> dict[str, Any]:
    """Vouched by the second official and by the passkey."""
    entry = log.vouched(entry["index"], log.vote.official_keys[1:2])
    (said,) = entry["vouchers"]
    digest = log.vote.poll_domain.digest("Voucher", entry["index"], entry["ballot_key"], said["method"], said["vouched_at"])
    return {**entry, "vouchers": [said, {**said, "signer": hex_of(signer), "signature": hex_of(passkey_signature(passkey, digest))}]}


def test_equal_claims__meet_in_one_sum_and_leave_it_again(node_address: str, tmp_path: Path) -> None:
    lenders = list(make_register(4).lenders)
    lenders[2] = Lender(2, 0, lenders[0].amount_fen, lenders[0].blind)
    vote = HeldVote.announce(Chain(node_address), register=Register(lenders))
    vote.poll.chain.warp(vote.poll.terms.opens_at)
    rounds = [
        [vote.vote(0, FOR), vote.vote(2, FOR)],
        [vote.vote(0, AGAINST, 2), vote.vote(2, AGAINST, 2)],
        [vote.vote(2, FOR, 3)],
    ]
    for votes in rounds:
        vote.poll.cast_batch(votes)
        vote.count(votes)
    finish(vote)
    assert again(node_address, tmp_path, vote).last["recount"] == "agrees"


def test_strangers__may_leave_what_they_like(node_address: str, tmp_path: Path) -> None:
    """Notes of others, checkpoints of anybody, ballots sent once more."""
    vote = HeldVote.announce(Chain(node_address))
    vote.hold()
    poll, chain, case = vote.poll, vote.poll.chain, vote.world.case
    chain.send(case.functions.note(b"receipts".ljust(32, b"\0"), b"\x01\x02"))
    chain.send(case.functions.checkpoint([1, 2]))
    vote.poll.cast_batch([poll.vote(0, FOR), poll.vote(7, FOR)])  # rejected: they are recorded already
    chain.send_as(RELAY, case.functions.note(b"weather".ljust(32, b"\0"), b"fine"))
    vote.close()
    last = again(node_address, tmp_path, vote).last
    assert (last["recount"], last["ballots_rejected"]) == ("agrees", 5)


def _sent(chain: Chain, to: str, data: str, **fields: Any) -> bytes:
    """A signed transaction of a new account."""
    account = Account.from_key(secret("sender", len(fields)))
    chain.rpc("anvil_setBalance", account.address, hex(10**20))
    whole = {"to": to_checksum_address(to), "data": data, "value": 0, "gas": GAS, "nonce": 0, "chainId": chain.chain_id, **fields}
    return bytes(account.sign_transaction(whole).raw_transaction)


def test_transactions__of_every_kind_in_one_block(tmp_path: Path) -> None:
    """Ballots in transactions of the old kind, with an access list, with code for the sender's account; and others' beside them."""
    with anvil("--hardfork", "prague") as address:
        vote = HeldVote.announce(Chain(address))
        poll, chain = vote.poll, vote.poll.chain
        votes = [vote.vote(index, FOR) for index in range(4)]
        data = [poll.calls.cast(*poll.papers.ballot(one))._encode_transaction_data() for one in votes]
        at = poll.contract.address
        access = [{"address": at, "storageKeys": ["0x" + "00" * 31 + "07"]}]
        fees = {"maxFeePerGas": 10**12, "maxPriorityFeePerGas": 10**9}
        delegate = Account.from_key(secret("delegate"))
        signed = delegate.sign_authorization({"chainId": chain.chain_id, "address": "0x" + "33" * 20, "nonce": 0})
        sent = [
            _sent(chain, at, data[0], gasPrice=10**12),
            _sent(chain, at, data[1], gasPrice=10**12, accessList=access, type=1),
            _sent(chain, at, data[2], **fees, accessList=access, type=2),
            _sent(chain, at, data[3], **fees, accessList=access, authorizationList=[signed], type=4),
        ]
        chain.warp(poll.terms.opens_at)
        chain.rpc("evm_setAutomine", False)
        for raw in sent:
            chain.w3.eth.send_raw_transaction(raw)
        chain.rpc("evm_mine")
        chain.rpc("evm_setAutomine", True)
        transactions: Any = chain.w3.eth.get_block("latest", full_transactions=True)["transactions"]
        kinds = {int(one["type"]) for one in transactions}
        assert kinds == {0, 1, 2, 4}
        vote.count(votes)
        finish(vote)
        last = again(address, tmp_path, vote).last
        assert (last["recount"], last["ballots_recorded"]) == ("agrees", 4)


@pytest.mark.parametrize("count", [2, 16])
def test_amounts__beyond_what_a_float_can_hold_are_exact(count: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Amounts of 2^58 fen and a little, where the second tool's numbers have to be the first one's."""
    lenders = [Lender(one.index, one.voting_class, 2**58 + 7 * one.index + 1, one.blind) for one in make_register(16).lenders]
    vote = ForgedVote(register=Register(lenders), choices=[(index, FOR) for index in range(count)]).build()
    path = write(vote, tmp_path / "evidence.zip")
    last = recount("--evidence", path).last
    first_recount(["--evidence", str(path), "--json"])
    first = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (last["recount"], last["names"]) == (first["recount"], first["names"])
    assert last["tallies"] == first["tallies"]
    assert last["tallies"][0]["fen_for"] > 2**58
