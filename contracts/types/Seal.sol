// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {CompactSignature} from "./Ballot.sol";
import {PollParameters} from "./PollParameters.sol";

/// All that a sealed poll is held to, frozen when it is announced (protocol, section 21.3).
struct SealedParameters {
    PollParameters poll;
    uint8 motions;
    uint32 abandonAfterSeconds;
}

/// The key to which choices are sealed, and the keys of the trustees' shares, by seat (protocol, section 21.3).
struct SealKey {
    uint256 x;
    uint256 y;
    uint8 threshold;
    address[] shareKeys;
    bytes32 rollHash;
    bytes32 transcriptHash;
}

/// One seat's two signatures over the SealKey: by its share key, and by the trustee's own signer.
struct SealConfirmation {
    bytes share;
    bytes identity;
}

/// One sealed ballot with its credential, as anyone may send it; every field has a fixed size.
struct SealedBallot {
    uint256 index;
    uint8 sequence;
    uint256 seal;
    uint64 sealedChoice;
    address ballotKey;
    CompactSignature ballotSignature;
    uint64 credentialExpiresAt;
    CompactSignature credentialSignature;
}
