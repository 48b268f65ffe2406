"""A sealed vote as it would stand on the chain, up to its close: trustees, their key, ballots and a breach; open to any change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from eth_abi.abi import encode
from eth_hash.auto import keccak

from scripts.build.contracts import load
from scripts.rig.passkey import Passkey
from scripts.tampers.forge.abi import BATCH, CREATED, OPENED, SIGNERS, call, word
from scripts.tampers.forge.chain import Log
from scripts.tampers.forge.escrow import escrow_of
from scripts.tampers.forge.published import files_of
from scripts.tampers.forge.vote import START, ForgedVote
from tests.contracts.ballot_box import AGAINST, address_of, secret, sign, signer_of, two_words
from tests.contracts.sealed_world import (
    SEALED_ABI,
    SealedPapers,
    SealedVote,
    plain_of,
    trustee_keys,
)
from tests.contracts.typed import struct_hash
from tests.verifier.tally.ceremony import DealtKeys
from tests.verifier.tally.vote import Book, hex_of

ABANDON_SECONDS = 2_592_000
SEAL_KEY = "(uint256,uint256,uint8,address[],bytes32,bytes32)"
ANNOUNCE = ["bytes", SEALED_ABI, SEAL_KEY, "(bytes,bytes)[]", *SIGNERS]
SEALED_CAST = [
    "(uint256,uint8,uint256,uint64,address,(bytes32,bytes32),uint64,(bytes32,bytes32))",
    "(uint8,uint256,uint256)",
    "bytes32[]",
]
#: Where the contract stands that checks passkeys.
PASSKEY_VERIFIER = bytes.fromhex("99" * 20)
NONSENSE = 5  # the seal is one, what it hides is nothing


@dataclass
class SealedBallots(ForgedVote):
    """As ForgedVote; `openers` are the seats whose shares are published, `sizes` the pieces that are counted, from the end of the box."""

    motions: int = 1
    trustee_keys: list[bytes] = field(default_factory=trustee_keys)
    trustees: list[bytes] = field(default_factory=list)
    appointed: list[bytes] = field(default_factory=list)  # whom an appointment names after the creation
    keys: DealtKeys | None = None
    key_changes: dict[int, Any] = field(default_factory=dict)  # what of SealKey is announced otherwise, by its place
    seal_json: bytes = b""  # published in place of the ceremony's transcript
    confirmed_by: dict[int, tuple[bytes, bytes]] = field(default_factory=dict)  # seat -> keys of its two signatures
    passkeys: dict[int, Passkey] = field(default_factory=dict)  # seat -> with what its trustee signs in place of a key
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
        return self.trustees or [self.signer_at(seat) for seat in range(len(self.trustee_keys))]

    def signer_at(self, seat: int) -> bytes:
        """Who sits there: a plain key, or a passkey behind the verifying contract."""
        if seat in self.passkeys:
            return PASSKEY_VERIFIER + self.passkeys[seat].public_key
        return signer_of(self.trustee_keys[seat])

    def signed_at(self, seat: int, digest: bytes) -> bytes:
        """The seat's signature."""
        return self.passkeys[seat].assertion(digest) if seat in self.passkeys else sign(self.trustee_keys[seat], digest)

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

    @property
    def opened_at(self) -> int:
        """When the sums are opened."""
        return self.closes_at + 20

    # --- what happens, in order ---

    def build(self) -> SealedBallots:
        super().build()
        self.published = files_of(self) | {"seal.json": self.seal_json or self.dealt.seal_json, "escrow.json": escrow_of(self)}
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
            own = seat not in self.confirmed_by
            found.append((sign(by_share, digest), self.signed_at(seat, digest) if own else sign(by_identity, digest)))
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
