// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IPoll} from "../../contracts/interfaces/IPoll.sol";
import {ClassTotals} from "../../contracts/types/Register.sol";
import {Opening} from "../../contracts/types/Tally.sol";
import {Cheats} from "./Cheats.sol";
import {PollHandler} from "./PollHandler.sol";

/// What holds after any row of acts; the numbers are those of docs/proofs.md.
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

    /// 1 and 9: the newest ballot of each lender stands recorded, once; the book of what was accepted and the events alone say the same.
    function invariant_01_09_oneBallotALenderAsTheEventsSay() external view {
        _handler.checkBook();
        _true(_handler.broken() != 9, "an event names nobody");
    }

    /// 2 and 13: the sums are those of the leaves counted, computed by another curve; heads likewise (3).
    function invariant_02_03_sumsAndHeadsOfTheLeavesCounted() external view {
        _handler.checkCounts();
    }

    /// 2: no class counts more fen than were admitted.
    function invariant_02_neverMoreThanAdmitted() external view {
        Opening[] memory openings = _handler.openings();
        ClassTotals[] memory totals = _handler.poll().classes();
        for (uint256 k = 0; k < totals.length; ++k) {
            uint256 fen = openings[k].fenFor + openings[k].fenAgainst + openings[k].fenAbstain;
            _true(fen <= totals[k].amountFen, "fen");
        }
    }

    /// 3: no class counts more heads than it has.
    function invariant_03_neverMoreHeadsThanLenders() external view {
        IPoll poll = _handler.poll();
        ClassTotals[] memory totals = poll.classes();
        for (uint256 k = 0; k < totals.length; ++k) {
            (uint256 for_, uint256 against, uint256 abstain) = poll.heads(k);
            _true(for_ + against + abstain <= totals[k].heads, "heads");
        }
    }

    /// 4: nothing recorded or counted changes after the close.
    function invariant_04_nothingChangesAfterTheClose() external view {
        bytes32 frozen = _handler.frozenAtClose();
        _true(frozen == 0 || frozen == _handler.stateHash(), "changed");
        _true(_handler.broken() != 4, "accepted outside the window");
    }

    /// 5: passed exactly when every class carries, by fractions: more than half of the heads taking part, two thirds of the fen for and
    /// against.
    function invariant_05_passedByTheRule() external view {
        IPoll poll = _handler.poll();
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
    function invariant_06_termsNeverChange() external view {
        _true(_handler.termsHash() == _terms, "terms");
    }

    /// 7: attestations only after the challenge, by distinct officials; approved needs three of them and a plan that passed.
    function invariant_07_decisionByDistinctOfficials() external view {
        IPoll poll = _handler.poll();
        _true(_handler.broken() != 7, "attested against the rules");
        _equal(poll.refusals(), _handler.attested(0), "refusals");
        _equal(poll.approvals(), _handler.attested(1), "approvals");
        if (poll.stage() == IPoll.Stage.Approved) {
            _true(poll.approvals() == 3 && poll.passed(), "approved");
            _true(poll.challengeEndsAt() != 0, "challenge");
        }
    }

    /// 8: the stage only moves forward.
    function invariant_08_stageMovesForward() external view {
        _true(_handler.broken() != 8, "stage");
    }

    /// 10 and 11: garbage and strangers change nothing, whoever sends it.
    function invariant_10_11_garbageChangesNothing() external view {
        _true(_handler.broken() != 10, "garbage was accepted");
    }

    /// 12: an honest ballot is always accepted while the poll is open, and honest openings after it.
    function invariant_12_honestActsAreAlwaysPossible() external view {
        _true(_handler.broken() != 12, "an honest act was refused");
    }

    /// 14: sums open to no other amount.
    function invariant_14_noOtherOpening() external view {
        _true(_handler.broken() != 13, "a wrong opening was accepted");
    }
}
