"""Step 2: what the poll is held to, as announced by the officials before it opened."""

from typing import Any

from verifier.tally.contracts import decode_call, parameters_hash
from verifier.tally.findings import StepLog
from verifier.tally.merkle import depth_of
from verifier.tally.recount import Recount, Scene, Terms, need
from verifier.tally.rpc import Block
from verifier.tally.steps import poll_file
from verifier.tally.steps.acts import carrying, only_event
from verifier.tally.typed_data import poll_announcement

NAMES = tuple(poll_file.PARAMETER_KEYS.split())
MOST_VERIFIERS = 8


def check(recount: Recount, log: StepLog) -> None:
    """Establishes the terms."""
    scene = need(recount.scene, 1)
    values = scene.poll.parameters()
    found_hash = parameters_hash(values)
    log.equal("poll.parametersHash()", "is not the hash of the parameters", found_hash, scene.poll.single("parametersHash", "bytes32"))
    announced = _announced(scene, values, found_hash, log)
    recount.terms = _terms(scene, values, announced)
    _sane(recount.terms, log)
    _compare_file(recount, values, found_hash, recount.terms, log)


def _announced(scene: Scene, values: tuple[Any, ...], found_hash: bytes, log: StepLog) -> Block:
    """The block of the announcement, after its signatures were checked."""
    event = only_event(scene.of_case("PollAnnounced", scene.poll_number), "PollAnnounced", scene.poll_number)
    block = scene.case.node.block(event.log.block_number)
    log.equal(event.place, "announces another poll", scene.poll.address, event.values[1])
    log.equal(event.place, "announces other parameters", found_hash, event.values[2])
    log.holds(event.place, "announced after the opening", block.timestamp < values[3], f"before {values[3]}", block.timestamp)
    transaction = carrying(event, scene, log)
    signed, signers, signatures = decode_call("announcePoll", transaction, scene.case.address)
    log.equal(transaction.place, "carries other parameters", found_hash, parameters_hash(signed))
    digest = poll_announcement(scene.case_separator, scene.poll_number, found_hash)
    scene.judge.officials_signed(digest, signers, signatures, scene.officials, scene.threshold, log, f"announcement in {transaction.place}")
    log.note(f"parameters hash 0x{found_hash.hex()}, announced {values[3] - block.timestamp} s before the opening")
    return block


def _terms(scene: Scene, values: tuple[Any, ...], announced: Block) -> Terms:
    register_number, plan_number, conditions, opens_at, closes_at, challenge_seconds, verifiers, receipt_signer = values
    poll = scene.poll
    return Terms(
        register_number=register_number,
        plan_number=plan_number,
        conditions=conditions,
        opens_at=opens_at,
        closes_at=closes_at,
        challenge_seconds=challenge_seconds,
        verifiers=verifiers,
        receipt_signer=receipt_signer,
        plan_hash=poll.single("planHash", "bytes32"),
        leaf_count=poll.single("leafCount", "uint256"),
        depth=poll.single("depth", "uint256"),
        root=poll.single("registerRoot", "bytes32"),
        classes=poll.single("classes", "(uint256,uint256,uint256)[]"),
        announced=announced,
    )


def _sane(terms: Terms, log: StepLog) -> None:
    place = "poll.parameters()"
    log.holds(place, "window is empty", terms.opens_at < terms.closes_at, "opensAt < closesAt", (terms.opens_at, terms.closes_at))
    log.holds(place, "there is no challenge period", terms.challenge_seconds > 0, "more than 0", terms.challenge_seconds)
    distinct = len(set(terms.verifiers)) == len(terms.verifiers)
    log.holds(place, "verifiers are not 1 to 8 distinct keys", distinct and 1 <= len(terms.verifiers) <= MOST_VERIFIERS)
    log.holds(place, "a verifier is the empty address", bytes(20) not in terms.verifiers)
    in_range = 1 <= terms.leaf_count <= 2**24
    if log.holds("poll.leafCount()", "is out of range", in_range, "1 to 2^24", terms.leaf_count):
        log.equal("poll.depth()", "is not the depth for this many leaves", depth_of(terms.leaf_count), terms.depth)


def _compare_file(recount: Recount, values: tuple[Any, ...], found_hash: bytes, terms: Terms, log: StepLog) -> None:
    """poll.json says what the chain says; the rule's own findings are step 5's."""
    record = poll_file.parameters(recount.published)
    written: list[Any] = [
        record.whole("register_number", 2**256),
        record.whole("plan_number", 2**256),
        poll_file.conditions(record, StepLog(5, "Rule")),
        *(record.whole(key, 2**64) for key in ("opens_at", "closes_at", "challenge_seconds")),
        poll_file.addresses(record, "verifiers"),
        record.raw("receipt_signer", 20),
    ]
    for name, of_chain, of_file in zip(NAMES, values, written, strict=True):
        if name != "conditions":
            log.equal(f"poll.json: {name}", "is not what the chain says", of_chain, of_file)
    if all(min(condition[:3]) >= 0 for condition in written[2]):
        log.equal("poll.json: parameters", "do not have the announced hash", found_hash, parameters_hash(tuple(written)))
    depth = poll_file.read(recount.published).whole("tree_depth", 2**8)
    log.equal("poll.json: tree_depth", "is not what the chain says", terms.depth, depth)
