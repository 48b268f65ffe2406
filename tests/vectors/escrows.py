"""escrow.json: openings encrypted once, the key among trustees, opened, drilled and shared anew (protocol §23)."""

from __future__ import annotations

import hashlib
import hmac
from itertools import combinations
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tests.vectors import reference as ref
from tests.vectors.ceremonies import combined, compressed, lagrange, number_of, value_at
from tests.vectors.seeds import CASE, CHAIN_ID, hex_of, hex_word, key_of, seeded

ORDER, CHUNK = ref.N, 4096
CONTEXT_KINDS = ["bytes32", "uint256", "address", "uint256", "bytes32", "uint256", "bytes32", "uint256", "bytes32"]
ESCROW = "OpeningsEscrow(uint256 registerNumber,bytes32 context,bytes32 commitmentsHash,bytes32 fileDigest)"
ORDER_TYPE = "EscrowOrder(uint256 registerNumber,bytes recipientKey,bytes32 purposeHash)"
TYPES = {"OpeningsEscrow": ESCROW, "EscrowOrder": ORDER_TYPE}
Leaf = tuple[int, int]  # amount, blind


def mac_scalar(key: bytes, about: bytes, what: str) -> int:
    return number_of(hmac.new(key, about + what.encode(), hashlib.sha512).digest())


def hkdf(ikm: bytes, salt: bytes, info: bytes) -> bytes:
    """32 bytes (RFC 5869): one block of SHA-256."""
    return hmac.new(hmac.new(salt, ikm, hashlib.sha256).digest(), info + b"\x01", hashlib.sha256).digest()


def transport_of(seed: bytes, register_number: int) -> int:
    m = b"LenderVote/1/escrow trustee" + seed + ref.word(CHAIN_ID) + CASE + ref.word(register_number) + b"transport"
    return number_of(ref.keccak(b"\x00" + m) + ref.keccak(b"\x01" + m))


def box(e: int, to: ref.Point, salt: bytes, seat: int, value: int) -> bytes:
    point = compressed(ref.multiply(e, ref.G))
    key = hkdf(compressed(ref.multiply(e, to)), salt, b"LenderVote/1/escrow share" + bytes([seat]) + point)
    return point + AESGCM(key).encrypt(bytes(12), ref.word(value), salt)


def leaves_of(name: str, count: int) -> list[Leaf]:
    """Amounts and blinds by the rule that the README states."""
    seed = f"LenderVote/vector/escrow/{name}"
    return [(seeded(f"{seed}/{i}/amount") % 10**10, seeded(f"{seed}/{i}/blind") % (ORDER - 1) + 1) for i in range(count)]


