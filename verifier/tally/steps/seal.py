"""Step 15: the key to which choices were sealed was made and confirmed by the trustees, and what they did with it (protocol §21, §22)."""

from verifier.tally import curve, transcript
from verifier.tally.contracts import Event
from verifier.tally.curve import INFINITY
from verifier.tally.findings import StepLog, Wrong
from verifier.tally.recount import Recount, Scene, Terms, need
from verifier.tally.sealing import Sealing
from verifier.tally.signers import has_signed, short
from verifier.tally.steps import escrow, trustees
from verifier.tally.steps.acts import call_of
from verifier.tally.typed_data import poll_abandonment, seal_breach, seal_key

LEAST_THRESHOLD = 2


def check(recount: Recount, log: StepLog) -> None:
    """Everything about the key; an open poll has none."""
    scene, terms = need(recount.scene, 1), need(recount.terms, 2)
    if terms.sealing is None:
        log.note("an open poll: nothing was sealed")
        return
    seats: tuple[bytes, ...] = ()
    try:
        seats = trustees.serving(recount, scene, terms, log)
        need(recount.sight, 1).check_verifiers(recount.options.releases[scene.protocol], trustees.NAME, seats, log)
    except Wrong as wrong:
        log.take(wrong)
    _check_key(scene, terms, terms.sealing, seats, log)
    _check_used(recount, scene, terms.sealing, log)
    try:
        _check_transcript(recount, scene, terms.sealing, log)
    except Wrong as wrong:
        log.take(wrong)
    try:
        escrow.check(recount, scene, terms, seats, log)
    except Wrong as wrong:
        log.take(wrong)
    Acts(recount, scene, terms, terms.sealing, log).check()


def _check_key(scene: Scene, terms: Terms, sealing: Sealing, seats: tuple[bytes, ...], log: StepLog) -> None:
    """The announced key, and that every seat confirmed it twice."""
    name, place, count = "seal.key", terms.announced.place, len(sealing.share_keys)
    log.equal(name, place, "says another key than its transaction", sealing.struct_hash, terms.announced.values[3])
    log.holds(name, "seal key", "is no point of the curve", curve.is_on_curve(sealing.point), "x^3 + 7 = y^2", sealing.point)
    distinct = len(set(sealing.share_keys)) == count and bytes(20) not in sealing.share_keys
    log.holds(name, "seal key", "share keys are not distinct", distinct, "distinct keys", count)
    in_range = LEAST_THRESHOLD <= sealing.threshold <= count
    log.holds(name, "seal key", "threshold is out of range", in_range, f"2 to {count}", sealing.threshold)
    pairs = sealing.confirmations
    if not log.equal("seal.trustees", place, "has other seats than serve", (len(seats), len(seats)), (count, len(pairs))):
        return
    digest = seal_key(scene.case_separator, sealing.struct_hash)
    for seat, (signer, share_key, (share, identity)) in enumerate(zip(seats, sealing.share_keys, pairs, strict=True)):
        where = f"seat {seat}"
        log.holds("seal.confirmed", where, "the share did not sign the key", has_signed(share_key, digest, share), share_key)
        log.holds("seal.confirmed", where, "the seat's signer did not sign the key", has_signed(signer, digest, identity), short(signer))
    if log.clean:
        log.note(f"{count} seats confirmed the key; {sealing.threshold} of them open: {', '.join(map(short, seats))}")


def _check_used(recount: Recount, scene: Scene, sealing: Sealing, log: StepLog) -> None:
    """Whoever opened the key of one poll could read the next: no other poll of the case has anything of it."""
    mine = {sealing.address, *sealing.share_keys, sealing.roll_hash}
    for event in scene.events:
        if event.name != "SealedPollAnnounced" or event.values[0] == scene.poll_number:
            continue
        try:
            _, (_, _, (x, y, _, share_keys, roll_hash, _), *_) = call_of(
                recount, scene, event, "announceSealedPoll", scene.case, "seal.used"
            )
        except Wrong as wrong:
            log.take(wrong)
            continue
        point = x.to_bytes(32, "big") + y.to_bytes(32, "big")
        both = mine & {curve.address_of(point), *share_keys, roll_hash}
        log.holds("seal.used", event.place, "names a key, a share key or a roll of this poll", not both, "others", sorted(both))


def _check_transcript(recount: Recount, scene: Scene, sealing: Sealing, log: StepLog) -> None:
    """seal.json is the transcript that was announced, and the key follows from it. Raises Wrong."""
    name = "seal.transcript"
    found = transcript.read(recount.published, scene.case, scene.chain_id)
    right = log.equal(name, transcript.NAME, "has another hash than was announced", sealing.transcript_hash, found.hash)
    right &= log.equal(name, transcript.NAME, "its roll hash is not that of its roll", found.roll_hash, found.stated_roll_hash)
    right &= log.equal(name, transcript.NAME, "is of another roll than was announced", sealing.roll_hash, found.roll_hash)
    said, announced = (found.threshold, len(found.seats)), (sealing.threshold, len(sealing.share_keys))
    right &= log.equal(name, transcript.NAME, "has another threshold or other seats than were announced", announced, said)
    if not log.equal("seal.dealing", transcript.NAME, "has not one dealing for each seat", len(found.seats), len(found.dealings)):
        return
    faults = {seat: what for seat in range(len(found.seats)) if (what := transcript.fault(found, seat))}
    for seat, what in faults.items():
        log.wrong("seal.dealing", f"{transcript.NAME} dealing {seat}", what)
    if faults:
        return
    key = transcript.key_of(found)
    expected = (sealing.point, list(sealing.share_keys))
    shown = key or (INFINITY, [])
    if log.equal("seal.key", transcript.NAME, "its commitments come to another key or other share keys", expected, shown) and right:
        log.note(f"the key follows from {len(found.seats)} dealings; transcript 0x{found.hash.hex()}")


