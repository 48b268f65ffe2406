"""successions.json: generations of a case, each named by k of the one before, and what they sign (protocol §24)."""

from __future__ import annotations

from typing import Any

from tests.vectors import reference as ref
from tests.vectors.receipts import fingerprint
from tests.vectors.seeds import CASE, CHAIN_ID, address_of_key, hex_of, hex_word, key_of

DOMAIN = "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract,bytes32 salt)"
SUCCESSION = "Succession(uint256 successionNumber,bytes32 generationBefore,bytes32 generationAfter,uint32 noticeSeconds,bytes32 reasonHash)"
WITHDRAWAL = "SuccessionWithdrawal(uint256 successionNumber)"
SUBMISSION = "PlanSubmission(uint256 planNumber,bytes32 planHash)"
ANNOUNCEMENT = "PollAnnouncement(uint256 pollNumber,bytes32 parametersHash,bool rehearsal)"
PEOPLE = "(bytes[],uint256,bytes)"
PASSKEY = bytes.fromhex("33" * 20) + ref.keccak(b"x") + ref.keccak(b"y")
NOTICE = 604_800


def generation_hash(before: bytes, officials: list[bytes], threshold: int, institution: bytes) -> bytes:
    return ref.keccak(ref.encode(["bytes32", PEOPLE], [before, (officials, threshold, institution)]))


def separator(salt: bytes) -> bytes:
    """Of the case; with a salt for every generation but the first."""
    if not salt:
        return ref.domain_separator(CHAIN_ID, CASE)
    head = ref.keccak(DOMAIN.encode()) + ref.keccak(b"LenderVote") + ref.keccak(b"1")
    return ref.keccak(head + ref.word(CHAIN_ID) + bytes(12) + CASE + salt)


def signed(text: str, message: dict[str, Any], salt: bytes, signer: str) -> dict[str, Any]:
    """One message under the domain of a generation."""
    struct = ref.keccak(ref.keccak(text.encode()) + b"".join(ref.encode_one(kind, message[name]) for kind, name in ref.fields_of(text)))
    digest = ref.keccak(b"\x19\x01" + separator(salt) + struct)
    shown = {name: hex_of(value) if isinstance(value, bytes) else value for name, value in message.items()}
    what = {"type": text.split("(", maxsplit=1)[0], "type_text": text, "message": shown}
    what |= {"struct_hash": hex_of(struct), "digest": hex_of(digest)}
    return {**what, "signer": signer, "signature": hex_of(ref.signature_65(key_of(signer), digest))}


def successions_file() -> dict[str, Any]:
    """Generations 0, 1 and 3: succession 2 was withdrawn."""
    named = [
        (0, ["official 1", "official 2", "official 3"], [], 2, "institution"),
        (1, ["official 1", "official 2", "official 4"], [], 2, "institution"),
        (3, ["official 4", "official 5", "official 6", "official 7"], [PASSKEY], 3, "trustee in bankruptcy"),
    ]
    before, salt, generations = bytes(32), b"", []
    previous: tuple[list[str], bytes] | None = None
    for number, names, more, threshold, institution in named:
        officials = [address_of_key(name) for name in names] + more
        found = generation_hash(before, officials, threshold, address_of_key(institution))
        told: dict[str, Any] = {"number": number, "officials": [hex_of(one) for one in officials], "threshold": threshold}
        told |= {"institution": hex_of(address_of_key(institution)), "before": hex_of(before), "generation_hash": hex_of(found)}
        told["succession"] = None
        if previous is not None:
            signers, old_salt = previous
            what = {"successionNumber": number, "generationBefore": before, "generationAfter": found}
            what |= {"noticeSeconds": NOTICE, "reasonHash": ref.keccak(f"reason {number}".encode())}
            told["succession"] = [signed(SUCCESSION, what, old_salt, name) for name in signers[:2]]
            salt = found
        told["domain_separator"] = hex_of(separator(salt))
        acts = [
            signed(WITHDRAWAL, {"successionNumber": number + 1}, salt, names[0]),
            signed(ANNOUNCEMENT, {"pollNumber": 1, "parametersHash": ref.keccak(b"parameters"), "rehearsal": False}, salt, names[1]),
            signed(SUBMISSION, {"planNumber": 2, "planHash": ref.keccak(b"plan")}, salt, institution),
        ]
        told["acts"] = acts
        generations.append(told)
        before, previous = found, (names, salt)
    keys = sorted({one for _, names, _, _, institution in named for one in [*names, institution]})
    first = generations[0]
    people = [bytes.fromhex(one[2:]) for one in first["officials"]], first["threshold"], bytes.fromhex(first["institution"][2:])
    return {
        "chain_id": CHAIN_ID,
        "case": hex_of(CASE),
        "fingerprint": fingerprint(*people)["fingerprint"],
        "domain_type": DOMAIN,
        "keys": {name: {"private_key": hex_word(key_of(name)), "address": hex_of(address_of_key(name))} for name in keys},
        "generations": generations,
        "histories": histories(),
    }


