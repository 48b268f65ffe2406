// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IOpenPoll} from "../../contracts/interfaces/IOpenPoll.sol";
import {IPoll} from "../../contracts/interfaces/IPoll.sol";
import {Choice, CompactSignature, CredentialList, SignedBallot} from "../../contracts/types/Ballot.sol";
import {Leaf} from "../../contracts/types/Register.sol";
import {Proof} from "./Proof.sol";

/// What is recorded, for every index, choice, sequence and time.
contract RecordsProof is Proof {
    function setUp() public {
        _announce();
        vm.warp(OPENS);
    }

    /// A: what was written reads back, whatever stood there before.
    function check_recordReadsBack(uint256 index, uint256 c0, uint256 s0, uint256 c1, uint256 s1, bool alone) public {
        _twoBallots(index, c0, s0, c1, s1, alone);
        (Choice choice, uint8 sequence) = _poll.ballotOf(index);
        assert(uint256(choice) == c1 && sequence == s1);
    }

    function twin_recordReadsBack(uint256 index, uint256 c0, uint256 s0, uint256 c1, uint256 s1, bool alone) public {
        _twoBallots(index, c0, s0, c1, s1, alone);
        (Choice choice, uint8 sequence) = _poll.ballotOf(index);
        assert(uint256(choice) == c0 && sequence == s1);
    }

    /// B: no other lender's record is touched.
    function check_recordTouchesNoNeighbour(uint256 index, uint256 other, uint256 c0, uint256 s0, uint256 c1, uint256 s1, bool alone) public {
        vm.assume(other != index);
        _isBallot(other, c0, s0);
        _isBallot(index, c1, s1);
        _poll.record(other, c0, s0, !alone);
        _poll.record(index, c1, s1, alone);
        (Choice choice, uint8 sequence) = _poll.ballotOf(other);
        assert(uint256(choice) == c0 && sequence == s0);
    }

    function twin_recordTouchesNoNeighbour(uint256 index, uint256 other, uint256 c0, uint256 s0, uint256 c1, uint256 s1, bool alone) public {
        _isBallot(other, c0, s0);
        _isBallot(index, c1, s1);
        _poll.record(other, c0, s0, !alone);
        _poll.record(index, c1, s1, alone);
        (Choice choice, uint8 sequence) = _poll.ballotOf(other);
        assert(uint256(choice) == c0 && sequence == s0);
    }

    /// C: no index that is not a lender's is accepted, however wide.
    function check_noIndexBeyondTheRegister(SignedBallot memory ballot, Leaf memory leaf) public {
        vm.assume(ballot.index >= LENDERS);
        assert(!_try(abi.encodeCall(IOpenPoll.cast, (ballot, leaf, new bytes32[](10)))));
    }

    function twin_noIndexBeyondTheRegister(uint256 index) public {
        vm.assume(index >= LENDERS - 1);
        assert(!_try(abi.encodeCall(IOpenPoll.ballotOf, (index))));
    }

    /// D: a sequence that is not higher than the recorded one is refused: nobody counts twice, no old ballot comes back.
    function check_noOldSequence(uint8 recorded, uint256 c0, SignedBallot memory ballot, Leaf memory leaf) public {
        _isBallot(ballot.index, c0, recorded);
        _poll.record(ballot.index, c0, recorded, true);
        vm.assume(ballot.sequence <= recorded);
        assert(!_try(abi.encodeCall(IOpenPoll.cast, (ballot, leaf, new bytes32[](10)))));
    }

    function twin_noOldSequence(uint256 index, uint8 recorded, uint256 c0) public {
        _isBallot(index, c0, recorded);
        _poll.record(index, c0, recorded, false);
        (, uint8 sequence) = _poll.ballotOf(index);
        assert(sequence < recorded);
    }

    /// E: only the three choices, only sequences 1 to 63.
    function check_choiceAndSequenceBounds(SignedBallot memory ballot, Leaf memory leaf) public {
        vm.assume(ballot.choice == 0 || ballot.choice > 3 || ballot.sequence == 0 || ballot.sequence > 63);
        assert(!_try(abi.encodeCall(IOpenPoll.cast, (ballot, leaf, new bytes32[](10)))));
    }

    function twin_choiceAndSequenceBounds(uint256 index, uint256 choice, uint256 sequence) public {
        _isBallot(index, choice, sequence);
        _poll.record(index, choice, sequence, true);
        (Choice recorded,) = _poll.ballotOf(index);
        assert(uint256(recorded) == 0);
    }

    /// F: no ballot is accepted before the opening or after the close, alone or in a batch.
    function check_noBallotOutsideTheWindow(uint64 time, SignedBallot memory ballot, Leaf memory leaf) public {
        vm.assume(time < OPENS || time >= CLOSES);
        vm.warp(time);
        assert(!_try(abi.encodeCall(IOpenPoll.cast, (ballot, leaf, new bytes32[](10)))));
        CredentialList memory list = CredentialList(new bytes(24), type(uint64).max, CompactSignature(0, 0));
        assert(!_try(abi.encodeCall(IPoll.castBatch, (list, new bytes(65), new bytes(65), new bytes32[](10)))));
    }

    function twin_noBallotOutsideTheWindow(uint64 time) public {
        vm.warp(time);
        assert(_poll.stage() != IOpenPoll.Stage.Open);
    }

    /// G: one head moves from the former choice to the new one, and no other number of heads changes.
    function check_oneHeadMoves(uint8 pair, bool alone) public {
        (uint256 former, uint256 choice) = _pair(pair);
        _poll.count(1, 0, former, X, Y, !alone);
        _poll.count(1, former, choice, X, Y, alone);
        uint256[4] memory heads;
        (heads[1], heads[2], heads[3]) = _poll.heads(1);
        assert(heads[choice] == 1 && heads[1] + heads[2] + heads[3] == 1);
        (uint256 a, uint256 b, uint256 c) = _poll.heads(0);
        assert(a + b + c == 0);
    }

    function twin_oneHeadMoves(uint8 pair, bool alone) public {
        (uint256 former, uint256 choice) = _pair(pair);
        _poll.count(1, 0, former, X, Y, !alone);
        _poll.count(1, former, choice, X, Y, alone);
        uint256[4] memory heads;
        (heads[1], heads[2], heads[3]) = _poll.heads(1);
        assert(heads[former] == 0);
    }

    /// T: a ballot taken off again leaves no head and no sum behind, and touches no other class.
    function check_takenOffLeavesNothing(uint8 pair, bool alone) public {
        (uint256 former, uint256 choice) = _pair(pair);
        _poll.count(0, 0, former, X, Y, true);
        _poll.count(1, 0, former, X, Y, !alone);
        _poll.count(1, former, choice, X, Y, alone);
        _poll.uncount(1, choice, X, Y);
        (uint256 a, uint256 b, uint256 c) = _poll.heads(1);
        assert(a + b + c == 0);
        for (uint256 i = 1; i < 4; ++i) {
            (uint256 x, uint256 y) = _poll.sumOf(1, Choice(i));
            assert(x == 0 && y == 0);
        }
        (a, b, c) = _poll.heads(0);
        assert(a + b + c == 1);
    }

    function twin_takenOffLeavesNothing(uint8 pair, bool alone) public {
        (uint256 former, uint256 choice) = _pair(pair);
        _poll.count(1, 0, former, X, Y, !alone);
        _poll.count(1, former, choice, X, Y, alone);
        _poll.uncount(1, former, X, Y);
        (uint256 a, uint256 b, uint256 c) = _poll.heads(1);
        assert(a + b + c == 0);
    }

    /// A former choice and a new one, as plain numbers on nine paths.
    function _pair(uint8 pair) private pure returns (uint256 former, uint256 choice) {
        vm.assume(pair < 9);
        for (uint8 i = 0; i < 9; ++i) {
            if (pair == i) return (1 + i / 3, 1 + i % 3);
        }
    }

    uint256 private constant X = 0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798;
    uint256 private constant Y = 0x483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8;

    function _twoBallots(uint256 index, uint256 c0, uint256 s0, uint256 c1, uint256 s1, bool alone) private {
        _isBallot(index, c0, s0);
        _isBallot(index, c1, s1);
        vm.assume(s1 > s0);
        _poll.record(index, c0, s0, !alone);
        _poll.record(index, c1, s1, alone);
    }

    function _isBallot(uint256 index, uint256 choice, uint256 sequence) private pure {
        vm.assume(index < LENDERS && choice >= 1 && choice <= 3 && sequence >= 1 && sequence <= 63);
    }
}
