"""Step 18: conditions about groups of lenders whose totals stay hidden, where any were published (protocol §9.2)."""

from collections.abc import Sequence
from itertools import pairwise

from verifier.ranges.linear import Term, context_of, difference, is_proved
from verifier.ranges.transcript import Frozen
from verifier.tally import curve
from verifier.tally.contracts import classes_hash
from verifier.tally.findings import Blocked, StepLog, Wrong
from verifier.tally.leaves import Leaves
from verifier.tally.published import FINDINGS, Record, hash_of
from verifier.tally.recount import Count, Recount, Register, need

NAME = "conditions.json"
FILE = FINDINGS[NAME]
KEYS = "at_least_fen high holds minus plus proof title"
MOST, MOST_GROUPS, MOST_TIMES, MOST_FEN = 8, 8, 10**6, 2**88
CHOICES = ("for", "against", "abstain")
REST, ALL = "absent", "all"


def check(recount: Recount, log: StepLog) -> None:
    """Nothing has to be published; what is has to be proved."""
    if not recount.published.has(NAME):
        log.note("no conditions were published")
        return
    frozen = need(recount.register, 3)
    if frozen.leaves is None or frozen.leaves.off or len(frozen.leaves) != frozen.leaf_count:
        raise Blocked(3)
    rows = recount.published.record(NAME, "conditions").rows("conditions")
    log.holds(
        FILE, NAME, "are more conditions than may be published: together they would tell the total", len(rows) <= MOST, MOST, len(rows)
    )
    scene, number = need(recount.scene, 1), need(recount.terms, 2).register_number
    register = Frozen(scene.chain_id, scene.case, number, frozen.root, frozen.leaf_count, classes_hash(frozen.classes)).context
    for place, row in enumerate(rows[:MOST]):
        _check_one(recount, Record.of(row, f"{NAME} condition {place}", KEYS, FILE), frozen, frozen.leaves, register, log)


def _check_one(recount: Recount, one: Record, frozen: Register, leaves: Leaves, register: bytes, log: StepLog) -> None:
    at_least, holds, title = one.whole("at_least_fen", MOST_FEN), one.flag("holds"), one.text("title")
    proof, high = one.any_bytes("proof"), one.raw("high", 33)  # before any group: what cannot be read is the file's fault
    terms: list[Term] = []
    for key, sign in (("plus", 1), ("minus", -1)):
        rows = one.rows(key)
        try:
            terms += [(sign * times, point) for times, point in _groups(recount, rows, f"{one.place}: {key}", frozen, leaves)]
        except Wrong as wrong:
            log.take(wrong)
            return
    if not any(frozen.range_proofs_hash):
        log.wrong("conditions.proof", one.place, "nothing is proved of a register without range proofs")
        return
    said = {key: value for key, value in one.fields.items() if key not in ("high", "proof")}
    context = context_of(register, need(recount.scene, 1).poll, hash_of(said, one.place, FILE))
    if log.holds(
        "conditions.proof",
        one.place,
        "is not proved, or was proved of other groups, another poll or another condition",
        is_proved(context, difference(terms, at_least, holds=holds), high, proof),
        title,
    ):
        log.note(f"{title}: at least {at_least} fen: {'holds' if holds else 'does not hold'}")


def _groups(recount: Recount, rows: Sequence[object], place: str, frozen: Register, leaves: Leaves) -> list[Term]:
    """Each group as `_group` has it. Raises: Wrong, Blocked."""
    if len(rows) > MOST_GROUPS:
        raise Wrong("conditions.group", place, "has too many groups", MOST_GROUPS, len(rows))
    return [_group(recount, row, place, frozen, leaves) for row in rows]


def _group(recount: Recount, row: object, place: str, frozen: Register, leaves: Leaves) -> Term:
    """How often, and the sum of the group's commitments. Raises: Wrong, Blocked."""
    if isinstance(row, dict) and "indexes" in row:
        group = Record.of(row, place, "indexes times", "conditions.group")
        indexes = group.rows("indexes")
        known = 0 < len(indexes) <= frozen.leaf_count and all(type(one) is int and 0 <= one < frozen.leaf_count for one in indexes)
        if not known or any(a >= b for a, b in pairwise(indexes)):
            raise Wrong("conditions.group", place, "names indexes that do not rise, are none of the register, or none at all")
        point = curve.add([leaves.point(index) for index in indexes])
    else:
        group = Record.of(row, place, "choice class motion times", "conditions.group")
        voting_class, motion = group.whole("class", len(frozen.classes)), group.whole("motion", need(recount.terms, 2).motions)
        choice = group.text("choice")
        if choice not in (*CHOICES, REST, ALL):
            raise Wrong("conditions.group", place, "names a choice that there is not", ", ".join((*CHOICES, REST, ALL)), choice)
        whole = curve.add([point for _, point in leaves.totals[voting_class]])
        counted = None if choice == ALL else _sums(need(recount.count, 7), motion, voting_class, len(frozen.classes))
        point = _of_choice(whole, counted, choice)
    times = group.whole("times", MOST_TIMES + 1)
    if not times:
        raise Wrong("conditions.group", place, "counts a group no times")
    return times, point


def _sums(count: Count, motion: int, voting_class: int, classes: int) -> Sequence[bytes]:
    return count.sums[motion * classes + voting_class]


def _of_choice(whole: bytes, counted: Sequence[bytes] | None, choice: str) -> bytes:
    if counted is None:
        return whole
    if choice == REST:
        return curve.add([whole, *map(curve.negate, counted)])
    return counted[CHOICES.index(choice)]
