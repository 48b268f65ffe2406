// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Decision} from "./approval/Decision.sol";
import {ICase} from "./interfaces/ICase.sol";
import {IOpenPoll} from "./interfaces/IOpenPoll.sol";
import {Outcome} from "./poll/Outcome.sol";
import {Terms} from "./poll/Terms.sol";
import {PollParameters} from "./types/PollParameters.sol";

/// @title One vote on one plan
/// @notice What happens to a vote, in order: poll/Terms.sol holds what was announced, poll/BallotBox.sol takes ballots in from those whom
/// poll/Admission.sol lets in, poll/Recording.sol keeps each lender's newest, poll/Counting.sol keeps heads and sums, poll/Exclusion.sol
/// takes out leaves that hold no claim, poll/Tallying.sol opens the sums and applies the rule (both by poll/Outcome.sol), approval/Decision.sol
/// takes the officials' decision.
contract Poll is Outcome, Decision {
    /// @param terms PollParameters, encoded as they were hashed and signed.
    constructor(ICase case_, uint256 pollNumber_, bytes memory terms)
        Terms(case_, pollNumber_, abi.decode(terms, (PollParameters)), keccak256(terms))
    {}

    /// @inheritdoc IOpenPoll
    function stage() external view override returns (Stage) {
        if (block.timestamp < _OPENS_AT) return Stage.Announced;
        if (block.timestamp < _CLOSES_AT) return Stage.Open;
        if (resultHash() == 0) return Stage.Closed;
        uint256 threshold = _CASE.thresholdOfPoll(_POLL_NUMBER);
        if (approvals() >= threshold) return Stage.Approved;
        if (refusals() >= threshold) return Stage.Refused;
        return Stage.Tallied;
    }
}
