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

/// One ballot with its credential, as anyone may send it.
struct SignedBallot {
    uint256 index;
    uint8 choice;
    uint8 sequence;
    address ballotKey;
    bytes ballotSignature;
    uint64 credentialExpiresAt;
    bytes credentialSignature;
}

/// One verifier's signature over many (index, ballot key) pairs.
struct CredentialList {
    bytes entries;
    uint64 expiresAt;
    bytes signature;
}
