// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IPoll} from "../../contracts/interfaces/IPoll.sol";
import {Choice, CompactSignature, Rejection, SignedBallot} from "../../contracts/types/Ballot.sol";
import {Leaf} from "../../contracts/types/Register.sol";
import {Log} from "./Cheats.sol";
import {Curve} from "./Curve.sol";
import {Town} from "./Town.sol";

/// The seven rules of a ballot (protocol, section 8.2), sent alone or in a batch.
contract BallotRulesTest is Town {
    function setUp() public {
        _buildTown();
        vm.warp(OPENS);
    }

    // --- one ballot

    function test_recordedCountedAnnounced() public {
        vm.recordLogs();
        _cast(5, 2, 7);
        Log memory log = _onlyLog(address(_poll), IPoll.BallotsRecorded.selector);
        _true(keccak256(log.data) == keccak256(abi.encode(abi.encodePacked(uint32(5), uint8(7 << 2 | 2)))), "event");
        _isRecorded(5, 2, 7);
        _isCounted(1, 0, 1, 0);
        _isSum(1, 2, 5);
    }

    function test_windowIncludesOpeningAndExcludesClose() public {
        SignedBallot memory ballot = _ballot(0, 1, 1);
        vm.warp(OPENS - 1);
        _refuse(ballot, abi.encodeWithSelector(IPoll.Poll_NotOpenYet.selector, OPENS, OPENS - 1));
        vm.warp(CLOSES);
        _refuse(ballot, abi.encodeWithSelector(IPoll.Poll_Closed.selector, CLOSES, CLOSES));
        vm.warp(CLOSES - 1);
        _cast(0, 1, 1);
        vm.warp(OPENS);
        _cast(1, 1, 1);
    }

    /// forge-config: default.fuzz.runs = 256
    function testFuzz_noIndexBeyondTheRegister(uint256 index) public {
        SignedBallot memory ballot = _ballot(3, 1, 1);
        if (index < LENDERS) index = LENDERS + (index << 32);
        ballot.index = index;
        bytes memory reason = abi.encodeWithSelector(IPoll.Poll_IndexOutOfRange.selector, index, LENDERS);
        _send(ballot, _leaf(3), _proof(3), reason);
        _reverts(reason);
        _poll.ballotOf(index);
    }

    function test_choiceAndSequenceBounds() public {
        _refuse(_ballot(0, 0, 1), _rejected(0, Rejection.ChoiceNotAllowed));
        _refuse(_ballot(0, 4, 1), _rejected(0, Rejection.ChoiceNotAllowed));
        _refuse(_ballot(0, 255, 1), _rejected(0, Rejection.ChoiceNotAllowed));
        _refuse(_ballot(0, 1, 0), _rejected(0, Rejection.SequenceNotNewer));
        _refuse(_ballot(0, 1, 64), _rejected(0, Rejection.SequenceNotNewer));
        _cast(0, 3, 63);
        _isRecorded(0, 3, 63);
        _refuse(_ballot(0, 1, 63), _rejected(0, Rejection.SequenceNotNewer));
    }

    function test_revoteReplacesAndCountsOnce() public {
        _cast(0, 1, 1);
        _refuse(_ballot(0, 2, 1), _rejected(0, Rejection.SequenceNotNewer));
        _cast(0, 2, 2);
        _isRecorded(0, 2, 2);
        _isCounted(0, 0, 1, 0);
        _isSum(0, 2, 0);
        _isInfinity(0, 1);
        _cast(0, 2, 9);
        _isRecorded(0, 2, 9);
        _isCounted(0, 0, 1, 0);
        _refuse(_ballot(0, 1, 8), _rejected(0, Rejection.SequenceNotNewer));
        _cast(0, 3, 10);
        _isCounted(0, 0, 0, 1);
        _isInfinity(0, 2);
    }

    function test_neighboursKeepTheirs() public {
        for (uint256 i = 0; i < LENDERS; ++i) {
            _cast(i, uint8(1 + i % 3), uint8(1 + i));
        }
        _cast(6, 1, 40);
        for (uint256 i = 0; i < LENDERS; ++i) {
            _isRecorded(i, uint8(1 + i % 3), i == 6 ? 40 : 1 + i);
        }
    }

    function test_equalPointsMeetAndPart() public {
        _cast(4, 1, 1);
        _cast(6, 1, 1);
        (uint256 x, uint256 y) = _poll.sumOf(0, Choice.For);
        _true(x == Curve.plus(_points[4], _points[4]).x && y == Curve.plus(_points[4], _points[4]).y, "doubled");
        _cast(4, 2, 2);
        _isSum(0, 1, 6);
        _cast(6, 2, 2);
        _isInfinity(0, 1);
    }

    function test_leafMustBeInTheRegister() public {
        SignedBallot memory ballot = _ballot(3, 1, 1);
        bytes memory reason = abi.encodeWithSelector(IPoll.Poll_NotInRegister.selector, 3);
        Leaf memory leaf = _leaf(3);
        leaf.votingClass = 0;
        _send(ballot, leaf, _proof(3), reason);
        leaf = _leaf(3);
        leaf.y = Curve.P - leaf.y;
        _send(ballot, leaf, _proof(3), reason);
        leaf = _leaf(3);
        leaf.x ^= 1;
        _send(ballot, leaf, _proof(3), abi.encodeWithSelector(IPoll.Poll_CommitmentNotOnCurve.selector, 3));
        leaf = _leaf(3);
        leaf.y ^= 1;
        _send(ballot, leaf, _proof(3), abi.encodeWithSelector(IPoll.Poll_CommitmentNotOnCurve.selector, 3));
        _send(ballot, _leaf(5), _proof(5), reason);
        for (uint256 level = 0; level < DEPTH; ++level) {
            bytes32[] memory proof = _proof(3);
            proof[level] ^= bytes32(uint256(1));
            _send(ballot, _leaf(3), proof, reason);
        }
        bytes32[] memory shorter = new bytes32[](DEPTH - 1);
        _send(ballot, _leaf(3), shorter, reason);
        _send(ballot, _leaf(3), new bytes32[](0), reason);
    }

    function test_credentialMustBeAVerifiers() public {
        bytes memory reason = abi.encodeWithSelector(IPoll.Poll_CredentialNotSignedByVerifier.selector);
        SignedBallot memory ballot = _ballot(3, 1, 1);
        bytes32 digest = _digest(address(_poll), _credentialStruct(3, ballot.ballotKey, CLOSES));
        ballot.credentialSignature = _short(_sign(STRANGER, digest));
        _refuse(ballot, reason);
        ballot.credentialSignature = _short(_sign(_official(0), digest));
        _refuse(ballot, reason);
        ballot.credentialSignature = CompactSignature(0, 0);
        _refuse(ballot, reason);
        ballot.credentialSignature = _short(_highS(_sign(VERIFIER, digest)));
        _refuse(ballot, reason);
        ballot.credentialSignature = _short(_sign(VERIFIER, _digest(address(_case), _credentialStruct(3, ballot.ballotKey, CLOSES))));
        _refuse(ballot, reason);
        ballot.credentialSignature = _short(_sign(VERIFIER, _digest(address(_poll), _credentialStruct(5, ballot.ballotKey, CLOSES))));
        _refuse(ballot, reason);
        ballot.credentialSignature = _short(_sign(OTHER_VERIFIER, digest));
        ballot.credentialExpiresAt = CLOSES + 1;
        _refuse(ballot, reason);
        ballot.credentialExpiresAt = CLOSES;
        _send(ballot, _leaf(3), _proof(3), "");
    }

    function test_credentialExpires() public {
        SignedBallot memory ballot = _ballot(3, 1, 1);
        uint64 until = OPENS + 50;
        ballot.credentialExpiresAt = until;
        ballot.credentialSignature = _short(_sign(VERIFIER, _digest(address(_poll), _credentialStruct(3, ballot.ballotKey, until))));
        vm.warp(until + 1);
        _refuse(ballot, abi.encodeWithSelector(IPoll.Poll_CredentialExpired.selector, until, until + 1));
        vm.warp(until);
        _send(ballot, _leaf(3), _proof(3), "");
    }

    function test_ballotMustBeSignedByItsKey() public {
        bytes memory reason = _rejected(3, Rejection.BallotNotSignedByKey);
        bytes32 structHash = _ballotStruct(3, 1, 1);
        SignedBallot memory ballot = _ballot(3, 1, 1);
        ballot.ballotSignature = _short(_sign(STRANGER, _digest(address(_poll), structHash)));
        _refuse(ballot, reason);
        ballot.ballotSignature = _short(_sign(_ballotKey(3), _digest(address(_case), structHash)));
        _refuse(ballot, reason);
        ballot.ballotSignature = _short(_highS(_sign(_ballotKey(3), _digest(address(_poll), structHash))));
        _refuse(ballot, reason);
        ballot.ballotSignature = CompactSignature(0, 0);
        _refuse(ballot, reason);
        ballot = _ballot(3, 1, 1);
        ballot.choice = 2;
        _refuse(ballot, reason);
        ballot = _ballot(3, 1, 1);
        ballot.sequence = 2;
        _refuse(ballot, reason);
    }

    /// A wrong signature recovers to zero; a credential for the key zero must not make it right.
    function test_keyZeroSignsNothing() public {
        SignedBallot memory ballot = _ballot(3, 1, 1);
        ballot.ballotKey = address(0);
        ballot.credentialSignature = _short(_sign(VERIFIER, _digest(address(_poll), _credentialStruct(3, address(0), CLOSES))));
        ballot.ballotSignature = CompactSignature(0, 0);
        _refuse(ballot, _rejected(3, Rejection.BallotNotSignedByKey));
    }

    function test_onlyPlainAccountsSend() public {
        SignedBallot memory ballot = _ballot(3, 1, 1);
        Leaf memory leaf = _leaf(3);
        bytes32[] memory proof = _proof(3);
        bytes memory reason = abi.encodeWithSelector(IPoll.Poll_CalledThroughContract.selector);
        vm.stopPrank();
        vm.startPrank(SENDER, address(0xabc));
        _send(ballot, leaf, proof, reason);
        Batch memory batch = _batchOf(3, 1, 1);
        _sendBatch(batch, reason);
        vm.stopPrank();
        vm.startPrank(SENDER, SENDER);
        vm.etch(SENDER, hex"ef0100000000000000000000000000000000000000beef");
        _send(ballot, leaf, proof, reason);
        _sendBatch(batch, reason);
    }

    // --- many ballots

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

    function test_readingRefusesClassesThatAreNot() public {
        bytes memory reason = abi.encodeWithSelector(IPoll.Poll_ClassOutOfRange.selector, CLASSES, CLASSES);
        _reverts(reason);
        _poll.heads(CLASSES);
        _reverts(reason);
        _poll.sumOf(CLASSES, Choice.For);
    }

    // --- in short

    function _refuse(SignedBallot memory ballot, bytes memory reason) private {
        _send(ballot, _leaf(ballot.index), _proof(ballot.index), reason);
    }

    function _rejected(uint256 index, Rejection reason) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IPoll.Poll_BallotRejected.selector, index, reason);
    }

    function _highS(bytes memory signature) private pure returns (bytes memory) {
        (bytes32 r, uint256 s, uint8 v) = (_word(signature, 0), uint256(_word(signature, 32)), uint8(signature[64]));
        return abi.encodePacked(r, Curve.N - s, 55 - v);
    }

    function _word(bytes memory data, uint256 offset) private pure returns (bytes32 word) {
        for (uint256 i = 0; i < 32; ++i) {
            word |= bytes32(data[offset + i]) >> i * 8;
        }
    }

    function _batchOf(uint256 index, uint8 choice, uint8 sequence) private view returns (Batch memory) {
        uint256[] memory indexes = new uint256[](1);
        indexes[0] = index;
        uint8[] memory choices = new uint8[](1);
        choices[0] = choice;
        uint8[] memory sequences = new uint8[](1);
        sequences[0] = sequence;
        return _batch(indexes, choices, sequences);
    }

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

    function _isRecorded(uint256 index, uint256 choice, uint256 sequence) private view {
        (uint256 newest, uint256 chosen) = _recorded(index);
        _equal(chosen, choice, "choice");
        _equal(newest, sequence, "sequence");
    }

    function _isCounted(uint256 votingClass, uint256 for_, uint256 against, uint256 abstain) private view {
        (uint256 a, uint256 b, uint256 c) = _poll.heads(votingClass);
        _true(a == for_ && b == against && c == abstain, "heads");
    }

    function _isSum(uint256 votingClass, uint256 choice, uint256 index) private view {
        (uint256 x, uint256 y) = _poll.sumOf(votingClass, Choice(choice));
        _true(x == _points[index].x && y == _points[index].y, "sum");
    }

    function _isInfinity(uint256 votingClass, uint256 choice) private view {
        (uint256 x, uint256 y) = _poll.sumOf(votingClass, Choice(choice));
        _true(x == 0 && y == 0, "infinity");
    }
}
