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
LEAF = "(uint8,uint256,uint256)"
HEADS = "(bytes32,uint64,bytes32)[]"
Tally = tuple[int, int, int, int, int, int]
ClassTotals = tuple[int, int, int]

SIGNATURE = "(bytes32,bytes32)"
CAST = f"((uint256,uint8,uint8,address,{SIGNATURE},uint64,{SIGNATURE}),{LEAF},bytes32[])"
CAST_BATCH = f"((bytes,uint64,{SIGNATURE}),bytes,bytes,bytes32[])"

CALLS = {
    "freezeRegister": f"(bytes32,uint256,{CLASSES},bytes32,bytes32,{SIGNERS})",
    "submitPlan": "(bytes32,bytes)",
    "admitPlan": f"(uint256,{SIGNERS})",
    "announcePoll": f"({PARAMETERS},{SIGNERS})",
    "cast": CAST,
    "castBatch": CAST_BATCH,
    "excludeLeaf": f"(uint256,{LEAF},bytes32[],uint256,uint256)",
    "openSums": f"({OPENINGS})",
    "attest": "(bytes,bool,bytes)",
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
}
EVENTS_3 = {name: kinds for name, kinds in EVENTS.items() if name not in ("TrusteesAppointed", "SealedPollAnnounced")}
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
    """Calls and events of one protocol."""

    def __init__(self, protocol: int) -> None:
        self.calls = CALLS_1 if protocol == 1 else CALLS
        self.events = {1: EVENTS_1, 2: EVENTS_2, 3: EVENTS_3}.get(protocol, EVENTS)
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


DIALECTS = {protocol: Dialect(protocol) for protocol in (1, 2, 3, 4)}


def classes_hash(classes: list[ClassTotals]) -> bytes:
    return keccak(abi.encode(f"({CLASSES})", classes))


def class_names_hash(names: list[str]) -> bytes:
    return keccak(canonical(names))


def rule_hash(conditions: list[tuple[int, int, int, int, int, bool]]) -> bytes:
    return keccak(abi.encode(f"({CONDITIONS})", conditions))


def parameters_hash(parameters: tuple[Any, ...]) -> bytes:
    return keccak(abi.encode(f"({PARAMETERS})", parameters))


def result_hash(poll: bytes, tallies: list[Tally], passed: bool) -> bytes:
    return keccak(abi.encode(f"(address,{TALLIES},bool)", poll, tallies, passed))
