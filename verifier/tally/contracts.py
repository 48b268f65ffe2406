"""The two contracts as seen from outside: their calls and events, and what is hashed of them (protocol §7 to §11, §17)."""

from dataclasses import dataclass
from typing import Any

from verifier.tally import abi
from verifier.tally.chain.things import Log, Transaction
from verifier.tally.findings import Wrong
from verifier.tally.keccak import keccak
from verifier.tally.published import canonical

CLASSES = "(uint256,uint256,uint256)[]"
CONDITIONS = "(uint8,uint8,uint8,uint32,uint32,bool)[]"
PARAMETERS = f"(uint256,uint256,{CONDITIONS},uint64,uint64,uint64,address[],address)"
TALLIES = "(uint256,uint256,uint256,uint256,uint256,uint256)[]"
OPENINGS = "(uint256,uint256,uint256,uint256,uint256,uint256)[]"
SIGNERS = "bytes[],bytes[]"
PEOPLE = "(bytes[],uint256,bytes)"
LEAF = "(uint8,uint256,uint256)"
HEADS = "(bytes32,uint64,bytes32)[]"
Tally = tuple[int, int, int, int, int, int]
ClassTotals = tuple[int, int, int]

SIGNATURE = "(bytes32,bytes32)"
SEALED_PARAMETERS = f"({PARAMETERS},uint8,uint32)"
SEAL_KEY = "(uint256,uint256,uint8,address[],bytes32,bytes32)"
CONFIRMATIONS = "(bytes,bytes)[]"
CAST = f"((uint256,uint8,uint8,address,{SIGNATURE},uint64,{SIGNATURE}),{LEAF},bytes32[])"
CAST_BATCH = f"((bytes,uint64,{SIGNATURE}),bytes,bytes,bytes32[])"

CALLS = {
    "freezeRegister": f"(bytes32,uint256,{CLASSES},bytes32,bytes32,{SIGNERS})",
    "submitPlan": "(bytes32,bytes)",
    "admitPlan": f"(uint256,{SIGNERS})",
    "announcePoll": f"({PARAMETERS},{SIGNERS})",
    "announceSuccession": f"({PEOPLE},uint32,bytes32,{SIGNERS})",
    "withdrawSuccession": f"({SIGNERS})",
    "completeSuccession": "()",
    "cast": CAST,
    "castBatch": CAST_BATCH,
    "excludeLeaf": f"(uint256,{LEAF},bytes32[],uint256,uint256)",
    "openSums": f"({OPENINGS})",
    "attest": "(bytes,bool,bytes)",
}
#: What a sealed poll and its announcement have otherwise, and more (protocol §21).
SEALED_CALLS = CALLS | {
    "announceSealedPoll": f"(bytes,{SEALED_PARAMETERS},{SEAL_KEY},{CONFIRMATIONS},{SIGNERS})",
    "appointTrustees": f"(bytes[],{SIGNERS})",
    "abandonPoll": f"(uint256,bytes32,{SIGNERS})",
    "cast": f"((uint256,uint8,uint256,uint64,address,{SIGNATURE},uint64,{SIGNATURE}),{LEAF},bytes32[])",
    "excludeLeaf": f"(uint256,{LEAF},bytes32[],uint256,uint256,bytes32,bytes)",
    "publishShare": "(uint256,uint256)",
    "unseal": "(uint256)",
    "count": "(bytes32,bytes)",
    "reportBreach": "(bytes32,bytes32)",
}
#: What protocol 1 had otherwise (protocol §17).
CALLS_1 = CALLS | {"freezeRegister": f"(bytes32,uint256,{CLASSES},{SIGNERS})"}

# An event's types in order; the indexed ones are marked, as they are in the topics.
EVENTS = {
    "CaseOpened": ("bytes[]", "uint256", "bytes", "bool"),
    "RegisterFrozen": ("uint256 indexed", "bytes32", "uint256", CLASSES, "bytes32", "bytes32"),
    "PlanSubmitted": ("uint256 indexed", "bytes32", "bytes"),
    "PlanAdmitted": ("uint256 indexed", "bytes32"),
    "PollAnnounced": ("uint256 indexed", "address", "bytes32"),
    "Noted": ("address indexed", "bytes32 indexed", "bytes"),
    "BallotsRecorded": ("bytes",),
    "BallotRejected": ("uint256 indexed", "address", "uint8", "uint8"),
    "LeafExcluded": ("uint256 indexed", "uint256", "uint256", "uint8"),
    "PollTallied": ("bytes32", "bool", TALLIES, "uint64"),
    "OfficialAttested": ("bytes32 indexed", "bool"),
    "PollDecided": ("bool",),
    "TrusteesAppointed": ("uint256 indexed", "bytes[]", "uint64"),
    "SealedPollAnnounced": ("uint256 indexed", "address", "bytes32", "bytes32"),
    "SuccessionAnnounced": ("uint256 indexed", "bytes32", "uint64", "bytes32"),
    "SuccessionWithdrawn": ("uint256 indexed",),
    "SuccessionCompleted": ("uint256 indexed", "bytes32"),
}
#: Since release 4.
NEW_EVENTS = ("TrusteesAppointed", "SealedPollAnnounced", "SuccessionAnnounced", "SuccessionWithdrawn", "SuccessionCompleted")
SEALED_EVENTS = EVENTS | {
    "SharePublished": ("uint256 indexed", "uint256"),
    "Unsealed": ("uint256", "bytes32"),
    "BallotsCounted": ("bytes",),
    "SealBroken": ("uint64",),
    "SealedLeafExcluded": ("uint256 indexed", "uint256", "uint256", "uint8", "uint32"),
    "MotionsTallied": ("bytes32", "uint256", TALLIES, "uint64"),
    "PollAbandoned": ("bytes32",),
}
EVENTS_3 = {name: kinds for name, kinds in EVENTS.items() if name not in NEW_EVENTS}
EVENTS_2 = EVENTS_3 | {"CaseOpened": ("bytes[]", "uint256", "bytes")}
EVENTS_1 = EVENTS_2 | {"RegisterFrozen": ("uint256 indexed", "bytes32", "uint256", CLASSES)}
#: Events of a case that say nothing about a poll.
CHECKPOINT = keccak(b"Checkpoint(bytes)")
CHECKPOINT_CALL = abi.selector("checkpoint", "(uint64[])")


