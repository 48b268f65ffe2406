// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Choice} from "../../contracts/types/Ballot.sol";
import {Town} from "./Town.sol";

/// Storage is where the comments of the contracts say, and holds what they say: who reads a node's storage directly relies on it.
contract SlotsTest is Town {
    uint256 private constant CHOICES = 5;
    uint256 private constant SEQUENCES = 6;
    uint256 private constant HEADS = 7;
    uint256 private constant SUMS = 23;
    uint256 private constant RESULT = 153;
    uint256 private constant ATTESTED = 156;
    uint256 private constant DECISIONS = 157;
    /// Place by signer, in the struct of a generation, those of the case from slot 0.
    uint256 private constant PLACES_OF_OFFICIALS = 3;

    function setUp() public {
        _buildTown();
        vm.warp(OPENS);
    }

    function test_officialsHaveTheirPlacesFromOne() public view {
        for (uint256 i = 0; i < OFFICIALS; ++i) {
            uint256 places = uint256(keccak256(abi.encode(0, 0))) + PLACES_OF_OFFICIALS;
            bytes32 slot = keccak256(abi.encode(keccak256(_signer(_official(i))), places));
            _equal(uint256(vm.load(address(_case), slot)), i + 1, "place");
        }
    }

    function test_aFirstBallotWritesNoSequence() public {
        _cast(3, 1, 1);
        _castTogether(4, 2, 1);
        _equal(_at(keccak256(abi.encode(0, CHOICES))), 1 << 6 | 2 << 8, "choices");
        _equal(_at(keccak256(abi.encode(0, SEQUENCES))), 0, "a sequence of 1 is not written");
        _cast(3, 2, 2);
        _castTogether(4, 3, 5);
        _equal(_at(keccak256(abi.encode(0, SEQUENCES))), 2 << 24 | 5 << 32, "sequences");
        for (uint256 slot = CHOICES; slot <= SEQUENCES; ++slot) {
            _equal(_at(keccak256(abi.encode(type(uint256).max, slot))), 0, "a page that no lender is on");
        }
    }

    function test_sequencesReplaceEachOtherBitByBit() public {
        uint8[6] memory rising = [3, 4, 21, 42, 62, 63];
        for (uint256 i = 0; i < rising.length; ++i) {
            _cast(3, uint8(1 + i % 3), rising[i]);
            _castTogether(4, uint8(1 + i % 3), rising[i]);
            for (uint256 index = 3; index <= 4; ++index) {
                (Choice choice, uint8 sequence) = _poll.ballotOf(index);
                _equal(uint256(choice), 1 + i % 3, "choice");
                _equal(sequence, rising[i], "sequence");
            }
        }
    }

    function test_headsSumsAndDecisionsLieWhereTheySay() public {
        for (uint256 i = 0; i < LENDERS; ++i) {
            _cast(i, uint8(i < 8 ? 1 : 2 + i / 10), 1);
        }
        for (uint256 k = 0; k < CLASSES; ++k) {
            (uint256 for_, uint256 against, uint256 abstain) = _poll.heads(k);
            _equal(_at(bytes32(HEADS + k)), for_ << 64 | against << 128 | abstain << 192, "heads");
            for (uint256 choice = 0; choice <= 3; ++choice) {
                uint256 slot = SUMS + 2 * (k * 4 + choice);
                (uint256 x, uint256 y) = choice == 0 ? (0, 0) : _poll.sumOf(k, Choice(choice));
                _equal(_at(bytes32(slot)), x, "x of a sum");
                _equal(_at(bytes32(slot + 1)), y, "y of a sum");
            }
        }
        vm.warp(CLOSES);
        _poll.openSums(_openings());
        _equal(_at(bytes32(RESULT)), uint256(_poll.resultHash()), "result hash");
        vm.warp(CLOSES + CHALLENGE);
        _attest(_official(0), true, "");
        _attest(_official(1), false, "");
        _attest(_official(2), true, "");
        _equal(_at(bytes32(DECISIONS)), 1 << 128 | 2, "approvals and refusals");
        _equal(_at(keccak256(abi.encode(keccak256(_signer(_official(2))), ATTESTED))), 1, "attested");
    }

    function _at(bytes32 slot) private view returns (uint256) {
        return uint256(vm.load(address(_poll), slot));
    }

    function _castTogether(uint256 index, uint8 choice, uint8 sequence) private {
        uint256[] memory indexes = new uint256[](1);
        (uint8[] memory choices, uint8[] memory sequences) = (new uint8[](1), new uint8[](1));
        (indexes[0], choices[0], sequences[0]) = (index, choice, sequence);
        _sendBatch(_batch(indexes, choices, sequences), "");
    }
}
