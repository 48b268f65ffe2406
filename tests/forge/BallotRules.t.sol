// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IPoll} from "../../contracts/interfaces/IPoll.sol";
import {Choice, CompactSignature, Rejection, SignedBallot} from "../../contracts/types/Ballot.sol";
import {Leaf} from "../../contracts/types/Register.sol";
import {BallotChecks} from "./BallotChecks.sol";
import {Log} from "./Cheats.sol";
import {Curve} from "./Curve.sol";

/// The seven rules of a ballot (protocol, section 8.2), sent alone; BatchRules.t.sol has them in a batch.
contract BallotRulesTest is BallotChecks {
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

    // --- readings

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
}
