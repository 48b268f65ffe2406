// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IPoll} from "../interfaces/IPoll.sol";
import {ISealedPoll} from "../interfaces/ISealedPoll.sol";
import {Point} from "../libraries/Secp256k1.sol";
import {Choice} from "../types/Ballot.sol";
import {Leaf} from "../types/Register.sol";
import {ClassTally, Opening} from "../types/Tally.sol";
import {Tallying} from "./Tallying.sol";
import {Unsealing} from "./Unsealing.sol";

/// @title What comes of a sealed poll: leaves taken out with what was counted for them, sums opened, or the poll given up
/// @notice poll/Exclusion.sol and poll/Tallying.sol say how; here are the heads and sums of poll/SealedCounting.sol, and that nothing of it is
/// done before every ballot was counted, or after the officials abandoned the poll (protocol, section 21.7).
abstract contract SealedOutcome is Unsealing, Tallying {
    uint256 private immutable _ABANDON_AFTER;

    uint256 private _passedMotions; // slot 20; one bit each
    bytes32 private _abandonedFor; // slot 21

    constructor(uint256 abandonAfterSeconds_) {
        _ABANDON_AFTER = abandonAfterSeconds_;
    }

    /// @inheritdoc ISealedPoll
    function excludeLeaf(
        uint256 index,
        Leaf calldata leaf,
        bytes32[] calldata proof,
        uint256 amount,
        uint256 blind,
        bytes32 before,
        bytes calldata ballots
    ) external override onlyPlainAccount {
        _exclude(index, leaf, proof, amount, blind);
        emit SealedLeafExcluded(index, leaf.votingClass, amount, sequenceOf(index), _takeOff(index, leaf, before, ballots));
    }

    /// @inheritdoc IPoll
    function openSums(Opening[] calldata openings) external override onlyPlainAccount {
        (ClassTally[] memory result, uint256 passed_) = _openAll(_MOTIONS, openings);
        _passedMotions = passed_;
        emit MotionsTallied(resultHash(), passed_, result, challengeEndsAt());
    }

    /// @inheritdoc ISealedPoll
    function abandon(bytes32 reasonHash) external override {
        if (msg.sender != address(_CASE)) revert Poll_NotItsCase(msg.sender);
        uint256 overdueAt = _CLOSES_AT + _ABANDON_AFTER;
        if (block.timestamp < overdueAt) revert Poll_NotOverdue(overdueAt, block.timestamp);
        if (resultHash() != 0) revert Poll_AlreadyTallied();
        _requireNotAbandoned();
        _abandonedFor = reasonHash;
        emit PollAbandoned(reasonHash);
    }

    /// @inheritdoc ISealedPoll
    function passed() external view override returns (uint256) {
        _requireTallied();
        return _passedMotions;
    }

    /// @inheritdoc ISealedPoll
    function abandonAfterSeconds() external view override returns (uint256) {
        return _ABANDON_AFTER;
    }

    /// @inheritdoc ISealedPoll
    function abandonedFor() public view override returns (bytes32) {
        return _abandonedFor;
    }

    /// @inheritdoc Tallying
    function _requireReady() internal view override {
        _requireNotAbandoned();
        if (_box != 0) revert Box_NotEmpty();
    }

    /// @inheritdoc Tallying
    function _headsAt(uint256 place) internal view override returns (uint256 for_, uint256 against, uint256 abstain) {
        return _headsOf(place);
    }

    /// @inheritdoc Tallying
    function _sumAt(uint256 place, Choice choice) internal view override returns (Point memory) {
        return _sealedSum(place, choice);
    }

    /// @dev Takes off what was counted for the lender, if anything was; the choices.
    function _takeOff(uint256 index, Leaf calldata leaf, bytes32 before, bytes calldata ballots) private returns (uint32) {
        (uint256 sequence,) = _recordedAlone(index);
        if (sequence == 0) {
            if (ballots.length != 0) revert Box_NotTheBallot(index);
            return 0;
        }
        uint256 choices = _openedAgain(index, sequence, before, ballots);
        _uncountOpened(leaf.votingClass, choices, leaf.x, leaf.y);
        return uint32(choices);
    }

    function _requireNotAbandoned() private view {
        if (_abandonedFor != 0) revert Poll_Abandoned();
    }
}
