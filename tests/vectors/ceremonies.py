"""ceremony.json: from seeds to a poll's key and back to its secret, by every subset of the seats (protocol §22)."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from itertools import combinations
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from mnemonic import Mnemonic

from tests.vectors import reference as ref
from tests.vectors.papers import canonical
from tests.vectors.seeds import CASE, CHAIN_ID, address_of_key, hex_of, hex_word, key_of, xy

ORDER = ref.N
ROLL_ENTRY = "RollEntry(bytes32 ceremony,uint8 seat,address key,bytes transport)"
SEAL_KEY = "SealKey(uint256 x,uint256 y,uint8 threshold,address[] shareKeys,bytes32 rollHash,bytes32 transcriptHash)"
ROUNDS, PASSWORD, PASSWORD_TYPED = 600_000, "示范-trustee-0", " 示范-ｔｒｕｓｔｅｅ -0\n"


# --- the reference -------------------------------------------------------------------------------------------------------------------


def compressed(point: ref.Point) -> bytes:
    return bytes([2 + point[1] % 2]) + ref.word(point[0])


def number_of(hashed: bytes) -> int:
    """A scalar from a hash of 512 bits."""
    return 1 + int.from_bytes(hashed, "big") % (ORDER - 1)


def scalar(seed: bytes, about: bytes, what: str) -> int:
    m = b"LenderVote/1/trustee" + seed + about + what.encode()
    return number_of(ref.keccak(b"\x00" + m) + ref.keccak(b"\x01" + m))


def value_at(coefficients: list[int], place: int) -> int:
    return int(sum(a * pow(place, k, ORDER) for k, a in enumerate(coefficients)) % ORDER)


def lagrange(values: dict[int, int]) -> int:
    """The value at zero of the polynomial through the seats' values."""
    total = 0
    for i, value in values.items():
        top, bottom = 1, 1
        for j in values:
            if j != i:
                top, bottom = top * (j + 1) % ORDER, bottom * (j - i) % ORDER
        total += value * top * pow(bottom, -1, ORDER)
    return total % ORDER


def combined(commitments: list[ref.Point], place: int) -> ref.Point:
    """Σ A_k place^k."""
    total = ref.INFINITY
    for k, point in enumerate(commitments):
        total = ref.add(total, ref.multiply(place**k % ORDER, point))
    return total


def seal_key_hash(message: dict[str, Any]) -> bytes:
    encoded = ref.keccak(SEAL_KEY.encode()) + ref.word(message["x"]) + ref.word(message["y"]) + ref.word(message["threshold"])
    encoded += ref.keccak(b"".join(bytes(12) + key for key in message["shareKeys"]))
    return ref.keccak(encoded + message["rollHash"] + message["transcriptHash"])


def twelve_words(transcript_hash: bytes) -> list[int]:
    bits = int.from_bytes(transcript_hash, "big") >> 124
    return [bits >> 11 * (11 - place) & 2047 for place in range(12)]


# --- one ceremony --------------------------------------------------------------------------------------------------------------------


