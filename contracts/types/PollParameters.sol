// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Condition} from "./Rule.sol";

/// All that a poll is held to, frozen when it is announced (protocol, section 8.1).
struct PollParameters {
    uint256 registerNumber;
    uint256 planNumber;
    Condition[] conditions;
    uint64 opensAt;
    uint64 closesAt;
    uint64 challengeSeconds;
    address[] verifiers;
    address receiptSigner;
}
