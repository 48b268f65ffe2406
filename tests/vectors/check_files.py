"""check_files.json: a lender's check file of either protocol, what nodes say, what the lender brings, and what the check answers (§20)."""

from __future__ import annotations

from typing import Any

from tests.vectors import reference as ref
from tests.vectors.batch import LEAF_COUNT, PLAN_HASH, Scene, claims
from tests.vectors.sealed_papers import TYPES as SEALED_TYPES
from tests.vectors.sealed_papers import hash_struct
from tests.vectors.seeds import CASE, CHAIN_ID, address_of_key, hex_of, hex_word, key_of, xy

INDEX, SEQUENCE, CHOICE, RECEIVED_AT = 3, 2, 1, 1790000000
SEAL, SEALED_CHOICE, MOTIONS, OPENED = ref.multiply(7, ref.G)[0], 2**64 - 2, 2, 9  # against, and for
SEAL_KEY_HASH = ref.keccak(b"seal key")
POLL_NUMBER = 1
SEALED = 3
RECEIPT = ("ballotDigest", "ballotKey", "index", "sequence", "receivedAt")


def poll_address(number: int, protocol: int = 2) -> bytes:
    """Since protocol 2 a poll's address follows from the case's; that of an earlier poll does not."""
    return ref.created_address(ref.created_address(CASE, 1) if protocol > 1 else CASE, number + 1)


def key_code(ballot_key: bytes) -> str:
    digits = ballot_key.hex()[:12]
    return " ".join(digits[at : at + 4] for at in range(0, 12, 4))


def check_file(protocol: int, poll: bytes = b"") -> dict[str, Any]:
    """In the format of that number, of a poll that fits it unless another is given; the third is that of a sealed poll."""
    scene, poll = Scene(), poll or poll_address(POLL_NUMBER, protocol)
    separator = ref.domain_separator(CHAIN_ID, poll)
    voting_class, amount, blind = claims()[INDEX]
    ballot = ref.typed_digest("Ballot", {"index": INDEX, "choice": CHOICE, "sequence": SEQUENCE, "planHash": PLAN_HASH}, separator)
    if protocol == SEALED:
        fields = {"index": INDEX, "sequence": SEQUENCE, "seal": SEAL, "sealedChoice": SEALED_CHOICE}
        struct = hash_struct(SEALED_TYPES["SealedBallot"], fields | {"planHash": PLAN_HASH, "sealKeyHash": SEAL_KEY_HASH})
        ballot = ref.keccak(b"\x19\x01" + separator + struct)
    ballot_key = address_of_key(f"lender {INDEX}")
    message: dict[str, Any] = dict(zip(RECEIPT, (ballot, ballot_key, INDEX, SEQUENCE, RECEIVED_AT), strict=True))
    types = ref.TYPES_OF_PROTOCOL_1
    file: dict[str, Any] = {"format": f"lendervote-check/{protocol}", "chain_id": CHAIN_ID, "poll": hex_of(poll)}
    if protocol > 1:
        types = ref.TYPES
        message |= {"book": ref.keccak(b"a book"), "number": 5, "previous": ref.keccak(b"a receipt")}
        file |= {"case": hex_of(CASE), "poll_number": POLL_NUMBER, "class_name": "普通组"}
        file |= {"book": hex_of(message["book"]), "number": message["number"], "previous": hex_of(message["previous"])}
    if protocol == SEALED:
        file |= {"seal": hex_word(SEAL), "sealed_choice": f"0x{SEALED_CHOICE:016x}", "motions": MOTIONS}
    digest = ref.typed_digest("BallotReceipt", message, separator, types)
    return file | {
        "index": INDEX,
        "voting_class": voting_class,
        "amount_fen": str(amount),
        "blind": hex_word(blind),
        **xy(scene.points[INDEX]),
        "proof": [hex_of(one) for one in ref.proof(scene.levels, INDEX)],
        "ballot_digest": hex_of(ballot),
        "ballot_key": hex_of(ballot_key),
        "received_at": RECEIVED_AT,
        "sequence": SEQUENCE,
        "signature": hex_of(ref.signature_65(key_of("relay"), digest)),
    }


def chain() -> dict[str, Any]:
    """What every honest node says."""
    return {
        "chain_id": CHAIN_ID,
        "polls": [hex_of(poll_address(number)) for number in range(POLL_NUMBER + 1)],
        "polls_of_protocol_1": [hex_of(poll_address(number, 1)) for number in range(POLL_NUMBER + 1)],
        "register_root": hex_of(Scene().levels[-1][0]),
        "leaf_count": LEAF_COUNT,
        "plan_hash": hex_of(PLAN_HASH),
        "receipt_signer": hex_of(address_of_key("relay")),
        "choice": CHOICE,
        "sequence": SEQUENCE,
    }


