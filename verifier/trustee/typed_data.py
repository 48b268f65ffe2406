"""What trustees and officials sign under the domain of a case (protocol §5, §22, §23)."""

from __future__ import annotations

from dataclasses import dataclass

from verifier.shares.hashes import keccak, word

_DOMAIN = keccak(b"EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)")
_ROLL_ENTRY = keccak(b"RollEntry(bytes32 ceremony,uint8 seat,address key,bytes transport)")
_SEAL_KEY = keccak(b"SealKey(uint256 x,uint256 y,uint8 threshold,address[] shareKeys,bytes32 rollHash,bytes32 transcriptHash)")
_ESCROW = keccak(b"OpeningsEscrow(uint256 registerNumber,bytes32 context,bytes32 commitmentsHash,bytes32 fileDigest)")
_ORDER = keccak(b"EscrowOrder(uint256 registerNumber,bytes recipientKey,bytes32 purposeHash)")


@dataclass(frozen=True)
class CaseDomain:
    """The case contract, 20 bytes, on its chain."""

    case: bytes
    chain_id: int

    def digest(self, struct_hash: bytes) -> bytes:
        """What is signed, 32 bytes."""
        head = _DOMAIN + keccak(b"LenderVote") + keccak(b"1")
        return keccak(b"\x19\x01" + keccak(head + word(self.chain_id) + bytes(12) + self.case) + struct_hash)

    def roll_entry(self, ceremony: bytes, seat: int, key: bytes, transport: bytes) -> bytes:
        """Signed by the seat's identity when it joins."""
        return self.digest(keccak(_ROLL_ENTRY + ceremony + word(seat) + bytes(12) + key + keccak(transport)))

    def escrow(self, register_number: int, context: bytes, commitments_hash: bytes, file_digest: bytes) -> bytes:
        """Signed by officials and trustees when the openings are sealed."""
        return self.digest(keccak(_ESCROW + word(register_number) + context + commitments_hash + file_digest))

    def escrow_order(self, register_number: int, recipient_key: bytes, purpose_hash: bytes) -> bytes:
        """Signed by officials when the openings are to be opened."""
        return self.digest(keccak(_ORDER + word(register_number) + keccak(recipient_key) + purpose_hash))


@dataclass(frozen=True)
class SealKey:
    """A poll's key as it is announced; share keys are addresses of 20 bytes in the order of the seats."""

    x: int
    y: int
    threshold: int
    share_keys: tuple[bytes, ...]
    roll_hash: bytes
    transcript_hash: bytes

    @property
    def struct_hash(self) -> bytes:
        """sealKeyHash, as a sealed ballot names it."""
        keys = keccak(b"".join(bytes(12) + key for key in self.share_keys))
        numbers = word(self.x) + word(self.y) + word(self.threshold)
        return keccak(_SEAL_KEY + numbers + keys + self.roll_hash + self.transcript_hash)
