"""What is signed, as EIP-712 digests (protocol §5)."""

from collections.abc import Sequence

from verifier.tally.keccak import keccak, word

_DOMAIN = keccak(b"EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)")
_SALTED_DOMAIN = keccak(b"EIP712Domain(string name,string version,uint256 chainId,address verifyingContract,bytes32 salt)")
_NAME, _VERSION = keccak(b"LenderVote"), keccak(b"1")

_FREEZE_FIELDS = b"uint256 registerNumber,bytes32 root,uint256 leafCount,bytes32 classesHash"
_REGISTER_FREEZE_1 = keccak(b"RegisterFreeze(" + _FREEZE_FIELDS + b")")
_REGISTER_FREEZE = keccak(b"RegisterFreeze(" + _FREEZE_FIELDS + b",bytes32 classNamesHash,bytes32 rangeProofsHash)")
_PLAN_SUBMISSION = keccak(b"PlanSubmission(uint256 planNumber,bytes32 planHash)")
_PLAN_ADMISSION = keccak(b"PlanAdmission(uint256 planNumber,bytes32 planHash)")
_POLL_ANNOUNCEMENT_2 = keccak(b"PollAnnouncement(uint256 pollNumber,bytes32 parametersHash)")
_POLL_ANNOUNCEMENT = keccak(b"PollAnnouncement(uint256 pollNumber,bytes32 parametersHash,bool rehearsal)")
_REGISTER_SAMPLE = keccak(b"RegisterSample(uint256 registerNumber,bytes32 root,bytes32 sampleHash)")
_CREDENTIAL = keccak(b"Credential(uint256 index,address ballotKey,uint64 expiresAt)")
_CREDENTIAL_LIST = keccak(b"CredentialList(bytes entries,uint64 expiresAt)")
_TRUSTEES = keccak(b"TrusteeAppointment(uint256 appointmentNumber,bytes32 trusteesHash)")
_SEAL_KEY = keccak(b"SealKey(uint256 x,uint256 y,uint8 threshold,address[] shareKeys,bytes32 rollHash,bytes32 transcriptHash)")
_SEALED_ANNOUNCEMENT = keccak(b"SealedPollAnnouncement(uint256 pollNumber,bytes32 parametersHash,bytes32 sealKeyHash,bool rehearsal)")
_ABANDONMENT = keccak(b"PollAbandonment(uint256 pollNumber,bytes32 reasonHash)")
_SUCCESSION = keccak(
    b"Succession(uint256 successionNumber,bytes32 generationBefore,bytes32 generationAfter,uint32 noticeSeconds,bytes32 reasonHash)"
)
_SUCCESSION_WITHDRAWAL = keccak(b"SuccessionWithdrawal(uint256 successionNumber)")
_SEALED_FIELDS = b"uint256 index,uint8 sequence,uint256 seal,uint64 sealedChoice,bytes32 planHash,bytes32 sealKeyHash"
_SEALED_BALLOT = keccak(b"SealedBallot(" + _SEALED_FIELDS + b")")
_BREACH = keccak(b"SealBreach()")
_ESCROW = keccak(b"OpeningsEscrow(uint256 registerNumber,bytes32 context,bytes32 commitmentsHash,bytes32 fileDigest)")
_BALLOT = keccak(b"Ballot(uint256 index,uint8 choice,uint8 sequence,bytes32 planHash)")
_RECEIPT_FIELDS = b"bytes32 ballotDigest,address ballotKey,uint256 index,uint8 sequence,uint64 receivedAt"
_BALLOT_RECEIPT_1 = keccak(b"BallotReceipt(" + _RECEIPT_FIELDS + b")")
_BALLOT_RECEIPT = keccak(b"BallotReceipt(" + _RECEIPT_FIELDS + b",bytes32 book,uint64 number,bytes32 previous)")
_IDENTITY_FILE = keccak(b"IdentityFile(uint256 registerNumber,bytes32 fileHash)")
_VOUCHER = keccak(b"Voucher(uint256 index,address ballotKey,uint8 method,uint64 vouchedAt)")
_STAMP = keccak(b"Stamp(bytes32 subject,uint64 blockNumber,bytes32 blockHash,bytes32 value)")
_WITNESSED = keccak(b"Witnessed(uint64 number,uint8 kind,uint64 blockNumber,bytes32 hash,uint64 seenAt,bytes32 previous)")
_ATTESTATION = keccak(b"Attestation(bytes32 resultHash,bool approve)")