class Register:
    """What is sealed, to whom, and all that the dealer makes of it."""

    def __init__(self, name: str, number: int, threshold: int, seats: int, leaves: int) -> None:
        self.name, self.number, self.threshold, self.leaves = name, number, threshold, leaves_of(name, leaves)
        self.seeds = [ref.keccak(f"LenderVote/vector/escrow/{name}/seed/{seat}".encode()) for seat in range(seats)]
        self.d = ref.keccak(f"LenderVote/vector/escrow/{name}/d".encode())
        self.transports = [transport_of(seed, number) for seed in self.seeds]
        self.points = [ref.multiply(one, ref.G) for one in self.transports]
        self.root, self.classes_hash = ref.keccak(f"{name}/root".encode()), ref.keccak(f"{name}/classes".encode())

    def with_tree(self) -> None:
        """The root of real leaves, all of one class."""
        points = [ref.commit(*leaf) for leaf in self.leaves]
        self.root = ref.tree([ref.leaf_hash(i, 0, point) for i, point in enumerate(points)])[-1][0]
        totals = [(len(self.leaves), sum(leaf[0] for leaf in self.leaves), sum(leaf[1] for leaf in self.leaves) % ORDER)]
        self.classes_hash = ref.keccak(ref.encode(["(uint256,uint256,uint256)[]"], [totals]))

    def context(self) -> bytes:
        transports = ref.keccak(b"".join(compressed(point) for point in self.points))
        values = [ref.keccak(b"LenderVote/1/escrow"), CHAIN_ID, CASE, self.number, self.root, len(self.leaves), self.classes_hash]
        return ref.keccak(ref.encode(CONTEXT_KINDS, [*values, self.threshold, transports]))

    def polynomial(self) -> list[int]:
        c = self.context()
        return [mac_scalar(self.d, c, "z"), *(mac_scalar(self.d, c, f"a {k}") for k in range(1, self.threshold))]

    def commitments(self) -> list[ref.Point]:
        return [ref.multiply(a, ref.G) for a in self.polynomial()]

    def shares(self) -> list[int]:
        return [value_at(self.polynomial(), seat + 1) for seat in range(len(self.seeds))]

    def file(self) -> bytes:
        c = self.context()
        header = b"LVOPEN01" + c + b"".join(compressed(point) for point in self.commitments())
        key = hkdf(ref.word(self.polynomial()[0]), c, b"LenderVote/1/escrow key")
        written, pieces = header, [self.leaves[at : at + CHUNK] for at in range(0, len(self.leaves), CHUNK)]
        for number, piece in enumerate(pieces):
            plain = b"".join(amount.to_bytes(8, "big") + ref.word(blind) for amount, blind in piece)
            last = bytes([number == len(pieces) - 1])
            written += AESGCM(key).encrypt(number.to_bytes(12, "big"), plain, ref.keccak(header) + last)
        return written

    def boxes(self) -> list[bytes]:
        c, shares = self.context(), self.shares()
        return [box(mac_scalar(self.d, c, f"e {i}"), point, c, i, shares[i]) for i, point in enumerate(self.points)]

    def digest(self, name: str, message: dict[str, Any]) -> bytes:
        return ref.typed_digest(name, message, ref.domain_separator(CHAIN_ID, CASE), TYPES)

    def written(self, *, whole: bool) -> dict[str, Any]:
        file = self.file()
        commitments = b"".join(compressed(point) for point in self.commitments())
        message = {"registerNumber": self.number, "context": self.context(), "commitmentsHash": ref.keccak(commitments)}
        message["fileDigest"] = ref.keccak(file)
        found: dict[str, Any] = {
            "name": self.name,
            "register_number": self.number,
            "threshold": self.threshold,
            "seeds": [hex_of(seed) for seed in self.seeds],
            "transports": [hex_of(compressed(point)) for point in self.points],
            "d": hex_of(self.d),
            "root": hex_of(self.root),
            "classes_hash": hex_of(self.classes_hash),
            "leaf_count": len(self.leaves),
            "context": hex_of(self.context()),
            "z": hex_word(self.polynomial()[0]),
            "commitments": [hex_of(compressed(point)) for point in self.commitments()],
            "shares": [hex_word(share) for share in self.shares()],
            "boxes": [hex_of(one) for one in self.boxes()],
            "file_bytes": len(file),
            "file_digest": hex_of(ref.keccak(file)),
            "digest": hex_of(self.digest("OpeningsEscrow", message)),
        }
        if whole:
            found |= {"file": hex_of(file), "leaves": [{"amount_fen": str(a), "blind": hex_word(b)} for a, b in self.leaves]}
        return found


def order_of(made: Register) -> dict[str, Any]:
    """An order, what each trustee hands in for it, and all subsets of them."""
    recipient = key_of("recipient of an opening")
    point = ref.multiply(recipient, ref.G)
    message: dict[str, Any] = {"registerNumber": made.number, "recipientKey": compressed(point)}
    message["purposeHash"] = ref.keccak("丢失数据库后开启合计".encode())
    digest = made.digest("EscrowOrder", message)
    shares = made.shares()
    handings = [box(mac_scalar(ref.word(s), digest, "order"), point, digest, i, s) for i, s in enumerate(shares)]
    tried = []
    for size in (made.threshold, made.threshold - 1):
        for seats in combinations(range(len(shares)), size):
            result = lagrange({seat: shares[seat] for seat in seats})
            assert (result == made.polynomial()[0]) is (size == made.threshold)
            tried.append({"seats": list(seats), "opens": size == made.threshold})
    return {
        "recipient_secret": hex_word(recipient),
        "recipient_key": hex_of(message["recipientKey"]),
        "purpose_hash": hex_of(message["purposeHash"]),
        "digest": hex_of(digest),
        "handings": [hex_of(one) for one in handings],
        "subsets": tried,
    }


