// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IOpenPoll} from "../interfaces/IOpenPoll.sol";
import {IPoll} from "../interfaces/IPoll.sol";
import {Point} from "../libraries/Secp256k1.sol";
import {Choice} from "../types/Ballot.sol";
import {Leaf} from "../types/Register.sol";
import {ClassTally, Opening} from "../types/Tally.sol";
import {BallotBox} from "./BallotBox.sol";
import {Tallying} from "./Tallying.sol";

/// @title What comes of an open poll: leaves taken out with what was counted for them, sums opened
/// @notice poll/Exclusion.sol and poll/Tallying.sol say how; here are the heads and sums of poll/Counting.sol.
abstract contract Outcome is BallotBox, Tallying {
    /// @inheritdoc IOpenPoll
    function excludeLeaf(uint256 index, Leaf calldata leaf, bytes32[] calldata proof, uint256 amount, uint256 blind)
        external
        override
        onlyPlainAccount
    {
        _exclude(index, leaf, proof, amount, blind);
        (uint256 recorded,,) = _recordedAlone(index);
        if (recorded != 0) _uncountAlone(leaf.votingClass, recorded, leaf.x, leaf.y);
        emit LeafExcluded(index, leaf.votingClass, amount, Choice(recorded));
    }

    /// @inheritdoc IPoll
    function openSums(Opening[] calldata openings) external override onlyPlainAccount {
        (ClassTally[] memory result,) = _openAll(1, openings);
        emit PollTallied(resultHash(), _anyPassed(), result, challengeEndsAt());
    }

    /// @inheritdoc IOpenPoll
    function passed() external view override returns (bool) {
        _requireTallied();
        return _anyPassed();
    }

    /// @inheritdoc Tallying
    function _requireReady() internal view override {}

    /// @inheritdoc Tallying
    function _headsAt(uint256 place) internal view override returns (uint256 for_, uint256 against, uint256 abstain) {
        return heads(place);
    }

    /// @inheritdoc Tallying
    function _sumAt(uint256 place, Choice choice) internal view override returns (Point memory) {
        return _sumOf(place, choice);
    }
}
