"""Who came after whom: every succession since the case was created, each by k officials of those in office (protocol §24; step 1)."""

from dataclasses import dataclass, replace

from verifier.tally.case import Release
from verifier.tally.chain.sight import Sight
from verifier.tally.contracts import Dialect, Event
from verifier.tally.findings import StepLog
from verifier.tally.generations import Generation, next_one
from verifier.tally.signers import is_allowed, short
from verifier.tally.typed_data import succession, succession_withdrawal

NAME = "case.succession"
NOTICE_SECONDS = 7 * 86_400
MOST_OFFICIALS = 32
EVENTS = ("SuccessionAnnounced", "SuccessionWithdrawn", "SuccessionCompleted")


@dataclass
class Successions:
    """The case's successions as far as they were read; `waiting` is who was named, and from when that holds."""

    sight: Sight
    dialect: Dialect
    release: Release
    chain_id: int
    case: bytes
    rehearsal: bool
    generations: list[Generation]
    log: StepLog
    count: int = 0
    waiting: tuple[Generation, int] | None = None

    def read(self, events: list[Event]) -> tuple[Generation, ...]:
        """All generations that came into office, in order. Raises Wrong for one that cannot be read."""
        takes = {"SuccessionAnnounced": self._announced, "SuccessionWithdrawn": self._withdrawn, "SuccessionCompleted": self._completed}
        for event in events:
            if event.name in EVENTS and event.log.address == self.case:
                takes[event.name](event)
        if self.waiting:
            self.log.note(f"succession {self.waiting[0].number} was announced and can be completed from {self.waiting[1]} on")
        return tuple(self.generations)

    def _at(self, event: Event) -> int:
        return self.sight.block(event.log.block_number).timestamp

    def _announced(self, event: Event) -> None:
        """One succession: in its number, while none waits, by k of those in office, who name people that can be."""
        transaction = self.sight.transaction(event.log.block_number, event.log.transaction_hash)
        people, notice, reason, signers, signatures = self.dialect.decode_call("announceSuccession", transaction, self.case, NAME)
        self.count += 1
        self.log.holds(NAME, event.place, "was announced while another one waited", self.waiting is None)
        before = self.generations[-1]
        named = next_one(self.chain_id, self.case, self.count, before, people)
        expected = (self.count, named.hash, self._at(event) + notice, reason)
        self.log.equal(NAME, event.place, "is not the succession of its transaction, number and time", expected, tuple(event.values))
        self.log.holds(NAME, transaction.place, "gives no reason", any(reason))
        enough = self.rehearsal or notice >= NOTICE_SECONDS
        self.log.holds(NAME, transaction.place, "the notice is too short for a case that is no rehearsal", enough, NOTICE_SECONDS, notice)
        digest = succession(before.separator, self.count, before.hash, named.hash, notice, reason)
        before.panel.signed(NAME, digest, signers, signatures, self.log, f"succession in {transaction.place}")
        self._check_people(named, transaction.place)
        self.waiting = named, self._at(event) + notice

    def _withdrawn(self, event: Event) -> None:
        transaction = self.sight.transaction(event.log.block_number, event.log.transaction_hash)
        signers, signatures = self.dialect.decode_call("withdrawSuccession", transaction, self.case, NAME)
        named = self._take_waiting(event)
        if named is None:
            return
        at, until = self._at(event), named[1]
        self.log.holds(NAME, event.place, "was withdrawn after its notice", at < until, f"before {until}", at)
        before = self.generations[-1]
        digest = succession_withdrawal(before.separator, named[0].number)
        before.panel.signed(NAME, digest, signers, signatures, self.log, f"withdrawal in {transaction.place}")

    def _completed(self, event: Event) -> None:
        transaction = self.sight.transaction(event.log.block_number, event.log.transaction_hash)
        self.dialect.decode_call("completeSuccession", transaction, self.case, NAME)
        named = self._take_waiting(event)
        if named is None:
            return
        generation, since = named
        at = self._at(event)
        self.log.holds(NAME, event.place, "was completed within its notice", at >= since, f"{since} or later", at)
        self.log.equal(NAME, event.place, "brings others into office than were named", generation.hash, event.values[1])
        self.generations.append(replace(generation, since=event.log.order))
        count, threshold = len(generation.panel.officials), generation.panel.threshold
        self.log.note(
            f"succession {generation.number}, completed in {transaction.place}: {count} officials, of whom {threshold} decide: "
            f"{', '.join(map(short, generation.panel.officials))}; institution {short(generation.institution)}"
        )

    def _take_waiting(self, event: Event) -> tuple[Generation, int] | None:
        """What waited under that number; it waits no more."""
        number = self.waiting[0].number if self.waiting else None
        if not self.log.equal(NAME, event.place, "is not about the succession that waits", number, event.values[0]):
            return None
        found, self.waiting = self.waiting, None
        return found

    def _check_people(self, named: Generation, place: str) -> None:
        """Those who are named can be signers and a majority, and nobody is or was both official and institution."""
        officials, count = named.panel.officials, len(named.panel.officials)
        distinct = 1 <= len(set(officials)) == count <= MOST_OFFICIALS
        self.log.holds("case.officials", place, "are not 1 to 32 distinct signers", distinct, "1 to 32", count)
        majority = count < 2 * named.panel.threshold <= 2 * count
        self.log.holds("case.officials", place, "is no majority of the officials", majority, "more than half", named.panel.threshold)
        allowed = all(map(is_allowed, named.signers))
        self.log.holds("case.officials", place, "names a signer that is neither a plain key nor a passkey", allowed)
        known = [*self.generations, named]
        both = {one for each in known for one in each.panel.officials} & {each.institution for each in known}
        self.log.holds("case.roles", place, "a key is or was official and institution", not both, "two keys", sorted(both))
        self.sight.check_verifiers(self.release, "case.officials", named.signers, self.log)