class Acts:
    """Shares that were published, a breach, an abandonment: each as the contract had to allow it."""

    def __init__(self, recount: Recount, scene: Scene, terms: Terms, sealing: Sealing, log: StepLog) -> None:
        self.recount, self.scene, self.terms, self.sealing, self.log = recount, scene, terms, sealing, log

    def check(self) -> None:
        """All of them; one that cannot be read is a finding by itself."""
        shares: dict[int, int] = {}
        for event in self.scene.of_poll("SharePublished", "SealBroken", "PollAbandoned"):
            try:
                if event.name == "SharePublished":
                    self._share(event, shares)
                elif event.name == "SealBroken":
                    self._breach(event)
                else:
                    self._abandoned(event)
            except Wrong as wrong:
                self.log.take(wrong)
        self._tell(shares)

    def _at(self, event: Event) -> int:
        return need(self.recount.sight, 1).block(event.log.block_number).timestamp

    def _share(self, event: Event, shares: dict[int, int]) -> None:
        name = "seal.share"
        _, (seat, share) = call_of(self.recount, self.scene, event, "publishShare", self.scene.poll, name)
        self.log.equal(name, event.place, "says another share than its transaction", (seat, share), tuple(event.values))
        late = self._at(event) >= self.terms.closes_at
        self.log.holds(name, event.place, "was published before the close", late, f"{self.terms.closes_at} or later", self._at(event))
        self.log.holds(name, event.place, "was published before", seat not in shares, "", seat)
        point = curve.multiple(share) if seat < len(self.sealing.share_keys) else None
        right = point is not None and curve.address_of(point) == self.sealing.share_keys[seat]
        if self.log.holds(name, event.place, "is not the seat's share", right, "", seat):
            shares[seat] = share

    def _breach(self, event: Event) -> None:
        name, at = "seal.breach", self._at(event)
        _, (r, vs) = call_of(self.recount, self.scene, event, "reportBreach", self.scene.poll, name)
        self.log.equal(name, event.place, "was reported more than once", 1, len(self.scene.of_poll("SealBroken")))
        self.log.equal(name, event.place, "says another time than its block", at, event.values[0])
        early = at < self.terms.closes_at
        self.log.holds(name, event.place, "was reported after the close", early, f"before {self.terms.closes_at}", at)
        try:
            signer = curve.recover_64(seal_breach(self.scene.poll_separator), r + vs)
        except curve.SignatureWrong:
            signer = b""
        if self.log.equal(name, event.place, "is not signed by the secret of the key", self.sealing.address, signer):
            self.log.note("a breach was reported before the close: shares had been put together; nothing follows from it by itself")
            self.recount.beside.append("a breach of the seal was reported before the close / 截止前有人证明密钥已被合成")

    def _abandoned(self, event: Event) -> None:
        name, at = "seal.abandoned", self._at(event)
        transaction, inputs = call_of(self.recount, self.scene, event, "abandonPoll", self.scene.case, name)
        number, reason_hash, signers, signatures = inputs
        self.log.equal(name, event.place, "says another reason than its transaction", reason_hash, event.values[0])
        self.log.equal(name, transaction.place, "abandons another poll", self.scene.poll_number, number)
        self.log.holds(name, transaction.place, "gives no reason", any(reason_hash))
        self.log.equal(name, event.place, "was abandoned more than once", 1, len(self.scene.of_poll("PollAbandoned")))
        due = self.terms.closes_at + self.sealing.abandon_after_seconds
        self.log.holds(name, event.place, "was abandoned before it was overdue", at >= due, f"{due} or later", at)
        tallied = self.scene.of_poll("MotionsTallied")
        self.log.holds(name, event.place, "was abandoned although it has a result", not tallied)
        deciding = self.terms.generation
        digest = poll_abandonment(deciding.separator, number, reason_hash)
        deciding.panel.signed(name, digest, signers, signatures, self.log, f"abandonment in {transaction.place}")
        self.recount.beside.append("the poll was abandoned and has no result / 本次表决已宣告放弃，没有结果")

    def _tell(self, shares: dict[int, int]) -> None:
        """Who opened; the shares of enough seats give the secret that was handed in."""
        seats = range(len(self.sealing.share_keys))
        absent = [str(seat) for seat in seats if seat not in shares]
        opened = ", ".join(str(seat) for seat in sorted(shares)) or "none"
        self.log.note(f"shares were published by seats: {opened}; not by: {', '.join(absent) or 'none'}")
        count = self.recount.count
        if count and count.secret and len(shares) >= self.sealing.threshold:
            chosen = sorted(shares.items())[: self.sealing.threshold]
            right = transcript.interpolated(chosen) == count.secret
            self.log.holds("seal.share", "published shares", "do not give the secret that was handed in", right)