# --- histories: what the chain shows of a case, and what a recount finds of it ------------------------------------------------------------

CALLS = {
    "SuccessionAnnounced": ("announceSuccession", [PEOPLE, "uint32", "bytes32", "bytes[]", "bytes[]"], ["bytes32", "uint64", "bytes32"]),
    "SuccessionWithdrawn": ("withdrawSuccession", ["bytes[]", "bytes[]"], []),
    "SuccessionCompleted": ("completeSuccession", [], ["bytes32"]),
}
OLD, NEW, LAST = ["official 1", "official 2", "official 3"], ["official 4", "official 5", "official 6"], ["official 7", "official 8"]
BEGAN = 1_790_000_000
OTHER_CASE = bytes.fromhex("11" * 20)


class History:
    """Writes acts of one case, right ones unless told otherwise."""

    def __init__(self, *, rehearsal: bool = False) -> None:
        self.rehearsal, self.time = rehearsal, BEGAN
        self.events: list[dict[str, Any]] = []
        self.hash, self.salt, self.names = self.hash_of(bytes(32), OLD, "institution"), b"", OLD
        self.count = 0
        self.named: tuple[bytes, list[str]] = (b"", [])

    @staticmethod
    def people(names: list[str], institution: str) -> tuple[list[bytes], int, bytes]:
        return [address_of_key(name) for name in names], len(names) // 2 + 1, address_of_key(institution)

    def hash_of(self, before: bytes, names: list[str], institution: str) -> bytes:
        return generation_hash(before, *self.people(names, institution))

    def announce(self, names: list[str], institution: str = "institution", **lie: Any) -> History:
        """`lie` changes one thing: by, number, before, case, salt, notice, reason, from_time."""
        self.count += 1
        number, notice = lie.get("number", self.count), lie.get("notice", NOTICE)
        before, reason = lie.get("before", self.hash), lie.get("reason", ref.keccak(b"why"))
        after = self.hash_of(self.hash, names, institution)
        struct = ref.keccak(
            ref.encode(
                ["bytes32", "uint256", "bytes32", "bytes32", "uint256", "bytes32"],
                [ref.keccak(SUCCESSION.encode()), number, before, after, notice, reason],
            )
        )
        place = separator(lie.get("salt", self.salt)) if "case" not in lie else ref.domain_separator(CHAIN_ID, lie["case"])
        proofs = self.proofs(lie.get("by", self.names[:2]), place, struct)
        people = self.people(names, institution)
        self.add(
            "SuccessionAnnounced", number, [people, notice, reason, *proofs], [after, lie.get("from_time", self.time + notice), reason]
        )
        self.named = after, names
        return self

    def withdraw(self, **lie: Any) -> History:
        struct = ref.keccak(ref.keccak(WITHDRAWAL.encode()) + ref.word(self.count))
        proofs = self.proofs(lie.get("by", self.names[:2]), separator(self.salt), struct)
        return self.add("SuccessionWithdrawn", self.count, list(proofs), [])

    def complete(self, **lie: Any) -> History:
        found, names = self.named
        self.add("SuccessionCompleted", lie.get("number", self.count), [], [lie.get("hash", found)])
        self.hash = self.salt = found
        self.names = names
        return self

    def wait(self, seconds: int = NOTICE) -> History:
        self.time += seconds
        return self

    @staticmethod
    def proofs(names: list[str], place: bytes, struct: bytes) -> tuple[list[bytes], list[bytes]]:
        digest = ref.keccak(b"\x19\x01" + place + struct)
        return [address_of_key(name) for name in names], [ref.signature_65(key_of(name), digest) for name in names]

    def add(self, event: str, number: int, inputs: list[Any], values: list[Any]) -> History:
        name, kinds, data = CALLS[event]
        selector = ref.keccak(f"{name}({','.join(kinds)})".encode())[:4]
        topic = ref.keccak(f"{event}({','.join(['uint256', *data])})".encode())
        told = {"event": event, "block": 10 + len(self.events), "time": self.time, "input": hex_of(selector + ref.encode(kinds, inputs))}
        self.events.append({**told, "topics": [hex_of(topic), hex_of(ref.word(number))], "data": hex_of(ref.encode(data, values))})
        return self

    def told(self, name: str, finding: str | None, generations: list[int]) -> dict[str, Any]:
        return {"name": name, "rehearsal": self.rehearsal, "events": self.events, "finding": finding, "generations": generations}


