"""A batch of ballots as `castBatch` takes it, and one ballot as `cast` takes it (protocol §8.2)."""

from typing import Any

from tests.vectors import reference as ref
from tests.vectors.seeds import CHAIN_ID, POLL, address_of_key, hex_of, key_of

LEAF_COUNT, CLASS_COUNT, EXPIRES_AT = 7, 2, 1790604800
SIGNATURE = "(bytes32,bytes32)"
BATCH = [f"(bytes,uint64,{SIGNATURE})", "bytes", "bytes", "bytes32[]"]
SINGLE = [f"(uint256,uint8,uint8,address,{SIGNATURE},uint64,{SIGNATURE})", "(uint8,uint256,uint256)", "bytes32[]"]
PLAN_HASH = ref.keccak(b"plan of the batch")
REASONS = {1: "ChoiceNotAllowed", 2: "SequenceNotNewer", 3: "BallotNotSignedByKey"}

# index, choice, sequence, who signs (a name for a wrong one), expected reason (0: recorded)
GOOD = [(0, 1, 1, "", 0), (1, 2, 1, "", 0), (3, 3, 63, "", 0), (6, 1, 2, "", 0)]
MIXED = [(0, 1, 1, "", 0), (1, 0, 1, "", 1), (2, 2, 1, "stranger", 3), (4, 1, 0, "", 2), (6, 2, 5, "", 0)]


def selector(name: str, kinds: list[str]) -> bytes:
    return ref.keccak(f"{name}({','.join(kinds)})".encode())[:4]


def two_words(key: int, digest: bytes) -> tuple[bytes, bytes]:
    """r and vs."""
    signature = ref.signature_64(key, digest)
    return signature[:32], signature[32:]


def claims() -> list[tuple[int, int, int]]:
    """Class, amount and blind of each lender."""
    return [(i % CLASS_COUNT, 100_00 * (i + 1), 1000 + i) for i in range(LEAF_COUNT)]


class Scene:
    """The register, keys and domain that the batches share."""

    def __init__(self) -> None:
        self.separator = ref.domain_separator(CHAIN_ID, POLL)
        self.points = [ref.commit(amount, blind) for _, amount, blind in claims()]
        self.levels = ref.tree([ref.leaf_hash(i, c[0], self.points[i]) for i, c in enumerate(claims())])

    def ballot_digest(self, index: int, choice: int, sequence: int) -> bytes:
        message = {"index": index, "choice": choice, "sequence": sequence, "planHash": PLAN_HASH}
        return ref.typed_digest("Ballot", message, self.separator)

    def batch(self, name: str, rows: list[tuple[int, int, int, str, int]]) -> dict[str, Any]:
        entries = b"".join(row[0].to_bytes(4, "big") + address_of_key(f"lender {row[0]}") for row in rows)
        digest = ref.typed_digest("CredentialList", {"entries": entries, "expiresAt": EXPIRES_AT}, self.separator)
        signature = ref.signature_65(key_of("verifier"), digest)
        ballots, leaves, recorded, rejected = b"", b"", b"", []
        for index, choice, sequence, signer, reason in rows:
            key = key_of(signer or f"lender {index}")
            packed = bytes([sequence << 2 | choice])
            ballots += packed + ref.signature_64(key, self.ballot_digest(index, choice, sequence))
            x, y = self.points[index]
            leaves += bytes([claims()[index][0]]) + ref.word(x) + ref.word(y)
            if reason:
                key_address = hex_of(address_of_key(f"lender {index}"))
                row = {"index": index, "ballot_key": key_address, "sequence": sequence, "reason": reason, "reason_name": REASONS[reason]}
                rejected.append(row)
            else:
                recorded += index.to_bytes(4, "big") + packed
        siblings = ref.multiproof(self.levels, [row[0] for row in rows])
        credentials = (entries, EXPIRES_AT, two_words(key_of("verifier"), digest))
        calldata = selector("castBatch", BATCH) + ref.encode(BATCH, [credentials, ballots, leaves, siblings])
        return {
            "name": name,
            "entries": hex_of(entries),
            "list_digest": hex_of(digest),
            "list_signature": hex_of(signature),
            "ballots": hex_of(ballots),
            "leaves": hex_of(leaves),
            "siblings": [hex_of(sibling) for sibling in siblings],
            "calldata": hex_of(calldata),
            "recorded": hex_of(recorded),
            "rejected": rejected,
        }

    def single(self, index: int, choice: int, sequence: int) -> dict[str, Any]:
        key = key_of(f"lender {index}")
        address = ref.address_of(ref.multiply(key, ref.G))
        credential = {"index": index, "ballotKey": address, "expiresAt": EXPIRES_AT}
        credential_digest = ref.typed_digest("Credential", credential, self.separator)
        credential_signature = ref.signature_65(key_of("verifier"), credential_digest)
        ballot_digest = self.ballot_digest(index, choice, sequence)
        ballot_signature = ref.signature_65(key, ballot_digest)
        signed = two_words(key, ballot_digest), EXPIRES_AT, two_words(key_of("verifier"), credential_digest)
        ballot = (index, choice, sequence, address, *signed)
        leaf = (claims()[index][0], *self.points[index])
        proof = ref.proof(self.levels, index)
        calldata = selector("cast", SINGLE) + ref.encode(SINGLE, [ballot, leaf, proof])
        return {
            "index": index,
            "choice": choice,
            "sequence": sequence,
            "ballot_key": hex_of(address),
            "ballot_digest": hex_of(ballot_digest),
            "ballot_signature": hex_of(ballot_signature),
            "credential_digest": hex_of(credential_digest),
            "credential_signature": hex_of(credential_signature),
            "proof": [hex_of(sibling) for sibling in proof],
            "calldata": hex_of(calldata),
            "recorded": hex_of(index.to_bytes(4, "big") + bytes([sequence << 2 | choice])),
        }


def batch_file() -> dict[str, Any]:
    """The content of batch.json."""
    scene = Scene()
    names = ["verifier", "stranger", *(f"lender {i}" for i in range(LEAF_COUNT))]
    leaves = [
        {"index": i, "voting_class": c[0], "amount_fen": str(c[1]), "blind": hex_of(ref.word(c[2]))}
        | {"x": hex_of(ref.word(scene.points[i][0])), "y": hex_of(ref.word(scene.points[i][1]))}
        for i, c in enumerate(claims())
    ]
    return {
        "chain_id": CHAIN_ID,
        "poll": hex_of(POLL),
        "plan_hash": hex_of(PLAN_HASH),
        "expires_at": EXPIRES_AT,
        "root": hex_of(scene.levels[-1][0]),
        "leaf_count": LEAF_COUNT,
        "class_count": CLASS_COUNT,
        "keys": {name: {"private_key": hex_of(ref.word(key_of(name))), "address": hex_of(address_of_key(name))} for name in names},
        "leaves": leaves,
        "batches": [scene.batch("all recorded", GOOD), scene.batch("some rejected", MIXED)],
        "single": scene.single(5, 2, 1),
    }
