// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICase} from "../../contracts/interfaces/ICase.sol";
import {IPoll} from "../../contracts/interfaces/IPoll.sol";
import {ISealedCase} from "../../contracts/interfaces/ISealedCase.sol";
import {ISealedPoll} from "../../contracts/interfaces/ISealedPoll.sol";
import {Point} from "../../contracts/libraries/Secp256k1.sol";
import {Choice} from "../../contracts/types/Ballot.sol";
import {ClassTally, Opening} from "../../contracts/types/Tally.sol";
import {Log} from "./Cheats.sol";
import {Curve} from "./Curve.sol";
import {SealedTown} from "./SealedTown.sol";

/// What comes of a sealed poll: motions, leaves taken out, the result, or that it is given up (protocol, sections 21.5 and 21.7).
contract SealedOutcomeTest is SealedTown {
    uint256 private constant MOTIONS = 3;
    uint256 private constant NEGATIVE = 8;
    uint256 private constant HUGE = 10;
    bytes32 private constant REASON = keccak256("three trustees lost their files");

    function setUp() public {
        _buildSealedTown(uint8(MOTIONS));
        vm.warp(OPENS);
    }

    /// Two leaves hold no claim, and one too much; the totals of their class are right.
    function _fen(uint256 index) internal pure override returns (uint256) {
        if (index == NEGATIVE) return Curve.N - 50_000;
        if (index == HUGE) return 1 << 200;
        if (index == 2) return Curve.N - (1 << 200) + 60_000;
        return super._fen(index);
    }

    // --- motions

    function test_everyMotionIsCounted() public {
        uint64[] memory plain = _vote();
        vm.warp(CLOSES);
        _sealed.unseal(SECRET);
        vm.recordLogs();
        _countFrom(0);
        Log memory log = _onlyLog(address(_sealed), ISealedPoll.BallotsCounted.selector);
        bytes memory told = abi.encodePacked(_row(0, 1, plain[0]), _row(1, 1, plain[1]), _row(3, 1, plain[3]));
        told = abi.encodePacked(told, _row(5, 2, plain[5]), _row(7, 1, 0), _row(9, 3, 0));
        _true(keccak256(log.data) == keccak256(abi.encode(told)), "event");
        for (uint256 motion = 0; motion < MOTIONS; ++motion) {
            for (uint256 k = 0; k < CLASSES; ++k) {
                _isCounted(plain, motion, k);
            }
        }
        _true(_sealed.invalid(0) == 0 && _sealed.invalid(1) == 2, "invalid");
    }

    function test_resultOfEveryMotion() public {
        uint64[] memory plain = _vote();
        _unsealAndCount();
        Opening[] memory openings = _sealedOpenings(plain, MOTIONS);
        _refuseOpening(_cut(openings, 2), abi.encodeWithSelector(IPoll.Poll_OpeningCountWrong.selector, 2, 6));
        openings[5].fenFor += 1;
        _refuseOpening(openings, abi.encodeWithSelector(IPoll.Poll_OpeningWrong.selector, 5, Choice.For));
        openings[5].fenFor -= 1;
        vm.recordLogs();
        _sealed.openSums(openings);
        Log memory log = _onlyLog(address(_sealed), ISealedPoll.MotionsTallied.selector);
        ClassTally[] memory tallies = _sealed.tallies();
        _equal(tallies.length, 6, "tallies");
        _equal(_sealed.passed(), 5, "first and third motion");
        bytes32 resultHash = keccak256(abi.encode(address(_sealed), tallies, uint256(5)));
        _true(_sealed.resultHash() == resultHash, "resultHash");
        _true(keccak256(log.data) == keccak256(abi.encode(resultHash, uint256(5), tallies, CLOSES + CHALLENGE)), "event");
        _true(_sealed.stage() == ISealedPoll.Stage.Tallied, "tallied");
        _refuseOpening(openings, abi.encodeWithSelector(IPoll.Poll_AlreadyTallied.selector));
        vm.warp(CLOSES + CHALLENGE);
        for (uint256 i = 0; i < THRESHOLD; ++i) {
            _true(_sealed.stage() == ISealedPoll.Stage.Tallied, "not yet");
            _attestSealed(i, true, "");
        }
        _true(_sealed.stage() == ISealedPoll.Stage.Approved, "approved");
    }

    function test_noApprovalWithoutAMotionThatPassed() public {
        vm.warp(CLOSES);
        _true(_sealed.stage() == ISealedPoll.Stage.Counted, "an empty box is counted");
        _reverts(abi.encodeWithSelector(IPoll.Poll_NotTallied.selector));
        _sealed.passed();
        _sealed.openSums(_sealedOpenings(new uint64[](0), MOTIONS));
        _equal(_sealed.passed(), 0, "nothing passed");
        vm.warp(CLOSES + CHALLENGE);
        _attestSealed(0, true, abi.encodeWithSelector(IPoll.Approval_PlanDidNotPass.selector));
        for (uint256 i = 0; i < THRESHOLD; ++i) {
            _attestSealed(i, false, "");
        }
        _true(_sealed.stage() == ISealedPoll.Stage.Refused, "refused");
    }

    function test_onlyAnEmptyBoxOpens() public {
        uint64[] memory plain = _vote();
        Opening[] memory openings = _sealedOpenings(plain, MOTIONS);
        _refuseOpening(openings, abi.encodeWithSelector(IPoll.Poll_StillOpen.selector, CLOSES, OPENS));
        vm.warp(CLOSES);
        bytes memory reason = abi.encodeWithSelector(ISealedPoll.Box_NotEmpty.selector);
        _refuseOpening(openings, reason);
        _sealed.unseal(SECRET);
        _countFrom(1);
        _refuseOpening(openings, reason);
        _countFrom(0);
        _sealed.openSums(openings);
    }

    function test_viewsOfWhatThereIs() public {
        bytes memory reason = abi.encodeWithSelector(ISealedPoll.Poll_MotionOutOfRange.selector, MOTIONS, MOTIONS);
        _reverts(reason);
        _sealed.heads(MOTIONS, 0);
        _reverts(reason);
        _sealed.sumOf(MOTIONS, 0, Choice.For);
        reason = abi.encodeWithSelector(IPoll.Poll_ClassOutOfRange.selector, CLASSES, CLASSES);
        _reverts(reason);
        _sealed.heads(0, CLASSES);
        _reverts(reason);
        _sealed.invalid(CLASSES);
        _reverts(reason);
        _sealed.sumOf(0, CLASSES, Choice.For);
    }

    // --- leaves that hold no claim

    function test_leavesTakenOutWithWhatWasCounted() public {
        _castPlain(0, 1, _plain(1, 1, 1));
        _castPlain(NEGATIVE, 1, _plain(1, 1, 1));
        _castPlain(HUGE, 1, _plain(1, 2, 3));
        _castPlain(2, 1, _plain(1, 1, 0)); // invalid
        _castPlain(NEGATIVE, 2, _plain(2, 1, 3));
        _castPlain(4, 1, _plain(1, 2, 1));
        bytes[] memory kept = _records;
        vm.warp(CLOSES);
        _excludeSealed(HUGE, 0, "", abi.encodeWithSelector(ISealedPoll.Box_NotEmpty.selector));
        _sealed.unseal(SECRET);
        _countFrom(4);
        _countFrom(0);
        _equal(_sealed.invalid(0), 1, "invalid");
        _records = kept;
        vm.recordLogs();
        _excludeSealed(NEGATIVE, _boxOf(4), _joined(4, 6), "");
        _isExclusion(NEGATIVE, 2, _plain(2, 1, 3));
        _excludeSealed(HUGE, _boxOf(2), _joined(2, 4), "");
        _isExclusion(HUGE, 1, _plain(1, 2, 3));
        _excludeSealed(2, _boxOf(3), _joined(3, 6), "");
        _isExclusion(2, 1, 0);
        _equal(_sealed.invalid(0), 0, "no invalid one left");
        uint64[] memory plain = new uint64[](5);
        (plain[0], plain[4]) = (_plain(1, 1, 1), _plain(1, 2, 1));
        for (uint256 motion = 0; motion < MOTIONS; ++motion) {
            _isCounted(plain, motion, 0);
        }
        (uint256 heads,) = _sealed.admitted(0);
        _equal(heads, 3, "admitted heads");
        bytes memory again = abi.encodeWithSelector(IPoll.Poll_LeafAlreadyExcluded.selector, HUGE);
        _excludeSealed(HUGE, _boxOf(2), _joined(2, 4), again);
        _sealed.openSums(_sealedOpenings(plain, MOTIONS));
    }

    function test_leafWithoutABallot() public {
        _castPlain(0, 1, _plain(1, 1, 1));
        _unsealAndCount();
        _excludeSealed(HUGE, 0, hex"00", abi.encodeWithSelector(ISealedPoll.Box_NotTheBallot.selector, HUGE));
        vm.recordLogs();
        _excludeSealed(HUGE, 0, "", "");
        _isExclusion(HUGE, 0, 0);
        _excludeSealed(4, 0, "", abi.encodeWithSelector(IPoll.Poll_LeafHoldsClaim.selector, 4));
    }

    function test_recordsHaveToShowTheBallot() public {
        _castPlain(HUGE, 1, _plain(1, 1, 1));
        _castPlain(4, 2, _plain(1, 1, 1));
        _castPlain(HUGE, 2, _plain(2, 2, 2));
        _castPlain(6, 2, _plain(1, 2, 1));
        bytes[] memory kept = _records;
        _unsealAndCount();
        _records = kept;
        bytes memory reason = abi.encodeWithSelector(ISealedPoll.Box_NotTheBallot.selector, HUGE);
        _excludeSealed(HUGE, 0, _joined(0, 4), reason); // an older one
        _excludeSealed(HUGE, _boxOf(1), _joined(1, 4), reason); // another's of the same sequence
        _excludeSealed(HUGE, _boxOf(2), _joined(2, 3), reason); // no counting began there
        bytes memory touched = _joined(2, 4);
        touched[109] ^= 0x01;
        _excludeSealed(HUGE, _boxOf(2), touched, reason);
        _excludeSealed(HUGE, _boxOf(2), "", abi.encodeWithSelector(ISealedPoll.Box_LengthWrong.selector, 0));
        _excludeSealed(HUGE, _boxOf(2), _joined(2, 4), "");
    }

    // --- given up

    function test_abandonedWhenItIsOverdue() public {
        _vote();
        uint256 overdue = CLOSES + ABANDON_AFTER;
        vm.warp(overdue - 1);
        _abandon(1, REASON, abi.encodeWithSelector(ISealedPoll.Poll_NotOverdue.selector, overdue, overdue - 1));
        vm.warp(overdue);
        vm.recordLogs();
        _abandon(1, REASON, "");
        Log memory log = _onlyLog(address(_sealed), ISealedPoll.PollAbandoned.selector);
        _true(keccak256(log.data) == keccak256(abi.encode(REASON)), "event");
        _true(_sealed.abandonedFor() == REASON && _sealed.stage() == ISealedPoll.Stage.Abandoned, "abandoned");
        _abandon(1, REASON, abi.encodeWithSelector(ISealedPoll.Poll_Abandoned.selector));
        _sealed.unseal(SECRET);
        _countFrom(0);
        bytes memory reason = abi.encodeWithSelector(ISealedPoll.Poll_Abandoned.selector);
        _refuseOpening(_sealedOpenings(new uint64[](0), MOTIONS), reason);
        _excludeSealed(HUGE, 0, "", reason);
        _true(_sealed.resultHash() == 0 && _sealed.stage() == ISealedPoll.Stage.Abandoned, "no result");
    }

    function test_notAbandonedOnceItIsTallied() public {
        vm.warp(CLOSES + ABANDON_AFTER);
        _sealed.openSums(_sealedOpenings(new uint64[](0), MOTIONS));
        _abandon(1, REASON, abi.encodeWithSelector(IPoll.Poll_AlreadyTallied.selector));
    }

    function test_abandonedByOfficialsForAReason() public {
        vm.warp(CLOSES + ABANDON_AFTER);
        _abandon(0, REASON, abi.encodeWithSelector(ISealedCase.Abandonment_PollNotSealed.selector, 0));
        _abandon(2, REASON, abi.encodeWithSelector(ICase.Poll_NotAnnounced.selector, 2));
        _abandon(1, 0, abi.encodeWithSelector(ISealedCase.Abandonment_ReasonEmpty.selector));
        (bytes[] memory signers, bytes[] memory signatures) = _signedAbandonment(0, REASON);
        _reverts(abi.encodeWithSelector(ICase.Officials_SignatureWrong.selector, signers[0]));
        _case.abandonPoll(1, REASON, signers, signatures);
        _reverts(abi.encodeWithSelector(ISealedPoll.Poll_NotItsCase.selector, SENDER));
        _sealed.abandon(REASON);
    }

    // --- the vote of these tests

    function _plain(uint64 a, uint64 b, uint64 c) private pure returns (uint64) {
        return a | b << 2 | c << 4;
    }

    /// What counts for each lender; two ballots turn out to be invalid.
    function _vote() private returns (uint64[] memory plain) {
        plain = new uint64[](LENDERS);
        (plain[0], plain[1], plain[3], plain[5]) = (_plain(1, 2, 1), _plain(1, 1, 1), _plain(1, 3, 3), _plain(3, 2, 1));
        _castPlain(0, 1, plain[0]);
        _castPlain(1, 1, plain[1]);
        _castPlain(5, 1, _plain(2, 2, 2));
        _castPlain(3, 1, plain[3]);
        _castPlain(5, 2, plain[5]);
        _castPlain(7, 1, _plain(1, 0, 1));
        _castPlain(9, 3, 1 << 6 | _plain(1, 1, 1));
    }

    function _isCounted(uint64[] memory plain, uint256 motion, uint256 votingClass) private view {
        uint256[4] memory heads;
        Point[4] memory sums;
        for (uint256 i = 0; i < plain.length; ++i) {
            uint256 choice = plain[i] >> (2 * motion) & 3;
            if (_classOf(i) != votingClass || choice == 0) continue;
            heads[choice] += 1;
            sums[choice] = Curve.plus(sums[choice], _points[i]);
        }
        (uint256 a, uint256 b, uint256 c) = _sealed.heads(motion, votingClass);
        _true(a == heads[1] && b == heads[2] && c == heads[3], "heads");
        for (uint256 choice = 1; choice < 4; ++choice) {
            (uint256 x, uint256 y) = _sealed.sumOf(motion, votingClass, Choice(choice));
            _true(x == sums[choice].x && y == sums[choice].y, "sum");
        }
    }

    function _row(uint256 index, uint8 sequence, uint64 plain) private pure returns (bytes memory) {
        return abi.encodePacked(uint32(index), sequence << 2, uint32(plain));
    }

    function _cut(Opening[] memory openings, uint256 length) private pure returns (Opening[] memory cut) {
        cut = new Opening[](length);
        for (uint256 i = 0; i < length; ++i) {
            cut[i] = openings[i];
        }
    }

    function _refuseOpening(Opening[] memory openings, bytes memory reason) private {
        _reverts(reason);
        _sealed.openSums(openings);
    }

    function _excludeSealed(uint256 index, bytes32 before, bytes memory ballots, bytes memory reason) private {
        if (reason.length != 0) _reverts(reason);
        _sealed.excludeLeaf(index, _leaf(index), _proof(index), _fen(index), _blind(index), before, ballots);
    }

    function _isExclusion(uint256 index, uint8 sequence, uint64 plain) private {
        Log memory log = _onlyLog(address(_sealed), ISealedPoll.SealedLeafExcluded.selector);
        bytes memory told = abi.encode(uint256(_classOf(index)), _fen(index), sequence, uint32(plain));
        _true(uint256(log.topics[1]) == index && keccak256(log.data) == keccak256(told), "exclusion");
        vm.recordLogs();
    }

    function _attestSealed(uint256 i, bool approve, bytes memory reason) private {
        bytes32 digest = _digest(address(_sealed), _attestationStruct(_sealed.resultHash(), approve));
        bytes memory signature = _sign(_official(i), digest);
        if (reason.length != 0) _reverts(reason);
        _sealed.attest(_signer(_official(i)), approve, signature);
    }

    function _signedAbandonment(uint256 number, bytes32 reasonHash) private view returns (bytes[] memory, bytes[] memory) {
        bytes32 kind = keccak256("PollAbandonment(uint256 pollNumber,bytes32 reasonHash)");
        return _signedByOfficials(_case, keccak256(abi.encode(kind, number, reasonHash)), THRESHOLD);
    }

    function _abandon(uint256 number, bytes32 reasonHash, bytes memory reason) private {
        (bytes[] memory signers, bytes[] memory signatures) = _signedAbandonment(number, reasonHash);
        if (reason.length != 0) _reverts(reason);
        _case.abandonPoll(number, reasonHash, signers, signatures);
    }
}