def right_histories() -> list[dict[str, Any]]:
    twice = History().announce(NEW).wait().complete().announce(LAST, "liquidator").wait().complete()
    withdrawn = History().announce(NEW).withdraw().announce(LAST).wait().complete()
    return [
        History().told("no succession", None, [0]),
        History().announce(NEW).told("one that waits", None, [0]),
        History().announce(NEW).wait().complete().told("one", None, [0, 1]),
        History().announce(OLD, "liquidator").wait().complete().told("another institution under the same officials", None, [0, 1]),
        twice.told("two, one after the other", None, [0, 1, 2]),
        withdrawn.told("one withdrawn, the next completed", None, [0, 2]),
        History(rehearsal=True).announce(NEW, notice=0).complete().told("a rehearsal without notice", None, [0, 1]),
    ]


def wrong_histories() -> list[dict[str, Any]]:
    name = "case.succession"
    after = History().announce(NEW).wait().complete()
    stale = History().announce(["official 1", "official 2", "official 4"]).wait().complete()
    skipped = History().announce(NEW).wait().complete()
    swapped = History().announce(NEW).wait().complete().announce(LAST).wait().complete()
    swapped.events[0], swapped.events[2] = ({**swapped.events[b], "block": swapped.events[a]["block"]} for a, b in ((0, 2), (2, 0)))
    return [
        History().announce(NEW, by=OLD[:1]).wait().complete().told("signed by one too few", name, [0, 1]),
        History().announce(NEW, by=NEW[:2]).wait().complete().told("signed by those whom it names", name, [0, 1]),
        History().announce(NEW, by=[OLD[0], NEW[0]]).wait().complete().told("signed by one of either", name, [0, 1]),
        History().announce(NEW, by=[OLD[0], OLD[0]]).wait().complete().told("signed by one twice", name, [0, 1]),
        History().announce(NEW, case=OTHER_CASE).wait().complete().told("signed for another case", name, [0, 1]),
        after.announce(LAST, by=OLD[:2]).wait().complete().told("signed by those who went", name, [0, 1, 2]),
        stale.announce(LAST, salt=b"").wait().complete().told("signed before the last succession by those who stayed", name, [0, 1, 2]),
        skipped.announce(LAST, before=History().hash).wait().complete().told("a generation is skipped", name, [0, 1, 2]),
        swapped.told("in another order", name, [0, 1, 2]),
        History().announce(NEW, number=2).told("another number", name, [0]),
        History().announce(NEW, notice=NOTICE - 1).told("too short a notice", name, [0]),
        History().announce(NEW, reason=bytes(32)).told("no reason", name, [0]),
        History().announce(NEW, from_time=BEGAN).told("an event that says another time", name, [0]),
        History().announce(NEW).announce(LAST).told("another one waits", name, [0]),
        History().announce(NEW).wait(NOTICE - 1).complete().told("completed early", name, [0, 1]),
        History().announce(NEW).wait().complete(hash=bytes(32)).told("completed with another hash", name, [0, 1]),
        History().announce(NEW).wait().withdraw().told("withdrawn late", name, [0]),
        History().announce(NEW).withdraw(by=OLD[:1]).told("withdrawn by one too few", name, [0]),
        History().announce(NEW).withdraw().wait().complete().told("completed although withdrawn", name, [0]),
        History().announce(NEW, "official 1").told("an official becomes the institution", "case.roles", [0]),
        History().announce([*NEW, "institution"]).told("the institution becomes an official", "case.roles", [0]),
        History().announce([NEW[0], NEW[0], NEW[1]]).told("one named twice", "case.officials", [0]),
    ]


def histories() -> list[dict[str, Any]]:
    return [*right_histories(), *wrong_histories()]
