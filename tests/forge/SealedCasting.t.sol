// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IPoll} from "../../contracts/interfaces/IPoll.sol";
import {ISealedPoll} from "../../contracts/interfaces/ISealedPoll.sol";
import {CompactSignature, Rejection} from "../../contracts/types/Ballot.sol";
import {SealedBallot} from "../../contracts/types/Seal.sol";
import {Log} from "./Cheats.sol";
import {SealedTown} from "./SealedTown.sol";

/// How sealed ballots come in, alone and in a batch (protocol, section 21.4).
contract SealedCastingTest is SealedTown {
    function setUp() public {
        _buildSealedTown(1);
        vm.warp(OPENS);
    }

    function test_recordedAlone() public {
        Sealed memory one = _honest(5, 7, 2);
        vm.recordLogs();
        _castSealed(one);
        Log memory log = _onlyLog(address(_sealed), IPoll.BallotsRecorded.selector);
        _true(keccak256(log.data) == keccak256(abi.encode(abi.encodePacked(uint32(5), uint8(7 << 2)))), "event");
        _true(_sealed.box() == keccak256(abi.encodePacked(bytes32(0), _recordOf(one))), "box");
        _true(_sealed.hasBallot(5) && !_sealed.hasBallot(4) && !_sealed.hasBallot(6), "who has a ballot");
        _equal(_sealed.sequenceOf(5), 7, "sequence");
        _nothingCounted();
    }

    function test_recordedInABatchAsAlone() public {
        Sealed[] memory many = _many();
        vm.recordLogs();
        _sendSealedBatch(_sealedBatch(many), "");
        Log memory log = _onlyLog(address(_sealed), IPoll.BallotsRecorded.selector);
        bytes memory told;
        for (uint256 i = 0; i < many.length; ++i) {
            told = abi.encodePacked(told, uint32(many[i].index), many[i].sequence << 2);
            _records.push(_recordOf(many[i]));
            _equal(_sealed.sequenceOf(many[i].index), many[i].sequence, "sequence");
        }
        _true(keccak256(log.data) == keccak256(abi.encode(told)), "event");
        _true(_sealed.box() == _boxOf(many.length), "box");
        _castPlain(0, 2, 3);
        _true(_sealed.box() == _boxOf(many.length + 1), "box goes on");
        _castPlain(0, 63, 1);
        _true(_sealed.box() == _boxOf(many.length + 2), "box goes on again");
        _equal(_sealed.sequenceOf(0), 63, "sequence rises");
        _nothingCounted();
    }

    function test_sequences() public {
        _castPlain(3, 5, 1);
        for (uint8 sequence = 0; sequence <= 5; ++sequence) {
            _refuse(_sealedBallot(_honest(3, sequence, 2)), 3, _rejected(3, Rejection.SequenceNotNewer));
        }
        _refuse(_sealedBallot(_honest(3, 64, 2)), 3, _rejected(3, Rejection.SequenceNotNewer));
        _refuse(_sealedBallot(_honest(2, 0, 2)), 2, _rejected(2, Rejection.SequenceNotNewer));
        _castPlain(3, 6, 2);
        _castPlain(2, 1, 2);
        _refuse(_sealedBallot(_honest(2, 1, 3)), 2, _rejected(2, Rejection.SequenceNotNewer));
        _true(_sealed.sequenceOf(2) == 1 && _sealed.sequenceOf(3) == 6, "neighbours");
    }

    function test_rejectedInABatch() public {
        _castPlain(1, 2, 1);
        Sealed[] memory many = new Sealed[](6);
        many[0] = _honest(0, 1, 1);
        many[1] = _honest(1, 2, 2); // not newer
        many[2] = _honest(2, 64, 2); // beyond the last
        many[3] = _honest(3, 0, 2);
        many[4] = _honest(4, 1, 2);
        many[5] = _honest(5, 63, 2);
        Batch memory batch = _sealedBatch(many);
        batch.ballots[4 * 105 + 40] ^= 0x01; // the sealed choice's last byte: signed by nobody
        vm.recordLogs();
        _sendSealedBatch(batch, "");
        Log[] memory logs = vm.getRecordedLogs();
        _equal(logs.length, 5, "events");
        _isRejection(logs[0], 1, 2, Rejection.SequenceNotNewer);
        _isRejection(logs[1], 2, 64, Rejection.SequenceNotNewer);
        _isRejection(logs[2], 3, 0, Rejection.SequenceNotNewer);
        _isRejection(logs[3], 4, 1, Rejection.BallotNotSignedByKey);
        _records.push(_recordOf(many[0]));
        _records.push(_recordOf(many[5]));
        _true(_sealed.box() == _boxOf(3), "box");
    }

    function test_nothingWrittenWhenAllAreRejected() public {
        _castPlain(1, 2, 1);
        Sealed[] memory many = new Sealed[](1);
        many[0] = _honest(1, 1, 1);
        vm.recordLogs();
        _sendSealedBatch(_sealedBatch(many), "");
        _equal(vm.getRecordedLogs().length, 1, "a rejection, and no record");
        _true(_sealed.box() == _boxOf(1) && _sealed.sequenceOf(1) == 2, "as before");
    }

    function test_everyByteIsSigned() public {
        Sealed memory one = _honest(6, 1, 1);
        SealedBallot memory ballot = _sealedBallot(one);
        bytes memory reason = _rejected(6, Rejection.BallotNotSignedByKey);
        ballot.seal ^= 1;
        _refuse(ballot, 6, reason);
        (ballot.seal, ballot.sealedChoice) = (one.seal, one.choice ^ 1);
        _refuse(ballot, 6, reason);
        (ballot.sealedChoice, ballot.sequence) = (one.choice, 2);
        _refuse(ballot, 6, reason);
        ballot.sequence = 1;
        ballot.ballotSignature.r ^= bytes32(uint256(1));
        _refuse(ballot, 6, reason);
        ballot.ballotSignature = CompactSignature(0, 0);
        _refuse(ballot, 6, reason);
        ballot = _sealedBallot(one);
        ballot.ballotKey = vm.addr(_ballotKey(7));
        _refuse(ballot, 6, abi.encodeWithSelector(IPoll.Poll_CredentialNotSignedByVerifier.selector));
        _refuse(_sealedBallot(one), 7, abi.encodeWithSelector(IPoll.Poll_NotInRegister.selector, 6));
        _keyHash ^= bytes32(uint256(1));
        _refuse(_sealedBallot(one), 6, reason);
    }

    function test_windowAndIndex() public {
        SealedBallot memory ballot = _sealedBallot(_honest(0, 1, 1));
        vm.warp(OPENS - 1);
        _refuse(ballot, 0, abi.encodeWithSelector(IPoll.Poll_NotOpenYet.selector, OPENS, OPENS - 1));
        vm.warp(CLOSES);
        _refuse(ballot, 0, abi.encodeWithSelector(IPoll.Poll_Closed.selector, CLOSES, CLOSES));
        Sealed[] memory many = new Sealed[](1);
        many[0] = _honest(0, 1, 1);
        Batch memory batch = _sealedBatch(many);
        _sendSealedBatch(batch, abi.encodeWithSelector(IPoll.Poll_Closed.selector, CLOSES, CLOSES));
        vm.warp(CLOSES - 1);
        ballot.index = LENDERS;
        _refuse(ballot, 0, abi.encodeWithSelector(IPoll.Poll_IndexOutOfRange.selector, LENDERS, LENDERS));
        _reverts(abi.encodeWithSelector(IPoll.Poll_IndexOutOfRange.selector, LENDERS, LENDERS));
        _sealed.sequenceOf(LENDERS);
        ballot.index = 0;
        _sendBallot(ballot, 0, "");
    }

    function test_batchesAreLookedAtAsAWhole() public {
        Batch memory batch = _sealedBatch(_many());
        batch.ballots = bytes.concat(batch.ballots, hex"00");
        uint256 entries = batch.credentials.entries.length;
        _sendSealedBatch(
            batch, abi.encodeWithSelector(IPoll.Poll_BatchLengthsDiffer.selector, entries, batch.ballots.length, batch.leaves.length)
        );
        batch = _sealedBatch(_many());
        batch.siblings[0] ^= bytes32(uint256(1));
        _sendSealedBatch(batch, abi.encodeWithSelector(IPoll.Poll_BatchNotInRegister.selector));
        batch = _sealedBatch(_many());
        batch.credentials.signature.r ^= bytes32(uint256(1));
        _sendSealedBatch(batch, abi.encodeWithSelector(IPoll.Poll_CredentialNotSignedByVerifier.selector));
        batch.credentials.entries = "";
        _sendSealedBatch(batch, abi.encodeWithSelector(IPoll.Poll_BatchEmpty.selector));
    }

    function test_onlyPlainAccounts() public {
        vm.stopPrank();
        bytes memory reason = abi.encodeWithSelector(IPoll.Poll_CalledThroughContract.selector);
        _sendBallot(_sealedBallot(_honest(0, 1, 1)), 0, reason);
        _sendSealedBatch(_sealedBatch(_many()), reason);
        _reverts(reason);
        _sealed.count(0, "");
        _reverts(reason);
        _sealed.unseal(SECRET);
        _reverts(reason);
        _sealed.publishShare(0, 1);
        _reverts(reason);
        _sealed.reportBreach(0, 0);
        _reverts(reason);
        _sealed.excludeLeaf(0, _leaf(0), _proof(0), 1, 1, 0, "");
        _reverts(reason);
        _sealed.openSums(_sealedOpenings(new uint64[](0), 1));
    }

    function _many() private returns (Sealed[] memory many) {
        many = new Sealed[](4);
        many[0] = _honest(0, 1, 1);
        many[1] = _honest(3, 1, 2);
        many[2] = _honest(4, 9, 3);
        many[3] = Sealed(11, 2, type(uint256).max, type(uint64).max);
    }

    function _nothingCounted() private view {
        for (uint256 k = 0; k < CLASSES; ++k) {
            (uint256 a, uint256 b, uint256 c) = _sealed.heads(0, k);
            _true(a + b + c == 0 && _sealed.invalid(k) == 0, "nothing counted");
        }
        _true(_sealed.stage() == ISealedPoll.Stage.Open, "open");
    }

    function _refuse(SealedBallot memory ballot, uint256 leafIndex, bytes memory reason) private {
        _sendBallot(ballot, leafIndex, reason);
    }

    function _rejected(uint256 index, Rejection reason) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IPoll.Poll_BallotRejected.selector, index, reason);
    }

    function _isRejection(Log memory log, uint256 index, uint8 sequence, Rejection reason) private view {
        _true(log.topics[0] == IPoll.BallotRejected.selector && uint256(log.topics[1]) == index, "rejection");
        _true(keccak256(log.data) == keccak256(abi.encode(vm.addr(_ballotKey(index)), sequence, reason)), "reason");
    }
}
