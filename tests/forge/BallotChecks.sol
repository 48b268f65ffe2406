// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Choice} from "../../contracts/types/Ballot.sol";
import {Town} from "./Town.sol";

/// What tests of ballots look at: who is recorded, who is counted, and which sum stands for it.
abstract contract BallotChecks is Town {
    function _batchOf(uint256 index, uint8 choice, uint8 sequence) internal view returns (Batch memory) {
        uint256[] memory indexes = new uint256[](1);
        indexes[0] = index;
        uint8[] memory choices = new uint8[](1);
        choices[0] = choice;
        uint8[] memory sequences = new uint8[](1);
        sequences[0] = sequence;
        return _batch(indexes, choices, sequences);
    }

    function _isRecorded(uint256 index, uint256 choice, uint256 sequence) internal view {
        (uint256 newest, uint256 chosen) = _recorded(index);
        _equal(chosen, choice, "choice");
        _equal(newest, sequence, "sequence");
    }

    function _isCounted(uint256 votingClass, uint256 for_, uint256 against, uint256 abstain) internal view {
        (uint256 a, uint256 b, uint256 c) = _poll.heads(votingClass);
        _true(a == for_ && b == against && c == abstain, "heads");
    }

    function _isSum(uint256 votingClass, uint256 choice, uint256 index) internal view {
        (uint256 x, uint256 y) = _poll.sumOf(votingClass, Choice(choice));
        _true(x == _points[index].x && y == _points[index].y, "sum");
    }

    function _isInfinity(uint256 votingClass, uint256 choice) internal view {
        (uint256 x, uint256 y) = _poll.sumOf(votingClass, Choice(choice));
        _true(x == 0 && y == 0, "infinity");
    }
}
