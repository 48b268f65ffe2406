"""Step 13: the verifiers' logs and the chain know the same credentials, and each rests on what the protocol asks for (§15.1)."""

from collections import Counter
from dataclasses import dataclass, field

from verifier.tally import issuer_log, typed_data
from verifier.tally.case import fingerprint
from verifier.tally.findings import StepLog, Wrong
from verifier.tally.issuer_log import Entry, Issued, IssuerLog
from verifier.tally.recount import Recount, Scene, Terms, Used, need
from verifier.tally.signers import has_signed

CLOCKS_APART_SECONDS = 300
METHODS, VOUCHER_SECONDS = (1, 2), 24 * 3600  # by video or at the counter; how old a voucher may be
VOUCHERS = 2
MOST_NAMED = 20


def check(recount: Recount, log: StepLog) -> None:
    """Reconciles every log that was handed in."""
    if not recount.options.issuer_logs:
        log.note("no verifier's log was handed in (--issuer-log); that every credential stands in it is not checked")
        return
    scene, terms, ballots = need(recount.scene, 1), need(recount.terms, 2), need(recount.ballots, 6)
    answered: set[Used] = set()
    for path in recount.options.issuer_logs:
        try:
            read = issuer_log.read(path, scene.poll, terms.verifiers, log)
        except Wrong as wrong:
            log.take(wrong)
            continue
        answered |= Reconciliation(scene, terms, read, log).run(ballots.credentials)
    for verifier, count in Counter(one.verifier for one in ballots.credentials if one not in answered).items():
        log.note(f"{count} credentials by 0x{verifier.hex()}: no log of that verifier was handed in")


