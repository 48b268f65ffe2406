// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IOpenPoll} from "../../contracts/interfaces/IOpenPoll.sol";
import {IPoll} from "../../contracts/interfaces/IPoll.sol";
import {Choice} from "../../contracts/types/Ballot.sol";
import {PollParameters} from "../../contracts/types/PollParameters.sol";
import {ClassTally, Opening} from "../../contracts/types/Tally.sol";
import {Log} from "./Cheats.sol";
import {Curve} from "./Curve.sol";
import {Town} from "./Town.sol";

/// From the close to the decision (protocol, sections 9 and 10).
contract OutcomeRulesTest is Town {
    function setUp() public {
        _buildTown();
        vm.warp(OPENS);
    }

    // --- opening the sums

    function test_sumsOpenAfterTheCloseOnce() public {
        _vote(7, 2, 3);
        Opening[] memory openings = _openings();
        vm.warp(CLOSES - 1);
        _refuseOpening(openings, abi.encodeWithSelector(IPoll.Poll_StillOpen.selector, CLOSES, CLOSES - 1));
        vm.warp(CLOSES);
        _isStage(IOpenPoll.Stage.Closed);
        vm.recordLogs();
        _poll.openSums(openings);
        _isStage(IOpenPoll.Stage.Tallied);
        ClassTally[] memory tallies = _poll.tallies();
        bytes32 resultHash = keccak256(abi.encode(address(_poll), tallies, _poll.passed()));
        _true(_poll.resultHash() == resultHash, "resultHash");
        _equal(_poll.challengeEndsAt(), CLOSES + CHALLENGE, "challengeEndsAt");
        Log memory log = _onlyLog(address(_poll), IOpenPoll.PollTallied.selector);
        bytes memory told = abi.encode(resultHash, _poll.passed(), tallies, CLOSES + CHALLENGE);
        _true(keccak256(log.data) == keccak256(told), "event");
        for (uint256 k = 0; k < CLASSES; ++k) {
            _equal(tallies[k].fenFor, openings[k].fenFor, "fen for");
            _equal(tallies[k].fenAgainst, openings[k].fenAgainst, "fen against");
            _equal(tallies[k].fenAbstain, openings[k].fenAbstain, "fen abstaining");
            (uint256 for_, uint256 against, uint256 abstain) = _poll.heads(k);
            _true(tallies[k].headsFor == for_ && tallies[k].headsAgainst == against, "heads");
            _equal(tallies[k].headsAbstain, abstain, "heads abstaining");
        }
        _refuseOpening(openings, abi.encodeWithSelector(IPoll.Poll_AlreadyTallied.selector));
    }

    function test_nothingToReadBeforeTheSumsAreOpen() public {
        bytes memory reason = abi.encodeWithSelector(IPoll.Poll_NotTallied.selector);
        _reverts(reason);
        _poll.tallies();
        _reverts(reason);
        _poll.passed();
        _reverts(reason);
        _poll.attest(_signer(_official(0)), true, "");
        _true(_poll.resultHash() == 0 && _poll.challengeEndsAt() == 0, "nothing yet");
    }

    function test_openingOfEveryClass() public {
        _vote(7, 2, 3);
        vm.warp(CLOSES);
        _refuseOpening(new Opening[](1), abi.encodeWithSelector(IPoll.Poll_OpeningCountWrong.selector, 1, CLASSES));
        _refuseOpening(new Opening[](3), abi.encodeWithSelector(IPoll.Poll_OpeningCountWrong.selector, 3, CLASSES));
    }

    function testFuzz_noOtherAmountOpens(uint256 class_, uint256 choice, uint256 fen, uint256 blind) public {
        _vote(4, 4, 4);
        vm.warp(CLOSES);
        (class_, choice) = (class_ % CLASSES, 1 + choice % 3);
        Opening[] memory openings = _openings();
        (uint256 rightFen, uint256 rightBlind) = _part(openings[class_], choice);
        if (fen == rightFen) ++fen;
        _put(openings[class_], choice, fen, rightBlind);
        bytes memory reason = abi.encodeWithSelector(IPoll.Poll_OpeningWrong.selector, class_, choice);
        _refuseOpening(openings, reason);
        _put(openings[class_], choice, fen, blind);
        _refuseOpening(openings, reason);
        if (blind % Curve.N != rightBlind) {
            _put(openings[class_], choice, rightFen, blind);
            _refuseOpening(openings, reason);
        }
    }

    function test_anEmptySumOpensToNothingOnly() public {
        vm.warp(CLOSES);
        Opening[] memory openings = new Opening[](CLASSES);
        bytes memory reason = abi.encodeWithSelector(IPoll.Poll_OpeningWrong.selector, 1, Choice.Against);
        openings[1].fenAgainst = 1;
        _refuseOpening(openings, reason);
        (openings[1].fenAgainst, openings[1].blindAgainst) = (0, 1);
        _refuseOpening(openings, reason);
        openings[1].blindAgainst = Curve.N;
        _refuseOpening(openings, reason);
        openings[1].blindAgainst = 0;
        _poll.openSums(openings);
        _true(!_poll.passed(), "nobody voted");
    }

    function test_endlessChallengeDoesNotKeepTheSumsShut() public {
        PollParameters memory terms = _terms();
        terms.challengeSeconds = type(uint64).max;
        vm.warp(START);
        _poll = _announce(terms);
        vm.warp(CLOSES);
        _poll.openSums(new Opening[](CLASSES));
        _equal(_poll.challengeEndsAt(), type(uint64).max, "never");
    }

    function test_classMustNotOpenToMoreThanAdmitted() public {
        for (uint256 k = 0; k < CLASSES; ++k) {
            _totals[k].amountFen -= 1;
        }
        vm.warp(START);
        _freeze(_root(), LENDERS, _totals);
        PollParameters memory terms = _terms();
        terms.registerNumber = 1;
        _poll = _announce(terms);
        vm.warp(OPENS);
        _vote(4, 4, 4);
        vm.warp(CLOSES);
        uint256 admitted = _totals[0].amountFen;
        bytes memory reason = abi.encodeWithSelector(IPoll.Poll_MoreThanAdmitted.selector, 0, admitted + 1, admitted);
        _refuseOpening(_openings(), reason);
    }

    // --- the rule, through the poll

    function test_everyClassMustCarry() public {
        for (uint256 i = 0; i < LENDERS; ++i) {
            _cast(i, _classOf(i) == 0 ? 2 : 1, 1);
        }
        _true(!_open(), "class 0 was against");
    }

    function test_everyConditionMustHold() public {
        _vote(7, 5, 0);
        _true(!_open(), "more than half of the heads, less than two thirds of the amount");
    }

    function test_passes() public {
        _vote(10, 2, 0);
        _true(_open(), "carried");
    }

    // --- the decision

    function test_approvalByThree() public {
        _tally(true);
        vm.warp(CLOSES + CHALLENGE - 1);
        _attest(
            _official(0),
            true,
            abi.encodeWithSelector(IPoll.Approval_ChallengeNotOver.selector, CLOSES + CHALLENGE, CLOSES + CHALLENGE - 1)
        );
        vm.warp(CLOSES + CHALLENGE);
        vm.recordLogs();
        _attest(_official(0), true, "");
        Log memory log = _onlyLog(address(_poll), IPoll.OfficialAttested.selector);
        _true(log.topics[1] == keccak256(_signer(_official(0))) && abi.decode(log.data, (bool)), "event");
        _true(_poll.hasAttested(_signer(_official(0))) && !_poll.hasAttested(_signer(_official(1))), "who attested");
        _attest(_official(0), true, abi.encodeWithSelector(IPoll.Approval_AlreadyAttested.selector, _signer(_official(0))));
        _attest(_official(0), false, abi.encodeWithSelector(IPoll.Approval_AlreadyAttested.selector, _signer(_official(0))));
        _attest(_official(1), false, "");
        _attest(_official(2), true, "");
        _isStage(IOpenPoll.Stage.Tallied);
        _true(_poll.approvals() == 2 && _poll.refusals() == 1, "two and one");
        vm.recordLogs();
        _attest(_official(3), true, "");
        _decided(true);
        _isStage(IOpenPoll.Stage.Approved);
        _attest(_official(4), true, abi.encodeWithSelector(IPoll.Approval_AlreadyDecided.selector));
        _attest(_official(4), false, abi.encodeWithSelector(IPoll.Approval_AlreadyDecided.selector));
    }

    function test_refusalByThree() public {
        _tally(true);
        vm.warp(CLOSES + CHALLENGE);
        _attest(_official(0), false, "");
        _attest(_official(1), false, "");
        _isStage(IOpenPoll.Stage.Tallied);
        vm.recordLogs();
        _attest(_official(2), false, "");
        _decided(false);
        _isStage(IOpenPoll.Stage.Refused);
        _attest(_official(4), true, abi.encodeWithSelector(IPoll.Approval_AlreadyDecided.selector));
    }

    function test_whatDidNotPassCanOnlyBeRefused() public {
        _tally(false);
        vm.warp(CLOSES + CHALLENGE);
        _attest(_official(0), true, abi.encodeWithSelector(IPoll.Approval_PlanDidNotPass.selector));
        _attest(_official(0), false, "");
        _equal(_poll.refusals(), 1, "refusals");
    }

    function test_onlyOfficialsWithTheirSignature() public {
        _tally(true);
        vm.warp(CLOSES + CHALLENGE);
        _attest(STRANGER, true, abi.encodeWithSelector(IPoll.Approval_NotAnOfficial.selector, _signer(STRANGER)));
        bytes memory signer = _signer(_official(1));
        bytes memory reason = abi.encodeWithSelector(IPoll.Approval_SignatureWrong.selector, signer);
        bytes32 structHash = _attestationStruct(_poll.resultHash(), true);
        bytes memory signature = _sign(_official(0), _digest(address(_poll), structHash));
        _reverts(reason);
        _poll.attest(signer, true, signature);
        signature = _sign(_official(1), _digest(address(_poll), structHash));
        _reverts(reason);
        _poll.attest(signer, false, signature);
        signature = _sign(_official(1), _digest(address(_case), structHash));
        _reverts(reason);
        _poll.attest(signer, true, signature);
        signature = _sign(_official(1), _digest(address(_poll), _attestationStruct(bytes32(uint256(1)), true)));
        _reverts(reason);
        _poll.attest(signer, true, signature);
    }

    /// The institution is no official (CaseRules), so the plan's submitter has no say.
    function test_theSubmitterHasNoSay() public {
        _tally(true);
        vm.warp(CLOSES + CHALLENGE);
        _true(keccak256(_poll.planSubmitter()) == keccak256(_signer(INSTITUTION)), "submitter");
        bytes memory reason = abi.encodeWithSelector(IPoll.Approval_NotAnOfficial.selector, _signer(INSTITUTION));
        _attest(INSTITUTION, true, reason);
        _attest(INSTITUTION, false, reason);
    }

    function test_stagesByTime() public {
        vm.warp(OPENS - 1);
        _isStage(IOpenPoll.Stage.Announced);
        vm.warp(OPENS);
        _isStage(IOpenPoll.Stage.Open);
        vm.warp(CLOSES - 1);
        _isStage(IOpenPoll.Stage.Open);
        vm.warp(CLOSES);
        _isStage(IOpenPoll.Stage.Closed);
    }

    // --- in short

    /// The first lenders vote for, the next against, the next abstain.
    function _vote(uint256 for_, uint256 against, uint256 abstain) private {
        for (uint256 i = 0; i < for_ + against + abstain; ++i) {
            _cast(i, i < for_ ? 1 : i < for_ + against ? 2 : 3, 1);
        }
    }

    function _open() private returns (bool) {
        vm.warp(CLOSES);
        _poll.openSums(_openings());
        return _poll.passed();
    }

    function _tally(bool pass) private {
        _vote(pass ? 12 : 2, pass ? 0 : 10, 0);
        _true(_open() == pass, "passed");
    }

    function _refuseOpening(Opening[] memory openings, bytes memory reason) private {
        _reverts(reason);
        _poll.openSums(openings);
    }

    function _decided(bool approved) private {
        Log[] memory logs = vm.getRecordedLogs();
        _true(logs.length == 2 && logs[1].topics[0] == IPoll.PollDecided.selector, "event");
        _true(abi.decode(logs[1].data, (bool)) == approved, "decision");
    }

    function _isStage(IOpenPoll.Stage stage) private view {
        _equal(uint256(_poll.stage()), uint256(stage), "stage");
    }

    function _part(Opening memory opening, uint256 choice) private pure returns (uint256 fen, uint256 blind) {
        if (choice == 1) return (opening.fenFor, opening.blindFor);
        if (choice == 2) return (opening.fenAgainst, opening.blindAgainst);
        return (opening.fenAbstain, opening.blindAbstain);
    }

    function _put(Opening memory opening, uint256 choice, uint256 fen, uint256 blind) private pure {
        if (choice == 1) (opening.fenFor, opening.blindFor) = (fen, blind);
        else if (choice == 2) (opening.fenAgainst, opening.blindAgainst) = (fen, blind);
        else (opening.fenAbstain, opening.blindAbstain) = (fen, blind);
    }
}
