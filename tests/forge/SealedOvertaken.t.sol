// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ISealedPoll} from "../../contracts/interfaces/ISealedPoll.sol";
import {Log} from "./Cheats.sol";
import {EightBallots} from "./EightBallots.sol";

/// Two who count at once (protocol, section 21.5): whoever is slower still counts what the other left of the piece, and nothing else.
contract SealedOvertakenTest is EightBallots {
    function setUp() public {
        _buildSealedTown(1);
        vm.warp(OPENS);
        _vote();
        vm.warp(CLOSES);
        _sealed.unseal(SECRET);
    }

    /// Somebody counts one ballot just before each piece: each piece still takes what is left of it, and says what it took.
    function test_overtakenByOneEachTime() public {
        bytes[2] memory told = [
            abi.encodePacked(_row(5, 63, 3), _row(0, 2, 2), _row(6, 1, 0)),
            abi.encodePacked(_row(1, 1, 2), _row(2, 1, 1))
        ];
        for (uint256 i = 0; i < 2; ++i) {
            uint256 start = 4 - 4 * i;
            bytes memory piece = _joined(start, start + 4);
            _countFrom(start + 3);
            vm.recordLogs();
            _sealed.count(_boxOf(start), piece);
            Log memory log = _onlyLog(address(_sealed), ISealedPoll.BallotsCounted.selector);
            _true(keccak256(log.data) == keccak256(abi.encode(told[i])), "the rest of the piece");
            _true(_sealed.box() == _boxOf(start), "all of it");
            _shorten(start);
        }
        _isCounted();
    }

    /// What was overtaken by as much as it has, or by more, finds nothing left that is its own.
    function test_overtakenAltogether() public {
        bytes memory reason = abi.encodeWithSelector(ISealedPoll.Box_NotItsEnd.selector);
        bytes memory piece = _joined(5, 8);
        bytes32 before = _boxOf(5);
        _countFrom(5);
        _refuseCount(before, piece, reason);
        _countFrom(4);
        _refuseCount(before, piece, reason);
        bytes memory first = _joined(0, 4);
        _countFrom(0);
        _refuseCount(before, piece, reason);
        _refuseCount(0, first, reason);
        _isCounted();
    }

    /// Whatever stands behind the piece is as if it were not there, as long as it is whole records.
    function testFuzz_whatStandsBehindIsIgnored(uint256 size, bytes32 seed, uint256 more) public {
        uint256 start = 8 - _bound(size, 1, 8);
        bytes memory behind = _joined(0, more % 9);
        for (uint256 i = 0; i < more / 9 % 3; ++i) {
            behind = abi.encodePacked(behind, seed, keccak256(abi.encode(seed)), ~seed, bytes14(seed));
        }
        _sealed.count(_boxOf(start), bytes.concat(_joined(start, 8), behind));
        _true(_sealed.box() == _boxOf(start), "box");
        _shorten(start);
        if (start != 0) _countFrom(0);
        _isCounted();
    }
}