@dataclass
class Reconciliation:
    """One log against the chain."""

    scene: Scene
    terms: Terms
    read: IssuerLog
    log: StepLog
    issued: list[Issued] = field(default_factory=list)
    _rooted: bool = False
    _model: str = ""
    _files: list[bytes] = field(default_factory=list)
    """Identity files that officials signed, in the order in which they were first taken: the last one is in force."""

    def run(self, credentials: dict[Used, int]) -> set[Used]:
        """Judges every entry in its order, then every credential on the chain; those that this log had to answer for."""
        for entry in self.read.entries:
            try:
                self._take(entry)
            except Wrong as wrong:
                self.log.take(wrong)
        return self._reconcile(credentials)

    def _take(self, entry: Entry) -> None:
        if entry.kind == "roots":
            self._rooted = True
            self._take_roots(entry)
        elif entry.kind == "identity_file":
            self._take_file(entry)
        elif entry.kind == "face_model":
            self._model = entry.record.text("model")
            self.log.note(f"{entry.place}: faces are compared by {self._model}")
        elif entry.kind == "credential":
            one = issuer_log.issued(entry)
            self.issued.append(one)
            self.log.holds("log.roots", one.place, "was issued before the verifier said what it believes of the poll", self._rooted)
            self._check_basis(one)
            if one.way == "face" and self._model:
                what = "a face was compared by another model than the one that the poll was frozen with"
                self.log.equal("log.model", one.place, what, self._model, one.model)

    def _take_roots(self, entry: Entry) -> None:
        """What the verifier believed of the poll is what the chain shows, and rests on two organisations or says that it does not."""
        scene, record = self.scene, entry.record
        first = scene.generations[0]  # the paper is that of those who opened the case
        people = list(first.panel.officials), first.panel.threshold, first.institution
        paper = fingerprint(scene.chain_id, scene.case, *people, scene.rehearsal)
        true = ("0x" + scene.case.hex(), scene.poll_number, paper, "0x" + self.terms.announced.log.transaction_hash.hex())
        fields = record.fields
        said = (fields["case"], record.whole("poll_number", 2**256), fields["fingerprint"], fields["announced"])
        self.log.equal("log.roots", entry.place, "believes something else of the poll than the chain shows", true, said)
        organisations = {one.text("organisations") for one in record.each("organisations")}
        if record.flag("one_node"):
            self.log.note(f"{entry.place}: the verifier believed a single node: {', '.join(sorted(organisations))}")
        else:
            what = "rests on fewer than two organisations' nodes, and the setting for that is not named"
            self.log.holds("log.roots", entry.place, what, len(organisations) > 1, "2 or more", len(organisations))

    def _take_file(self, entry: Entry) -> None:
        """An identity file counts, in place of the one before, when k officials signed it; another, or one that was replaced, is as if it
        were not there."""
        record = entry.record
        file_hash, number = record.raw("file_hash", 32), record.whole("register_number", 2**256)
        signers, signatures = ([one.any_bytes(key) for one in record.each(key)] for key in ("signers", "signatures"))
        deciding = self.terms.generation
        digest = typed_data.identity_file(deciding.separator, number, file_hash)
        by = all(has_signed(*each) for each in zip(signers, [digest] * len(signers), signatures, strict=False))
        known = set(signers) <= set(deciding.panel.officials) and len(set(signers)) == len(signers) == len(signatures)
        is_new = number == self.terms.register_number and file_hash not in self._files
        if is_new and by and known and len(signers) >= deciding.panel.threshold:
            self._files.append(file_hash)

    def _check_basis(self, one: Issued) -> None:
        if one.way == "vouched":
            signers = {voucher.signer for voucher in one.vouchers}
            apart = len(signers) == len(one.vouchers) >= VOUCHERS and signers <= set(self.terms.generation.panel.officials)
            good = apart and all(_is_timely(one, each) for each in one.vouchers)
            good = good and all(has_signed(each.signer, self._voucher(one, each), each.signature) for each in one.vouchers)
            self.log.holds("log.vouchers", one.place, "two officials have not vouched for it", good, f"{VOUCHERS} officials", len(signers))
        else:
            what = "does not rest on the newest identity file before it that the officials signed"
            newest = self._files[-1] if self._files else b""
            good = newest != b"" and one.identity_file == newest
            self.log.holds("log.identity", one.place, what, good, newest or "a file", one.identity_file)

    def _voucher(self, one: Issued, each: issuer_log.Voucher) -> bytes:
        return typed_data.voucher(self.scene.poll_separator, one.index, one.ballot_key, each.method, each.vouched_at)

    def _reconcile(self, credentials: dict[Used, int]) -> set[Used]:
        """Whatever carried a ballot was issued, in time and by the address that signed; what carried none is noted."""
        by_lender: dict[tuple[int, bytes], list[Issued]] = {}
        for one in self.issued:
            by_lender.setdefault((one.index, one.ballot_key), []).append(one)
        answered, until, newer = {used for used in credentials if used.verifier in self.read.addresses}, self._until(), 0
        for used in answered:
            entries = by_lender.get((used.index, used.ballot_key), [])
            latest = credentials[used] + CLOCKS_APART_SECONDS
            if not entries and latest >= until:
                newer += 1
                continue
            good = any(one.issued_at <= latest and (one.verifier == used.verifier or not used.alone) for one in entries)
            place = f"{self.read.name}: index {used.index}, ballot key 0x{used.ballot_key.hex()}"
            self.log.holds("log.credential", place, "a ballot on the chain rests on a credential that the log lacks", good)
        self.log.equal("void.log", self.read.name, "was made before ballots that it has to answer for: ask for a newer one", 0, newer)
        voters = {(used.index, used.ballot_key) for used in answered}
        unused = sorted({index for index, ballot_key in by_lender if (index, ballot_key) not in voters})
        named = ", ".join(map(str, unused[:MOST_NAMED])) + ("..." if len(unused) > MOST_NAMED else "")
        self.log.note(f"{self.read.name}: {len(self.issued)} credentials; not used for a ballot on the chain: {len(unused)} ({named})")
        return answered

    def _until(self) -> int:
        """The chain's time up to which this export answers: an older one can be handed in by anybody who kept it."""
        return max([self.read.made_at, *(one.issued_at for one in self.issued)])


def _is_timely(one: Issued, each: issuer_log.Voucher) -> bool:
    """Whether a voucher is by a way that there is, and of the last day before the credential; nodes and verifier may differ by minutes."""
    earliest, latest = one.issued_at - VOUCHER_SECONDS - CLOCKS_APART_SECONDS, one.issued_at + 2 * CLOCKS_APART_SECONDS
    return each.method in METHODS and earliest <= each.vouched_at <= latest
