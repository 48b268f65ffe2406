// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// A lender's choice; NONE means that no ballot was recorded.
enum Choice {
    None,
    For,
    Against,
    Abstain
}

/// Why one ballot of a batch was rejected (protocol, section 8.2).
enum Rejection {
    None,
    ChoiceNotAllowed,
    SequenceNotNewer,
    BallotNotSignedByKey
}

/// A secp256k1 signature in 64 bytes (EIP-2098): r, and s with the parity of R's y in its highest bit.
struct CompactSignature {
    bytes32 r;
    bytes32 vs;
}

/// One ballot with its credential, as anyone may send it. Every field has a fixed size, so that no lengths and offsets are paid for.
struct SignedBallot {
    uint256 index;
    uint8 choice;
    uint8 sequence;
    address ballotKey;
    CompactSignature ballotSignature;
    uint64 credentialExpiresAt;
    CompactSignature credentialSignature;
}

/// One verifier's signature over many (index, ballot key) pairs.
struct CredentialList {
    bytes entries;
    uint64 expiresAt;
    CompactSignature signature;
}
