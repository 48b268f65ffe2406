// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IOpenPoll} from "../interfaces/IOpenPoll.sol";
import {Jacobian, Point, Secp256k1} from "../libraries/Secp256k1.sol";
import {Choice} from "../types/Ballot.sol";
import {Terms} from "./Terms.sol";

/// @title Heads and sums per class and choice
/// @notice A ballot's step from the former choice to the new one:
///
///     heads[former] -= 1    sum[former] -= C    heads[choice] += 1    sum[choice] += C
///
/// Heads of a class are four 64-bit lanes of one word, the lane being the choice (lane 0 stays empty). The steps of a batch are added up
/// in memory and written once.
abstract contract Counting is Terms, IOpenPoll {
    using Secp256k1 for Jacobian;

    /// Steps of a batch, taken in memory.
    struct Counter {
        uint256[] heads; // one word a class: what is to be added to the stored one, modulo 2^256
        Jacobian[] sums; // four a class, by choice
        uint256 touched; // one bit a sum: it was read from storage
    }

    uint256[16] private _heads; // slots 7 to 22
    Point[64] private _sums; // slots 23 to 150, at votingClass * 4 + choice

    /// @inheritdoc IOpenPoll
    function heads(uint256 votingClass)
        public
        view
        override
        returns (uint256 headsFor, uint256 headsAgainst, uint256 headsAbstain)
    {
        _requireClass(votingClass);
        uint256 word = _heads[votingClass];
        return (uint64(word >> 64), uint64(word >> 128), uint64(word >> 192));
    }

    /// @inheritdoc IOpenPoll
    function sumOf(uint256 votingClass, Choice choice) external view override returns (uint256 x, uint256 y) {
        Point memory sum = _sumOf(votingClass, choice);
        return (sum.x, sum.y);
    }

    function _sumOf(uint256 votingClass, Choice choice) internal view returns (Point memory) {
        _requireClass(votingClass);
        return _sums[votingClass * 4 + uint256(choice)];
    }

    function _startCounter(uint256 classCount) internal pure returns (Counter memory) {
        return Counter(new uint256[](classCount), new Jacobian[](classCount * 4), 0);
    }

    /// @dev Counts one ballot; a repeated choice changes nothing.
    function _count(Counter memory counter, uint256 votingClass, uint256 former, uint256 choice, uint256 x, uint256 y)
        internal
        view
    {
        if (former == choice) return;
        // There are at most 16 classes of four lanes. Lanes of heads may run below zero here; they are right again once added to the
        // stored word.
        unchecked {
            uint256 step = 1 << (choice << 6);
            if (former != 0) {
                step -= 1 << (former << 6);
                uint256 left = votingClass * 4 + former;
                _touch(counter, left);
                counter.sums[left].subtract(x, y);
            }
            counter.heads[votingClass] += step;
            uint256 joined = votingClass * 4 + choice;
            _touch(counter, joined);
            counter.sums[joined].add(x, y);
        }
    }

    /// @dev Counts one ballot that comes alone, and writes it at once; the same step as in _count.
    function _countAlone(uint256 votingClass, uint256 former, uint256 choice, uint256 x, uint256 y) internal {
        if (former == choice) return;
        // As in _count.
        unchecked {
            uint256 step = 1 << (choice << 6);
            if (former != 0) {
                step -= 1 << (former << 6);
                _addToSum(votingClass * 4 + former, x, Secp256k1.negative(y));
            }
            _heads[votingClass] += step;
            _addToSum(votingClass * 4 + choice, x, y);
        }
    }

    /// @dev Takes a counted ballot off again, and writes it at once.
    function _uncountAlone(uint256 votingClass, uint256 choice, uint256 x, uint256 y) internal {
        // An index stands once in a register, in one class: the ballot was counted here, so its lane of heads is not 0.
        unchecked {
            _heads[votingClass] -= 1 << (choice << 6);
            _addToSum(votingClass * 4 + choice, x, Secp256k1.negative(y));
        }
    }

    function _addToSum(uint256 lane, uint256 x, uint256 y) private {
        Point storage sum = _sums[lane];
        (sum.x, sum.y) = Secp256k1.addAffine(sum.x, sum.y, x, y);
    }

    /// @dev Writes the heads and sums that were touched.
    function _settle(Counter memory counter) internal {
        Secp256k1.normalise(counter.sums);
        for (uint256 votingClass = 0; votingClass < counter.heads.length; ++votingClass) {
            uint256 step = counter.heads[votingClass];
            // Added modulo 2^256, as the steps were: every lane of the sum is a number of lenders again.
            unchecked {
                if (step != 0) _heads[votingClass] += step;
            }
        }
        for (uint256 lane = 0; lane < counter.sums.length; ++lane) {
            if (counter.touched >> lane & 1 == 0) continue;
            Jacobian memory sum = counter.sums[lane];
            _sums[lane] = Point(sum.x, sum.y);
        }
    }

    /// @dev Reads the sum of a lane from storage, the first time.
    function _touch(Counter memory counter, uint256 lane) private view {
        uint256 touched = counter.touched;
        if (touched >> lane & 1 == 1) return;
        counter.touched = touched | 1 << lane;
        Point storage stored = _sums[lane];
        counter.sums[lane] = Secp256k1.lift(stored.x, stored.y);
    }
}