class Ceremony:
    """All seats of it, who are honest unless told otherwise."""

    def __init__(self, name: str, threshold: int, count: int, number: int) -> None:
        self.name, self.threshold, self.count, self.number = name, threshold, count, number
        self.random = ref.keccak(f"LenderVote/vector/ceremony/{name}/random".encode())
        self.id = ref.keccak(
            b"LenderVote/1/ceremony" + CASE + number.to_bytes(4, "big") + bytes([count, threshold]) + self.random,
        )
        self.seeds = [ref.keccak(f"LenderVote/vector/ceremony/{name}/seed/{seat}".encode()) for seat in range(count)]
        self.signs = [scalar(seed, self.id, "sign") for seed in self.seeds]
        self.transports = [scalar(seed, self.id, "transport") for seed in self.seeds]
        self.points = [ref.multiply(transport, ref.G) for transport in self.transports]
        self.separator = ref.domain_separator(CHAIN_ID, CASE)

    def trustees(self, points: list[ref.Point] | None = None) -> list[dict[str, Any]]:
        return [
            {"key": hex_of(ref.address_of(ref.multiply(sign, ref.G))), "seat": seat, "transport": hex_of(compressed(point))}
            for seat, (sign, point) in enumerate(zip(self.signs, points or self.points, strict=True))
        ]

    def roll(self, points: list[ref.Point] | None = None) -> str:
        head = {"case": hex_of(CASE), "ceremony": hex_of(self.id), "chain_id": CHAIN_ID, "threshold": self.threshold}
        return canonical(head | {"trustees": self.trustees(points)})

    def coefficients(self, seat: int, roll_hash: bytes) -> list[int]:
        return [scalar(self.seeds[seat], roll_hash, f"coefficient {k}") for k in range(self.threshold)]

    def join(self, seat: int) -> dict[str, Any]:
        entry = self.trustees()[seat]
        message = {"ceremony": self.id, "seat": seat, "key": bytes.fromhex(entry["key"][2:]), "transport": compressed(self.points[seat])}
        digest = ref.typed_digest("RollEntry", message, self.separator, {"RollEntry": ROLL_ENTRY})
        signature = ref.signature_65(key_of(f"trustee {seat}"), digest)
        return entry | {"digest": hex_of(digest), "signature": hex_of(signature)}

    def dealing(self, j: int, roll_hash: bytes, misfit_for: int = -1) -> dict[str, Any]:
        """`misfit_for`: a seat whose share is one too large."""
        coefficients = self.coefficients(j, roll_hash)
        commitments = [compressed(ref.multiply(a, ref.G)) for a in coefficients]
        words = []
        for i in range(self.count):
            share = value_at(coefficients, i + 1) + (1 if i == misfit_for else 0)
            shared = ref.address_of(ref.multiply(self.transports[j], self.points[i]))
            pad = ref.keccak(ref.keccak(b"LenderVote/1/share") + roll_hash + ref.word(j) + ref.word(i) + shared)
            words.append(bytes(a ^ b for a, b in zip(ref.word(share), pad, strict=True)))
        possession = ref.keccak(b"LenderVote/1/possession" + roll_hash + ref.word(j) + commitments[0])
        signed = ref.keccak(b"LenderVote/1/dealing" + roll_hash + ref.word(j) + b"".join(commitments) + b"".join(words))
        return {
            "commitments": [hex_of(one) for one in commitments],
            "possession": hex_of(ref.signature_65(coefficients[0], possession)),
            "shares": [hex_of(one) for one in words],
            "signature": hex_of(ref.signature_65(self.signs[j], signed)),
        }

    def transcript(self, roll_hash: bytes, dealings: list[dict[str, Any]]) -> str:
        head = {"ceremony": hex_of(self.id), "rollHash": hex_of(roll_hash), "threshold": self.threshold}
        return canonical(head | {"trustees": self.trustees(), "dealings": dealings})

    def opened(self) -> dict[str, Any]:
        """The public opening paper of the ceremony."""
        return {
            "case": hex_of(CASE),
            "ceremony": hex_of(self.id),
            "chain_id": CHAIN_ID,
            "number": self.number,
            "random": hex_of(self.random),
            "seats": self.count,
            "threshold": self.threshold,
        }


def subsets(values: list[int], threshold: int, secret: int) -> list[dict[str, Any]]:
    """All subsets of t seats, which open, and all of one seat less, which give something else."""
    found = []
    for size in (threshold, threshold - 1):
        for seats in combinations(range(len(values)), size):
            result = lagrange({seat: values[seat] for seat in seats})
            assert (result == secret) is (size == threshold)
            found.append({"seats": list(seats), "result": hex_word(result), "opens": result == secret})
    return found


def whole(name: str, threshold: int, count: int, number: int) -> dict[str, Any]:
    made = Ceremony(name, threshold, count, number)
    roll = made.roll()
    roll_hash = ref.keccak(roll.encode())
    coefficients = [made.coefficients(seat, roll_hash) for seat in range(count)]
    dealings = [made.dealing(seat, roll_hash) for seat in range(count)]
    transcript = made.transcript(roll_hash, dealings)
    transcript_hash = ref.keccak(transcript.encode())
    shares = [sum(value_at(a, i + 1) for a in coefficients) % ORDER for i in range(count)]
    secret = sum(a[0] for a in coefficients) % ORDER
    key, share_points = ref.multiply(secret, ref.G), [ref.multiply(share, ref.G) for share in shares]
    message = {"x": key[0], "y": key[1], "threshold": threshold, "rollHash": roll_hash, "transcriptHash": transcript_hash}
    struct_hash = seal_key_hash(message | {"shareKeys": [ref.address_of(point) for point in share_points]})
    digest = ref.keccak(b"\x19\x01" + made.separator + struct_hash)
    numbers = twelve_words(transcript_hash)
    return made.opened() | {
        "name": name,
        "seeds": [hex_of(seed) for seed in made.seeds],
        "identities": [hex_of(address_of_key(f"trustee {seat}")) for seat in range(count)],
        "sign_secrets": [hex_word(one) for one in made.signs],
        "transport_secrets": [hex_word(one) for one in made.transports],
        "joins": [made.join(seat) for seat in range(count)],
        "roll": roll,
        "roll_hash": hex_of(roll_hash),
        "coefficients": [[hex_word(one) for one in row] for row in coefficients],
        "dealt": [[hex_word(value_at(row, i + 1)) for i in range(count)] for row in coefficients],
        "dealings": dealings,
        "transcript": transcript,
        "transcript_hash": hex_of(transcript_hash),
        "words": [Mnemonic("english").wordlist[one] for one in numbers],
        "word_numbers": [one + 1 for one in numbers],
        "key": xy(key),
        "share_points": [xy(point) for point in share_points],
        "share_keys": [hex_of(ref.address_of(point)) for point in share_points],
        "seal_key_hash": hex_of(struct_hash),
        "digest": hex_of(digest),
        "confirmations": [
            {"share": hex_of(ref.signature_65(shares[i], digest)), "identity": hex_of(ref.signature_65(key_of(f"trustee {i}"), digest))}
            for i in range(count)
        ],
        "shares": [hex_word(share) for share in shares],
        "secret": hex_word(secret),
        "subsets": subsets(shares, threshold, secret),
    }


