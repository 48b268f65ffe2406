// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ISealedPoll} from "../interfaces/ISealedPoll.sol";
import {Jacobian, Point, Secp256k1} from "../libraries/Secp256k1.sol";
import {Choice} from "../types/Ballot.sol";
import {Terms} from "./Terms.sol";

/// @title Heads and sums per motion, class and choice
/// @notice The *place* of a motion and class is motion * classes + class. Heads of a place are four 64-bit lanes of one word, the lane being
/// the choice; lane 0 of the first motion counts invalid ballots. The sum of a place and choice stands at place * 4 + choice. A ballot is
/// counted once and never moved, so there is nothing to take off here but by leaves that hold no claim.
abstract contract SealedCounting is Terms, ISealedPoll {
    using Secp256k1 for Jacobian;

    /// Steps of a piece of the box, taken in memory.
    struct Counter {
        uint256[] heads; // by place: what is to be added to the stored one
        Jacobian[] sums; // by place * 4 + choice
        uint256[] touched; // by sum: 1 if it was read from storage
    }

    uint256 private constant MAX_MOTIONS = 16;
    /// All sums are opened in one transaction of at most 2^24 gas, some 180,000 a place.
    uint256 private constant MAX_PLACES = 80;

    uint256 internal immutable _MOTIONS;

    mapping(uint256 place => uint256 word) private _sealedHeads; // slot 8
    mapping(uint256 lane => Point) private _sealedSums; // slot 9

    constructor(uint256 motions_) {
        if (motions_ == 0 || motions_ > MAX_MOTIONS) revert Poll_MotionCountOutOfRange(motions_);
        uint256 places = motions_ * _CLASS_COUNT;
        if (places > MAX_PLACES) revert Poll_TooManySums(places);
        _MOTIONS = motions_;
    }

    /// @inheritdoc ISealedPoll
    function motions() external view override returns (uint256) {
        return _MOTIONS;
    }

    /// @inheritdoc ISealedPoll
    function heads(uint256 motion, uint256 votingClass)
        external
        view
        override
        returns (uint256 headsFor, uint256 headsAgainst, uint256 headsAbstain)
    {
        return _headsOf(_placeOf(motion, votingClass));
    }

    /// @inheritdoc ISealedPoll
    function invalid(uint256 votingClass) external view override returns (uint256) {
        return uint64(_sealedHeads[_placeOf(0, votingClass)]);
    }

    /// @inheritdoc ISealedPoll
    function sumOf(uint256 motion, uint256 votingClass, Choice choice) external view override returns (uint256 x, uint256 y) {
        Point memory sum = _sealedSum(_placeOf(motion, votingClass), choice);
        return (sum.x, sum.y);
    }

    function _headsOf(uint256 place) internal view returns (uint256 headsFor, uint256 headsAgainst, uint256 headsAbstain) {
        uint256 word = _sealedHeads[place];
        return (uint64(word >> 64), uint64(word >> 128), uint64(word >> 192));
    }

    function _sealedSum(uint256 place, Choice choice) internal view returns (Point memory) {
        return _sealedSums[place * 4 + uint256(choice)];
    }

    function _startCounter() internal view returns (Counter memory) {
        uint256 places = _MOTIONS * _CLASS_COUNT;
        return Counter(new uint256[](places), new Jacobian[](places * 4), new uint256[](places * 4));
    }

    /// @dev Counts one opened ballot: two bits of choice a motion, all 0 for an invalid one. Class and point were looked at when it was cast.
    function _countOpened(Counter memory counter, uint256 votingClass, uint256 choices, uint256 x, uint256 y) internal view {
        // There are at most 80 places with four lanes, and 2^24 lenders.
        unchecked {
            if (choices == 0) {
                ++counter.heads[votingClass];
                return;
            }
            (uint256[] memory words, uint256[] memory touched, Jacobian[] memory sums) = (counter.heads, counter.touched, counter.sums);
            Jacobian memory sum = sums[0]; // some sum, or Solidity would make a new one
            for (uint256 place = votingClass; choices != 0; place += _CLASS_COUNT) {
                uint256 lane = (place << 2) | (choices & 3);
                bool isTouched;
                // Assembly, because Solidity looks at the bounds three times a motion: places follow from a class that was looked at when the
                // ballot was cast, and from the poll's motions.
                assembly ("memory-safe") {
                    let word := add(add(words, 0x20), shl(5, place))
                    mstore(word, add(mload(word), shl(shl(6, and(lane, 3)), 1)))
                    let flag := add(add(touched, 0x20), shl(5, lane))
                    isTouched := mload(flag)
                    mstore(flag, 1)
                    sum := mload(add(add(sums, 0x20), shl(5, lane)))
                }
                if (!isTouched) _read(sum, lane);
                sum.add(x, y);
                choices >>= 2;
            }
        }
    }

    /// @dev Takes a counted ballot off again, and writes it at once.
    function _uncountOpened(uint256 votingClass, uint256 choices, uint256 x, uint256 y) internal {
        // The ballot was counted at these places, so its lanes of heads are not 0.
        unchecked {
            if (choices == 0) {
                --_sealedHeads[votingClass];
                return;
            }
            for (uint256 place = votingClass; choices != 0; place += _CLASS_COUNT) {
                uint256 choice = choices & 3;
                _sealedHeads[place] -= 1 << (choice << 6);
                Point storage sum = _sealedSums[(place << 2) + choice];
                (sum.x, sum.y) = Secp256k1.addAffine(sum.x, sum.y, x, Secp256k1.negative(y));
                choices >>= 2;
            }
        }
    }

    /// @dev Writes the heads and sums that were touched.
    function _settle(Counter memory counter) internal {
        Secp256k1.normalise(counter.sums);
        for (uint256 place = 0; place < counter.heads.length; ++place) {
            uint256 step = counter.heads[place];
            // Lanes are numbers of lenders, each counted once.
            unchecked {
                if (step != 0) _sealedHeads[place] += step;
            }
        }
        for (uint256 lane = 0; lane < counter.sums.length; ++lane) {
            if (counter.touched[lane] == 0) continue;
            Jacobian memory sum = counter.sums[lane];
            _sealedSums[lane] = Point(sum.x, sum.y);
        }
    }

    /// @dev Reads a sum from storage.
    function _read(Jacobian memory sum, uint256 lane) private view {
        Point storage stored = _sealedSums[lane];
        (sum.x, sum.y) = (stored.x, stored.y);
        sum.z = sum.x | sum.y == 0 ? 0 : 1;
    }

    function _placeOf(uint256 motion, uint256 votingClass) private view returns (uint256) {
        if (motion >= _MOTIONS) revert Poll_MotionOutOfRange(motion, _MOTIONS);
        _requireClass(votingClass);
        return motion * _CLASS_COUNT + votingClass;
    }
}
