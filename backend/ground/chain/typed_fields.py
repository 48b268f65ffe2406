"""Name and type of every field of what is signed (protocol §5); those of sealed polls are in `sealed_fields`."""

from __future__ import annotations

from backend.ground.chain.sealed_fields import Fields

_RECEIPT: Fields = (
    ("ballotDigest", "bytes32"),
    ("ballotKey", "address"),
    ("index", "uint256"),
    ("sequence", "uint8"),
    ("receivedAt", "uint64"),
)
_ANNOUNCEMENT: Fields = (("pollNumber", "uint256"), ("parametersHash", "bytes32"))
_FREEZE: Fields = (("registerNumber", "uint256"), ("root", "bytes32"), ("leafCount", "uint256"), ("classesHash", "bytes32"))

#: Name and type of every field of every signed type, in the order of the protocol.
TYPES: dict[str, Fields] = {
    "RegisterFreeze": (*_FREEZE, ("classNamesHash", "bytes32"), ("rangeProofsHash", "bytes32")),
    "PlanSubmission": (("planNumber", "uint256"), ("planHash", "bytes32")),
    "PlanAdmission": (("planNumber", "uint256"), ("planHash", "bytes32")),
    "PollAnnouncement": (*_ANNOUNCEMENT, ("rehearsal", "bool")),
    "IdentityFile": (("registerNumber", "uint256"), ("fileHash", "bytes32")),
    "Credential": (("index", "uint256"), ("ballotKey", "address"), ("expiresAt", "uint64")),
    "CredentialList": (("entries", "bytes"), ("expiresAt", "uint64")),
    "Ballot": (("index", "uint256"), ("choice", "uint8"), ("sequence", "uint8"), ("planHash", "bytes32")),
    "BallotReceipt": (*_RECEIPT, ("book", "bytes32"), ("number", "uint64"), ("previous", "bytes32")),
    "PhoneTicket": (("index", "uint256"), ("ballotKey", "address"), ("expiresAt", "uint64")),
    "Voucher": (("index", "uint256"), ("ballotKey", "address"), ("method", "uint8"), ("vouchedAt", "uint64")),
    "Attestation": (("resultHash", "bytes32"), ("approve", "bool")),
    "CredentialListRequest": (("entries", "bytes"), ("requestedAt", "uint64")),
    "LogRequest": (("after", "uint64"), ("requestedAt", "uint64")),
    "Stamp": (("subject", "bytes32"), ("blockNumber", "uint64"), ("blockHash", "bytes32"), ("value", "bytes32")),
}

#: What cases of protocols 1 and 2 sign otherwise (protocol §17).
TYPES_OF_PROTOCOL_2: dict[str, Fields] = {"PollAnnouncement": _ANNOUNCEMENT}
#: What cases of protocol 1 alone do.
TYPES_OF_PROTOCOL_1: dict[str, Fields] = {"RegisterFreeze": _FREEZE, "BallotReceipt": _RECEIPT}
