// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IOpenPoll} from "../../contracts/interfaces/IOpenPoll.sol";
import {IPoll} from "../../contracts/interfaces/IPoll.sol";
import {Point} from "../../contracts/libraries/Secp256k1.sol";
import {Choice, SignedBallot} from "../../contracts/types/Ballot.sol";
import {PollParameters} from "../../contracts/types/PollParameters.sol";
import {ClassTotals, Leaf} from "../../contracts/types/Register.sol";
import {Condition, Denominator, Measure, Numerator} from "../../contracts/types/Rule.sol";
import {ClassTally, Opening} from "../../contracts/types/Tally.sol";
import {Log} from "./Cheats.sol";
import {Curve} from "./Curve.sol";
import {Town} from "./Town.sol";

/// Leaves that hold no claim (protocol, section 9.1), in a register whose class totals are right all the same.
contract ExclusionTest is Town {
    uint256 private constant NEGATIVE = 8; // class 0
    uint256 private constant TOO_MUCH = 10; // class 0, by what NEGATIVE is below 0
    uint256 private constant ENORMOUS = 9; // class 1
    uint256 private constant WRAPPED = 11; // class 1, by what ENORMOUS is above
    uint256 private constant HUGE = 1 << 200;

    mapping(uint256 index => bool) private _out;

    function setUp() public {
        _buildTown();
        vm.warp(OPENS);
    }

    function _fen(uint256 index) internal pure override returns (uint256) {
        if (index == NEGATIVE) return Curve.N - 50_000;
        if (index == TOO_MUCH) return 61_000;
        if (index == ENORMOUS) return HUGE;
        if (index == WRAPPED) return Curve.N - HUGE + 20_000;
        return super._fen(index);
    }

    function _isOut(uint256 index) internal view override returns (bool) {
        return _out[index];
    }

    // --- when and by whom

    function test_betweenTheCloseAndTheOpeningOfTheSums() public {
        bytes memory reason = abi.encodeWithSelector(IPoll.Poll_StillOpen.selector, CLOSES, CLOSES - 1);
        vm.warp(CLOSES - 1);
        _exclude(NEGATIVE, _fen(NEGATIVE), _blind(NEGATIVE), reason);
        vm.warp(CLOSES);
        _take(NEGATIVE);
        vm.warp(CLOSES + 400 days);
        _take(ENORMOUS);
        _take(WRAPPED);
        _poll.openSums(_openings());
        reason = abi.encodeWithSelector(IPoll.Poll_AlreadyTallied.selector);
        _exclude(TOO_MUCH, _fen(TOO_MUCH), _blind(TOO_MUCH), reason);
        _exclude(WRAPPED, _fen(WRAPPED), _blind(WRAPPED), reason);
    }

    // --- which leaf

    function test_onlyLeavesOfTheRegister() public {
        vm.warp(CLOSES);
        (uint256 fen, uint256 blind) = (_fen(NEGATIVE), _blind(NEGATIVE));
        Leaf memory leaf = _leaf(NEGATIVE);
        bytes32[] memory proof = _proof(NEGATIVE);
        _reverts(abi.encodeWithSelector(IPoll.Poll_IndexOutOfRange.selector, LENDERS, LENDERS));
        _poll.excludeLeaf(LENDERS, leaf, proof, fen, blind);
        _reverts(abi.encodeWithSelector(IPoll.Poll_IndexOutOfRange.selector, NEGATIVE + 256, LENDERS));
        _poll.excludeLeaf(NEGATIVE + 256, leaf, proof, fen, blind);
        _reverts(abi.encodeWithSelector(IPoll.Poll_NotInRegister.selector, 0));
        _poll.excludeLeaf(0, leaf, proof, fen, blind);
        bytes memory reason = abi.encodeWithSelector(IPoll.Poll_NotInRegister.selector, NEGATIVE);
        _reverts(reason);
        _poll.excludeLeaf(NEGATIVE, leaf, _proof(TOO_MUCH), fen, blind);
        _reverts(reason);
        _poll.excludeLeaf(NEGATIVE, leaf, new bytes32[](0), fen, blind);
        leaf.votingClass = 1;
        _reverts(reason);
        _poll.excludeLeaf(NEGATIVE, leaf, proof, fen, blind);
        leaf = _leaf(ENORMOUS);
        _reverts(reason);
        _poll.excludeLeaf(NEGATIVE, leaf, proof, _fen(ENORMOUS), _blind(ENORMOUS));
    }

    /// A leaf that is no point can neither be cast, alone or in a batch, nor taken out, although the register has it.
    function test_onlyPoints() public {
        uint256 root = 0x4218F20AE6C646B363DB68605822FB14264CA8D2587FDD6FBC750D587E76A7EE; // of 1 + 7
        Point[6] memory wrong = [
            Point(0, 0),
            Point(1, root ^ 1),
            Point(2, root),
            Point(1 + Curve.P, root),
            Point(Curve.P, root),
            Point(1, Curve.P)
        ];
        bytes memory reason = abi.encodeWithSelector(IPoll.Poll_CommitmentNotOnCurve.selector, 0);
        for (uint256 i = 0; i < wrong.length; ++i) {
            _singleAt(wrong[i], ClassTotals(1, 1, 1));
            vm.warp(OPENS);
            SignedBallot memory ballot = _ballot(0, 1, 1);
            _send(ballot, Leaf(0, _alone.x, _alone.y), _aloneProof(), reason);
            _sendBatch(_aloneBatch(), reason);
            vm.warp(CLOSES);
            _reverts(reason);
            _takeAlone(Curve.N - 5, 77);
        }
        _singleAt(Point(1, root), ClassTotals(1, 1, 1));
        vm.warp(OPENS);
        _send(_ballot(0, 1, 1), Leaf(0, 1, root), _aloneProof(), "");
        (uint256 x, uint256 y) = _poll.sumOf(0, Choice.For);
        _true(x == 1 && y == root, "counted");
    }

    /// No claim can be taken out, by its opening, by one modulo the order, or by any that is drawn.
    function testFuzz_noClaimIsTakenOut(uint256 index, uint256 fen, uint256 blind) public {
        index %= 8;
        vm.warp(CLOSES);
        bytes memory reason = abi.encodeWithSelector(IPoll.Poll_LeafHoldsClaim.selector, index);
        _exclude(index, _fen(index), _blind(index), reason);
        _exclude(index, _fen(index) + Curve.N, _blind(index), reason);
        _exclude(index, Curve.N - _fen(index), Curve.N - _blind(index), reason);
        _exclude(index, fen, _blind(index), reason);
        _exclude(index, fen, blind, reason);
        _exclude(TOO_MUCH, _fen(TOO_MUCH), _blind(TOO_MUCH), abi.encodeWithSelector(IPoll.Poll_LeafHoldsClaim.selector, TOO_MUCH));
    }

    /// Nor does another opening than the leaf's own take a false one out.
    function testFuzz_onlyByItsOpening(uint256 fen, uint256 blind) public {
        vm.warp(CLOSES);
        bytes memory reason = abi.encodeWithSelector(IPoll.Poll_LeafHoldsClaim.selector, NEGATIVE);
        if (fen != _fen(NEGATIVE)) _exclude(NEGATIVE, fen, _blind(NEGATIVE), reason);
        if (blind % Curve.N != _blind(NEGATIVE)) _exclude(NEGATIVE, _fen(NEGATIVE), blind, reason);
        if (_blind(NEGATIVE) < type(uint256).max - Curve.N) {
            _exclude(NEGATIVE, _fen(NEGATIVE), _blind(NEGATIVE) + Curve.N, "");
        }
    }

    function test_boundsOfTheAmount() public {
        uint256[4] memory fens = [uint256(1 << 63) - 1, 1 << 63, Curve.N - 1, Curve.N + 5];
        for (uint256 i = 0; i < fens.length; ++i) {
            _single(fens[i], 77, ClassTotals(1, 1, 1));
            vm.warp(CLOSES);
            bool taken = i == 1 || i == 2;
            _revertsIf(!taken, abi.encodeWithSelector(IPoll.Poll_LeafHoldsClaim.selector, 0));
            _takeAlone(fens[i], 77);
        }
    }

    function test_oneLeafOnce() public {
        vm.warp(CLOSES);
        _take(NEGATIVE);
        bytes memory reason = abi.encodeWithSelector(IPoll.Poll_LeafAlreadyExcluded.selector, NEGATIVE);
        _exclude(NEGATIVE, _fen(NEGATIVE), _blind(NEGATIVE), reason);
        _exclude(NEGATIVE, 0, 0, reason);
        _take(ENORMOUS);
        _isAdmitted();
    }

    // --- what is taken out

    function test_headAndAmountOfAClass() public {
        _isAdmitted();
        vm.warp(CLOSES);
        vm.recordLogs();
        _take(WRAPPED);
        Log memory log = _onlyLog(address(_poll), IOpenPoll.LeafExcluded.selector);
        _true(uint256(log.topics[1]) == WRAPPED, "index");
        _true(keccak256(log.data) == keccak256(abi.encode(1, _fen(WRAPPED), Choice.None)), "event");
        _isAdmitted();
        _take(NEGATIVE);
        _isAdmitted();
        _take(ENORMOUS);
        _isAdmitted();
        _reverts(abi.encodeWithSelector(IPoll.Poll_ClassOutOfRange.selector, CLASSES, CLASSES));
        _poll.admitted(CLASSES);
    }

    function test_ballotOfTheLeaf() public {
        for (uint256 i = 0; i < LENDERS; ++i) {
            _cast(i, uint8(1 + i % 3), 1);
        }
        _cast(NEGATIVE, 1, 2);
        _cast(NEGATIVE, 2, 7);
        vm.warp(CLOSES);
        vm.recordLogs();
        _take(NEGATIVE);
        Log memory log = _onlyLog(address(_poll), IOpenPoll.LeafExcluded.selector);
        _true(keccak256(log.data) == keccak256(abi.encode(0, _fen(NEGATIVE), Choice.Against)), "the newest choice");
        _countsFromLeaves();
        _take(ENORMOUS);
        _countsFromLeaves();
        _take(WRAPPED);
        _countsFromLeaves();
        (Choice choice, uint8 sequence) = _poll.ballotOf(NEGATIVE);
        _true(choice == Choice.Against && sequence == 7, "the record stays");
    }

    /// For each choice, where the leaf is the only one of it: its sum is infinity again, and its lane of heads nought.
    function testFuzz_theOnlyOne(uint8 choice) public {
        choice = 1 + choice % 3;
        _cast(NEGATIVE, choice, 1);
        _cast(0, 1 + choice % 3, 1);
        vm.warp(CLOSES);
        _take(NEGATIVE);
        _countsFromLeaves();
        (uint256 x, uint256 y) = _poll.sumOf(0, Choice(choice));
        _true(x == 0 && y == 0, "infinity");
    }

    // --- the result

    function test_noVeto() public {
        _cast(0, 1, 1);
        _cast(1, 1, 1);
        _cast(NEGATIVE, 3, 1);
        _cast(ENORMOUS, 2, 1);
        vm.warp(CLOSES);
        _refuse(abi.encodeWithSelector(IPoll.Poll_OpeningWrong.selector, 0, Choice.Abstain));
        _take(NEGATIVE);
        _refuse(abi.encodeWithSelector(IPoll.Poll_OpeningWrong.selector, 1, Choice.Against));
        _take(ENORMOUS);
        (, uint256 left) = _poll.admitted(1);
        _refuse(abi.encodeWithSelector(IPoll.Poll_AdmittedOutOfRange.selector, 1, left));
        _take(WRAPPED);
        _poll.openSums(_openings());
        _true(_poll.passed(), "passed");
        ClassTally[] memory tallies = _poll.tallies();
        _true(tallies[0].headsFor == 1 && tallies[0].headsAbstain == 0 && tallies[0].fenFor == _fen(0), "class 0");
        _true(tallies[1].headsFor == 1 && tallies[1].headsAgainst == 0 && tallies[1].fenFor == _fen(1), "class 1");
    }

    /// Five of class 0's six heads and four of class 1's six are left, and vote for: that is all of the heads and all of the amount.
    function test_ruleByWhatIsLeft() public {
        PollParameters memory terms = _terms();
        terms.conditions = new Condition[](2);
        terms.conditions[0] = Condition(Measure.Heads, Numerator.For, Denominator.Admitted, 1, 1, false);
        terms.conditions[1] = Condition(Measure.Amount, Numerator.For, Denominator.Admitted, 1, 1, false);
        vm.warp(START);
        _poll = _announce(terms);
        vm.warp(OPENS);
        for (uint256 i = 0; i < LENDERS; ++i) {
            if (i != NEGATIVE && i != ENORMOUS && i != WRAPPED) _cast(i, 1, 1);
        }
        vm.warp(CLOSES);
        _take(NEGATIVE);
        _take(ENORMOUS);
        _take(WRAPPED);
        _poll.openSums(_openings());
        _true(_poll.passed(), "all that is left voted for");
    }

    /// Of one class with one leaf: with it taken out there is nobody to ask, and nothing passes.
    function test_noClassIsLeft() public {
        _single(Curve.N - 5, 77, ClassTotals(1, 0, 0));
        vm.warp(CLOSES);
        _takeAlone(Curve.N - 5, 77);
        (uint256 heads, uint256 fen) = _poll.admitted(0);
        _true(heads == 0 && fen == 5, "admitted");
        _poll.openSums(new Opening[](1));
        _true(!_poll.passed(), "passed by nobody");
    }

    function test_admittedAtItsLimit() public {
        for (uint256 i = 0; i < 3; ++i) {
            uint256 left = i == 0 ? (1 << 88) - 1 : i == 1 ? 1 << 88 : Curve.N - (1 << 63);
            _single(Curve.N - left, 77, ClassTotals(1, 0, 0));
            vm.warp(CLOSES);
            _takeAlone(Curve.N - left, 77);
            _revertsIf(i != 0, abi.encodeWithSelector(IPoll.Poll_AdmittedOutOfRange.selector, 0, left));
            _poll.openSums(new Opening[](1));
        }
    }

    /// No heads are left in class 1, and no ballot: it is not asked, and class 0 decides.
    function test_emptyClassIsNotAsked() public {
        _silenced(false);
        _true(_poll.passed(), "class 0 voted for");
        _true(_poll.tallies()[1].headsFor == 0, "class 1");
    }

    /// The same heads were frozen, but a lender of class 1 voted against: it is asked.
    function test_classWithABallotIsAsked() public {
        _silenced(true);
        _true(!_poll.passed(), "class 1 voted against");
    }

    /// Class 1 is frozen with 2 heads, so that with two leaves out none are left by the numbers.
    function _silenced(bool against) private {
        vm.warp(START);
        ClassTotals[] memory totals = _totals;
        (totals[0].heads, totals[1].heads) = (LENDERS - 2, 2);
        _freeze(_root(), LENDERS, totals);
        PollParameters memory terms = _terms();
        terms.registerNumber = 1;
        _poll = _announce(terms);
        vm.warp(OPENS);
        _cast(0, 1, 1);
        if (against) _cast(1, 2, 1);
        vm.warp(CLOSES);
        _take(NEGATIVE);
        _take(ENORMOUS);
        _take(WRAPPED);
        _poll.openSums(_openings());
    }

    /// Where more heads went than were frozen there is no result.
    function test_moreOutThanFrozen() public {
        vm.warp(START);
        ClassTotals[] memory totals = _totals;
        (totals[0].heads, totals[1].heads) = (LENDERS - 1, 1);
        _freeze(_root(), LENDERS, totals);
        PollParameters memory terms = _terms();
        terms.registerNumber = 1;
        _poll = _announce(terms);
        vm.warp(CLOSES);
        _take(ENORMOUS);
        _take(WRAPPED);
        Opening[] memory openings = new Opening[](CLASSES);
        _reverts(abi.encodeWithSignature("Panic(uint256)", 0x11));
        _poll.openSums(openings);
    }

    // --- in short

    function _take(uint256 index) private {
        _exclude(index, _fen(index), _blind(index), "");
        _out[index] = true;
    }

    function _refuse(bytes memory reason) private {
        Opening[] memory openings = _openings();
        _reverts(reason);
        _poll.openSums(openings);
    }

    function _revertsIf(bool expected, bytes memory reason) private {
        if (expected) _reverts(reason);
    }

    /// Heads and fen of each class are those of the leaves that are left.
    function _isAdmitted() private view {
        for (uint256 k = 0; k < CLASSES; ++k) {
            (uint256 heads, uint256 fen) = _poll.admitted(k);
            (uint256 expected, uint256 sum) = (0, 0);
            for (uint256 i = 0; i < LENDERS; ++i) {
                if (_classOf(i) != k || _out[i]) continue;
                ++expected;
                sum = addmod(sum, _fen(i), Curve.N);
            }
            _true(heads == expected && fen == sum, "admitted");
        }
    }

    // --- a register of one leaf, at the left end of an empty tree

    Point private _alone;

    function _single(uint256 fen, uint256 blind, ClassTotals memory totals) private {
        _singleAt(Curve.commit(fen, blind), totals);
    }

    function _singleAt(Point memory point, ClassTotals memory totals) private {
        _alone = point;
        bytes32 node = keccak256(bytes.concat(keccak256(abi.encode(0, 0, _alone.x, _alone.y))));
        bytes32[] memory proof = _aloneProof();
        for (uint256 level = 0; level < DEPTH; ++level) {
            node = _parent(node, proof[level]);
        }
        ClassTotals[] memory one = new ClassTotals[](1);
        one[0] = totals;
        PollParameters memory terms = _terms();
        vm.warp(START);
        terms.registerNumber = _freeze(node, 1, one);
        _poll = _announce(terms);
    }

    function _aloneBatch() private view returns (Batch memory batch) {
        uint256[] memory indexes = new uint256[](1);
        (uint8[] memory choices, uint8[] memory sequences) = (new uint8[](1), new uint8[](1));
        (choices[0], sequences[0]) = (1, 1);
        batch = _batch(indexes, choices, sequences);
        batch.leaves = abi.encodePacked(uint8(0), _alone.x, _alone.y);
        batch.siblings = _aloneProof();
    }

    function _takeAlone(uint256 fen, uint256 blind) private {
        _poll.excludeLeaf(0, Leaf(0, _alone.x, _alone.y), _aloneProof(), fen, blind);
    }

    function _aloneProof() private pure returns (bytes32[] memory proof) {
        proof = new bytes32[](DEPTH);
        for (uint256 level = 1; level < DEPTH; ++level) {
            proof[level] = _parent(proof[level - 1], proof[level - 1]);
        }
    }
}
