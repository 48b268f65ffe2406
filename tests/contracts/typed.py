"""What is signed in a case and its polls, hashed after EIP-712: a second writing of protocol §5."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from eth_abi.abi import encode
from eth_utils.crypto import keccak

TYPES = {
    "RegisterSample": "uint256 registerNumber,bytes32 root,bytes32 sampleHash",
    "RegisterFreeze": (
        "uint256 registerNumber,bytes32 root,uint256 leafCount,bytes32 classesHash,bytes32 classNamesHash,bytes32 rangeProofsHash"
    ),
    "PlanSubmission": "uint256 planNumber,bytes32 planHash",
    "PlanAdmission": "uint256 planNumber,bytes32 planHash",
    "PollAnnouncement": "uint256 pollNumber,bytes32 parametersHash,bool rehearsal",
    "Succession": "uint256 successionNumber,bytes32 generationBefore,bytes32 generationAfter,uint32 noticeSeconds,bytes32 reasonHash",
    "SuccessionWithdrawal": "uint256 successionNumber",
    "Credential": "uint256 index,address ballotKey,uint64 expiresAt",
    "CredentialList": "bytes entries,uint64 expiresAt",
    "Ballot": "uint256 index,uint8 choice,uint8 sequence,bytes32 planHash",
    "Attestation": "bytes32 resultHash,bool approve",
    "TrusteeAppointment": "uint256 appointmentNumber,bytes32 trusteesHash",
    "SealKey": "uint256 x,uint256 y,uint8 threshold,address[] shareKeys,bytes32 rollHash,bytes32 transcriptHash",
    "SealedPollAnnouncement": "uint256 pollNumber,bytes32 parametersHash,bytes32 sealKeyHash,bool rehearsal",
    "PollAbandonment": "uint256 pollNumber,bytes32 reasonHash",
    "SealedBallot": "uint256 index,uint8 sequence,uint256 seal,uint64 sealedChoice,bytes32 planHash,bytes32 sealKeyHash",
    "SealBreach": "",
    "OpeningsEscrow": "uint256 registerNumber,bytes32 context,bytes32 commitmentsHash,bytes32 fileDigest",
    "IdentityFile": "uint256 registerNumber,bytes32 fileHash",
    "Voucher": "uint256 index,address ballotKey,uint8 method,uint64 vouchedAt",
}


def domain_separator(chain_id: int, contract: str) -> bytes:
    kind = keccak(b"EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)")
    values = [kind, keccak(b"LenderVote"), keccak(b"1"), chain_id, contract]
    return keccak(encode(["bytes32", "bytes32", "bytes32", "uint256", "address"], values))


def struct_hash(name: str, *values: Any) -> bytes:
    """hashStruct of what is signed under that name."""
    kinds = [part.split(" ")[0] for part in TYPES[name].split(",") if part]
    words = [_word_of(kind, value) for kind, value in zip(kinds, values, strict=True)]
    kinds = ["bytes32" if kind in ("bytes", "address[]") else kind for kind in kinds]
    return keccak(encode(["bytes32", *kinds], [keccak(f"{name}({TYPES[name]})".encode()), *words]))


def _word_of(kind: str, value: Any) -> Any:
    if kind == "address[]":
        return keccak(b"".join(bytes(12) + bytes.fromhex(one[2:]) for one in value))
    return keccak(value) if kind == "bytes" else value


@dataclass(frozen=True)
class Domain:
    """One contract on one chain; digests of what is signed for it."""

    chain_id: int
    contract: str

    @cached_property
    def separator(self) -> bytes:
        return domain_separator(self.chain_id, self.contract)

    def digest(self, name: str, *values: Any) -> bytes:
        return keccak(b"\x19\x01" + self.separator + struct_hash(name, *values))
