"""A sealed vote as it would stand on the chain, from trustees and their key to the opened sums; honest, and open to any change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from eth_abi.abi import encode
from eth_hash.auto import keccak

from scripts.build.contracts import load
from scripts.tampers.forge.abi import BATCH, CREATED, OPENED, OPENINGS, SIGNERS, call, word
from scripts.tampers.forge.chain import Log
from scripts.tampers.forge.published import files_of
from scripts.tampers.forge.vote import START, ForgedVote
from tests.contracts.ballot_box import ABSTAIN, AGAINST, FOR, N, address_of, secret, sign, signer_of, two_words
from tests.contracts.sealed_world import (
    EMPTY_BOX,
    SEALED_ABI,
    SealedPapers,
    SealedVote,
    folded,
    plain_of,
    trustee_keys,
)
from tests.contracts.typed import struct_hash
from tests.verifier.tally.ceremony import DealtKeys
from tests.verifier.tally.vote import Book, hex_of
from verifier.tally.chain.sealed_state import slots

ABANDON_SECONDS = 2_592_000
SEAL_KEY = "(uint256,uint256,uint8,address[],bytes32,bytes32)"
ANNOUNCE = ["bytes", SEALED_ABI, SEAL_KEY, "(bytes,bytes)[]", *SIGNERS]
SEALED_CAST = [
    "(uint256,uint8,uint256,uint64,address,(bytes32,bytes32),uint64,(bytes32,bytes32))",
    "(uint8,uint256,uint256)",
    "bytes32[]",
]
OPENING_LEAF = ["uint256", "(uint8,uint256,uint256)", "bytes32[]", "uint256", "uint256", "bytes32", "bytes"]
NONSENSE = 5  # the seal is one, what it hides is nothing


@dataclass
class ForgedSealedVote(ForgedVote):
    """As ForgedVote; `openers` are the seats whose shares are published, `sizes` the pieces that are counted, from the end of the box."""

    motions: int = 1
    trustee_keys: list[bytes] = field(default_factory=trustee_keys)
    trustees: list[bytes] = field(default_factory=list)
    appointed: list[bytes] = field(default_factory=list)  # whom an appointment names after the creation
    keys: DealtKeys | None = None
    key_changes: dict[int, Any] = field(default_factory=dict)  # what of SealKey is announced otherwise, by its place
    seal_json: bytes = b""  # published in place of the ceremony's transcript
    confirmed_by: dict[int, tuple[bytes, bytes]] = field(default_factory=dict)  # seat -> keys of its two signatures
    abandon_after: int = ABANDON_SECONDS
    openers: list[int] = field(default_factory=lambda: [0, 2])
    sizes: list[int] = field(default_factory=lambda: [4, 5, 64])
    invalid: list[int] = field(default_factory=lambda: [6])  # whose first ballots hold nothing
    breached: bool = False
    announced_after: int = 0  # seconds, beyond the usual ones
    reason: str = ""  # why the poll is abandoned, before its sums are opened

    def __post_init__(self) -> None:
        super().__post_init__()
        self.records: list[bytes] = []
        self.opens: dict[int, SealedVote] = {}  # each lender's newest ballot
        self.passed_motions = 0

    # --- who and where ---

    @property
    def seats(self) -> list[bytes]:
        return self.trustees or [signer_of(key) for key in self.trustee_keys]

    @cached_property
    def dealt(self) -> DealtKeys:
        return self.keys or DealtKeys("forged", len(self.trustee_keys), 2, self.case)

    @property
    def sealed_code(self) -> bytes:
        return bytes.fromhex(load("SealedPoll")["bytecode"][2:])

    @property
    def seal_key(self) -> tuple[Any, ...]:
        return tuple(self.key_changes.get(place, value) for place, value in enumerate(self.dealt.values))

    @property
    def seal_key_hash(self) -> bytes:
        return struct_hash("SealKey", *self.seal_key)

    @property
    def sealed_parameters(self) -> tuple[Any, ...]:
        return self.parameters, self.motions, self.abandon_after

    @property
    def sealed_parameters_hash(self) -> bytes:
        return bytes(keccak(encode([SEALED_ABI], [self.sealed_parameters])))

    @property
    def sealed_papers(self) -> SealedPapers:
        return SealedPapers(self.poll_domain, self.register, self.plan_hash, self.verifier_key, self.closes_at, self.dealt)

    def slots(self) -> list[int]:
        return slots(len(self.classes), self.motions)

    @property
    def opened_at(self) -> int:
        """When the sums are opened."""
        return self.closes_at + 20

    # --- what happens, in order ---

    def build(self) -> ForgedSealedVote:
        super().build()
        self.published = files_of(self) | {"seal.json": self.seal_json or self.dealt.seal_json}
        for name, change in (("poll.json", self._in_poll_file), ("result.json", self._in_result_file)):
            self.change_file(name, change)
        return self

    def _in_poll_file(self, value: dict[str, Any]) -> None:
        value |= {"kind": "sealed", "motions": self.motions, "abandon_after_seconds": self.abandon_after}

    def _in_result_file(self, value: dict[str, Any]) -> None:
        if self.reason:
            value.clear()
            value |= {"abandoned": self.reason, "reason_hash": hex_of(keccak(self.reason.encode()))}
            return
        value["passed"] = [bool(self.passed_motions >> motion & 1) for motion in range(self.motions)]
        value["invalid"] = self.invalid_by_class()

    def invalid_by_class(self) -> list[int]:
        """How many newest ballots hold nothing, less leaves taken out."""
        counted = [vote for index, vote in self.opens.items() if index not in self.excluded and not self.choices_in(vote)]
        return [sum(vote.lender.voting_class == number for vote in counted) for number in range(len(self.classes))]

    def _open_case(self) -> None:
        officials = self.officials or [signer_of(key) for key in self.official_keys]
        people = [officials, self.threshold, self.institution or signer_of(self.institution_key), self.rehearsal]
        code = self.creation_code or bytes.fromhex(load("Case")["bytecode"][2:])
        arguments = encode(CREATED, [*people, self.seats, bytes(keccak(self.sealed_code))])
        opened = self.log(self.case, "CaseOpened", OPENED, [], encode(OPENED, people))
        first = self.appointment(0, self.seats, START)
        self.act("create", START, b"", code + arguments, opened, first, sender=secret("deployer"))
        if self.appointed:
            self.appoint("appoint", START + 50, 1, self.appointed)

    def appointment(self, number: int, signers: Sequence[bytes], serves_from: int) -> Log:
        kinds = ["uint256", "bytes[]", "uint64"]
        return self.log(self.case, "TrusteesAppointed", kinds, [word(number)], encode(kinds[1:], [signers, serves_from]))

    def appoint(self, name: str, at: int, number: int, signers: Sequence[bytes]) -> None:
        """Officials put another list in the place of the trustees."""
        hashed = bytes(keccak(encode(["bytes[]"], [signers])))
        signed = self.signatures(name, "TrusteeAppointment", [number, hashed])
        serves_from = at if self.rehearsal else at + 7 * 86_400
        data = call("appointTrustees", ["bytes[]", *SIGNERS], [signers, *signed])
        self.act(name, at, self.case, data, self.appointment(number, signers, serves_from))

    def confirmations(self) -> list[tuple[bytes, bytes]]:
        digest = self.case_domain.digest("SealKey", *self.seal_key)
        found = []
        for seat, (share, identity) in enumerate(zip(self.dealt.shares, self.trustee_keys, strict=True)):
            by_share, by_identity = self.confirmed_by.get(seat, (word(share), identity))
            found.append((sign(by_share, digest), sign(by_identity, digest)))
        return found

    def _announce(self) -> None:
        self.announce("announce", START + 400 + self.announced_after, 0)

    def announce(self, name: str, at: int, number: int, **changes: Any) -> None:
        """The announcement; `changes` replaces inputs of the call."""
        hashes = self.sealed_parameters_hash, self.seal_key_hash
        given = {"code": self.sealed_code, "parameters": self.sealed_parameters, "key": self.seal_key, "pairs": self.confirmations()}
        given |= changes
        signed = self.signatures(name, "SealedPollAnnouncement", [number, *hashes, self.rehearsal])
        kinds = ["uint256", "address", "bytes32", "bytes32"]
        data = encode(kinds[1:], ["0x" + self.poll.hex(), *hashes])
        announced = self.log(self.case, "SealedPollAnnounced", kinds, [word(number)], data)
        self.act(name, at, self.case, call("announceSealedPoll", ANNOUNCE, [*given.values(), *signed]), announced)

    def plain(self, choice: int) -> int:
        """A choice in the first motion, and other ones in the others."""
        return plain_of((choice + motion - 1) % 3 + 1 for motion in range(self.motions))

    def sealed(self, index: int, choice: int, sequence: int = 1, **rest: Any) -> SealedVote:
        """A ballot of a lender; choice 0 holds nothing that can be counted."""
        plain = self.plain(choice) if choice else 1 << 40 | NONSENSE
        return SealedVote(self.register.lenders[index], plain, sequence, **rest)

    def choices_in(self, vote: SealedVote) -> tuple[int, ...]:
        """What a ballot opens to, motion by motion; nothing for an invalid one."""
        found = tuple(vote.plain >> 2 * motion & 3 for motion in range(self.motions))
        whole = vote.fields is None and vote.plain >> 2 * self.motions == 0 and all(found)
        return found if whole else ()

    def _vote(self) -> None:
        """The first ballot alone, the others in one batch, one of them changed in a second batch; a receipt for each."""
        if self.choices:
            self._first_ballots()
        self.note("anchor", self.opens_at + 40)
        if self.breached:
            self.breach("breach", self.opens_at + 50)

    def _first_ballots(self) -> None:
        first, *rest = [self.sealed(index, 0 if index in self.invalid else choice) for index, choice in self.choices]
        self.receipt_for(first)
        self.cast_sealed("cast", first, self.opens_at + 10)
        for vote in rest:
            self.receipt_for(vote)
        self.batch_sealed("batch", rest, self.opens_at + 20)
        again = self.sealed(rest[0].lender.index, AGAINST, 2)
        self.receipt_for(again, book=1)
        self.batch_sealed("again", [again], self.opens_at + 30)

    def taken(self, votes: Sequence[SealedVote]) -> list[Log]:
        """The event of ballots that are recorded, with their records in the box."""
        for vote in votes:
            self.opens[vote.lender.index] = vote
            self.records.append(self.sealed_papers.record(vote))
        recorded = b"".join(vote.recorded for vote in votes)
        return [self.log(self.poll, "BallotsRecorded", ["bytes"], [], encode(["bytes"], [recorded]))] if votes else []

    def cast_sealed(self, name: str, vote: SealedVote, at: int, papers: SealedPapers | None = None, **changes: Any) -> None:
        values = (papers or self.sealed_papers).sealed_ballot(vote, **changes)
        self.act(name, at, self.poll, call("cast", SEALED_CAST, values), *self.taken([vote]))

    def batch_sealed(
        self, name: str, votes: Sequence[SealedVote], at: int, papers: SealedPapers | None = None, taken: Sequence[SealedVote] | None = None
    ) -> None:
        data = call("castBatch", BATCH, (papers or self.sealed_papers).sealed_batch(votes).arguments)
        self.act(name, at, self.poll, data, *self.taken(votes if taken is None else taken))

    def receipt_for(self, vote: SealedVote, book: int = 0) -> dict[str, Any]:
        """The relay's receipt, with what was sealed."""
        while len(self.books) <= book:
            name = bytes(keccak(b"forged book" + bytes([len(self.books)])))
            self.books.append(Book(self.poll_domain, self.opens_at + 5, name, self.relay_key))
        seal, sealed_choice = self.sealed_papers.sealed(vote)
        fields = (vote.lender.index, vote.sequence, seal, sealed_choice, self.plan_hash, self.dealt.hash)
        digest = self.poll_domain.digest("SealedBallot", *fields)
        row = self.books[book].sign(digest, address_of(vote.lender.ballot_key), vote.lender.index, vote.sequence)
        self.receipts.append(row | {"seal": f"0x{seal:064x}", "sealed_choice": f"0x{sealed_choice:016x}"})
        return self.receipts[-1]

    def breach(self, name: str, at: int, by: bytes = b"") -> None:
        signature = sign(by or word(self.dealt.secret), self.poll_domain.digest("SealBreach"))
        data = call("reportBreach", ["bytes32", "bytes32"], two_words(signature))
        self.act(name, at, self.poll, data, self.log(self.poll, "SealBroken", ["uint64"], [], word(at)))

    def _close(self) -> None:
        if self.closing_note:
            self.note("close", self.closes_at, closed=True)
        for seat in self.openers:
            self.publish_share(f"share {seat}", seat, self.dealt.shares[seat], self.closes_at + 2)
        if self.openers:
            self.unseal(self.dealt.secret, self.closes_at + 4)
            self.count_box()
        if self.reason:
            self.abandon("abandon", self.closes_at + self.abandon_after)
            return
        for index in self.excluded:
            self.exclude_sealed(index)
        self.open_sums()

    def publish_share(self, name: str, seat: int, share: int, at: int) -> None:
        kinds = ["uint256", "uint256"]
        log = self.log(self.poll, "SharePublished", kinds, [word(seat)], word(share))
        self.act(name, at, self.poll, call("publishShare", kinds, [seat, share]), log)

    def unseal(self, number: int, at: int, box: bytes | None = None) -> None:
        kinds = ["uint256", "bytes32"]
        full = folded(EMPTY_BOX, self.records) if box is None else box
        log = self.log(self.poll, "Unsealed", kinds, [], encode(kinds, [number, full]))
        self.act("unseal", at, self.poll, call("unseal", ["uint256"], [number]), log)

    def count_box(self) -> None:
        left, place = len(self.records), 0
        while left:
            size = min(left, self.sizes[min(place, len(self.sizes) - 1)])
            self.count_piece(f"count {place}", left - size, left, self.closes_at + 6 + place)
            left, place = left - size, place + 1

    def count_piece(self, name: str, start: int, end: int, at: int, counted: bytes | None = None) -> None:
        """One counting of the records from start to end."""
        before, piece = folded(EMPTY_BOX, self.records[:start]), b"".join(self.records[start:end])
        said = self.counted(start, end) if counted is None else counted
        log = self.log(self.poll, "BallotsCounted", ["bytes"], [], encode(["bytes"], [said]))
        self.act(name, at, self.poll, call("count", ["bytes32", "bytes"], [before, piece]), log)

    def counted(self, start: int, end: int) -> bytes:
        """What BallotsCounted says of these records."""
        found = b""
        for record in self.records[start:end]:
            index, sequence = int.from_bytes(record[:4], "big"), record[69]
            newest = self.opens[index]
            if newest.sequence != sequence:
                continue
            plain = plain_of(self.choices_in(newest))
            found += record[:4] + (
                bytes([(sequence << 2 | plain) & 255]) if self.motions == 1 else bytes([sequence << 2 & 255]) + plain.to_bytes(4, "big")
            )
        return found

    def exclude_sealed(self, index: int, **changes: Any) -> None:
        """A leaf is taken out, with what was counted for its lender."""
        lender, newest = self.register.lenders[index], self.opens.get(index)
        place = next((i for i in range(len(self.records) - 1, -1, -1) if int.from_bytes(self.records[i][:4], "big") == index), 0)
        shown = self.records[place:] if newest else []
        before = folded(EMPTY_BOX, self.records[:place]) if newest else bytes(32)
        values = [index, lender.leaf, self.register.proof(index), lender.amount_fen, lender.blind, before, b"".join(shown)]
        kinds = ["uint256", "uint256", "uint256", "uint8", "uint32"]
        said = {
            "class": lender.voting_class,
            "amount": lender.amount_fen,
            "sequence": newest.sequence if newest else 0,
            "choices": plain_of(self.choices_in(newest)) if newest else 0,
        } | changes
        log = self.log(self.poll, "SealedLeafExcluded", kinds, [word(index)], encode(kinds[1:], list(said.values())))
        self.act(f"exclude {index}", self.closes_at + 15, self.poll, call("excludeLeaf", OPENING_LEAF, values), log)

    def honest_openings(self) -> list[tuple[int, ...]]:
        """Motion by motion, and in each class by class."""
        found = []
        for motion in range(self.motions):
            for number in range(len(self.classes)):
                row: list[int] = []
                for choice in (FOR, AGAINST, ABSTAIN):
                    who = [vote.lender for vote in self.counted_in(number) if self.choices_in(vote)[motion] == choice]
                    row += [sum(one.amount_fen for one in who) % N, sum(one.blind for one in who) % N]
                found.append(tuple(row))
        return found

    def counted_in(self, number: int) -> list[SealedVote]:
        """Valid newest ballots of a class, less leaves taken out."""
        mine = [vote for index, vote in self.opens.items() if index not in self.excluded and vote.lender.voting_class == number]
        return [vote for vote in mine if self.choices_in(vote)]

    def honest_tallies(self, openings: Sequence[tuple[int, ...]] = ()) -> list[tuple[int, ...]]:
        """Heads by the newest ballots, and the opened amounts."""
        tallies = []
        for place, one in enumerate(openings or self.honest_openings()):
            motion, number = divmod(place, len(self.classes))
            chosen = [self.choices_in(vote)[motion] for vote in self.counted_in(number)]
            tallies.append((*(chosen.count(choice) for choice in (FOR, AGAINST, ABSTAIN)), one[0], one[2], one[4]))
        return tallies

    def open_sums(self, **changes: Any) -> None:
        openings = self.openings or self.honest_openings()
        tallies = self.honest_tallies(openings)
        classes = len(self.classes)
        passed = sum(self.carried(tallies[motion * classes : (motion + 1) * classes]) << motion for motion in range(self.motions))
        said: dict[str, Any] = {"passed": passed, "tallies": tallies, "ends": self.challenge_ends_at} | changes
        self.passed_motions, self.tallied, self.outcome = said["passed"], said["tallies"], bool(said["passed"])
        hashed = encode(["address", OPENINGS, "uint256"], ["0x" + self.poll.hex(), said["tallies"], said["passed"]])
        self.result_hash = changes.get("hash") or bytes(keccak(hashed))
        kinds = ["bytes32", "uint256", OPENINGS, "uint64"]
        data = encode(kinds, [self.result_hash, said["passed"], said["tallies"], said["ends"]])
        tallied = self.log(self.poll, "MotionsTallied", kinds, [], data)
        self.act("open", self.opened_at, self.poll, call("openSums", [OPENINGS], [openings]), tallied)

    def abandon(self, name: str, at: int, reason_hash: bytes | None = None, number: int = 0) -> None:
        hashed = bytes(keccak(self.reason.encode())) if reason_hash is None else reason_hash
        signed = self.signatures(name, "PollAbandonment", [number, hashed])
        log = self.log(self.poll, "PollAbandoned", ["bytes32"], [], hashed)
        self.act(name, at, self.case, call("abandonPoll", ["uint256", "bytes32", *SIGNERS], [number, hashed, *signed]), log)
        self.outcome, self.tallied, self.result_hash = False, [], bytes(32)

    def _decide(self) -> None:
        if not self.reason:
            super()._decide()


def motions_of(count: int) -> dict[str, Any]:
    """What a plan with several motions has in its file."""
    return {"motions": [f"事项{number}" for number in range(1, count + 1)]} if count > 1 else {}
