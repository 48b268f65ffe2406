"""What is signed for sealed polls: the typed data of protocol §21 and §22, their digests, and the JSON a browser signs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from backend.ground.chain.codec import encode
from backend.ground.chain.sealed_fields import TYPES_OF_SEALS
from backend.ground.chain.typed_data import TypedData, Value, address_bytes, domain_separator, typed
from backend.ground.common.hashing import keccak


@dataclass(frozen=True)
class SealKey:
    """The key to which choices are sealed, and the trustees' share keys by seat (protocol §21.3); addresses 0x lower case."""

    x: int
    y: int
    threshold: int
    share_keys: tuple[str, ...]
    roll_hash: bytes
    transcript_hash: bytes

    def as_abi(self) -> tuple[object, ...]:
        """The tuple in the order of the contract's struct."""
        keys = [address_bytes(key) for key in self.share_keys]
        return self.x, self.y, self.threshold, keys, self.roll_hash, self.transcript_hash

    @property
    def address(self) -> str:
        """addr(X), 0x lower case."""
        return "0x" + keccak(self.x.to_bytes(32, "big") + self.y.to_bytes(32, "big"))[12:].hex()

    def as_json(self) -> dict[str, Any]:
        """As the pages and the published files have it; `read_seal_key` reads it back."""
        return {
            "x": f"0x{self.x:064x}",
            "y": f"0x{self.y:064x}",
            "threshold": self.threshold,
            "share_keys": list(self.share_keys),
            "roll_hash": "0x" + self.roll_hash.hex(),
            "transcript_hash": "0x" + self.transcript_hash.hex(),
        }


def read_seal_key(value: dict[str, Any]) -> SealKey:
    """The inverse of `SealKey.as_json`."""
    roll, transcript = (bytes.fromhex(value[name][2:]) for name in ("roll_hash", "transcript_hash"))
    return SealKey(int(value["x"], 16), int(value["y"], 16), value["threshold"], tuple(value["share_keys"]), roll, transcript)


def trustee_appointment(chain_id: int, case: str, appointment_number: int, trustees: Sequence[bytes]) -> TypedData:
    """k officials appoint trustees; signed under the case."""
    hashed = keccak(encode(["bytes[]"], [list(trustees)]))
    return _typed("TrusteeAppointment", chain_id, case, {"appointmentNumber": appointment_number, "trusteesHash": hashed})


def roll_entry(chain_id: int, case: str, ceremony: bytes, seat: int, key: str, transport: bytes) -> TypedData:
    """A seat's identity stands for the two keys with which it takes part in a ceremony; signed under the case (protocol §22.2)."""
    return _typed("RollEntry", chain_id, case, {"ceremony": ceremony, "seat": seat, "key": key, "transport": transport})


def seal_key(chain_id: int, case: str, key: SealKey) -> TypedData:
    """Every share key and every seat's identity confirm a key; signed under the case (protocol §22.4)."""
    numbers: dict[str, Value] = {"x": key.x, "y": key.y, "threshold": key.threshold, "shareKeys": key.share_keys}
    return _typed("SealKey", chain_id, case, {**numbers, "rollHash": key.roll_hash, "transcriptHash": key.transcript_hash})


def sealed_poll_announcement(
    chain_id: int, case: str, poll_number: int, parameters_hash: bytes, seal_key_hash: bytes, *, rehearsal: bool
) -> TypedData:
    """k officials announce a sealed poll; signed under the case, whose own mark `rehearsal` is."""
    hashes: dict[str, Value] = {"parametersHash": parameters_hash, "sealKeyHash": seal_key_hash}
    return _typed("SealedPollAnnouncement", chain_id, case, {"pollNumber": poll_number, **hashes, "rehearsal": rehearsal})


def poll_abandonment(chain_id: int, case: str, poll_number: int, reason_hash: bytes) -> TypedData:
    """k officials give a sealed poll up; signed under the case (protocol §21.7)."""
    return _typed("PollAbandonment", chain_id, case, {"pollNumber": poll_number, "reasonHash": reason_hash})


def sealed_ballot(
    chain_id: int, poll: str, index: int, sequence: int, seal: int, sealed_choice: int, plan_hash: bytes, seal_key_hash: bytes
) -> TypedData:
    """A lender's sealed choices on the poll's plan, signed by the ballot key."""
    sealed: dict[str, Value] = {"index": index, "sequence": sequence, "seal": seal, "sealedChoice": sealed_choice}
    return _typed("SealedBallot", chain_id, poll, {**sealed, "planHash": plan_hash, "sealKeyHash": seal_key_hash})


def openings_escrow(
    chain_id: int, case: str, register_number: int, context: bytes, commitments_hash: bytes, file_digest: bytes
) -> TypedData:
    """k officials, then all trustees: the register's openings are in escrow; signed under the case, without salt (protocol §23.1)."""
    hashes = {"context": context, "commitmentsHash": commitments_hash, "fileDigest": file_digest}
    return _typed("OpeningsEscrow", chain_id, case, {"registerNumber": register_number, **hashes})


def seal_breach(chain_id: int, poll: str) -> TypedData:
    """Whoever put the secret together says so before the close; signed by the secret itself (protocol §21.6)."""
    return _typed("SealBreach", chain_id, poll, {})


def sealed_ballot_digests(chain_id: int, poll: str, plan_hash: bytes, seal_key_hash: bytes) -> Callable[[int, int, bytes, bytes], bytes]:
    """The fast way to many ballots' digests: of (index, sequence, seal, sealed choice), the last two as 32 and 8 bytes."""
    prefix = b"\x19\x01" + domain_separator(chain_id, poll)
    fields = ",".join(f"{kind} {name}" for name, kind in TYPES_OF_SEALS["SealedBallot"])
    type_hash = keccak(f"SealedBallot({fields})".encode())

    def digest(index: int, sequence: int, seal: bytes, sealed_choice: bytes) -> bytes:
        words = index.to_bytes(32, "big") + sequence.to_bytes(32, "big") + seal + bytes(24) + sealed_choice
        return keccak(prefix + keccak(type_hash + words + plan_hash + seal_key_hash))

    return digest


def _typed(name: str, chain_id: int, contract: str, values: dict[str, Value]) -> TypedData:
    return typed(name, chain_id, contract, values, TYPES_OF_SEALS)