def domain_separator(chain_id: int, contract: bytes) -> bytes:
    """The separator of a case or poll contract's domain."""
    return keccak(_DOMAIN + _NAME + _VERSION + word(chain_id) + bytes(12) + contract)


def salted_separator(chain_id: int, contract: bytes, salt: bytes) -> bytes:
    """The separator of a case's domain for a later generation, whose hash is the salt (protocol §24)."""
    return keccak(_SALTED_DOMAIN + _NAME + _VERSION + word(chain_id) + bytes(12) + contract + salt)


def _digest(separator: bytes, struct: bytes) -> bytes:
    return keccak(b"\x19\x01" + separator + keccak(struct))


def register_freeze_1(separator: bytes, register_number: int, root: bytes, leaf_count: int, classes_hash: bytes) -> bytes:
    """Of protocol 1."""
    return _digest(separator, _REGISTER_FREEZE_1 + word(register_number) + root + word(leaf_count) + classes_hash)


def register_freeze(
    separator: bytes,
    register_number: int,
    root: bytes,
    leaf_count: int,
    classes_hash: bytes,
    class_names_hash: bytes,
    range_proofs_hash: bytes,
) -> bytes:
    what = word(register_number) + root + word(leaf_count) + classes_hash
    return _digest(separator, _REGISTER_FREEZE + what + class_names_hash + range_proofs_hash)


def register_sample(separator: bytes, register_number: int, root: bytes, sample_hash: bytes) -> bytes:
    return _digest(separator, _REGISTER_SAMPLE + word(register_number) + root + sample_hash)


def identity_file(separator: bytes, register_number: int, file_hash: bytes) -> bytes:
    return _digest(separator, _IDENTITY_FILE + word(register_number) + file_hash)


def voucher(separator: bytes, index: int, ballot_key: bytes, method: int, vouched_at: int) -> bytes:
    return _digest(separator, _VOUCHER + word(index) + bytes(12) + ballot_key + word(method) + word(vouched_at))


def plan_submission(separator: bytes, plan_number: int, plan_hash: bytes) -> bytes:
    return _digest(separator, _PLAN_SUBMISSION + word(plan_number) + plan_hash)


def plan_admission(separator: bytes, plan_number: int, plan_hash: bytes) -> bytes:
    return _digest(separator, _PLAN_ADMISSION + word(plan_number) + plan_hash)


def poll_announcement_2(separator: bytes, poll_number: int, parameters_hash: bytes) -> bytes:
    """Of protocols 1 and 2."""
    return _digest(separator, _POLL_ANNOUNCEMENT_2 + word(poll_number) + parameters_hash)


def poll_announcement(separator: bytes, poll_number: int, parameters_hash: bytes, rehearsal: bool) -> bytes:
    return _digest(separator, _POLL_ANNOUNCEMENT + word(poll_number) + parameters_hash + word(rehearsal))


def credential(separator: bytes, index: int, ballot_key: bytes, expires_at: int) -> bytes:
    return _digest(separator, _CREDENTIAL + word(index) + bytes(12) + ballot_key + word(expires_at))


def credential_list(separator: bytes, entries: bytes, expires_at: int) -> bytes:
    return _digest(separator, _CREDENTIAL_LIST + keccak(entries) + word(expires_at))


def ballot(separator: bytes, index: int, choice: int, sequence: int, plan_hash: bytes) -> bytes:
    return _digest(separator, _BALLOT + word(index) + word(choice) + word(sequence) + plan_hash)


