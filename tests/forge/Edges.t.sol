// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICase} from "../../contracts/interfaces/ICase.sol";
import {IPoll} from "../../contracts/interfaces/IPoll.sol";
import {Choice} from "../../contracts/types/Ballot.sol";
import {PollParameters} from "../../contracts/types/PollParameters.sol";
import {ClassTotals} from "../../contracts/types/Register.sol";
import {Condition, Denominator, Measure, Numerator} from "../../contracts/types/Rule.sol";
import {Opening} from "../../contracts/types/Tally.sol";
import {Curve} from "./Curve.sol";
import {Town} from "./Town.sol";

/// Far beyond the ends at whose edge other tests stand: a rule that held at the edge alone would pass those.
contract EdgesTest is Town {
    function setUp() public {
        _buildTown();
    }

    function test_numbersFarBeyondTheLast() public {
        _reverts(abi.encodeWithSelector(ICase.Register_NotFrozen.selector, 7));
        _case.register(7);
        _reverts(abi.encodeWithSelector(ICase.Plan_NotSubmitted.selector, 7));
        _case.plan(7);
        _reverts(abi.encodeWithSelector(ICase.Poll_NotAnnounced.selector, 7));
        _case.poll(7);
        _reverts(abi.encodeWithSelector(ICase.Plan_NotSubmitted.selector, 7));
        _case.admitPlan(7, new bytes[](0), new bytes[](0));
        _reverts(abi.encodeWithSelector(IPoll.Poll_ClassOutOfRange.selector, 9, CLASSES));
        _poll.heads(9);
    }

    function test_amountFarBeyondTheLimit() public {
        ClassTotals[] memory totals = new ClassTotals[](1);
        totals[0] = ClassTotals(LENDERS, type(uint256).max, 1);
        _reverts(abi.encodeWithSelector(ICase.Register_AmountOutOfRange.selector, 0, type(uint256).max));
        _case.freezeRegister(_root(), LENDERS, totals, 0, 0, new bytes[](0), new bytes[](0));
    }

    function test_announcementFarBeyondTheLast() public {
        PollParameters memory terms = _terms();
        terms.planNumber = 7;
        _refuse(terms, abi.encodeWithSelector(ICase.Plan_NotAdmitted.selector, 7));
        terms = _terms();
        terms.registerNumber = 7;
        _refuse(terms, abi.encodeWithSelector(ICase.Register_NotFrozen.selector, 7));
    }

    function test_windowInThePastOrTurnedRound() public {
        PollParameters memory terms = _terms();
        terms.opensAt = START - 1;
        _refuse(terms, abi.encodeWithSelector(IPoll.Poll_WindowWrong.selector, START - 1, CLOSES, START));
        terms = _terms();
        terms.closesAt = OPENS - 1;
        _refuse(terms, abi.encodeWithSelector(IPoll.Poll_WindowWrong.selector, OPENS, OPENS - 1, START));
    }

    function test_firstConditionWrong() public {
        PollParameters memory terms = _terms();
        terms.conditions[0].num = 0;
        _refuse(terms, abi.encodeWithSelector(IPoll.Poll_ConditionOutOfRange.selector, 0));
    }

    function test_longAfterTheClose() public {
        vm.warp(CLOSES + 9);
        _send(_ballot(3, 1, 1), _leaf(3), _proof(3), abi.encodeWithSelector(IPoll.Poll_Closed.selector, CLOSES, CLOSES + 9));
    }

    function test_muchOlderSequences() public {
        vm.warp(OPENS);
        _cast(3, 1, 9);
        uint256[] memory indexes = new uint256[](1);
        (uint8[] memory choices, uint8[] memory sequences) = (new uint8[](1), new uint8[](1));
        (indexes[0], choices[0], sequences[0]) = (3, 2, 4);
        _sendBatch(_batch(indexes, choices, sequences), "");
        (Choice choice, uint8 sequence) = _poll.ballotOf(3);
        _true(choice == Choice.For && sequence == 9, "the older ballot came back");
    }

    /// With nothing cast a rule of "at least" would hold: nought is at least two thirds of nought.
    function test_nobodyVotedCarriesNothing() public {
        PollParameters memory terms = _terms();
        terms.conditions = new Condition[](1);
        terms.conditions[0] = Condition(Measure.Amount, Numerator.For, Denominator.ForAgainst, 2, 3, false);
        _poll = _announce(terms);
        vm.warp(CLOSES);
        _poll.openSums(new Opening[](CLASSES));
        _true(!_poll.passed(), "carried by nobody");
    }

    /// The group's order added to an amount gives the same point.
    function test_amountBeyondTheOrderOpensNothing() public {
        vm.warp(OPENS);
        _cast(2, 1, 1);
        Opening[] memory openings = _openings();
        openings[_classOf(2)].fenFor += Curve.N;
        vm.warp(CLOSES);
        _reverts(abi.encodeWithSelector(IPoll.Poll_OpeningWrong.selector, _classOf(2), Choice.For));
        _poll.openSums(openings);
    }

    function test_noActThroughAContract() public {
        vm.stopPrank();
        vm.startPrank(SENDER, address(0xabc));
        (bytes[] memory none, bytes memory reason) = (new bytes[](0), abi.encodeWithSelector(ICase.Case_CalledThroughContract.selector));
        _reverts(reason);
        _case.freezeRegister(_root(), LENDERS, _totals, 0, 0, none, none);
        _reverts(reason);
        _case.submitPlan(PLAN_HASH, "");
        _reverts(reason);
        _case.admitPlan(0, none, none);
        _reverts(reason);
        _case.announcePoll(_terms(), none, none);
        _reverts(reason);
        _case.note(0, "");
        reason = abi.encodeWithSelector(IPoll.Poll_CalledThroughContract.selector);
        _reverts(reason);
        _poll.openSums(new Opening[](CLASSES));
        _reverts(reason);
        _poll.attest("", true, "");
        _exclude(3, 0, 0, reason);
    }

    function _refuse(PollParameters memory terms, bytes memory reason) private {
        bytes32 structHash = _announcementStruct(_case.pollCount(), terms, true);
        (bytes[] memory signers, bytes[] memory signatures) = _signedByOfficials(_case, structHash, THRESHOLD);
        _reverts(reason);
        _case.announcePoll(terms, signers, signatures);
    }
}