def sealed_chain() -> dict[str, Any]:
    """What every honest node says of the same poll, were it a sealed one that has been opened."""
    said = {key: value for key, value in chain().items() if key != "choice"}
    return said | {"seal_key_hash": hex_of(SEAL_KEY_HASH), "motions": MOTIONS, "secret": "0x07", "choice_under": OPENED}


def one(name: str, state: str, why: str = "", **changed: Any) -> dict[str, Any]:
    """A case: what is changed in `file`, in what the lender brought (`brought`) or in what the nodes say (`chain`)."""
    return {"name": name, **changed, "state": state, "why": why}


OTHER = "0x" + "77" * 20
CASES = [
    one("all is well", "agrees"),
    one("another amount than the lender's own", "refused", "other_amount", brought={"amount_fen": "40001"}),
    one("another key than the lender's own", "refused", "other_key", brought={"key_code": "0123 4567 89ab"}),
    one("another case than the published one", "refused", "other_case", brought={"case": OTHER}),
    one("another poll of the case", "refused", "other_poll", brought={"poll_number": 0}),
    one("a copy of the case, with a poll of its own", "refused", "other_poll", file={"poll": OTHER}),
    one(
        "a node that calls the copy's poll the case's", "refused", "other_poll", file={"poll": OTHER},
        chain={"polls": [hex_of(poll_address(0)), OTHER]},
    ),
    one("nodes that know no such poll", "refused", "other_poll", chain={"polls": [hex_of(poll_address(0))]}),
    one("another chain", "differs", "chain", file={"chain_id": 1}),
    one("an amount that the commitment does not open to", "differs", "amount", file={"blind": hex_word(5)}),
    one("another class", "differs", "leaf", file={"voting_class": 0}),
    one("a proof too short", "differs", "leaf", file={"proof": []}),
    one("a ballot on another plan", "differs", "digest", chain={"plan_hash": hex_of(ref.keccak(b"another plan"))}),
    one("a receipt at another time", "differs", "signer", file={"received_at": RECEIVED_AT + 1}),
    one("a receipt by another relay", "differs", "signer", chain={"receipt_signer": OTHER}),
    one("no ballot on the chain", "differs", "recorded", chain={"choice": 0, "sequence": 0}),
    one("an earlier ballot on the chain", "differs", "recorded", chain={"choice": 2, "sequence": 1}),
    one("a later ballot on the chain", "replaced", chain={"choice": 3, "sequence": 3}),
    one("another ballot of the same sequence on the chain", "replaced", chain={"choice": 2}),
]  # fmt: skip


SEALED_CASES = [
    one("opened", "agrees", choices=[1, 2]),
    one("not opened yet", "agrees", chain={"secret": "0x00"}, choices=[]),
    one("a ballot that holds nothing", "agrees", chain={"choice_under": 0}, choices=[]),
    one("another amount than the lender's own", "refused", "other_amount", brought={"amount_fen": "40001"}),
    one("another case than the published one", "refused", "other_case", brought={"case": OTHER}),
    one("another poll of the case", "refused", "other_poll", brought={"poll_number": 0}),
    one("another seal", "differs", "digest", file={"seal": hex_word(5)}),
    one("another sealed choice", "differs", "digest", file={"sealed_choice": "0x0000000000000001"}),
    one("sealed to another key", "differs", "digest", chain={"seal_key_hash": hex_of(ref.keccak(b"another key"))}),
    one("another number of motions", "differs", "digest", chain={"motions": 1}),
    one("an amount that the commitment does not open to", "differs", "amount", file={"blind": hex_word(5)}),
    one("another class", "differs", "leaf", file={"voting_class": 0}),
    one("a receipt by another relay", "differs", "signer", chain={"receipt_signer": OTHER}),
    one("no ballot on the chain", "differs", "recorded", chain={"sequence": 0}),
    one("an earlier ballot on the chain", "differs", "recorded", chain={"sequence": 1}),
    one("a later ballot on the chain", "replaced", chain={"sequence": 3}),
]  # fmt: skip


def check_files_file() -> dict[str, Any]:
    file = check_file(2)
    brought = {
        "case": hex_of(CASE),
        "poll_number": POLL_NUMBER,
        "amount_fen": file["amount_fen"],
        "key_code": key_code(address_of_key(f"lender {INDEX}")),
    }
    return {
        "chain": chain(),
        "files": {"1": check_file(1), "2": file, "unnumbered": check_file(1, poll_address(POLL_NUMBER))},
        "brought": brought,
        "cases": CASES,
        "sealed": {"chain": sealed_chain(), "file": check_file(SEALED), "cases": SEALED_CASES},
    }
