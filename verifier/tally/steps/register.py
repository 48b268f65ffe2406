"""Step 3: the published leaves are the register that the officials froze."""

from verifier.tally import curve
from verifier.tally.contracts import classes_hash, decode_call
from verifier.tally.findings import StepLog
from verifier.tally.leaves import Leaves
from verifier.tally.published import Record
from verifier.tally.recount import Recount, Register, Scene, Terms, need
from verifier.tally.steps.acts import carrying, only_event
from verifier.tally.typed_data import register_freeze

KEYS = "register_number root leaf_count classes"
CLASS_KEYS = "name heads amount_fen blind"
MOST_CLASSES = 16


def check(recount: Recount, log: StepLog) -> None:
    """Establishes the register's leaves."""
    scene, terms = need(recount.scene, 1), need(recount.terms, 2)
    with recount.progress.of("leaves", terms.leaf_count) as ticked:
        leaves = recount.published.leaves(terms.leaf_count, ticked)
    for wrong in leaves.wrong:
        log.wrong(wrong.place, wrong.what, wrong.expected, wrong.found)
    if not leaves.wrong:
        _check_leaves(recount, leaves, terms, log)
    _frozen(scene, terms, log)
    _compare_file(recount, terms, log)


def _check_leaves(recount: Recount, leaves: Leaves, terms: Terms, log: StepLog) -> None:
    log.equal("leaves.csv", "has another number of leaves than was frozen", terms.leaf_count, len(leaves))
    for i in leaves.off:
        log.wrong(f"leaves.csv line {i + 2}", "commitment is no point of the curve", "x^3 + 7 = y^2", leaves.point(i))
    strange = [i for i, voting_class in enumerate(leaves.classes) if voting_class >= len(terms.classes)]
    for i in strange:
        log.wrong(f"leaves.csv line {i + 2}", "class does not exist", f"below {len(terms.classes)}", leaves.classes[i])
    root = leaves.root()
    if log.equal("leaves.csv", "the leaves do not have the frozen root", terms.root, root):
        log.note(f"{len(leaves)} leaves, depth {terms.depth}, root 0x{root.hex()}")
    recount.register = Register(leaves)
    if not leaves.off and not strange:
        _check_totals(leaves, terms, log)


def _check_totals(leaves: Leaves, terms: Terms, log: StepLog) -> None:
    """Heads and commitments of each class add up to its admitted totals."""
    for number, (heads, amount_fen, blind) in enumerate(terms.classes):
        place, parts = f"leaves.csv class {number}", leaves.totals.get(number, [])
        found, points = sum(part[0] for part in parts), [part[1] for part in parts]
        log.holds(place, "is empty", found > 0)
        log.equal(place, "heads are not the admitted ones", heads, found)
        log.holds(f"poll.classes() {number}", "admitted amount is out of range", amount_fen < 2**63, "below 2^63", amount_fen)
        opens = log.equal(
            place, "commitments do not add up to the admitted amount and blind", curve.commit(amount_fen, blind), curve.add(points)
        )
        if opens:
            log.note(f"class {number}: {heads} heads, {amount_fen} fen admitted; the commitments add up to it")


def _frozen(scene: Scene, terms: Terms, log: StepLog) -> None:
    """Case, poll, event and transaction speak of the same register; k officials signed it before the poll was announced."""
    number = terms.register_number
    frozen = (terms.root, terms.leaf_count, terms.depth, terms.classes)
    log.equal(f"case.register({number})", "is not the poll's register", frozen, scene.case.register(number))
    log.holds("poll.classes()", "are not 1 to 16", 1 <= len(terms.classes) <= MOST_CLASSES, "1 to 16", len(terms.classes))
    event = only_event(scene.of_case("RegisterFrozen", number), "RegisterFrozen", number)
    log.equal(event.place, "freezes another register", [terms.root, terms.leaf_count, terms.classes], list(event.values[1:]))
    in_time = (event.log.block_number, event.log.log_index) < (terms.announced.number, 2**64)
    log.holds(event.place, "was frozen after the poll was announced", in_time, f"block {terms.announced.number} or before")
    transaction = carrying(event, scene, log)
    root, leaf_count, classes, signers, signatures = decode_call("freezeRegister", transaction, scene.case.address)
    same = [terms.root, terms.leaf_count, terms.classes]
    log.equal(transaction.place, "carries another register", same, [root, leaf_count, classes])
    digest = register_freeze(scene.case_separator, number, terms.root, terms.leaf_count, classes_hash(terms.classes))
    scene.judge.officials_signed(digest, signers, signatures, scene.officials, scene.threshold, log, f"freezing in {transaction.place}")


def _compare_file(recount: Recount, terms: Terms, log: StepLog) -> None:
    record = recount.published.record("register.json", KEYS)
    number = record.whole("register_number", 2**256)
    log.equal("register.json: register_number", "is not the poll's", terms.register_number, number)
    log.equal("register.json: root", "is not the frozen one", terms.root, record.raw("root", 32))
    log.equal("register.json: leaf_count", "is not the frozen one", terms.leaf_count, record.whole("leaf_count", 2**256))
    rows = [Record.of(row, f"register.json class {i}", CLASS_KEYS) for i, row in enumerate(record.rows("classes"))]
    written = [(row.whole("heads", 2**256), row.whole("amount_fen", 2**256), row.number_in_hex("blind")) for row in rows]
    if log.equal("register.json: classes", "are another number than frozen", len(terms.classes), len(written)):
        for i, (of_chain, of_file) in enumerate(zip(terms.classes, written, strict=True)):
            log.equal(f"register.json class {i}", "(heads, amount_fen, blind) are not the frozen ones", of_chain, of_file)
    for row in rows:
        log.holds(row.place, "has no name", bool(row.text("name").strip()))
