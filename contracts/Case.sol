// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Officials} from "./approval/Officials.sol";
import {Announcements} from "./poll/Announcements.sol";
import {Notes} from "./record/Notes.sol";

/// @title One wind-down case
/// @notice In the order in which things happen: register/Registers.sol freezes who may vote, plans/Plans.sol takes what is voted on,
/// poll/Announcements.sol opens a vote on it (Poll.sol), approval/Officials.sol is the k of n whose signatures all of this needs,
/// record/Notes.sol keeps what participants leave for later.
contract Case is Announcements, Notes {
    /// @param officials_ 1 to 32 distinct signers (approval/Signers.sol).
    /// @param threshold_ How many of them decide; more than half.
    /// @param institution_ The signer who submits plans; none of the officials.
    /// @param rehearsal_ Whether votes of this case have no effect; then notice and challenge period may be short.
    constructor(bytes[] memory officials_, uint256 threshold_, bytes memory institution_, bool rehearsal_)
        Officials(officials_, threshold_, institution_, rehearsal_)
    {}
}
