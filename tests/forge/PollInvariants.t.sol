// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IOpenPoll} from "../../contracts/interfaces/IOpenPoll.sol";
import {ClassTotals} from "../../contracts/types/Register.sol";
import {ClassTally, Opening} from "../../contracts/types/Tally.sol";
import {Cheats} from "./Cheats.sol";
import {PollHandler} from "./PollHandler.sol";

/// What holds after every act of any row of acts; the numbers are those of docs/proofs.md. All of it is asked in one campaign: apart, each
/// question would be asked of the same few rows.
contract PollInvariantsTest is Cheats {
    PollHandler private _handler;
    bytes32 private _terms;

    function setUp() public {
        _handler = new PollHandler();
        _terms = _handler.termsHash();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler);
    }

    /// The acts can go all the way: ballots, the close, leaves taken out, the sums, a decision. So no question is asked of nothing.
    function test_aWholeLife() external {
        _handler.passTime(102);
        for (uint256 i = 0; i < 12; ++i) {
            _handler.castOne(i, uint8(i == 9 ? 1 : 0), 0);
        }
        _handler.castMany(type(uint256).max, 7);
        _true(_handler.accepted() > 12, "ballots");
        _handler.passTime(11_001);
        _handler.openSums(1);
        _true(_handler.poll().resultHash() == 0, "the leaves that hold no claim are in");
        for (uint256 i = 0; i < 4; ++i) {
            _handler.exclude(3 * (8 + i), 3);
            this.invariant_allOfThem();
        }
        _true(_handler.out(8) && _handler.out(9) && !_handler.out(10) && _handler.out(11), "taken out");
        _handler.openSums(1);
        _true(_handler.poll().resultHash() != 0, "opened");
        _handler.passTime(3_600);
        for (uint256 i = 0; i < 3; ++i) {
            _handler.attest(i, false);
        }
        this.invariant_allOfThem();
        _true(_handler.poll().stage() == IOpenPoll.Stage.Refused, "decided");
    }

    function invariant_allOfThem() external view {
        _holds_01_09_oneBallotALenderAsTheEventsSay();
        _holds_02_03_sumsAndHeadsOfTheLeavesCounted();
        _holds_02_neverMoreThanAdmitted();
        _holds_03_neverMoreHeadsThanLenders();
        _holds_04_nothingChangesAfterTheClose();
        _holds_05_passedByTheRule();
        _holds_06_termsNeverChange();
        _holds_07_decisionByDistinctOfficials();
        _holds_08_stageMovesForward();
        _holds_10_11_garbageChangesNothing();
        _holds_12_honestActsAreAlwaysPossible();
        _holds_15_admittedLessTheLeavesTakenOut();
        _holds_14_noOtherOpening();
    }

    /// 1 and 9: the newest ballot of each lender stands recorded, once; the book of what was accepted and the events alone say the same.
    function _holds_01_09_oneBallotALenderAsTheEventsSay() private view {
        _handler.checkBook();
        _true(_handler.broken() != 9, "an event names nobody");
    }

    /// 2 and 13: the sums are those of the newest ballots less the leaves taken out, computed by another curve; heads likewise (3).
    function _holds_02_03_sumsAndHeadsOfTheLeavesCounted() private view {
        _handler.checkCounts();
    }

    /// 2: no class's result has more fen than are admitted in it, and it is the amount of the leaves counted.
    function _holds_02_neverMoreThanAdmitted() private view {
        IOpenPoll poll = _handler.poll();
        if (poll.resultHash() == 0) return;
        Opening[] memory openings = _handler.openings();
        ClassTally[] memory tallies = poll.tallies();
        for (uint256 k = 0; k < tallies.length; ++k) {
            (, uint256 admitted) = poll.admitted(k);
            _true(tallies[k].fenFor + tallies[k].fenAgainst + tallies[k].fenAbstain <= admitted, "fen");
            _equal(tallies[k].fenFor, openings[k].fenFor, "for");
            _equal(tallies[k].fenAgainst, openings[k].fenAgainst, "against");
            _equal(tallies[k].fenAbstain, openings[k].fenAbstain, "abstaining");
        }
    }

    /// 3: no class counts more heads than it has.
    function _holds_03_neverMoreHeadsThanLenders() private view {
        IOpenPoll poll = _handler.poll();
        ClassTotals[] memory totals = poll.classes();
        for (uint256 k = 0; k < totals.length; ++k) {
            (uint256 for_, uint256 against, uint256 abstain) = poll.heads(k);
            (uint256 left,) = poll.admitted(k);
            _true(for_ + against + abstain <= left && left <= totals[k].heads, "heads");
        }
    }

    /// 4: nothing recorded changes after the close, and nothing counted or admitted but by leaves taken out.
    function _holds_04_nothingChangesAfterTheClose() private view {
        bytes32 frozen = _handler.frozenAtClose();
        _true(frozen == 0 || frozen == _handler.stateHash(), "changed");
        _true(frozen == 0 || _handler.recordedAtClose() == _handler.recordsHash(), "a record changed");
        _true(_handler.broken() != 4, "accepted outside the window");
    }

    /// 5: passed exactly when every class carries, by fractions: more than half of the heads taking part, two thirds of the fen for and
    /// against.
    function _holds_05_passedByTheRule() private view {
        IOpenPoll poll = _handler.poll();
        if (poll.resultHash() == 0) return;
        Opening[] memory openings = _handler.openings();
        bool carried = true;
        for (uint256 k = 0; k < openings.length; ++k) {
            (uint256 for_, uint256 against, uint256 abstain) = poll.heads(k);
            bool heads = for_ > against + abstain;
            bool fen = openings[k].fenFor >= 2 * openings[k].fenAgainst;
            carried = carried && for_ + against != 0 && heads && fen;
        }
        _true(poll.passed() == carried, "passed");
    }

    /// 6: what the poll is held to never changes.
    function _holds_06_termsNeverChange() private view {
        _true(_handler.termsHash() == _terms, "terms");
    }

    /// 7: attestations only after the challenge, by distinct officials; approved needs three of them and a plan that passed.
    function _holds_07_decisionByDistinctOfficials() private view {
        IOpenPoll poll = _handler.poll();
        _true(_handler.broken() != 7, "attested against the rules");
        _equal(poll.refusals(), _handler.attested(0), "refusals");
        _equal(poll.approvals(), _handler.attested(1), "approvals");
        if (poll.stage() == IOpenPoll.Stage.Approved) {
            _true(poll.approvals() == 3 && poll.passed(), "approved");
            _true(poll.challengeEndsAt() != 0, "challenge");
        }
    }

    /// 8: the stage only moves forward.
    function _holds_08_stageMovesForward() private view {
        _true(_handler.broken() != 8, "stage");
    }

    /// 10 and 11: garbage and strangers change nothing, whoever sends it.
    function _holds_10_11_garbageChangesNothing() private view {
        _true(_handler.broken() != 10, "garbage was accepted");
    }

    /// 12: an honest ballot is always accepted while the poll is open, and honest openings after it.
    function _holds_12_honestActsAreAlwaysPossible() private view {
        _true(_handler.broken() != 12, "an honest act was refused");
    }

    /// 15: what is admitted is what was frozen less the leaves taken out; none of them holds a claim, and each was shown by its opening.
    function _holds_15_admittedLessTheLeavesTakenOut() private view {
        _handler.checkAdmitted();
        _true(_handler.broken() != 15, "a leaf went, or stayed, against the rules");
    }

    /// 14: sums open to no other amount.
    function _holds_14_noOtherOpening() private view {
        _true(_handler.broken() != 13, "a wrong opening was accepted");
    }
}
