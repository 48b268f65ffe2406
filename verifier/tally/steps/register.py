"""Step 3: the published leaves are the register that the officials froze."""

from verifier.tally import curve
from verifier.tally.contracts import class_names_hash, classes_hash
from verifier.tally.curve import N
from verifier.tally.findings import StepLog
from verifier.tally.leaves import Leaves
from verifier.tally.merkle import depth_of, leaf_hash, proves
from verifier.tally.published import FINDINGS, Record, is_blank
from verifier.tally.recount import Excluded, Recount, Register, Scene, Terms, need
from verifier.tally.steps import poll_file
from verifier.tally.steps.acts import call_of, only_event
from verifier.tally.typed_data import register_freeze, register_freeze_1

NAME = "register.json"
KEYS_1 = "register_number root leaf_count classes"
KEYS = KEYS_1 + " range_proofs_hash"
CLASS_KEYS = "name heads amount_fen blind"
MOST_CLASSES, MOST_LEAVES, AMOUNT_LIMIT = 16, 2**24, 2**63


def check(recount: Recount, log: StepLog) -> None:
    """Establishes the register: what was frozen, then its leaves."""
    scene, terms = need(recount.scene, 1), need(recount.terms, 2)
    frozen = _frozen(recount, scene, terms, log)
    recount.register = frozen
    recount.excluded = _excluded(recount, scene, frozen, terms, log)
    with recount.progress.of("leaves", frozen.leaf_count) as ticked:
        leaves = recount.published.leaves(frozen.leaf_count, ticked)
    for wrong in leaves.wrong:
        log.take(wrong)
    if not leaves.wrong:
        _check_leaves(leaves, frozen, log)
        recount.register = Register(**{**vars(frozen), "leaves": leaves})
    _compare_file(recount, scene, terms, frozen, log)


def _frozen(recount: Recount, scene: Scene, terms: Terms, log: StepLog) -> Register:
    """What is in the freezing transaction, signed by k officials before the poll was announced."""
    number = terms.register_number
    event = only_event(scene.of_case("RegisterFrozen", number), "register.frozen", "RegisterFrozen", number)
    before = event.log.order < terms.announced.log.order
    log.holds("register.frozen", event.place, "was frozen after the poll was announced", before, terms.announced.log.place)
    transaction, inputs = call_of(recount, scene, event, "freezeRegister", scene.case, "register.frozen")
    root, leaf_count, classes, *hashes, signers, signatures = inputs
    log.equal("register.frozen", event.place, "says another register than its transaction", list(inputs[:-2]), list(event.values[1:]))
    names_hash, proofs_hash = hashes or (b"", b"")
    what = number, root, leaf_count, classes_hash(classes)
    deciding = scene.in_office(event)
    if scene.protocol == 1:
        digest = register_freeze_1(deciding.separator, *what)
    else:
        digest = register_freeze(deciding.separator, *what, names_hash, proofs_hash)
    deciding.panel.signed("register.signatures", digest, signers, signatures, log, f"freezing in {transaction.place}")
    _sane(leaf_count, classes, log)
    return Register(root, leaf_count, depth_of(max(1, leaf_count)), classes, names_hash, proofs_hash, None)


def _sane(leaf_count: int, classes: list[tuple[int, int, int]], log: StepLog) -> None:
    name, place = "register.frozen", "frozen register"
    log.holds(name, place, "leaf count is out of range", 1 <= leaf_count <= MOST_LEAVES, "1 to 2^24", leaf_count)
    log.holds(name, place, "classes are not 1 to 16", 1 <= len(classes) <= MOST_CLASSES, "1 to 16", len(classes))
    log.equal(name, place, "heads of the classes are not the leaves", leaf_count, sum(heads for heads, _, _ in classes))
    for number, (heads, amount_fen, _) in enumerate(classes):
        log.holds(name, f"class {number}", "is empty", heads > 0)
        log.holds(name, f"class {number}", "admitted amount is out of range", amount_fen < AMOUNT_LIMIT, "below 2^63", amount_fen)


def _check_leaves(leaves: Leaves, frozen: Register, log: StepLog) -> None:
    log.equal("register.count", "leaves.csv", "has another number of leaves than was frozen", frozen.leaf_count, len(leaves))
    for i in leaves.off:
        log.wrong("register.curve", f"leaves.csv line {i + 2}", "commitment is no point of the curve", "x^3 + 7 = y^2", leaves.point(i))
    strange = [i for i, voting_class in enumerate(leaves.classes) if voting_class >= len(frozen.classes)]
    for i in strange:
        log.wrong("register.class", f"leaves.csv line {i + 2}", "class does not exist", f"below {len(frozen.classes)}", leaves.classes[i])
    root = leaves.root()
    if log.equal("register.root", "leaves.csv", "the leaves do not have the frozen root", frozen.root, root):
        log.note(f"{len(leaves)} leaves, depth {frozen.depth}, root 0x{root.hex()}")
    if not leaves.off and not strange:
        _check_totals(leaves, frozen, log)


