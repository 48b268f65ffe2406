"""Step 17: the sample of the register, where one was published: drawn by the seed, all of it looked at, signed (protocol §4.3)."""

from collections.abc import Sequence
from dataclasses import dataclass

from verifier.ranges.file import FileWrong, size_of
from verifier.ranges.transcript import Frozen
from verifier.sampling import intervals, paper
from verifier.sampling.bound import bound_fen, bound_millionths
from verifier.sampling.draw import BLOCKS_LATER, SIZES, WHOLE, points_of, seed_of
from verifier.tally.contracts import Event, classes_hash
from verifier.tally.findings import Blocked, StepLog, Wrong
from verifier.tally.generations import Generation
from verifier.tally.keccak import keccak
from verifier.tally.leaves import Leaves
from verifier.tally.published import FINDINGS, Record, hash_of
from verifier.tally.recount import Recount, Register, need
from verifier.tally.signers import Panel, has_signed
from verifier.tally.steps.acts import only_event
from verifier.tally.typed_data import register_sample

NAME = paper.NAME
KEYS = "block bound_fen bound_millionths draws findings indexes proofs_hash register_number root signatures"
MOST_SIGNATURES = 32
NUMBERS = {"register_number": 2**256, "draws": 2**32, "bound_millionths": 2**32, "bound_fen": 2**128}
FILE, WORDS = FINDINGS[NAME], tuple(str(one) for one in paper.Found)


@dataclass(frozen=True)
class Paper:
    """sample.json as it stands there."""

    record: Record
    block: tuple[int, bytes]
    indexes: list[int]
    findings: list[tuple[int, str]]
    signers: list[bytes]
    signatures: list[bytes]

    hash: bytes
    """Of all but the signatures."""


def check(recount: Recount, log: StepLog) -> None:
    """Nothing has to be published; what is has to be right."""
    if not recount.published.has(NAME):
        log.note("no sample of the register was published")
        return
    frozen, terms = need(recount.register, 3), need(recount.terms, 2)
    if frozen.leaves is None or frozen.leaves.off or len(frozen.leaves) != frozen.leaf_count:
        raise Blocked(3)
    frozen_there = need(recount.scene, 1).of_case("RegisterFrozen", terms.register_number)
    event = only_event(frozen_there, FILE, "RegisterFrozen", terms.register_number)
    given = _read(recount.published.record(NAME, KEYS), frozen.leaf_count)
    _compare(given, frozen, terms.register_number, log)
    seed = _seed(recount, given, frozen, event, log)
    if seed is not None and given.indexes:
        _check_draws(recount, given, frozen, frozen.leaves, seed, log)
    elif not given.indexes:
        log.equal(FILE, f"{NAME}: proofs_hash", "is not zero, and nothing was drawn", bytes(32), given.record.raw("proofs_hash", 32))
    _check_findings(given, frozen, log)
    _check_signed(recount, given, frozen, event, log)


def _read(record: Record, leaf_count: int) -> Paper:
    """Raises: Wrong."""
    for key, most in (("indexes", max(SIZES)), ("findings", leaf_count), ("signatures", MOST_SIGNATURES)):
        if len(record.rows(key)) > most:  # before each of them takes memory
            raise Wrong(FILE, f"{NAME}: {key}", "has too many rows", f"at most {most}", len(record.rows(key)))
    for key, below in NUMBERS.items():  # all of them, before any is looked at
        record.whole(key, below)
    for key in ("root", "proofs_hash"):
        record.raw(key, 32)
    block = record.inner("block", f"{NAME}: block", "hash number")
    indexes = [one.whole("indexes", leaf_count) for one in record.each("indexes")]
    rows = [Record.of(row, f"{NAME}: findings", "found index", FILE) for row in record.rows("findings")]
    signed = [Record.of(row, f"{NAME}: signatures", "signature signer", FILE) for row in record.rows("signatures")]
    return Paper(
        record,
        (block.whole("number", 2**64), block.raw("hash", 32)),
        indexes,
        [(row.whole("index", leaf_count), row.text("found")) for row in rows],
        [row.any_bytes("signer") for row in signed],
        [row.any_bytes("signature") for row in signed],
        hash_of({key: value for key, value in record.fields.items() if key != "signatures"}, NAME, FILE),
    )


def _compare(given: Paper, frozen: Register, number: int, log: StepLog) -> None:
    record, draws = given.record, given.record.whole("draws", NUMBERS["draws"])
    log.equal(FILE, f"{NAME}: register_number", "is not the poll's", number, record.whole("register_number", NUMBERS["register_number"]))
    log.equal(FILE, f"{NAME}: root", "is not the frozen one", frozen.root, record.raw("root", 32))
    log.holds(FILE, f"{NAME}: draws", "is none of the sizes of a sample", draws in (WHOLE, *SIZES), (WHOLE, *SIZES), draws)
    log.equal(FILE, f"{NAME}: indexes", "are not as many as draws", draws, len(given.indexes))


