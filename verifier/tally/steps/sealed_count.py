"""Step 7 of a sealed poll: every piece that was counted is the end of the box, and every newest ballot is opened here once more."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from verifier.tally import curve
from verifier.tally.ballots import ABSTAIN, FOR, Sent
from verifier.tally.chain.things import Transaction
from verifier.tally.contracts import Event
from verifier.tally.findings import StepLog, Wrong
from verifier.tally.keccak import keccak, word
from verifier.tally.processes import SIGNATURES_FROM, in_order
from verifier.tally.recount import Ballots, Count, Excluded, Recount, Scene, Terms, need
from verifier.tally.sealing import PART, RECORD_BYTES, Sealed, choices_of, counted_of, open_part, start_of_piece
from verifier.tally.steps.acts import call_of

MOST_NAMED = 20  # indexes of invalid ballots in a note


def check(recount: Recount, log: StepLog) -> None:
    """Establishes heads, sums and invalid ballots of what was counted."""
    scene, terms, ballots = need(recount.scene, 1), need(recount.terms, 2), need(recount.ballots, 6)
    assert terms.sealing is not None
    secret = _secret(recount, scene, terms, log)
    opened = _opened(recount, scene, ballots, terms.sealing.motions, secret)
    pieces = Pieces(ballots, opened, terms.sealing.motions, log)
    for event, transaction in _counts(recount, scene, log):
        pieces.take(scene, event, transaction)
    _empty_where_needed(scene, pieces, log)
    for one in recount.excluded:
        _check_excluded(one, ballots, opened, pieces, log)
    recount.count = _added(recount, ballots, opened, pieces.left, log)
    if recount.count is not None:
        recount.count = Count(recount.count.heads, recount.count.sums, recount.count.invalid, pieces.left, secret)


def _secret(recount: Recount, scene: Scene, terms: Terms, log: StepLog) -> int:
    """The number that was handed in; 0 where nobody did."""
    events, sealing = scene.of_poll("Unsealed"), terms.sealing
    assert sealing is not None
    if not events:
        waits = scene.is_abandoned or (not need(recount.ballots, 6).records and not scene.of_poll("BallotsCounted"))
        log.holds("count.secret", "events of the poll: Unsealed", "the poll was not unsealed", waits, 1, 0)
        return 0
    log.equal("count.secret", "events of the poll: Unsealed", "the poll was unsealed more than once", 1, len(events))
    event = events[0]
    transaction, (secret,) = call_of(recount, scene, event, "unseal", scene.poll, "count.secret")
    log.equal("count.secret", event.place, "says another number than its transaction", secret, event.values[0])
    at = need(recount.sight, 1).block(event.log.block_number).timestamp
    log.holds("count.secret", event.place, "unsealed before the close", at >= terms.closes_at, f"{terms.closes_at} or later", at)
    point = curve.multiple(secret)
    found = curve.address_of(point) if point else b""
    if log.equal("count.secret", transaction.place, "is not the secret of the poll's key", sealing.address, found):
        log.note(f"unsealed in {transaction.place}; the secret's multiple of the generator is the poll's key")
    return int(secret) if point else 0


def _newest(ballots: Ballots) -> dict[int, int]:
    """Where each lender's newest ballot stands among the recorded ones."""
    return {one.index: place for place, one in enumerate(ballots.recorded)}


def _opened(recount: Recount, scene: Scene, ballots: Ballots, motions: int, secret: int) -> dict[int, int]:
    """What the newest ballots hold, by their place among the recorded ones; nothing without a secret."""
    if not secret:
        return {}
    places = sorted(_newest(ballots).values())
    found: list[int] = []

    def parts() -> Iterator[list[Sealed]]:
        for start in range(0, len(places), PART):
            yield [_sealed(ballots.recorded[place]) for place in places[start : start + PART]]

    work = partial(open_part, secret=word(secret), separator=scene.poll_separator, motions=motions)
    with recount.progress.of("sealed ballots", len(places)) as ticked:
        for part in in_order(work, parts(), much=len(places) >= SIGNATURES_FROM):
            found += part
            ticked(len(part))
    return dict(zip(places, found, strict=True))


def _sealed(one: Sent) -> Sealed:
    return Sealed(one.index, one.sequence, one.sealed)


def _counts(recount: Recount, scene: Scene, log: StepLog) -> Iterator[tuple[Event, Transaction]]:
    """Every counting with its transaction, in the order of the chain."""
    events = scene.of_poll("BallotsCounted")
    place = 0
    for part in need(recount.sight, 1).many([(one.log.block_number, one.log.transaction_hash) for one in events], log):
        yield from zip(events[place : place + len(part)], part, strict=True)
        place += len(part)