def drill_of(made: Register) -> dict[str, Any]:
    challenge, file_digest = ref.keccak(b"a challenge"), ref.keccak(made.file())
    head = b"LenderVote/1/escrow drill" + made.context() + challenge
    digests = [ref.keccak(head + ref.word(i) + file_digest) for i in range(len(made.seeds))]
    signatures = [ref.signature_65(share, digest) for share, digest in zip(made.shares(), digests, strict=True)]
    return {"challenge": hex_of(challenge), "signatures": [hex_of(one) for one in signatures]}


def resharing_of(made: Register, givers: list[int], threshold: int, seats: int) -> dict[str, Any]:
    """The givers' shares shared anew among new seats."""
    seeds = [ref.keccak(f"LenderVote/vector/escrow/{made.name}/new seed/{seat}".encode()) for seat in range(seats)]
    points = [ref.multiply(transport_of(seed, made.number), ref.G) for seed in seeds]
    values = [ref.keccak(b"LenderVote/1/escrow resharing"), made.context(), threshold]
    hashes = [ref.keccak(b"".join(compressed(point) for point in points)), ref.keccak(bytes(givers))]
    c = ref.keccak(ref.encode(["bytes32", "bytes32", "uint256", "bytes32", "bytes32"], [*values, *hashes]))
    dealings, polynomials, old = [], {}, made.shares()
    for j in givers:
        key = ref.word(old[j])
        polynomials[j] = [old[j], *(mac_scalar(key, c, f"g {k}") for k in range(1, threshold))]
        commitments = [compressed(ref.multiply(a, ref.G)) for a in polynomials[j]]
        boxes = [box(mac_scalar(key, c, f"e {i}"), point, c, i, value_at(polynomials[j], i + 1)) for i, point in enumerate(points)]
        signed = ref.keccak(b"LenderVote/1/escrow resharing" + c + ref.word(j) + b"".join(commitments) + b"".join(boxes))
        signature = ref.signature_65(old[j], signed)
        dealing = {"boxes": [hex_of(one) for one in boxes], "commitments": [hex_of(one) for one in commitments]}
        dealings.append({"seat": j, **dealing, "signature": hex_of(signature)})
    new = [lagrange({j: value_at(polynomials[j], i + 1) for j in givers}) for i in range(seats)]
    joined = [lagrange({j: polynomials[j][k] for j in givers}) for k in range(threshold)]
    assert joined[0] == made.polynomial()[0]
    assert combined([ref.multiply(a, ref.G) for a in joined], 2) == ref.multiply(new[1], ref.G)
    return {
        "threshold": threshold,
        "givers": givers,
        "seeds": [hex_of(seed) for seed in seeds],
        "transports": [hex_of(compressed(point)) for point in points],
        "context": hex_of(c),
        "dealings": dealings,
        "commitments": [hex_of(compressed(ref.multiply(a, ref.G))) for a in joined],
        "shares": [hex_word(share) for share in new],
    }


def escrow_file() -> dict[str, Any]:
    first = Register("seven leaves, 3 of 6", 0, 3, 6, 7)
    first.with_tree()
    registers = [Register("a full chunk, 2 of 3", 1, 2, 3, CHUNK), Register("a chunk and one, 2 of 3", 2, 2, 3, CHUNK + 1)]
    return {
        "chain_id": CHAIN_ID,
        "case": hex_of(CASE),
        "registers": [first.written(whole=True), *(one.written(whole=False) for one in registers)],
        "order": order_of(first),
        "drill": drill_of(first),
        "resharing": resharing_of(first, [0, 2, 5], 2, 4),
    }
