// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Decision} from "./approval/Decision.sol";
import {ICase} from "./interfaces/ICase.sol";
import {ISealedPoll} from "./interfaces/ISealedPoll.sol";
import {SealedBox} from "./poll/SealedBox.sol";
import {SealedCounting} from "./poll/SealedCounting.sol";
import {SealedOutcome} from "./poll/SealedOutcome.sol";
import {Terms} from "./poll/Terms.sol";
import {Unsealing} from "./poll/Unsealing.sol";
import {SealedParameters} from "./types/Seal.sol";

/// @title One vote whose choices nobody can read before the close
/// @notice What happens to a vote, in order: poll/Terms.sol holds what was announced, poll/SealedBox.sol takes ballots in from those whom
/// poll/Admission.sol lets in, poll/SealedRecording.sol keeps each lender's newest sequence; after the close poll/Unsealing.sol takes shares
/// and secret and opens the box, poll/SealedCounting.sol keeps heads and sums; poll/SealedOutcome.sol takes out leaves that hold no claim,
/// opens the sums and applies the rule, or ends a poll that nobody finished; approval/Decision.sol takes the officials' decision.
contract SealedPoll is SealedOutcome, Decision {
    /// @param parameters_ SealedParameters, as they were hashed and signed.
    /// @param sealKey_ Address of the seal key's point.
    constructor(
        ICase case_,
        uint256 pollNumber_,
        SealedParameters memory parameters_,
        address sealKey_,
        bytes32 sealKeyHash_,
        address[] memory shareKeys_
    )
        Terms(case_, pollNumber_, parameters_.poll, keccak256(abi.encode(parameters_)))
        SealedBox(sealKeyHash_)
        SealedCounting(parameters_.motions)
        Unsealing(sealKey_, shareKeys_)
        SealedOutcome(parameters_.abandonAfterSeconds)
    {}

    /// @inheritdoc ISealedPoll
    function stage() external view override returns (Stage) {
        if (block.timestamp < _OPENS_AT) return Stage.Announced;
        if (block.timestamp < _CLOSES_AT) return Stage.Open;
        if (abandonedFor() != 0) return Stage.Abandoned;
        if (resultHash() != 0) return _stageOfResult();
        if (_box == 0) return Stage.Counted;
        return secret() == 0 ? Stage.Closed : Stage.Unsealed;
    }

    function _stageOfResult() private view returns (Stage) {
        uint256 threshold = _CASE.thresholdOfPoll(_POLL_NUMBER);
        if (approvals() >= threshold) return Stage.Approved;
        return refusals() >= threshold ? Stage.Refused : Stage.Tallied;
    }
}