# --- what goes wrong, and files ------------------------------------------------------------------------------------------------------


def two_rolls() -> dict[str, Any]:
    """One ceremony shown with two rolls: in the second, all transport keys but the seat's own are the service's."""
    made = Ceremony("2 of 3", 2, 3, 0)
    false = [made.points[0], *(ref.multiply(key_of(f"false transport {seat}"), ref.G) for seat in (1, 2))]
    rolls = [made.roll(), made.roll(false)]
    return {
        "seat": 0,
        "seed": hex_of(made.seeds[0]),
        "rolls": [
            {"roll": roll, "roll_hash": hex_of(hashed), "coefficients": [hex_word(one) for one in made.coefficients(0, hashed)]}
            for roll in rolls
            for hashed in [ref.keccak(roll.encode())]
        ],
    }


def complaint() -> dict[str, Any]:
    """Seat 1 of the first ceremony deals seat 2 a share that is one too large; seat 2 shows it."""
    made = Ceremony("2 of 3", 2, 3, 0)
    roll_hash = ref.keccak(made.roll().encode())
    head = {"ceremony": hex_of(made.id), "dealer": 1, "receiver": 2, "rollHash": hex_of(roll_hash)}
    return {
        "dealing": made.dealing(1, roll_hash, misfit_for=2),
        "complaint": head | {"transport_secret": hex_word(made.transports[2])},
        "share": hex_word(value_at(made.coefficients(1, roll_hash), 3) + 1),
    }


def sealed_file(kind: str, secret: bytes, seat: int, dealt_roll: str, name: str) -> dict[str, Any]:
    """A trustee's file of the first ceremony (protocol §22.1)."""
    made = Ceremony("2 of 3", 2, 3, 0)
    salt, nonce = ref.keccak(f"{name}/salt".encode())[:16], ref.keccak(f"{name}/nonce".encode())[:12]
    head = {
        "case": hex_of(CASE),
        "ceremony": hex_of(made.id),
        "chain_id": CHAIN_ID,
        "dealt_roll": dealt_roll,
        "format": f"lendervote-trustee-{kind}/1",
        "given_up": False,
        "nonce": hex_of(nonce),
        "rounds": ROUNDS,
        "salt": hex_of(salt),
        "seat": seat,
    }
    typed = "".join(unicodedata.normalize("NFKC", PASSWORD_TYPED).split()).encode()
    key = hashlib.pbkdf2_hmac("sha256", typed, salt, ROUNDS, 32)
    sealed = head | {"sealed": hex_of(AESGCM(key).encrypt(nonce, secret, canonical(head).encode()))}
    return sealed | {"check": hex_of(ref.keccak(canonical(sealed).encode()))}


def ceremony_file() -> dict[str, Any]:
    ceremonies = [whole("2 of 3", 2, 3, 0), whole("3 of 5", 3, 5, 1), whole("3 of 6", 3, 6, 2)]
    first = ceremonies[0]
    seed, share = bytes.fromhex(first["seeds"][0][2:]), bytes.fromhex(first["shares"][0][2:])
    return {
        "chain_id": CHAIN_ID,
        "case": hex_of(CASE),
        "keys": {f"trustee {seat}": {"private_key": hex_word(key_of(f"trustee {seat}"))} for seat in range(6)},
        "ceremonies": ceremonies,
        "two_rolls": two_rolls(),
        "complaint": complaint(),
        "files": {
            "password": PASSWORD,
            "password_typed": PASSWORD_TYPED,
            "new_key": json.loads(canonical(sealed_file("key", seed, 0, "", "new"))),
            "dealt_key": json.loads(canonical(sealed_file("key", seed, 0, first["roll_hash"], "dealt"))),
            "opening": json.loads(canonical(sealed_file("opening", share, 0, first["roll_hash"], "opening"))),
        },
    }
