"""Name and type of every field that is signed for sealed polls and successions (protocol §21 to §24); their constructors are in
`sealed_types` and `successions`."""

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
#: What officials in office sign about who comes after them (protocol §24).
TYPES_OF_SUCCESSIONS: dict[str, Fields] = {
    "Succession": (
        *(("successionNumber", "uint256"), ("generationBefore", "bytes32"), ("generationAfter", "bytes32")),
        *(("noticeSeconds", "uint32"), ("reasonHash", "bytes32")),
    ),
    "SuccessionWithdrawal": (("successionNumber", "uint256"),),
}
