"""A sealed poll from its ceremony to the officials' decision, and what goes wrong on the way."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from backend.ground.chain.calls import ContractCall
from backend.ground.chain.node import Node
from backend.ground.chain.sealed_poll import SealedPollContract
from backend.ground.chain.signatures import sign
from backend.ground.chain.values import Stage
from backend.ground.common.hashing import keccak
from backend.ground.common.seals import EMPTY_BOX
from backend.ground.common.voting import Choice
from backend.public.certificates import rules
from backend.public.certificates.service import CertificateService
from backend.vote.ballots import store
from backend.vote.polls.views import PollView
from backend.vote.tally.box import BoxReader, FilledBox
from backend.vote.tally.counter import Counter, piece_gas
from backend.vote.tally.errors import NotCountedYet, PollStillOpen, ShareWrong
from backend.vote.tally.sealed import SealedTallyService
from tests.backend.vote.ballots.automine import AutomineAnvil
from tests.backend.vote.ballots.issuer_process import IssuerProcess
from tests.backend.vote.ballots.test_intake import cast_directly
from tests.backend.vote.ballots.world import ABSTAIN, AGAINST, FOR, World, key_of, signer
from tests.backend.vote.tally.sealed_vote import NONSENSE, SealedVote, both_recounts_agree, opened_poll
from tests.backend.vote.tally.test_exclusion import false_leaf, false_register


def unseal(vote: SealedVote, seats: tuple[int, ...] = (1, 4, 5)) -> None:
    for seat in seats:
        vote.world.sealed_tally.publish_share(vote.poll.id, seat, vote.ceremony.share(seat))


@dataclass(frozen=True)
class Part:
    """Who does what; indexes are drawn by chance, so that classes are asked for. All are in the larger class, and the plan passes."""

    relayed: list[int]
    direct: list[int]
    nonsense: int
    abstaining: int
    against: list[int]

    @property
    def cast(self) -> dict[int, int]:
        """The choices that count."""
        odd = {self.abstaining: ABSTAIN} | dict.fromkeys(self.against, AGAINST)
        return {index: odd.get(index, FOR) for index in range(12) if index != self.nonsense}


def part_of(vote: SealedVote) -> Part:
    classes: dict[int, list[int]] = {}
    for index in range(12):
        leaf = vote.world.register.leaf(vote.poll.case_id, vote.poll.register_number, index)
        classes.setdefault(leaf.voting_class, []).append(index)
    large, small = sorted(classes.values(), key=len, reverse=True)
    return Part([*large[:4], *small], large[4:], large[0], large[1], large[2:4])


def test_from_the_ceremony_to_the_decision(world: World, issuer: IssuerProcess) -> None:
    """One story: ballots are taken, changed and closed; three of six open; the counter is killed half way and another goes on."""
    issuer.start()
    vote = opened_poll(world)
    part = part_of(vote)
    _lenders_vote(vote, part)
    _nothing_is_known_before_the_close(vote, part)
    vote.close()
    _three_trustees_open(vote)
    _the_count_is_killed_and_resumed(vote, part)
    _sums_are_opened_and_approved(vote, part)
    _files_are_published(vote, part)


def _lenders_vote(vote: SealedVote, part: Part) -> None:
    world = vote.world
    for index in part.relayed:
        vote.issue(index)
        vote.take(index, AGAINST if index in part.against else FOR)
    vote.settle()
    receipt = vote.take(part.abstaining, ABSTAIN, 2)  # changed: FOR before
    for index in part.direct:
        cast_directly(vote, vote.ballot(index, FOR))  # by another way than ours
    cast_directly(vote, vote.ballot(part.nonsense, sealed=NONSENSE, sequence=2))  # a newer one that opens to nothing
    vote.settle()
    vote.settle()
    assert vote.status(receipt) == "confirmed"
    assert world.ballots.count_by_status(vote.poll.id) == {"confirmed": 9}
    assert vote.recorded(part.abstaining) == (0, 2)


def _nothing_is_known_before_the_close(vote: SealedVote, part: Part) -> None:
    world, contract = vote.world, vote.world.chain.sealed_poll(vote.poll.address)
    with world.sessions.reading() as session:
        rows = session.query(store.BallotRow).filter_by(poll_id=vote.poll.id).all()
        assert {row.choice for row in rows} == {0}
    journal = b"".join(path.read_bytes() for path in world.settings.resolved_journal_dir.glob("*.jsonl"))
    assert all(json.loads(line).get("choice", 0) == 0 for line in journal.splitlines() if vote.poll.id.encode() in line)
    assert world.sealed_tally.view(vote.poll.id).progress is None
    assert contract.box() != EMPTY_BOX
    assert [contract.heads(0, voting_class) for voting_class in (0, 1)] == [contract.heads(0, 0)] * 2
    assert world.ballots.own_ballots(vote.poll.id, part.abstaining).opened_as is None
    with pytest.raises(PollStillOpen):
        world.sealed_tally.publish_share(vote.poll.id, 0, vote.ceremony.share(0))
    with pytest.raises(PollStillOpen):
        vote.open_sums(world.members["official 0"])


def _three_trustees_open(vote: SealedVote) -> None:
    world, tally = vote.world, vote.world.sealed_tally
    world.anvil.mine(3)
    world.chain.pump()
    with pytest.raises(ShareWrong):
        tally.publish_share(vote.poll.id, 1, vote.ceremony.share(2))
    tally.publish_share(vote.poll.id, 1, vote.ceremony.share(1))
    view = tally.publish_share(vote.poll.id, 1, vote.ceremony.share(1))  # again
    assert (view.stage, sorted(view.opened), [seat.seat for seat in view.missing]) == (Stage.CLOSED, [1], [0, 2, 3, 4, 5])
    assert view.progress is not None
    assert (view.progress.ballots, view.progress.lenders, view.progress.counted) == (14, 12, 0)
    with pytest.raises(NotCountedYet):
        vote.world.tally.open_sums(vote.poll.id, world.members["official 0"])
    unseal(vote)
    assert tally.view(vote.poll.id).stage is Stage.UNSEALED


def _the_count_is_killed_and_resumed(vote: SealedVote, part: Part) -> None:
    world, poll = vote.world, vote.poll
    contract, counter = world.chain.sealed_poll(poll.address), world.sealed_tally.counter
    box = BoxReader(world.chain, world.register).read(poll)
    assert (len(box), box.number_after(len(box))) == (14, contract.box())
    somebody = contract.count(box.number_after(11), box.between(11, 14))
    world.chain.transact(somebody, f"somebody counts {poll.id}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("backend.vote.tally.counter.PIECE", 2)
        assert not counter.count(poll, at_most=2)  # killed
    assert box.place_of(contract.box()) == 7
    another = SealedTallyService(world.sessions, world.chain, world.register, world.polls, world.sealed_polls)
    another.counter.run_once()
    assert contract.stage() is Stage.COUNTED
    another.counter.run_once()
    world.anvil.mine(3)
    world.chain.pump()
    progress = world.sealed_tally.view(poll.id).progress
    assert progress is not None
    assert (progress.counted, progress.invalid) == (12, (part.nonsense,))
    own = world.ballots.own_ballots(poll.id, part.abstaining)
    assert (own.choice, own.sequence, own.opened_as) == (0, 2, (ABSTAIN,))
    assert world.ballots.own_ballots(poll.id, part.direct[0]).opened_as == (FOR,)  # by another way than ours
    assert world.ballots.own_ballots(poll.id, part.nonsense).opened_as == (0,)


def _sums_are_opened_and_approved(vote: SealedVote, part: Part) -> None:
    world = vote.world
    world.ballots.anchors.run_once()
    world.anvil.mine(3)
    world.chain.pump()
    result = vote.open_sums(world.members["official 0"])
    cast = part.cast
    heads = [sum(getattr(each.count, f"heads_{name}") for each in result.classes) for name in ("for", "against", "abstain")]
    assert heads == [sum(choice == wanted for choice in cast.values()) for wanted in (FOR, AGAINST, ABSTAIN)]
    fen = sum(each.count.fen_for + each.count.fen_against + each.count.fen_abstain for each in result.classes)
    assert fen == world.register.amount_of(vote.poll.case_id, vote.poll.register_number, sorted(cast))
    assert result.sealed is not None
    assert (result.sealed.invalid, result.sealed.broken_at, result.motions[0].title) == ((part.nonsense,), None, vote.poll.plan_title)
    turnout = world.tally.counted_turnout(vote.poll.id)
    assert turnout.points[-1].heads == len(cast)
    world.anvil.move_to(int(result.challenge_ends_at.timestamp()) + 1)
    for name in ("official 0", "official 1"):
        typed = world.approvals.attestation(vote.poll.id, world.members[name], approve=result.passed)
        signature = sign(key_of(name), typed.digest())
        world.approvals.attest(vote.poll.id, world.members[name], signer(name), signature, approve=result.passed)
    assert (result.passed, world.polls.stage(vote.poll.id)) == (True, Stage.APPROVED)


def _files_are_published(vote: SealedVote, part: Part) -> None:
    world, sealing = vote.world, vote.poll.sealing
    assert sealing is not None
    read = {path.name: path.read_bytes() for path in world.publication.publish(vote.poll.id)}
    poll, result = json.loads(read["poll.json"]), json.loads(read["result.json"])
    assert keccak(read["seal.json"]) == sealing.key.transcript_hash
    assert (poll["kind"], poll["motions"], poll["abandon_after_seconds"]) == ("sealed", 1, 3600)
    nonsense = world.register.leaf(vote.poll.case_id, vote.poll.register_number, part.nonsense).voting_class
    assert result["invalid"] == [int(number == nonsense) for number in range(len(vote.poll.classes))]
    assert result["passed"] == [world.tally.result(vote.poll.id).passed]
    rooms = world.chain, world.cases, world.plans, world.polls, world.tally, world.settings, world.complaints, world.notices
    certificates = CertificateService(*rooms)
    certificate = certificates.certificate(vote.poll.id)
    assert certificate["result"]["sealed"] == {"invalid": [part.nonsense], "seal_broken_at": None}
    assert [motion["passed"] for motion in certificate["result"]["motions"]] == [True]
    paper = rules.paper_facts(certificate, "en", "https://vote.example", "<svg/>")
    assert ["Sealed vote", f"1 ballots were invalid when opened (index {part.nonsense}); these lenders count as not taking part"] in paper[
        "heading"
    ]
    lines = [json.loads(line) for line in read["receipts.jsonl"].splitlines()]
    assert len(lines) == 9
    assert all(len(line["seal"]) == 66 and len(line["sealed_choice"]) == 18 for line in lines)
    both_recounts_agree(vote)


def test_motions_are_counted_one_by_one(world: World) -> None:
    vote = opened_poll(world, motions=["repayment", "committee", "auditor"])
    for index in range(12):
        cast_directly(vote, vote.ballot(index, (FOR, AGAINST if index % 2 else FOR, ABSTAIN)))
    nonsense = part_of(vote).nonsense
    cast_directly(vote, vote.ballot(nonsense, (FOR, 0, FOR), sequence=2))  # without the second motion it is invalid in all of them
    vote.close()
    unseal(vote)
    assert world.sealed_tally.counter.count(vote.poll)
    world.ballots.anchors.run_once()
    result = vote.open_sums(world.members["official 0"])
    assert [motion.title for motion in result.motions] == ["repayment", "committee", "auditor"]
    heads = [
        [sum(getattr(each.count, f"heads_{name}") for each in motion.classes) for name in ("for", "against", "abstain")]
        for motion in result.motions
    ]
    assert (heads[0], sum(heads[1]), heads[2]) == ([11, 0, 0], 11, [0, 0, 11])
    assert [motion.passed for motion in result.motions][::2] == [True, False]
    assert result.sealed is not None
    assert result.sealed.invalid == (nonsense,)
    world.anvil.mine(3)
    world.chain.pump()
    published = json.loads(world.publication.file(vote.poll.id, "result.json").read_bytes())
    assert published["passed"] == [motion.passed for motion in result.motions]
    assert len(published["tallies"]) == 3 * len(vote.poll.classes)


def test_shares_that_others_put_on_the_chain_count_and_the_service_unseals(world: World) -> None:
    vote = opened_poll(world)
    cast_directly(vote, vote.ballot(1, FOR))
    vote.close()
    contract = world.chain.sealed_poll(vote.poll.address)
    for seat in (0, 2, 3):
        world.chain.transact(contract.publish_share(seat, vote.ceremony.share(seat)), f"from elsewhere {vote.poll.id} {seat}")
    world.sealed_tally.counter.run_once()
    assert contract.stage() is Stage.COUNTED
    assert world.sealed_tally.view(vote.poll.id).opened == {0, 2, 3}


def test_a_chain_that_loses_counted_pieces_is_counted_again(world: World) -> None:
    vote = opened_poll(world)
    for index in range(4):
        cast_directly(vote, vote.ballot(index, FOR))
    vote.close()
    unseal(vote)
    contract = world.chain.sealed_poll(vote.poll.address)
    snapshot = world.anvil.node.ask("evm_snapshot")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("backend.vote.tally.counter.PIECE", 1)
        assert not world.sealed_tally.counter.count(vote.poll, at_most=2)
    full = contract.box()
    assert world.anvil.node.ask("evm_revert", snapshot)
    assert contract.box() != full
    world.chain.pump()
    assert world.sealed_tally.counter.count(vote.poll)


def overtaken_by_one(vote: SealedVote, patch: pytest.MonkeyPatch) -> list[int]:
    """A stranger counts one ballot just before each piece that the counter sends; where these pieces end."""
    world, send, ends = vote.world, Counter._send, list[int]()

    def sent(counter: Counter, poll: PollView, contract: SealedPollContract, box: FilledBox, first: int, end: int) -> None:
        stranger = contract.count(box.number_after(end - 1), box.between(end - 1, end))
        world.chain.transact(stranger, f"a stranger counts {poll.id} {end}")
        ends.append(end)
        send(counter, poll, contract, box, first, end)

    patch.setattr(Counter, "_send", sent)
    return ends


def test_a_stranger_who_counts_one_ballot_before_each_piece_holds_nothing_up(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    vote = opened_poll(world)
    for index in range(11):
        cast_directly(vote, vote.ballot(index, FOR))
    vote.close()
    unseal(vote)
    monkeypatch.setattr("backend.vote.tally.counter.PIECE", 5)
    ends = overtaken_by_one(vote, monkeypatch)
    assert world.sealed_tally.counter.count(vote.poll, at_most=3)
    assert ends == [11, 6, 1]  # the last piece was the stranger's altogether
    contract = world.chain.sealed_poll(vote.poll.address)
    assert contract.stage() is Stage.COUNTED
    assert sum(contract.heads(0, number).heads_for for number in range(len(vote.poll.classes))) == 11


def counted_without_estimate(vote: SealedVote, patch: pytest.MonkeyPatch) -> bool:
    """Whether a box of three is counted and no node was asked how much gas a piece takes."""
    asked: list[str] = []
    estimate = Node.estimate

    def noted(node: Node, call: ContractCall, sender: str) -> int:
        asked.append(str(call.to))
        return estimate(node, call, sender)

    patch.setattr(Node, "estimate", noted)
    assert vote.world.sealed_tally.counter.count(vote.poll)
    return vote.poll.address not in asked


@pytest.mark.parametrize("narrow", [False, True])
def test_a_node_need_not_look_for_the_gas_of_a_piece_unless_its_blocks_are_narrow(
    world: World, monkeypatch: pytest.MonkeyPatch, narrow: bool
) -> None:
    vote = opened_poll(world)
    for index in range(3):
        cast_directly(vote, vote.ballot(index, FOR))
    vote.close()
    unseal(vote)
    world.sealed_tally.unsealing.unseal(vote.poll)
    before = world.chain.block().gas_limit
    assert before is not None
    world.anvil.node.ask("evm_setBlockGasLimit", hex(piece_gas(3, 1) - 1 if narrow else before))
    try:
        world.anvil.mine(1)
        assert counted_without_estimate(vote, monkeypatch) is not narrow
    finally:
        world.anvil.node.ask("evm_setBlockGasLimit", hex(before))
        world.anvil.mine(1)


def test_over_http_anybody_opens_and_everybody_sees_who_is_missing(world: World) -> None:
    vote = opened_poll(world)
    cast_directly(vote, vote.ballot(1, FOR))
    browser, path = world.browser(), f"/api/polls/{vote.poll.id}"
    before = browser.get(f"{path}/seal").json()
    assert (before["stage"], before["opened"], before["progress"], before["threshold"]) == ("open", 0, None, 3)
    share = {"seat": 2, "share": f"0x{vote.ceremony.share(2):064x}"}
    assert browser.post(f"{path}/shares", share).json()["error"]["code"] == "PollStillOpen"
    vote.close()
    assert browser.post(f"{path}/shares", share | {"seat": 1}).json()["error"]["code"] == "ShareWrong"
    assert browser.post(f"{path}/shares", share | {"seat": 6}).json()["error"]["code"] == "NoSuchSeat"
    assert browser.post(f"{path}/shares", share | {"share": "0x" + "00" * 32}).json()["error"]["code"] == "ShareWrong"
    assert browser.post(f"{path}/shares", share | {"share": "1"}).status_code == 422
    after = browser.post(f"{path}/shares", share).json()
    assert (after["opened"], after["missing"]) == (1, [0, 1, 3, 4, 5])
    assert [seat["name"] for seat in after["seats"] if seat["opened"]] == [vote.ceremony.seats.names[2]]
    assert browser.post(f"{path}/breach", {"signature": "0x" + "00" * 65}).json()["error"]["code"] == "VoteClosedAlready"


@pytest.mark.parametrize("overtaken", [False, True])
def test_a_leaf_without_a_claim_is_taken_out_with_its_sealed_ballot(
    node: AutomineAnvil, issuer: IssuerProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, overtaken: bool
) -> None:
    """Also where pieces were overtaken, so that a call has more records than it counted."""
    false_register(5_000_000, monkeypatch)
    world = World(tmp_path, node, issuer.url)
    vote = opened_poll(world)
    false = false_leaf(vote)
    for index in range(12):
        cast_directly(vote, vote.ballot(index, AGAINST if index == false.index else FOR))
    vote.close()
    unseal(vote)
    with monkeypatch.context() as patch:
        patch.setattr("backend.vote.tally.counter.PIECE", 5)
        if overtaken:
            overtaken_by_one(vote, patch)
        assert world.sealed_tally.counter.count(vote.poll)
    world.ballots.anchors.run_once()
    result = vote.open_sums()
    [excluded] = result.excluded
    assert (excluded.index, excluded.voted, excluded.recorded) == (false.index, True, Choice.NONE)
    assert sum(each.count.heads_for for each in result.classes) == 11
    assert sum(each.count.heads_against for each in result.classes) == 0
    assert world.tally.counted_turnout(vote.poll.id).points[-1].heads == 11
    world.close()
