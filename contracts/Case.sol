// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Officials} from "./approval/Officials.sol";
import {Successions} from "./approval/Successions.sol";
import {Notes} from "./record/Notes.sol";
import {SealedAnnouncements} from "./seals/SealedAnnouncements.sol";
import {Trustees} from "./seals/Trustees.sol";

/// @title One wind-down case
/// @notice In the order in which things happen: register/Registers.sol freezes who may vote, plans/Plans.sol takes what is voted on,
/// poll/Announcements.sol opens a vote on it (Poll.sol) and seals/SealedAnnouncements.sol a sealed one (SealedPoll.sol), whose keys
/// seals/SealKeys.sol and seals/Trustees.sol look after; approval/Officials.sol is the k of n whose signatures all of this needs, approval/Successions.sol who comes after them,
/// record/Notes.sol keeps what participants leave for later.
contract Case is SealedAnnouncements, Successions, Notes {
    /// @param officials_ 1 to 32 distinct signers (approval/Signers.sol).
    /// @param threshold_ How many of them decide; more than half.
    /// @param institution_ The signer who submits plans; none of the officials.
    /// @param rehearsal_ Whether votes of this case have no effect; then notice and challenge period may be short.
    /// @param trustees_ None, or 2 to 32 distinct signers who hold shares of the keys of sealed polls.
    /// @param sealedCodeHash_ keccak of the creation code of SealedPoll.sol of the same build.
    constructor(
        bytes[] memory officials_,
        uint256 threshold_,
        bytes memory institution_,
        bool rehearsal_,
        bytes[] memory trustees_,
        bytes32 sealedCodeHash_
    )
        Officials(officials_, threshold_, institution_, rehearsal_)
        Trustees(trustees_)
        SealedAnnouncements(sealedCodeHash_)
    {}
}