def _check_totals(leaves: Leaves, frozen: Register, log: StepLog) -> None:
    """Heads and commitments of each class add up to its admitted totals."""
    for number, (heads, amount_fen, blind) in enumerate(frozen.classes):
        place, parts = f"leaves.csv class {number}", leaves.totals.get(number, [])
        found, points = sum(part[0] for part in parts), [part[1] for part in parts]
        log.equal("register.totals", place, "heads are not the admitted ones", heads, found)
        total, what = curve.commit(amount_fen, blind), "commitments do not add up to the admitted amount and blind"
        if log.equal("register.totals", place, what, total, curve.add(points)):
            log.note(f"class {number}: {heads} heads, {amount_fen} fen admitted; the commitments add up to it")


def _excluded(recount: Recount, scene: Scene, frozen: Register, terms: Terms, log: StepLog) -> list[Excluded]:
    """Leaves that were taken out; each shows that the register was drawn up falsely (protocol §9.1)."""
    found: list[Excluded] = []
    sight = need(recount.sight, 1)
    for event in scene.of_poll("LeafExcluded", "SealedLeafExcluded"):
        transaction, inputs = call_of(recount, scene, event, "excludeLeaf", scene.poll, "register.excluded")
        index, (voting_class, x, y), proof, amount, blind, *sealed = inputs
        point = x.to_bytes(32, "big") + y.to_bytes(32, "big")
        proved = index < frozen.leaf_count and proves(frozen.root, frozen.depth, index, leaf_hash(index, voting_class, point), proof)
        opened = curve.is_on_curve(point) and curve.commit(amount, blind) == point and AMOUNT_LIMIT <= amount < N
        in_time = sight.block(event.log.block_number).timestamp >= terms.closes_at
        new = all(index != one.index for one in found)
        right = proved and opened and in_time and new and [index, voting_class, amount] == list(event.values[:3])
        log.holds(
            "register.excluded", transaction.place, "takes a leaf out that is to stay", right, "an opening of 2^63 or more", inputs[:2]
        )
        what = "the register is false: this leaf holds no claim and was taken out, so other leaves hold too much"
        shown = amount if amount < N // 2 else amount - N
        log.wrong("register.excluded", f"index {index}", what, "0 to 2^63 - 1 fen", f"{shown} fen")
        taken_off = (event.place, *event.values[3:], *sealed) if sealed else (event.place,)
        found.append(Excluded(index, voting_class, amount, event.log.order, *taken_off))
    return found


def _compare_file(recount: Recount, scene: Scene, terms: Terms, frozen: Register, log: StepLog) -> None:
    finding = FINDINGS[NAME]
    record = recount.published.record(NAME, KEYS_1 if scene.protocol == 1 else KEYS)
    number = record.whole("register_number", 2**256)
    log.equal(finding, f"{NAME}: register_number", "is not the poll's", terms.register_number, number)
    log.equal(finding, f"{NAME}: root", "is not the frozen one", frozen.root, record.raw("root", 32))
    log.equal(finding, f"{NAME}: leaf_count", "is not the frozen one", frozen.leaf_count, record.whole("leaf_count", 2**256))
    depth = poll_file.read(recount.published).whole("tree_depth", 2**8)
    log.equal("poll.file", "poll.json: tree_depth", "is not the depth for this many leaves", frozen.depth, depth)
    rows = [Record.of(row, f"{NAME} class {i}", CLASS_KEYS, finding) for i, row in enumerate(record.rows("classes"))]
    written = [(row.whole("heads", 2**256), row.whole("amount_fen", 2**256), row.number_in_hex("blind")) for row in rows]
    if log.equal(finding, f"{NAME}: classes", "are another number than frozen", len(frozen.classes), len(written)):
        for i, (of_chain, of_file) in enumerate(zip(frozen.classes, written, strict=True)):
            log.equal(finding, f"{NAME} class {i}", "(heads, amount_fen, blind) are not the frozen ones", of_chain, of_file)
    names = [row.text("name") for row in rows]
    for row, name in zip(rows, names, strict=True):
        log.holds(finding, row.place, "has no name", not is_blank(name))
    if scene.protocol > 1:
        proofs_hash = record.raw("range_proofs_hash", 32)
        log.equal(finding, f"{NAME}: range_proofs_hash", "is not the frozen one", frozen.range_proofs_hash, proofs_hash)
        what = "the names of the classes are not those that the officials froze"
        log.equal("register.names", NAME, what, frozen.class_names_hash, _hash_of(names))


def _hash_of(names: list[str]) -> bytes:
    """classNamesHash, or nothing for names that UTF-8 cannot carry."""
    try:
        return class_names_hash(names)
    except ValueError:
        return b""
