// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICase} from "../../contracts/interfaces/ICase.sol";
import {IPoll} from "../../contracts/interfaces/IPoll.sol";
import {ISealedPoll} from "../../contracts/interfaces/ISealedPoll.sol";
import {Choice, CompactSignature, CredentialList} from "../../contracts/types/Ballot.sol";
import {Leaf} from "../../contracts/types/Register.sol";
import {SealedBallot, SealedParameters} from "../../contracts/types/Seal.sol";
import {Opening} from "../../contracts/types/Tally.sol";
import {CaseStub} from "./PollShown.sol";
import {Proof} from "./Proof.sol";
import {SealedPollShown} from "./SealedPollShown.sol";

/// A sealed poll of two motions, for all numbers. What ecrecover and keccak answer is left open.
contract SealedProof is Proof {
    uint256 private constant ABANDON_AFTER = 86_400;
    /// Where a sealed poll keeps its box, its secret and its result; tests/forge/Slots.t.sol holds the places.
    uint256 private constant BOX = 7;
    uint256 private constant SECRET = 12;
    uint256 private constant RESULT = 17;
    uint256 private constant X = 0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798;
    uint256 private constant Y = 0x483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8;

    SealedPollShown private _sealed;

    function setUp() public {
        vm.warp(1_000);
        _case = new CaseStub();
        address[] memory shareKeys = new address[](2);
        (shareKeys[0], shareKeys[1]) = (address(0x5a), address(0x5b));
        SealedParameters memory terms = SealedParameters(_case.terms(OPENS), 2, uint32(ABANDON_AFTER));
        _sealed = new SealedPollShown(ICase(address(_case)), terms, address(0x5ea1), shareKeys);
        vm.warp(OPENS);
    }

    /// V: what was recorded reads back, whatever stood there before.
    function check_sealedRecordReadsBack(uint256 index, uint256 s0, uint256 s1, bool alone) public {
        _twoBallots(index, s0, s1, alone);
        assert(_sealed.sequenceOf(index) == s1 && _sealed.hasBallot(index));
    }

    function twin_sealedRecordReadsBack(uint256 index, uint256 s0, uint256 s1, bool alone) public {
        _twoBallots(index, s0, s1, alone);
        assert(_sealed.sequenceOf(index) == s0);
    }

    /// W: no other lender's record is touched.
    function check_sealedRecordTouchesNoNeighbour(uint256 index, uint256 other, uint256 s0, uint256 s1, bool alone) public {
        vm.assume(other != index);
        _isBallot(other, s0);
        _isBallot(index, s1);
        _sealed.record(other, s0, !alone);
        _sealed.record(index, s1, alone);
        assert(_sealed.sequenceOf(other) == s0);
    }

    function twin_sealedRecordTouchesNoNeighbour(uint256 index, uint256 other, uint256 s0, uint256 s1, bool alone) public {
        _isBallot(other, s0);
        _isBallot(index, s1);
        _sealed.record(other, s0, !alone);
        _sealed.record(index, s1, alone);
        assert(_sealed.sequenceOf(other) == s0);
    }

    /// X: no sequence that is not higher than the recorded one, or above 63, and no index beyond the register is accepted.
    function check_sealedSequenceRises(uint8 recorded, SealedBallot memory ballot, Leaf memory leaf) public {
        vm.assume(ballot.index < LENDERS);
        _isBallot(ballot.index, recorded);
        _sealed.record(ballot.index, recorded, true);
        vm.assume(ballot.sequence <= recorded || ballot.sequence > 63);
        assert(!_trySealed(abi.encodeCall(ISealedPoll.cast, (ballot, leaf, new bytes32[](10)))));
    }

    function twin_sealedSequenceRises(uint256 index, uint8 recorded) public {
        _isBallot(index, recorded);
        _sealed.record(index, recorded, false);
        assert(_sealed.sequenceOf(index) < recorded);
    }

    /// Y: no sealed ballot outside the window; no share, secret or opening before the close.
    function check_sealedWindow(uint64 time, SealedBallot memory ballot, Leaf memory leaf, uint256 number) public {
        vm.assume(time < OPENS || time >= CLOSES);
        vm.warp(time);
        assert(!_trySealed(abi.encodeCall(ISealedPoll.cast, (ballot, leaf, new bytes32[](10)))));
        CredentialList memory list = CredentialList(new bytes(24), type(uint64).max, CompactSignature(0, 0));
        assert(!_trySealed(abi.encodeCall(IPoll.castBatch, (list, new bytes(105), new bytes(65), new bytes32[](10)))));
        if (time >= CLOSES) return;
        assert(!_trySealed(abi.encodeCall(ISealedPoll.unseal, (number))));
        assert(!_trySealed(abi.encodeCall(ISealedPoll.publishShare, (0, number))));
        assert(!_trySealed(abi.encodeCall(IPoll.openSums, (new Opening[](4)))));
    }

    function twin_sealedWindow(uint64 time, uint256 number) public {
        vm.assume(time >= OPENS);
        vm.warp(time);
        assert(!_trySealed(abi.encodeCall(ISealedPoll.unseal, (number))));
    }

    /// Z: whatever a ballot holds, opening it gives a choice for every motion, or nothing; and the ballot opened before it does not matter.
    function check_openedIsChoices(uint256 secret, uint256[3] memory first, uint256[3] memory other, uint256[4] memory one) public view {
        uint256 found = _sealed.openSecond(secret, first, one);
        assert(found == 0 || (found < 16 && found & 3 != 0 && found >> 2 != 0));
        assert(_sealed.openSecond(secret, other, one) == found);
    }

    function twin_openedIsChoices(uint256 secret, uint256[3] memory first, uint256[4] memory one) public view {
        assert(_sealed.openSecond(secret, first, one) == 0);
    }

    /// AA: one record, of a replaced ballot, is taken out of the box only if it is the last one; the box is then what was said. (Of a ballot
    /// that counts, the place in memory where it is counted is open to the prover, which it cannot follow.)
    function check_onlyTheLastRecord(bytes32 box, bytes32 before, uint256 secret, uint8 sequence, uint256 seal, uint64 choice) public {
        vm.assume(sequence > 1);
        bytes memory record = _recordOf(sequence, seal, choice);
        _start(box, secret);
        if (!_trySealed(abi.encodeCall(ISealedPoll.count, (before, record)))) return;
        assert(secret != 0 && box == keccak256(abi.encodePacked(before, record)));
        assert(_sealed.box() == before);
    }

    function twin_onlyTheLastRecord(bytes32 before, uint256 secret, uint8 sequence, uint256 seal, uint64 choice) public {
        bytes memory record = _recordOf(sequence, seal, choice);
        _start(keccak256(abi.encodePacked(before, record)), secret);
        assert(!_trySealed(abi.encodeCall(ISealedPoll.count, (before, record))));
    }

    /// AB: the last record is taken, whatever it holds: counting never stops.
    function check_theLastRecordIsTaken(bytes32 before, uint256 secret, uint8 sequence, uint256 seal, uint64 choice) public {
        vm.assume(secret != 0 && sequence > 1);
        bytes memory record = _recordOf(sequence, seal, choice);
        _start(keccak256(abi.encodePacked(before, record)), secret);
        assert(_trySealed(abi.encodeCall(ISealedPoll.count, (before, record))));
    }

    function twin_theLastRecordIsTaken(bytes32 before, uint256 secret, uint8 sequence, uint256 seal, uint64 choice) public {
        bytes memory record = _recordOf(sequence, seal, choice);
        _start(keccak256(abi.encodePacked(before, record)), secret);
        assert(_trySealed(abi.encodeCall(ISealedPoll.count, (before, record))));
    }

    /// AC: an opened ballot adds one head in every motion to its choice and nothing else; an invalid one adds one invalid head. Taken off
    /// again it leaves nothing.
    function check_oneHeadAMotion(uint8 pair) public {
        uint256 choices = _choices(pair);
        _sealed.countOpened(1, choices, X, Y);
        _isOneHead(0, choices & 3, choices != 0);
        _isOneHead(1, choices >> 2, choices != 0);
        assert(_sealed.invalid(1) == (choices == 0 ? 1 : 0) && _sealed.invalid(0) == 0);
        _sealed.uncountOpened(1, choices, X, Y);
        _isOneHead(0, 1, false);
        _isOneHead(1, 1, false);
        assert(_sealed.invalid(1) == 0);
        (uint256 x, uint256 y) = _sealed.sumOf(0, 1, Choice(choices & 3));
        assert(x == 0 && y == 0);
    }

    function twin_oneHeadAMotion(uint8 pair) public {
        uint256 choices = _choices(pair);
        _sealed.countOpened(1, choices, X, Y);
        assert(_sealed.invalid(1) == 0);
    }

    /// AD: the record that a direct cast folds into the box is the one that counting reads.
    function check_recordAlone(bytes32 box, uint32 index, Leaf memory leaf, uint8 sequence, uint256 seal, uint64 choice) public view {
        bytes memory record = abi.encodePacked(index, leaf.votingClass, leaf.x, leaf.y, sequence, seal, choice);
        assert(_sealed.joinAlone(box, index, leaf, sequence, seal, choice) == keccak256(abi.encodePacked(box, record)));
    }

    function twin_recordAlone(bytes32 box, uint32 index, Leaf memory leaf, uint8 sequence, uint256 seal, uint64 choice) public view {
        bytes memory record = abi.encodePacked(index, leaf.votingClass, leaf.x, leaf.y, sequence, seal, choice);
        assert(_sealed.joinAlone(box, index, leaf, sequence, seal, choice ^ 1) == keccak256(abi.encodePacked(box, record)));
    }

    /// AE: sums open with an empty box only, and never once the poll was abandoned; that takes the case, its time, and no result.
    function check_abandonment(uint64 time, bytes32 box, bytes32 result, bytes32 reason, address who) public {
        vm.store(address(_sealed), bytes32(BOX), box);
        vm.store(address(_sealed), bytes32(RESULT), result);
        vm.warp(time);
        vm.prank(who, who);
        (bool given,) = address(_sealed).call(abi.encodeCall(ISealedPoll.abandon, (reason)));
        if (given) assert(who == address(_case) && time >= CLOSES + ABANDON_AFTER && result == 0);
        bool opened = _trySealed(abi.encodeCall(IPoll.openSums, (new Opening[](4))));
        if (opened) assert(box == 0 && result == 0 && time >= CLOSES && (!given || reason == 0));
    }

    function twin_abandonment(uint64 time, bytes32 reason) public {
        vm.warp(time);
        vm.prank(address(_case), address(_case));
        (bool given,) = address(_sealed).call(abi.encodeCall(ISealedPoll.abandon, (reason)));
        assert(!given);
    }

    /// AF: of two records the first is taken if the box is what it makes, whatever the second one is: nobody who was faster by it stops the
    /// piece. (The second is not opened, so it may say anything of anybody.)
    function check_whatStandsBehindIsIgnored(bytes32 before, uint256 secret, uint8 sequence, uint256 seal, uint64 choice, bytes32[4] memory rest)
        public
    {
        vm.assume(secret != 0 && sequence > 1);
        bytes memory record = _recordOf(sequence, seal, choice);
        _start(keccak256(abi.encodePacked(before, record)), secret);
        assert(_trySealed(abi.encodeCall(ISealedPoll.count, (before, bytes.concat(record, _anything(rest))))));
        assert(_sealed.box() == before);
    }

    function twin_whatStandsBehindIsIgnored(bytes32 before, uint256 secret, uint8 sequence, uint256 seal, uint64 choice, bytes32[4] memory rest)
        public
    {
        vm.assume(secret != 0 && sequence > 1);
        bytes memory record = _recordOf(sequence, seal, choice);
        _start(keccak256(abi.encodePacked(before, record)), secret);
        assert(!_trySealed(abi.encodeCall(ISealedPoll.count, (before, bytes.concat(record, _anything(rest))))));
    }

    /// AG: two records, of replaced ballots, are taken only if the first one makes the box, or both do.
    function check_onlyTheLastTwoRecords(bytes32 box, bytes32 before, uint256 secret, uint8[2] memory sequences, uint256 seal, uint64 choice)
        public
    {
        vm.assume(sequences[0] > 1 && sequences[1] > 1);
        bytes memory first = _recordOf(sequences[0], seal, choice);
        bytes memory second = _recordOf(sequences[1], seal, choice);
        _start(box, secret);
        if (!_trySealed(abi.encodeCall(ISealedPoll.count, (before, bytes.concat(first, second))))) return;
        bytes32 middle = keccak256(abi.encodePacked(before, first));
        assert(secret != 0 && (box == middle || box == keccak256(abi.encodePacked(middle, second))));
        assert(_sealed.box() == before);
    }

    function twin_onlyTheLastTwoRecords(bytes32 before, uint256 secret, uint8[2] memory sequences, uint256 seal, uint64 choice) public {
        vm.assume(sequences[0] > 1 && sequences[1] > 1);
        bytes memory first = _recordOf(sequences[0], seal, choice);
        bytes memory second = _recordOf(sequences[1], seal, choice);
        bytes32 middle = keccak256(abi.encodePacked(before, first));
        _start(keccak256(abi.encodePacked(middle, second)), secret);
        bool done = _trySealed(abi.encodeCall(ISealedPoll.count, (before, bytes.concat(first, second))));
        assert(!done || _sealed.box() == middle);
    }

    function _twoBallots(uint256 index, uint256 s0, uint256 s1, bool alone) private {
        _isBallot(index, s0);
        _isBallot(index, s1);
        vm.assume(s1 > s0);
        _sealed.record(index, s0, !alone);
        _sealed.record(index, s1, alone);
    }

    function _isBallot(uint256 index, uint256 sequence) private pure {
        vm.assume(index < LENDERS && sequence >= 1 && sequence <= 63);
    }

    /// Of lender 5, whose commitment is the generator.
    function _recordOf(uint8 sequence, uint256 seal, uint64 choice) private pure returns (bytes memory) {
        return abi.encodePacked(uint32(5), uint8(1), X, Y, sequence, seal, choice);
    }

    /// A record of no shape.
    function _anything(bytes32[4] memory rest) private pure returns (bytes memory) {
        return abi.encodePacked(rest[0], rest[1], rest[2], bytes14(rest[3]));
    }

    /// As if ballots were cast and the secret was told.
    function _start(bytes32 box, uint256 secret) private {
        vm.store(address(_sealed), bytes32(BOX), box);
        vm.store(address(_sealed), bytes32(SECRET), bytes32(secret));
        vm.warp(CLOSES);
    }

    /// Nine pairs of choices and an invalid ballot, as plain numbers on ten paths.
    function _choices(uint8 pair) private pure returns (uint256) {
        vm.assume(pair < 10);
        for (uint8 i = 0; i < 9; ++i) {
            if (pair == i) return 1 + i % 3 | (1 + i / 3) << 2;
        }
        return 0;
    }

    function _isOneHead(uint256 motion, uint256 choice, bool there) private view {
        uint256[4] memory heads;
        (heads[1], heads[2], heads[3]) = _sealed.heads(motion, 1);
        uint256 all = heads[1] + heads[2] + heads[3];
        assert(there ? heads[choice] == 1 && all == 1 : all == 0);
        (uint256 a, uint256 b, uint256 c) = _sealed.heads(motion, 0);
        assert(a + b + c == 0);
    }

    function _trySealed(bytes memory data) private returns (bool done) {
        vm.prank(SENDER, SENDER);
        (done,) = address(_sealed).call(data);
    }
}
