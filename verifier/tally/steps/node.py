"""Step 1: the chain, the two contracts, and that the poll is the one which the case announced."""

from pathlib import Path

from verifier.tally.build import check_code
from verifier.tally.contracts import CaseContract, Event, PollContract, decode_event
from verifier.tally.findings import StepLog, Wrong
from verifier.tally.keccak import keccak
from verifier.tally.recount import Recount, Scene
from verifier.tally.rpc import Block, Node
from verifier.tally.signers import Judge, short
from verifier.tally.steps import poll_file
from verifier.tally.typed_data import domain_separator

MOST_OFFICIALS = 32


def check(recount: Recount, log: StepLog) -> None:
    """Establishes the scene."""
    node, header = recount.node, poll_file.read(recount.published)
    case_address, poll_address = header.raw("case", 20), header.raw("poll", 20)
    poll_number, from_block = header.whole("poll_number", 2**63), header.whole("from_block", 2**63)
    poll_file.check_canonical(recount.published, log)
    chain_id, head = node.chain_id(), node.latest_block()
    log.note(f"chain {chain_id}, block {head.number} (0x{head.hash.hex()})")
    log.equal("poll.json: chain_id", "is not the node's chain", chain_id, header.whole("chain_id", 2**256))
    if from_block > head.number:
        raise Wrong("poll.json: from_block", "is beyond the node's newest block", f"at most {head.number}", from_block)
    case, poll = CaseContract(node, case_address, "case", head), PollContract(node, poll_address, "poll", head)
    _require_code(case, poll, recount.build, log)

    _check_links(case, poll, poll_number, log)
    events = _events(recount, case, poll, from_block, log)
    case_events = [event for event in events if event.log.address == case_address]
    poll_events = [event for event in events if event.log.address == poll_address]
    log.note(f"{len(case_events)} events of the case, {len(poll_events)} of the poll since block {from_block}")

    officials, threshold, institution = _opened(case, case_events, from_block, log)
    recount.scene = Scene(
        chain_id=chain_id,
        head=head,
        case=case,
        poll=poll,
        poll_number=poll_number,
        officials=officials,
        threshold=threshold,
        institution=institution,
        case_separator=domain_separator(chain_id, case_address),
        poll_separator=domain_separator(chain_id, poll_address),
        judge=Judge(node, head),
        case_events=case_events,
        poll_events=poll_events,
    )


def _check_links(case: CaseContract, poll: PollContract, poll_number: int, log: StepLog) -> None:
    """The case announced this poll under this number, and the poll says so too."""
    announced = case.poll(poll_number)
    log.equal(f"case.poll({poll_number})", "the case announced another poll under this number", announced, poll.address)
    log.equal("poll.caseContract()", "the poll belongs to another case", case.address, poll.single("caseContract", "address"))
    log.equal("poll.pollNumber()", "the poll has another number", poll_number, poll.single("pollNumber", "uint256"))


def _events(recount: Recount, case: CaseContract, poll: PollContract, from_block: int, log: StepLog) -> list[Event]:
    """All events of both contracts in the order of the chain, each in a block that the node also shows."""
    node, head = recount.node, case.at
    with recount.progress.of("events", head.number - from_block + 1) as ticked:
        logs = node.logs([case.address, poll.address], from_block, head.number, ticked)
    with recount.progress.of("blocks", len({entry.block_number for entry in logs})) as ticked:
        node.load_blocks((entry.block_number for entry in logs), ticked)
    _check_headers(node, head, {entry.block_number for entry in logs}, log)
    events: list[Event] = []
    for entry in logs:
        log.equal(entry.place, "stands in a block of another hash", node.block(entry.block_number).hash, entry.block_hash)
        try:
            events.append(decode_event(entry))
        except Wrong as wrong:
            log.wrong(wrong.place, wrong.what, wrong.expected, wrong.found)
    return events


def _check_headers(node: Node, head: Block, numbers: set[int], log: StepLog) -> None:
    """The header of each block, and so its time, is bound to its hash; other chains than Ethereum's kind hash in other ways."""
    if head.header_hash != head.hash:
        log.note("this chain hashes its blocks in another way than Ethereum; the times of its blocks are the node's word")
        return
    for number in sorted(numbers):
        block = node.block(number)
        log.equal(f"node: block {number}", "its header does not give its hash", block.hash, block.header_hash)
    log.note(f"the headers of the {len(numbers)} blocks with events give their hashes")


def _require_code(case: CaseContract, poll: PollContract, build: Path | None, log: StepLog) -> None:
    for contract in (case, poll):
        code = contract.node.code(contract.address, contract.at)
        log.note(f"{contract.name} 0x{contract.address.hex()}: {len(code)} bytes of code with hash 0x{keccak(code).hex()}")
        if not code:
            raise Wrong(f"poll.json: {contract.name}", "no contract stands at this address", "code", "0x" + contract.address.hex())
        if build is not None:
            check_code(build, contract.name, code, log)
    if build is None:
        log.note("the code was not compared with a build of the sources; give one with --build")


def _opened(case: CaseContract, events: list[Event], from_block: int, log: StepLog) -> tuple[list[bytes], int, bytes]:
    """Officials, threshold and institution, as the case says them and as it said them when it was created."""
    officials, threshold, institution = case.officials(), case.threshold(), case.institution()
    opened = [event for event in events if event.name == "CaseOpened"]
    if log.equal("poll.json: from_block", "the case was not created in or after this block exactly once", 1, len(opened)):
        log.equal("poll.json: from_block", "is not the block of the case's creation", opened[0].log.block_number, from_block)
        found = [*opened[0].values]
        log.equal(opened[0].place, "officials, threshold or institution have changed", found, [officials, threshold, institution])
    count = len(officials)
    log.holds("case.officials()", "officials are not 1 to 32 distinct signers", 1 <= len(set(officials)) == count <= MOST_OFFICIALS)
    log.holds(
        "case.threshold()", "is no majority of the officials", count < 2 * threshold <= 2 * count, f"more than half of {count}", threshold
    )
    log.note(f"{count} officials, of whom {threshold} decide: {', '.join(short(signer) for signer in officials)}")
    log.note(f"institution {short(institution)}")
    return officials, threshold, institution


def same_chain(node: Node, head: Block, log: StepLog) -> None:
    """The block at which everything was read still stands in the chain."""
    log.equal(
        f"node: block {head.number}", "the chain changed during the recount; run it again", head.hash, node.fresh_block(head.number).hash
    )
