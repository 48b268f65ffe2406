"""Step 15, too: the openings of the register that votes are in escrow, as k officials and all trustees say (protocol §23.1)."""

from dataclasses import dataclass

from verifier.tally.contracts import classes_hash
from verifier.tally.findings import StepLog, Wrong
from verifier.tally.keccak import keccak, word
from verifier.tally.published import FINDINGS, Record, is_canonical, parse
from verifier.tally.recount import Recount, Register, Scene, Terms
from verifier.tally.signers import has_signed, short
from verifier.tally.typed_data import openings_escrow

FILE = "escrow.json"
NAME = FINDINGS[FILE]
KEYS = "case chain_id classes_hash commitments context file_digest leaf_count register_number root signatures threshold transports"
DEMANDED_SINCE = 5
LEAST, MOST, POINT_BYTES, MOST_SIGNATURES = 2, 32, 33, 64
_NAME = keccak(b"LenderVote/1/escrow")


@dataclass(frozen=True)
class Statement:
    """The file, read; `facts` are what it says of the register, in the order of context."""

    facts: tuple[int, bytes, int, bytes, int, bytes]
    threshold: int
    transports: list[bytes]
    commitments: list[bytes]
    context: bytes
    file_digest: bytes
    signatures: list[tuple[bytes, bytes]]


def check(recount: Recount, scene: Scene, terms: Terms, seats: tuple[bytes, ...], log: StepLog) -> None:
    """The statement, where one has to be; a rehearsal may be without. Raises Wrong."""
    register = recount.register
    if scene.protocol < DEMANDED_SINCE or register is None or not seats:
        return  # what is wrong with register or seats was said
    if scene.rehearsal and not (recount.published.folder / FILE).exists():
        log.note("a rehearsal without an escrow: nobody but its operator could open the sums")
        return
    found = _read(recount)
    _check_facts(found, scene, terms, register, seats, log)
    hashed = keccak(b"".join(found.commitments))
    digest = openings_escrow(scene.case_separator, found.facts[2], found.context, hashed, found.file_digest)
    signed = {signer for signer, signature in found.signatures if has_signed(signer, digest, signature)}
    panels = [one.panel for one in scene.generations if one.number <= terms.generation.number]
    by_officials = any(len(signed & set(panel.officials)) >= panel.threshold for panel in panels)
    log.holds(NAME, FILE, "is not signed by as many officials as decide", by_officials, f"{panels[-1].threshold} officials", len(signed))
    missing = [seat for seat, signer in enumerate(seats) if signer not in signed]
    log.holds(NAME, FILE, "is not signed by every trustee", not missing, "all seats", [short(seats[seat]) for seat in missing])
    if log.clean:
        log.note(
            f"openings in escrow: {found.threshold} of {len(seats)} trustees open them; keccak of the file 0x{found.file_digest.hex()}"
        )


def _check_facts(found: Statement, scene: Scene, terms: Terms, register: Register, seats: tuple[bytes, ...], log: StepLog) -> None:
    """It is about the register that votes, and its context follows from what it says."""
    held = (scene.chain_id, scene.case, terms.register_number, register.root, register.leaf_count, classes_hash(register.classes))
    log.equal(NAME, FILE, "is about another register", held, found.facts)
    chain_id, case, number, root, leaf_count, hashed = found.facts
    place = _NAME + word(chain_id) + bytes(12) + case + word(number) + root + word(leaf_count) + hashed
    context = keccak(place + word(found.threshold) + keccak(b"".join(found.transports)))
    log.equal(NAME, FILE, "its context does not follow from what it says", context, found.context)
    sizes = len(found.transports), len(set(found.transports)), len(found.commitments)
    right = len(seats), len(seats), found.threshold
    log.equal(NAME, FILE, "has other receivers than trustees, or not as many commitments as open", right, sizes)


def _read(recount: Recount) -> Statement:
    """Raises Wrong."""
    content = recount.published.bytes_of(FILE)
    value = parse(content, FILE, NAME)
    if not is_canonical(content, value):
        raise Wrong(NAME, FILE, "is not canonical JSON")
    record = Record.of(value, FILE, KEYS, NAME)
    if len(record.rows("signatures")) > MOST_SIGNATURES or len(record.rows("transports")) > MOST or len(record.rows("commitments")) > MOST:
        raise Wrong(NAME, FILE, "has more keys or signatures than an escrow can have", MOST)
    facts = record.whole("chain_id", 2**64), record.raw("case", 20), record.whole("register_number", 2**64)
    more = record.raw("root", 32), record.whole("leaf_count", 2**64), record.raw("classes_hash", 32)
    threshold = record.whole("threshold", MOST + 1)
    if threshold < LEAST:
        raise Wrong(NAME, f"{FILE}: threshold", "is out of range", f"{LEAST} to {MOST}", threshold)
    rows = [Record.of(one, f"{FILE} signature {i}", "signature signer", NAME) for i, one in enumerate(record.rows("signatures"))]
    return Statement(
        (*facts, *more),
        threshold,
        [one.raw("transports", POINT_BYTES) for one in record.each("transports")],
        [one.raw("commitments", POINT_BYTES) for one in record.each("commitments")],
        record.raw("context", 32),
        record.raw("file_digest", 32),
        [(one.any_bytes("signer"), one.any_bytes("signature")) for one in rows],
    )
