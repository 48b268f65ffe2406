// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IPoll} from "../../contracts/interfaces/IPoll.sol";
import {CompactSignature, Rejection} from "../../contracts/types/Ballot.sol";
import {BallotChecks} from "./BallotChecks.sol";
import {Log} from "./Cheats.sol";
import {Curve} from "./Curve.sol";

/// Many ballots in one transaction: the same rules, and what holds for the batch as a whole (protocol, section 8.2).
contract BatchRulesTest is BallotChecks {
    function setUp() public {
        _buildTown();
        vm.warp(OPENS);
    }

    function test_batchIsTheSameAsOneByOne() public {
        _cast(2, 1, 1);
        (uint256[] memory indexes, uint8[] memory choices, uint8[] memory sequences) = _all();
        sequences[2] = 5;
        Batch memory batch = _batch(indexes, choices, sequences);
        vm.recordLogs();
        _sendBatch(batch, "");
        bytes memory told;
        for (uint256 i = 0; i < LENDERS; ++i) {
            told = abi.encodePacked(told, uint32(i), uint8(sequences[i] << 2 | choices[i]));
            _isRecorded(i, choices[i], sequences[i]);
        }
        Log memory log = _onlyLog(address(_poll), IPoll.BallotsRecorded.selector);
        _true(keccak256(log.data) == keccak256(abi.encode(told)), "event");
        _countsFromLeaves();
    }

    function test_batchRejectsOneAlone() public {
        _cast(2, 1, 4);
        (uint256[] memory indexes, uint8[] memory choices, uint8[] memory sequences) = _all();
        (choices[1], sequences[2], sequences[7]) = (0, 4, 0);
        Batch memory batch = _batch(indexes, choices, sequences);
        batch.ballots[9 * 65 + 5] ^= 0x01; // lender 9's r
        vm.recordLogs();
        _sendBatch(batch, "");
        Log[] memory logs = vm.getRecordedLogs();
        _equal(logs.length, 5, "four rejections and one record");
        _isRejection(logs[0], 1, 1, Rejection.ChoiceNotAllowed);
        _isRejection(logs[1], 2, 4, Rejection.SequenceNotNewer);
        _isRejection(logs[2], 7, 0, Rejection.SequenceNotNewer);
        _isRejection(logs[3], 9, 1, Rejection.BallotNotSignedByKey);
        _isRecorded(2, 1, 4);
        _isRecorded(1, 0, 0);
        _isRecorded(9, 0, 0);
        _countsFromLeaves();
    }

    function test_batchWithoutARightBallotSaysNothing() public {
        Batch memory batch = _batchOf(3, 0, 1);
        vm.recordLogs();
        _sendBatch(batch, "");
        _onlyLog(address(_poll), IPoll.BallotRejected.selector);
    }

    function test_batchWindow() public {
        Batch memory batch = _batchOf(3, 1, 1);
        vm.warp(OPENS - 1);
        _sendBatch(batch, abi.encodeWithSelector(IPoll.Poll_NotOpenYet.selector, OPENS, OPENS - 1));
        vm.warp(CLOSES);
        _sendBatch(batch, abi.encodeWithSelector(IPoll.Poll_Closed.selector, CLOSES, CLOSES));
    }

    function test_batchLengths() public {
        Batch memory batch = _batchOf(3, 1, 1);
        batch.ballots = abi.encodePacked(batch.ballots, hex"00");
        _sendBatch(batch, abi.encodeWithSelector(IPoll.Poll_BatchLengthsDiffer.selector, 24, 66, 65));
        batch = _batchOf(3, 1, 1);
        batch.leaves = new bytes(64);
        _sendBatch(batch, abi.encodeWithSelector(IPoll.Poll_BatchLengthsDiffer.selector, 24, 65, 64));
        batch = _batchOf(3, 1, 1);
        batch.credentials.entries = abi.encodePacked(batch.credentials.entries, hex"00");
        _sendBatch(batch, abi.encodeWithSelector(IPoll.Poll_BatchLengthsDiffer.selector, 25, 65, 65));
        batch.credentials.entries = "";
        _sendBatch(batch, abi.encodeWithSelector(IPoll.Poll_BatchEmpty.selector));
    }

    function test_batchOrder() public {
        uint256[] memory indexes = new uint256[](2);
        (indexes[0], indexes[1]) = (5, 4);
        _sendBatch(_batch(indexes, _same(1), _same(1)), abi.encodeWithSelector(IPoll.Poll_BatchNotAscending.selector, 4));
        indexes[1] = 5;
        _sendBatch(_batch(indexes, _same(1), _same(1)), abi.encodeWithSelector(IPoll.Poll_BatchNotAscending.selector, 5));
    }

    function test_batchIndexBeyondTheRegister() public {
        Batch memory batch = _batchOf(3, 1, 1);
        bytes memory entries = abi.encodePacked(uint32(LENDERS), vm.addr(_ballotKey(3)));
        batch.credentials = _list(entries, CLOSES, VERIFIER);
        _sendBatch(batch, abi.encodeWithSelector(IPoll.Poll_IndexOutOfRange.selector, LENDERS, LENDERS));
        entries = abi.encodePacked(uint32(259), vm.addr(_ballotKey(3)));
        batch.credentials = _list(entries, CLOSES, VERIFIER);
        _sendBatch(batch, abi.encodeWithSelector(IPoll.Poll_IndexOutOfRange.selector, 259, LENDERS));
    }

    function test_batchLeavesAndSiblings() public {
        bytes memory reason = abi.encodeWithSelector(IPoll.Poll_BatchNotInRegister.selector);
        uint8[4] memory places = [0, 1, 40, 64];
        for (uint256 i = 0; i < places.length; ++i) {
            Batch memory batch = _batchOf(3, 1, 1);
            batch.leaves[places[i]] ^= 0x01;
            _sendBatch(batch, i == 0 ? reason : abi.encodeWithSelector(IPoll.Poll_CommitmentNotOnCurve.selector, 3));
        }
        Batch memory inverse = _batchOf(3, 1, 1);
        inverse.leaves = abi.encodePacked(_classOf(3), _points[3].x, Curve.P - _points[3].y);
        _sendBatch(inverse, reason);
        for (uint256 i = 0; i < DEPTH; ++i) {
            Batch memory batch = _batchOf(3, 1, 1);
            batch.siblings[i] ^= bytes32(uint256(1) << 255);
            _sendBatch(batch, reason);
        }
        Batch memory more = _batchOf(3, 1, 1);
        bytes32[] memory siblings = new bytes32[](DEPTH + 1);
        for (uint256 i = 0; i < DEPTH; ++i) {
            siblings[i] = more.siblings[i];
        }
        more.siblings = siblings;
        _sendBatch(more, reason);
        more.siblings = new bytes32[](0);
        _sendBatch(more, reason);
    }

    function test_batchCredentials() public {
        bytes memory reason = abi.encodeWithSelector(IPoll.Poll_CredentialNotSignedByVerifier.selector);
        Batch memory batch = _batchOf(3, 1, 1);
        bytes memory entries = batch.credentials.entries;
        batch.credentials = _list(entries, CLOSES, STRANGER);
        _sendBatch(batch, reason);
        batch.credentials.signature = CompactSignature(0, 0);
        _sendBatch(batch, reason);
        batch.credentials = _list(entries, CLOSES, VERIFIER);
        batch.credentials.expiresAt = CLOSES + 1;
        _sendBatch(batch, reason);
        batch.credentials = _list(entries, OPENS - 1, VERIFIER);
        _sendBatch(batch, abi.encodeWithSelector(IPoll.Poll_CredentialExpired.selector, OPENS - 1, OPENS));
        batch.credentials = _list(entries, OPENS, OTHER_VERIFIER);
        _sendBatch(batch, "");
    }

    function test_batchKeyZeroSignsNothing() public {
        Batch memory batch = _batchOf(3, 1, 1);
        batch.credentials = _list(abi.encodePacked(uint32(3), address(0)), CLOSES, VERIFIER);
        batch.ballots = abi.encodePacked(uint8(1 << 2 | 1), new bytes(64));
        vm.recordLogs();
        _sendBatch(batch, "");
        _onlyLog(address(_poll), IPoll.BallotRejected.selector);
        _isRecorded(3, 0, 0);
    }

    // --- in short

    function _same(uint8 number) private pure returns (uint8[] memory pair) {
        pair = new uint8[](2);
        (pair[0], pair[1]) = (number, number);
    }

    function _all() private pure returns (uint256[] memory indexes, uint8[] memory choices, uint8[] memory sequences) {
        indexes = new uint256[](LENDERS);
        (choices, sequences) = (new uint8[](LENDERS), new uint8[](LENDERS));
        for (uint256 i = 0; i < LENDERS; ++i) {
            (indexes[i], choices[i], sequences[i]) = (i, uint8(1 + (i / 2) % 3), 1);
        }
    }

    function _isRejection(Log memory log, uint256 index, uint8 sequence, Rejection reason) private pure {
        _true(log.topics[0] == IPoll.BallotRejected.selector && uint256(log.topics[1]) == index, "who");
        bytes memory told = abi.encode(vm.addr(_ballotKey(index)), sequence, reason);
        _true(keccak256(log.data) == keccak256(told), "why");
    }
}
