// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Choice} from "../../contracts/types/Ballot.sol";
import {SealedTown} from "./SealedTown.sol";

/// Storage of a sealed poll is where the comments of the contracts say, and holds no more than they say.
contract SealedSlotsTest is SealedTown {
    uint256 private constant PRESENT = 5;
    uint256 private constant SEQUENCES = 6;
    uint256 private constant BOX = 7;
    uint256 private constant HEADS = 8;
    uint256 private constant SUMS = 9;
    uint256 private constant SECRET_AT = 12;
    uint256 private constant RESULT = 17;
    uint256 private constant PASSED_AND_END = 19;
    uint256 private constant PASSED_MOTIONS = 20;

    function setUp() public {
        _buildSealedTown(2);
        vm.warp(OPENS);
    }

    function test_aFirstSealedBallotWritesNoSequence() public {
        _castPlain(3, 1, 5);
        _castBoth(4, 6, 1);
        _equal(_at(_slotOf(0, PRESENT)), 1 << 3 | 1 << 4 | 1 << 6, "who has a ballot");
        _equal(_at(_slotOf(0, SEQUENCES)), 0, "a sequence of 1 is not written");
        _castPlain(3, 2, 5);
        _castBoth(4, 6, 7);
        _castPlain(3, 21, 5);
        _castPlain(3, 42, 5);
        _castBoth(4, 6, 56);
        _equal(_at(_slotOf(0, PRESENT)), 1 << 3 | 1 << 4 | 1 << 6, "nobody new");
        _equal(_at(_slotOf(0, SEQUENCES)), 42 << 24 | 56 << 32 | 56 << 48, "sequences");
        for (uint256 slot = PRESENT; slot <= SEQUENCES; ++slot) {
            _equal(_at(_slotOf(type(uint256).max, slot)), 0, "a page that no lender is on");
        }
        _equal(_at(bytes32(BOX)), uint256(_sealed.box()), "box");
    }

    function test_whatIsCountedLiesWhereItSays() public {
        for (uint256 i = 0; i < LENDERS; ++i) {
            _castPlain(i, 1, i == 11 ? 0 : uint64(1 + i % 3 | (i < 8 ? 1 : 2) << 2));
        }
        _unsealAndCount();
        _equal(_at(bytes32(SECRET_AT)), SECRET, "secret");
        for (uint256 place = 0; place < 4; ++place) {
            (uint256 motion, uint256 k) = (place / CLASSES, place % CLASSES);
            (uint256 a, uint256 b, uint256 c) = _sealed.heads(motion, k);
            uint256 invalid = motion == 0 ? _sealed.invalid(k) : 0;
            _equal(_at(_slotOf(place, HEADS)), invalid | a << 64 | b << 128 | c << 192, "heads");
            for (uint256 choice = 0; choice <= 3; ++choice) {
                bytes32 slot = _slotOf(place * 4 + choice, SUMS);
                (uint256 x, uint256 y) = choice == 0 ? (0, 0) : _sealed.sumOf(motion, k, Choice(choice));
                _equal(_at(slot), x, "x of a sum");
                _equal(_at(bytes32(uint256(slot) + 1)), y, "y of a sum");
            }
        }
        uint64[] memory plain = new uint64[](11);
        for (uint256 i = 0; i < 11; ++i) {
            plain[i] = uint64(1 + i % 3 | (i < 8 ? 1 : 2) << 2);
        }
        _sealed.openSums(_sealedOpenings(plain, 2));
        _equal(_at(bytes32(RESULT)), uint256(_sealed.resultHash()), "result hash");
        _equal(_at(bytes32(PASSED_MOTIONS)), _sealed.passed(), "motions that passed");
        _equal(_at(bytes32(PASSED_AND_END)), uint256(_sealed.challengeEndsAt()) << 8 | (_sealed.passed() == 0 ? 0 : 1), "end");
    }

    function _castBoth(uint256 first, uint256 second, uint8 sequence) private {
        Sealed[] memory both = new Sealed[](2);
        (both[0], both[1]) = (_honest(first, sequence, 5), _honest(second, sequence, 10));
        _sendSealedBatch(_sealedBatch(both), "");
        _records.push(_recordOf(both[0]));
        _records.push(_recordOf(both[1]));
    }

    function _slotOf(uint256 key, uint256 slot) private pure returns (bytes32) {
        return keccak256(abi.encode(key, slot));
    }

    function _at(bytes32 slot) private view returns (uint256) {
        return uint256(vm.load(address(_sealed), slot));
    }
}
