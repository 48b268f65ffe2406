"""Name and type of every field that is signed for sealed polls (protocol §21, §22); their constructors are in `sealed_types`."""

from __future__ import annotations

Fields = tuple[tuple[str, str], ...]

TYPES_OF_SEALS: dict[str, Fields] = {
    "TrusteeAppointment": (("appointmentNumber", "uint256"), ("trusteesHash", "bytes32")),
    "RollEntry": (("ceremony", "bytes32"), ("seat", "uint8"), ("key", "address"), ("transport", "bytes")),
    "SealKey": (
        *(("x", "uint256"), ("y", "uint256"), ("threshold", "uint8"), ("shareKeys", "address[]")),
        *(("rollHash", "bytes32"), ("transcriptHash", "bytes32")),
    ),
    "SealedPollAnnouncement": (
        *(("pollNumber", "uint256"), ("parametersHash", "bytes32")),
        *(("sealKeyHash", "bytes32"), ("rehearsal", "bool")),
    ),
    "PollAbandonment": (("pollNumber", "uint256"), ("reasonHash", "bytes32")),
    "SealedBallot": (
        *(("index", "uint256"), ("sequence", "uint8"), ("seal", "uint256"), ("sealedChoice", "uint64")),
        *(("planHash", "bytes32"), ("sealKeyHash", "bytes32")),
    ),
    "SealBreach": (),
    "OpeningsEscrow": (
        *(("registerNumber", "uint256"), ("context", "bytes32")),
        *(("commitmentsHash", "bytes32"), ("fileDigest", "bytes32")),
    ),
}