def topic_of(name: str, kinds: tuple[str, ...]) -> bytes:
    """The first topic of an event."""
    plain = ",".join(kind.removesuffix(" indexed") for kind in kinds)
    return keccak(f"{name}({plain})".encode())


NOTED = topic_of("Noted", EVENTS["Noted"])


@dataclass(frozen=True)
class Event:
    """One decoded event; `values` in the order of its declaration."""

    name: str
    values: tuple[Any, ...]
    log: Log

    @property
    def place(self) -> str:
        return f"{self.name} in {self.log.place}"


class Dialect:
    """Calls and events of one protocol, and of one kind of poll."""

    def __init__(self, protocol: int, *, sealed: bool = False) -> None:
        self.calls = SEALED_CALLS if sealed else CALLS_1 if protocol == 1 else CALLS
        self.events = SEALED_EVENTS if sealed else {1: EVENTS_1, 2: EVENTS_2, 3: EVENTS_3}.get(protocol, EVENTS)
        self.selectors = {name: abi.selector(name, inputs) for name, inputs in self.calls.items()}
        self.names = {topic_of(name, kinds): name for name, kinds in self.events.items()}

    def decode_event(self, log: Log) -> Event:
        """The event that a log carries. Raises Wrong for one that the contracts do not have."""
        name = self.names.get(log.topics[0]) if log.topics else None
        if name is None:
            expected, found = "one of " + ", ".join(self.events), log.topics[0] if log.topics else ""
            raise Wrong("node.log", log.place, "an event that the contracts do not have", expected, found)
        kinds = self.events[name]
        indexed = [kind.removesuffix(" indexed") for kind in kinds if kind.endswith(" indexed")]
        if len(log.topics) != 1 + len(indexed):
            raise Wrong("node.log", log.place, f"{name} has another number of topics", 1 + len(indexed), len(log.topics))
        try:
            heads = iter(abi.decode(f"({','.join(indexed)})", b"".join(log.topics[1:])))
            rest = iter(abi.decode(f"({','.join(kind for kind in kinds if not kind.endswith(' indexed'))})", log.data))
        except abi.NotDecodable as error:
            raise Wrong("node.log", log.place, f"{name} cannot be decoded", "", error) from error
        return Event(name, tuple(next(heads) if kind.endswith(" indexed") else next(rest) for kind in kinds), log)

    def decode_call(self, name: str, transaction: Transaction, contract: bytes, finding: str) -> tuple[Any, ...]:
        """The inputs of the named call, which a plain account sent straight to the contract (protocol §8.2). Raises Wrong."""
        if transaction.to != contract or not transaction.input.startswith(self.selectors[name]):
            what = "was not sent to the contract, or is another call"
            raise Wrong(
                finding,
                transaction.place,
                what,
                f"{name} to 0x{contract.hex()}",
                f"0x{transaction.input[:4].hex()} to 0x{transaction.to.hex()}",
            )
        try:
            return abi.decode(self.calls[name], transaction.input, 4)
        except abi.NotDecodable as error:
            raise Wrong(finding, transaction.place, f"the inputs of {name} cannot be decoded", self.calls[name], error) from error


DIALECTS = {protocol: Dialect(protocol) for protocol in (1, 2, 3, 4, 5)}
SEALED = Dialect(4, sealed=True)


def dialect_of(protocol: int, *, sealed: bool) -> Dialect:
    """By which calls and events a poll is read."""
    return SEALED if sealed else DIALECTS[protocol]


def classes_hash(classes: list[ClassTotals]) -> bytes:
    return keccak(abi.encode(f"({CLASSES})", classes))


def class_names_hash(names: list[str]) -> bytes:
    return keccak(canonical(names))


def rule_hash(conditions: list[tuple[int, int, int, int, int, bool]]) -> bytes:
    return keccak(abi.encode(f"({CONDITIONS})", conditions))


def parameters_hash(parameters: tuple[Any, ...]) -> bytes:
    return keccak(abi.encode(f"({PARAMETERS})", parameters))


def sealed_parameters_hash(parameters: tuple[Any, ...]) -> bytes:
    return keccak(abi.encode(f"({SEALED_PARAMETERS})", parameters))


def trustees_hash(trustees: list[bytes]) -> bytes:
    return keccak(abi.encode("(bytes[])", trustees))


def result_hash(poll: bytes, tallies: list[Tally], passed: int) -> bytes:
    """`passed` has a bit for each motion; of an open poll it is the one truth value."""
    return keccak(abi.encode(f"(address,{TALLIES},uint256)", poll, tallies, passed))