def trustee_appointment(separator: bytes, number: int, trustees_hash: bytes) -> bytes:
    return _digest(separator, _TRUSTEES + word(number) + trustees_hash)


def openings_escrow(separator: bytes, register_number: int, context: bytes, commitments_hash: bytes, file_digest: bytes) -> bytes:
    """What officials and trustees sign of openings that survive."""
    return _digest(separator, _ESCROW + word(register_number) + context + commitments_hash + file_digest)


def seal_key_hash(x: int, y: int, threshold: int, share_keys: Sequence[bytes], roll_hash: bytes, transcript_hash: bytes) -> bytes:
    """hashStruct of a SealKey."""
    keys = keccak(b"".join(bytes(12) + key for key in share_keys))
    return keccak(_SEAL_KEY + word(x) + word(y) + word(threshold) + keys + roll_hash + transcript_hash)


def seal_key(separator: bytes, struct_hash: bytes) -> bytes:
    """What shares and seats sign."""
    return keccak(b"\x19\x01" + separator + struct_hash)


def sealed_poll_announcement(separator: bytes, poll_number: int, parameters_hash: bytes, key_hash: bytes, rehearsal: bool) -> bytes:
    return _digest(separator, _SEALED_ANNOUNCEMENT + word(poll_number) + parameters_hash + key_hash + word(rehearsal))


def poll_abandonment(separator: bytes, poll_number: int, reason_hash: bytes) -> bytes:
    return _digest(separator, _ABANDONMENT + word(poll_number) + reason_hash)


def succession(separator: bytes, number: int, before: bytes, after: bytes, notice_seconds: int, reason_hash: bytes) -> bytes:
    return _digest(separator, _SUCCESSION + word(number) + before + after + word(notice_seconds) + reason_hash)


def succession_withdrawal(separator: bytes, number: int) -> bytes:
    return _digest(separator, _SUCCESSION_WITHDRAWAL + word(number))


def sealed_ballot(separator: bytes, index: int, sequence: int, sealed: bytes, plan_hash: bytes, key_hash: bytes) -> bytes:
    """`sealed` are the 40 bytes of seal and sealed choice."""
    what = word(index) + word(sequence) + sealed[:32] + bytes(24) + sealed[32:]
    return _digest(separator, _SEALED_BALLOT + what + plan_hash + key_hash)


def seal_breach(separator: bytes) -> bytes:
    return _digest(separator, _BREACH)


def ballot_receipt_1(separator: bytes, ballot_digest: bytes, ballot_key: bytes, index: int, sequence: int, received_at: int) -> bytes:
    """Of protocol 1."""
    whose = bytes(12) + ballot_key + word(index)
    return _digest(separator, _BALLOT_RECEIPT_1 + ballot_digest + whose + word(sequence) + word(received_at))


def ballot_receipt(
    separator: bytes,
    ballot_digest: bytes,
    ballot_key: bytes,
    index: int,
    sequence: int,
    received_at: int,
    book: bytes,
    number: int,
    previous: bytes,
) -> bytes:
    what = ballot_digest + bytes(12) + ballot_key + word(index) + word(sequence) + word(received_at)
    return _digest(separator, _BALLOT_RECEIPT + what + book + word(number) + previous)


def attestation(separator: bytes, result_hash: bytes, approve: bool) -> bytes:
    return _digest(separator, _ATTESTATION + result_hash + word(approve))


def stamp(separator: bytes, subject: bytes, block_number: int, block_hash: bytes, value: bytes) -> bytes:
    """What an authority stamps (protocol §26)."""
    return _digest(separator, _STAMP + subject.ljust(32, b"\0") + word(block_number) + block_hash + value)


def witnessed(separator: bytes, number: int, kind: int, block_number: int, hashed: bytes, seen_at: int, previous: bytes) -> bytes:
    """One entry of a witness (protocol §27)."""
    return _digest(separator, _WITNESSED + word(number) + word(kind) + word(block_number) + hashed + word(seen_at) + previous)