def _seed(recount: Recount, given: Paper, frozen: Register, event: Event, log: StepLog) -> bytes | None:
    """From the chain alone; nothing where the block is not to be had."""
    number, sight = event.log.block_number + BLOCKS_LATER, need(recount.sight, 1)
    if not log.equal("sample.seed", f"{NAME}: block", "is not the one that the seed is from", number, given.block[0]):
        return None
    if not log.holds("sample.seed", f"block {number}", "is not there yet", number <= sight.head.number, number, sight.head.number):
        return None
    try:
        found = sight.block(number).hash
    except Wrong as wrong:
        raise wrong.renamed("sample.seed") from wrong
    recount.seed_block = number
    log.equal("sample.seed", f"{NAME}: block", "has another hash, so that another seed was used", found, given.block[1])
    return seed_of(frozen.root, found)


def _check_draws(recount: Recount, given: Paper, frozen: Register, leaves: Leaves, seed: bytes, log: StepLog) -> None:
    """Every drawn leaf covers the point that the seed gives."""
    if not any(frozen.range_proofs_hash):
        log.wrong("sample.draw", NAME, "nothing proves a draw from a register without range proofs")
        return
    count = 2 * len(given.indexes)
    content = recount.published.bytes_of(intervals.NAME, size_of(count))
    hashed, stated = keccak(content), given.record.raw("proofs_hash", 32)
    if not log.equal(FILE, intervals.NAME, "has another hash than was signed", stated, hashed):
        return
    scene, number = need(recount.scene, 1), need(recount.terms, 2).register_number
    register = Frozen(scene.chain_id, scene.case, number, frozen.root, frozen.leaf_count, classes_hash(frozen.classes)).context
    points = points_of(seed, len(given.indexes), _total(frozen))
    try:
        commitments = intervals.commitments_of(points, given.indexes, leaves.points)
        wrong = intervals.wrong_draws(intervals.context_of(register, seed, given.indexes), commitments, content)
    except FileWrong as error:
        log.wrong("sample.draw", intervals.NAME, f"{error.what}, or about other leaves than the seed draws: the sample was chosen")
        return
    except intervals.NotProvable:
        log.wrong("sample.draw", intervals.NAME, "a sum is infinity, which nothing proves")
        return
    for draws in wrong:
        what = "does not prove that the seed hits these leaves: the sample was chosen, not drawn"
        told = given.indexes[draws.start : draws.stop]
        log.wrong("sample.draw", f"draws {draws.start} to {draws.stop - 1}", what, "the leaves at the points", told)
    if not wrong:
        hit = len(set(given.indexes))
        log.note(f"{len(given.indexes)} draws hit {hit} leaves by size, from block {given.block[0]}; seed 0x{seed.hex()}")


def _total(frozen: Register) -> int:
    return max(1, sum(amount for _, amount, _ in frozen.classes))


def _check_findings(given: Paper, frozen: Register, log: StepLog) -> None:
    """One for every leaf that was drawn, and for no other; then the bound."""
    indexes = [index for index, _ in given.findings]
    drawn = sorted(set(given.indexes)) if given.indexes else list(range(frozen.leaf_count))
    rising = log.holds("sample.findings", NAME, "findings are not in order, each once", indexes == sorted(set(indexes)), "rising indexes")
    _say("a drawn leaf without a finding: it was left out", set(drawn) - set(indexes), log)
    _say("a finding about a leaf that was not drawn", set(indexes) - set(drawn), log)
    odd = sorted({found for _, found in given.findings} - set(WORDS))
    if not log.holds("sample.findings", NAME, "findings that there are not", not odd, ", ".join(WORDS), ", ".join(odd)):
        return
    if not rising or indexes != drawn:
        return
    wrong = paper.wrong_among(given.indexes, dict(given.findings))
    millionths = bound_millionths(len(given.indexes), wrong)
    fen = bound_fen(millionths, _total(frozen))
    stated = given.record.whole("bound_millionths", NUMBERS["bound_millionths"]), given.record.whole("bound_fen", NUMBERS["bound_fen"])
    if log.equal("sample.bound", NAME, "is not what follows from the findings (millionths, fen)", (millionths, fen), stated):
        looked = f"{len(given.indexes)} draws" if given.indexes else f"all {frozen.leaf_count} leaves"
        log.note(f"{looked}, {wrong} of them do not agree: at most {fen} fen ({millionths} millionths) are overstated, at 99 %")


def _say(what: str, indexes: set[int], log: StepLog) -> None:
    for index in sorted(indexes):
        log.wrong("sample.findings", f"index {index}", what)


def _check_signed(recount: Recount, given: Paper, frozen: Register, event: Event, log: StepLog) -> None:
    """Two officials of those who froze the register, or of those who announced the poll."""
    scene, terms = need(recount.scene, 1), need(recount.terms, 2)
    in_office = [terms.generation, scene.in_office(event)]

    def digest(one: Generation) -> bytes:
        return register_sample(one.separator, terms.register_number, frozen.root, given.hash)

    deciding = next((one for one in in_office if _all_signed(digest(one), given.signers, given.signatures)), in_office[0])
    officials = deciding.panel.officials
    panel = Panel(officials, min(paper.SIGNERS, len(officials)))
    panel.signed("sample.signatures", digest(deciding), given.signers, given.signatures, log, NAME)


def _all_signed(digest: bytes, signers: Sequence[bytes], signatures: Sequence[bytes]) -> bool:
    return all(has_signed(signer, digest, signature) for signer, signature in zip(signers, signatures, strict=True))
