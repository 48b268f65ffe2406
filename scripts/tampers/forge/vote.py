"""A vote as it would stand on the chain, from the case's creation to the decision; honest, and open to a change of any of its parts."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from eth_abi.abi import encode
from eth_hash.auto import keccak

from scripts.build.contracts import load
from scripts.tampers.forge.abi import BATCH, CAST, CREATED, OPENED, OPENINGS, SIGNERS, call, topic, word
from scripts.tampers.forge.chain import CHAIN_ID, Forged, ForgedChain, Log, Sending
from scripts.tampers.forge.published import files_of
from scripts.tampers.forge.sums import carried, tallies
from tests.contracts.ballot_box import (
    ABSTAIN,
    AGAINST,
    CLASSES_ABI,
    FOR,
    PARAMETERS_ABI,
    Papers,
    Register,
    Vote,
    address_of,
    make_register,
    opening,
    secret,
    sign,
    signer_of,
)
from tests.contracts.ranged import context_of, proofs_file
from tests.contracts.typed import Domain
from tests.vectors.reference import created_address
from tests.verifier.tally.vote import NOTE_ABI, RECEIPTS, RELAY, Book, canonical, hex_of, plan_of, preset

START = 1_790_000_000
NOTICE, WINDOW, CHALLENGE = 1_296_400, 10_000, 1_296_000  # the least of a poll that counts; it is announced 400 s after START
#: Who votes how at first; the second one thinks again, the last lender stays away.
CHOICES = (*((index, FOR) for index in range(6)), (6, ABSTAIN), *((index, FOR) for index in (7, 8, 9)), (10, AGAINST))


@dataclass
class ForgedVote:
    """Change any field before `build`; then `acts` has the blocks by name, and `published` the files, to be changed once more."""

    official_keys: list[bytes] = field(default_factory=lambda: [secret("official", i) for i in range(3)])
    officials: list[bytes] = field(default_factory=list)
    threshold: int = 2
    rehearsal: bool = False
    institution_key: bytes = field(default_factory=lambda: secret("institution"))
    institution: bytes = b""
    verifier_key: bytes = field(default_factory=lambda: secret("verifier"))
    relay_key: bytes = RELAY
    register: Register = field(default_factory=lambda: make_register(12))
    class_names: list[str] = field(default_factory=list)
    conditions: list[tuple[int, int, int, int, int, bool]] = field(default_factory=lambda: preset("CN_EBL64"))
    rule_name: str = "CN_EBL64"
    opens_at: int = START + NOTICE
    window_seconds: int = WINDOW
    challenge_seconds: int = CHALLENGE
    verifiers: list[str] = field(default_factory=list)
    receipt_signer: str = ""
    creation_code: bytes = b""
    #: What stands in plan.json, before it is hashed.
    plan_changes: dict[str, Any] = field(default_factory=dict)
    #: Changes of what is signed: act -> (signers' keys, digest's values).
    signed_by: dict[str, list[bytes]] = field(default_factory=dict)
    signed_values: dict[str, Callable[[list[Any]], list[Any]]] = field(default_factory=dict)
    totals: list[tuple[int, int, int]] = field(default_factory=list)
    choices: list[tuple[int, int]] = field(default_factory=lambda: list(CHOICES))
    excluded: list[int] = field(default_factory=list)
    openings: list[tuple[int, ...]] = field(default_factory=list)
    passed: bool | None = None
    approve: bool = True
    attesters: list[int] = field(default_factory=lambda: [0, 1])
    decided_at: int = 0
    closing_note: bool = True
    register_number: int = 0
    #: Makes range_proofs.bin from the right context; without bytes the register is frozen without proofs.
    prover: Callable[[ForgedVote, bytes], bytes] = lambda vote, context: proofs_file(context, vote.register.lenders)

    def __post_init__(self) -> None:
        self.chain, self.acts = ForgedChain(), dict[str, Forged]()
        self.published: dict[str, bytes] = {}
        self.state = self.codes = b""
        self.books: list[Book] = []
        self.receipts: list[dict[str, Any]] = []
        self.notes: list[bytes] = []
        self.newest: dict[int, int] = {}
        self.sequences: dict[int, int] = {}

    # --- who and where ---

    @cached_property
    def case(self) -> bytes:
        return created_address(signer_of(secret("deployer")), 0)

    @cached_property
    def poll(self) -> bytes:
        return created_address(created_address(self.case, 1), 1)

    @cached_property
    def case_domain(self) -> Domain:
        return Domain(CHAIN_ID, "0x" + self.case.hex())

    @cached_property
    def poll_domain(self) -> Domain:
        return Domain(CHAIN_ID, "0x" + self.poll.hex())

    @property
    def closes_at(self) -> int:
        return self.opens_at + self.window_seconds

    @property
    def challenge_ends_at(self) -> int:
        return self.closes_at + 20 + self.challenge_seconds

    @property
    def names(self) -> list[str]:
        return self.class_names or self.register.class_names

    @property
    def classes(self) -> list[tuple[int, int, int]]:
        return self.totals or self.register.classes

    @cached_property
    def range_proofs(self) -> bytes:
        return self.prover(self, context_of(CHAIN_ID, self.case, 0, self.register, self.classes))

    @property
    def range_proofs_hash(self) -> bytes:
        return bytes(keccak(self.range_proofs)) if self.range_proofs else bytes(32)

    @cached_property
    def plan(self) -> bytes:
        return plan_of(hex_of(self.case), self.plan_changes)

    @property
    def plan_hash(self) -> bytes:
        return bytes(keccak(self.plan))

    @property
    def parameters(self) -> tuple[Any, ...]:
        window = (self.opens_at, self.closes_at, self.challenge_seconds)
        verifiers = self.verifiers or [address_of(self.verifier_key)]
        return (self.register_number, 0, self.conditions, *window, verifiers, self.receipt_signer or address_of(self.relay_key))

    @property
    def parameters_hash(self) -> bytes:
        return bytes(keccak(encode([PARAMETERS_ABI], [self.parameters])))

    @property
    def papers(self) -> Papers:
        return Papers(self.poll_domain, self.register, self.plan_hash, self.verifier_key, self.closes_at)

    def signatures(self, act: str, name: str, values: list[Any], domain: Domain | None = None) -> tuple[list[bytes], list[bytes]]:
        """Signers and signatures of an act of the officials."""
        keys = self.signed_by.get(act, self.official_keys[: self.threshold])
        digest = (domain or self.case_domain).digest(name, *self.signed_values.get(act, list)(values))
        return [signer_of(key) for key in keys], [sign(key, digest) for key in keys]

    # --- what happens, in order ---

    def build(self) -> ForgedVote:
        """Write the whole vote."""
        self._open_case()
        self._freeze()
        self._plan()
        self._announce()
        self._vote()
        self._close()
        self._decide()
        self.chain.seal()
        self.published = files_of(self)
        return self

    def log(self, at: bytes, name: str, kinds: Sequence[str], topics: Sequence[bytes], data: bytes) -> Log:
        return at, (topic(name, kinds), *topics), data

    def act(self, name: str, time: int, to: bytes, data: bytes, *logs: Log, sender: bytes | None = None) -> Forged:
        """One act in a block of its own."""
        sending = Sending(to, data, list(logs), sender or secret("sender"))
        self.acts[name] = self.chain.add(time, sending)
        return self.acts[name]

    def _open_case(self) -> None:
        officials = self.officials or [signer_of(key) for key in self.official_keys]
        people = [officials, self.threshold, self.institution or signer_of(self.institution_key), self.rehearsal]
        arguments = encode(CREATED, [*people, [], bytes(keccak(bytes.fromhex(load("SealedPoll")["bytecode"][2:])))])
        code = self.creation_code or bytes.fromhex(load("Case")["bytecode"][2:])
        opened = self.log(self.case, "CaseOpened", OPENED, [], encode(OPENED, people))
        self.act("create", START, b"", code + arguments, opened, sender=secret("deployer"))

    def _freeze(self) -> None:
        register, names = self.register, bytes(keccak(canonical(self.names)))
        classes_hash = bytes(keccak(encode([CLASSES_ABI], [self.classes])))
        count = len(register.lenders)
        what = [register.root, count, self.classes, names, self.range_proofs_hash]
        signed = self.signatures("freeze", "RegisterFreeze", [0, register.root, count, classes_hash, names, self.range_proofs_hash])
        kinds = ["bytes32", "uint256", CLASSES_ABI, "bytes32", "bytes32"]
        frozen = self.log(self.case, "RegisterFrozen", ["uint256", *kinds], [word(0)], encode(kinds, what))
        self.act("freeze", START + 100, self.case, call("freezeRegister", [*kinds, *SIGNERS], [*what, *signed]), frozen)

    def _plan(self) -> None:
        submitter, plan_hash = self.institution or signer_of(self.institution_key), self.plan_hash
        values = self.signed_values.get("submit", list)([0, plan_hash])
        signature = sign(self.signed_by.get("submit", [self.institution_key])[0], self.case_domain.digest("PlanSubmission", *values))
        kinds = ["uint256", "bytes32", "bytes"]
        submitted = self.log(self.case, "PlanSubmitted", kinds, [word(0)], encode(kinds[1:], [plan_hash, submitter]))
        self.act("submit", START + 200, self.case, call("submitPlan", ["bytes32", "bytes"], [plan_hash, signature]), submitted)
        signed = self.signatures("admit", "PlanAdmission", [0, plan_hash])
        admitted = self.log(self.case, "PlanAdmitted", ["uint256", "bytes32"], [word(0)], plan_hash)
        self.act("admit", START + 300, self.case, call("admitPlan", ["uint256", *SIGNERS], [0, *signed]), admitted)

    def _announce(self) -> None:
        signed = self.signatures("announce", "PollAnnouncement", [0, self.parameters_hash, self.rehearsal])
        data = encode(["address", "bytes32"], ["0x" + self.poll.hex(), self.parameters_hash])
        announced = self.log(self.case, "PollAnnounced", ["uint256", "address", "bytes32"], [word(0)], data)
        inputs = call("announcePoll", [PARAMETERS_ABI, *SIGNERS], [self.parameters, *signed])
        self.act("announce", START + 400, self.case, inputs, announced)

    def _vote(self) -> None:
        """The first ballot alone, the others in one batch, one of them changed in a second batch; a receipt for each."""
        lenders = self.register.lenders
        first, *rest = [Vote(lenders[index], choice) for index, choice in self.choices]
        self.receipt(first)
        self.cast("cast", first, self.opens_at + 10)
        for vote in rest:
            self.receipt(vote)
        self.batch("batch", rest, self.opens_at + 20)
        again = Vote(rest[0].lender, AGAINST, 2)
        self.receipt(again, book=1)
        self.batch("again", [again], self.opens_at + 30)
        self.note("anchor", self.opens_at + 40)

    def recorded(self, votes: Sequence[Vote]) -> list[Log]:
        """The event of ballots that are recorded, and the newest of each lender noted down."""
        for vote in votes:
            self.newest[vote.lender.index], self.sequences[vote.lender.index] = vote.choice, vote.sequence
        records = b"".join(vote.record for vote in votes)
        return [self.log(self.poll, "BallotsRecorded", ["bytes"], [], encode(["bytes"], [records]))] if votes else []

    def cast(self, name: str, vote: Vote, at: int, **changes: Any) -> None:
        self.act(name, at, self.poll, call("cast", CAST, self.papers.ballot(vote, **changes)), *self.recorded([vote]))

    def batch(self, name: str, votes: Sequence[Vote], at: int, recorded: Sequence[Vote] | None = None, *logs: Log) -> None:
        data = call("castBatch", BATCH, self.papers.batch(votes).arguments)
        self.act(name, at, self.poll, data, *logs, *self.recorded(votes if recorded is None else recorded))

    def rejected(self, vote: Vote, reason: int) -> Log:
        """The event of one ballot of a batch that is rejected."""
        kinds = ["uint256", "address", "uint8", "uint8"]
        data = encode(kinds[1:], [address_of(vote.lender.ballot_key), vote.sequence, reason])
        return self.log(self.poll, "BallotRejected", kinds, [word(vote.lender.index)], data)

    def receipt(self, vote: Vote, book: int = 0) -> dict[str, Any]:
        """The relay's receipt for a ballot, in the list that will be published."""
        while len(self.books) <= book:
            name = bytes(keccak(b"forged book" + bytes([len(self.books)])))
            self.books.append(Book(self.poll_domain, self.opens_at + 5, name, self.relay_key))
        digest = self.poll_domain.digest("Ballot", vote.lender.index, vote.choice, vote.sequence, self.plan_hash)
        self.receipts.append(self.books[book].sign(digest, address_of(vote.lender.ballot_key), vote.lender.index, vote.sequence))
        return self.receipts[-1]

    def note(self, name: str, at: int, *, closed: bool = False, sender: bytes | None = None, **changes: Any) -> None:
        """A note of the relay on its books."""
        heads = sorted((book.name, book.number, book.head) for book in self.books)
        previous = bytes(keccak(self.notes[-1])) if self.notes else bytes(32)
        values = {"poll": "0x" + self.poll.hex(), "note": len(self.notes) + 1, "previous": previous, "closed": closed, "heads": heads}
        data = encode(NOTE_ABI, list((values | changes).values()))
        self.notes.append(data)
        relay = sender or self.relay_key
        noted = self.log(
            self.case,
            "Noted",
            ["address", "bytes32", "bytes"],
            [bytes(12) + signer_of(relay), RECEIPTS],
            encode(["bytes"], [data]),
        )
        self.act(name, at, self.case, call("note", ["bytes32", "bytes"], [RECEIPTS, data]), noted, sender=relay)

    def _close(self) -> None:
        if self.closing_note:
            self.note("close", self.closes_at, closed=True)
        for index in self.excluded:
            self._exclude(index)
        out = set(self.excluded)
        counted = {index: choice for index, choice in self.newest.items() if index not in out}
        openings = self.openings or opening(self.register, counted)
        found = tallies(self.register, counted, openings)
        passed = carried(self.classes, found) if self.passed is None else self.passed
        self.result_hash = bytes(keccak(encode(["address", OPENINGS, "bool"], ["0x" + self.poll.hex(), found, passed])))
        kinds = ["bytes32", "bool", OPENINGS, "uint64"]
        data = encode(kinds, [self.result_hash, passed, found, self.challenge_ends_at])
        tallied = self.log(self.poll, "PollTallied", kinds, [], data)
        self.act("open", self.closes_at + 20, self.poll, call("openSums", [OPENINGS], [openings]), tallied)
        self.outcome, self.tallied = passed, found

    def _exclude(self, index: int) -> None:
        lender = self.register.lenders[index]
        kinds = ["uint256", "(uint8,uint256,uint256)", "bytes32[]", "uint256", "uint256"]
        data = call("excludeLeaf", kinds, [index, lender.leaf, self.register.proof(index), lender.amount_fen, lender.blind])
        shown = encode(["uint256", "uint256", "uint8"], [lender.voting_class, lender.amount_fen, self.newest.get(index, 0)])
        out = self.log(self.poll, "LeafExcluded", ["uint256", "uint256", "uint256", "uint8"], [word(index)], shown)
        self.act(f"exclude {index}", self.closes_at + 10, self.poll, data, out)

    def _decide(self) -> None:
        at = self.decided_at or self.challenge_ends_at
        for place, number in enumerate(self.attesters):
            self.attest(f"attest {place}", self.official_keys[number], at + place, decides=place + 1 == self.threshold)

    def attest(self, name: str, key: bytes, at: int, *, decides: bool = False, approve: bool | None = None) -> None:
        voice = self.approve if approve is None else approve
        signature = sign(self.signed_by.get(name, [key])[0], self.poll_domain.digest("Attestation", self.result_hash, voice))
        hashed = bytes(keccak(signer_of(key)))
        logs = [self.log(self.poll, "OfficialAttested", ["bytes32", "bool"], [hashed], word(voice))]
        if decides:
            logs.append(self.log(self.poll, "PollDecided", ["bool"], [], word(voice)))
        self.act(name, at, self.poll, call("attest", ["bytes", "bool", "bytes"], [signer_of(key), voice, signature]), *logs)

    def change_file(self, name: str, change: Callable[[Any], None]) -> None:
        """Change a published JSON file."""
        value = json.loads(self.published[name])
        change(value)
        self.published[name] = canonical(value)