@dataclass
class Pieces:
    """Takes pieces off the end of the box, one after another, as the contract had to; `left` is how many ballots it still holds."""

    ballots: Ballots
    opened: dict[int, int]
    motions: int
    log: StepLog
    began: set[bytes] = field(default_factory=set)  # numbers of the box at which a counting began
    emptied: tuple[int, int] = (0, 0)  # where in the order of the chain the box became empty

    def __post_init__(self) -> None:
        self.left = len(self.ballots.records)

    def take(self, scene: Scene, event: Event, transaction: Transaction) -> None:
        """One counting: its piece, and what its event says."""
        try:
            before, handed = scene.dialect.decode_call("count", transaction, scene.poll, "count.box")
        except Wrong as wrong:
            self.log.take(wrong)
            return
        unsealed = [one.log.order for one in scene.of_poll("Unsealed")]
        what = "counts before the poll was unsealed"
        self.log.holds("count.secret", event.place, what, bool(unsealed) and unsealed[0] < event.log.order)
        boxes, start = self.ballots.boxes, start_of_piece(self.ballots.records, self.ballots.boxes, self.left, before, handed)
        found = f"{len(handed) // RECORD_BYTES} records before box 0x{before.hex()}"
        what = "the piece is not the end of the box"
        if not self.log.holds("count.box", event.place, what, start is not None, boxes[self.left], found) or start is None:
            return
        expected = b"".join(
            counted_of(one.index, one.sequence, self.opened[place], self.motions)
            for place, one in enumerate(self.ballots.recorded[start : self.left], start=start)
            if place in self.opened
        )
        self.log.equal("count.opened", event.place, "says otherwise than its ballots open to", expected, event.values[0])
        self.began.add(boxes[self.left])
        self.left = start
        if start == 0:
            self.emptied = event.log.order


def _empty_where_needed(scene: Scene, pieces: Pieces, log: StepLog) -> None:
    """Sums are opened, and leaves taken out, once every ballot was met."""
    for event in scene.of_poll("MotionsTallied", "SealedLeafExcluded"):
        empty = pieces.left == 0 and pieces.emptied < event.log.order
        log.holds("count.box", event.place, "the box was not empty", empty, "an empty box", f"{pieces.left} ballots in the end")


def _check_excluded(one: Excluded, ballots: Ballots, opened: dict[int, int], pieces: Pieces, log: StepLog) -> None:
    """What was taken off with a leaf is what its lender's newest ballot holds, shown by records from that one on."""
    place = _newest(ballots).get(one.index)
    if place is None:
        right = (one.sequence, one.choices, one.ballots) == (0, 0, b"")
    else:
        newest, folded = ballots.recorded[place], one.before
        for start in range(0, len(one.ballots), RECORD_BYTES):
            folded = keccak(folded + one.ballots[start : start + RECORD_BYTES])
        shown = one.ballots.startswith(ballots.records[place]) and folded in pieces.began
        right = shown and (one.sequence, one.choices) == (newest.sequence, opened.get(place, 0))
    log.holds("register.excluded", one.place, "takes off something else than the lender's newest ballot", right)


def _added(recount: Recount, ballots: Ballots, opened: dict[int, int], left: int, log: StepLog) -> Count | None:
    """Heads, sums and invalid ballots of all that was counted, less leaves taken out."""
    classes, motions = len(need(recount.register, 3).classes), need(recount.terms, 2).motions
    cells: list[list[list[bytes]]] = [[[], [], []] for _ in range(motions * classes)]
    invalid, named = [0] * classes, []
    out = {one.index for one in recount.excluded}
    for place, plain in opened.items():
        one = ballots.recorded[place]
        if place < left or one.index in out:
            continue
        what = f"recorded ballot of index {one.index}"
        if not log.holds("count.class", what, "class does not exist", one.voting_class < classes, f"below {classes}", one.voting_class):
            continue
        if not plain:
            invalid[one.voting_class] += 1
            named.append(one.index)
        for motion, choice in enumerate(choices_of(plain, motions)):
            cells[motion * classes + one.voting_class][choice - FOR].append(one.point)
    heads = [(len(yes), len(no), len(abstain)) for yes, no, abstain in cells]
    sums = _sums(cells, log)
    _tell(recount, heads, ballots, left, named, log)
    return None if sums is None else Count(heads, sums, invalid)


def _sums(cells: Sequence[Sequence[Sequence[bytes]]], log: StepLog) -> list[tuple[bytes, bytes, bytes]] | None:
    sums = []
    for place, cell in enumerate(cells):
        try:
            yes, no, abstain = (curve.add(points) for points in cell[: ABSTAIN - FOR + 1])
        except ValueError as error:
            log.wrong("count.sums", f"class {place}", "a recorded ballot's commitment is no point of the curve", "", error)
            return None
        sums.append((yes, no, abstain))
    return sums


def _tell(
    recount: Recount,
    heads: list[tuple[int, int, int]],
    ballots: Ballots,
    left: int,
    named: list[int],
    log: StepLog,
) -> None:
    classes = len(need(recount.register, 3).classes)
    for place, (yes, no, abstain) in enumerate(heads):
        log.note(f"motion {place // classes}, class {place % classes}: heads for {yes}, against {no}, abstaining {abstain}")
    newest = len(_newest(ballots))
    absent = need(recount.register, 3).leaf_count - newest
    log.note(f"{newest} lenders cast, {len(ballots.records) - newest} ballots were replaced by newer ones, {absent} lenders absent")
    if left:
        log.note(f"{left} ballots are still in the box")
        recount.beside.append(f"{left} ballots in the box are not counted / 票箱中尚有 {left} 张表决票没有计票")
    if named:
        shown = ", ".join(map(str, sorted(named)[:MOST_NAMED])) + (", ..." if len(named) > MOST_NAMED else "")
        log.note(f"{len(named)} newest ballots hold nothing that can be counted: index {shown}")
        recount.beside.append(f"{len(named)} ballots were invalid / {len(named)} 张表决票无效")
