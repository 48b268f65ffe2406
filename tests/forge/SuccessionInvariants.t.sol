// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Cheats} from "./Cheats.sol";
import {SuccessionHandler} from "./SuccessionHandler.sol";

/// What holds after every act of any row of successions; the numbers are those of docs/proofs.md.
contract SuccessionInvariantsTest is Cheats {
    SuccessionHandler private _handler;

    function setUp() public {
        _handler = new SuccessionHandler();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler);
    }

    /// The acts can go all the way, so no question is asked of nothing.
    function test_aWholeSuccession() external {
        uint256 second = 1 + 4 * 0 + 40 + 320 + 7_680 * 9; // two officials from the first key on, the tenth the institution
        uint256 third = 2 + 4 * 2 + 40 + 320 + 7_680 * 9;
        _handler.announcePoll(0);
        _handler.announce(second, 0);
        _true(_handler.pending() == 1, "named");
        _handler.withdraw(0);
        _true(_handler.pending() == 0, "taken back");
        _handler.announce(second, 0);
        _handler.announce(third, 0);
        _handler.complete();
        _true(_handler.pending() == 2 && _handler.completed() == 0, "within its notice");
        _handler.passTime(399);
        _handler.withdraw(0);
        _handler.complete();
        _true(_handler.inOffice() == 2 && _handler.completed() == 1, "in office");
        _handler.announcePoll(6);
        _handler.announcePoll(1);
        this.invariant_allOfThem();
        _handler.announce(1 + 4 * 8 + 40 + 320, 0); // of whom the tenth was the institution
        _true(_handler.pending() == 0, "both roles");
        _handler.announce(third, 0);
        _handler.passTime(399);
        _handler.complete();
        _true(_handler.inOffice() == 3, "the third");
        this.invariant_allOfThem();
    }

    /// One row costs as much as ten of the other campaigns.
    /// forge-config: quick.invariant.runs = 8
    function invariant_allOfThem() external view {
        _holds_22_inOfficeAsTheBookSays();
        _holds_23_neverOfficialAndInstitution();
        _holds_24_pollsKeepTheirGeneration();
        _holds_25_peopleStayAsTheyWereNamed();
        _holds_26_doneExactlyWhenTheRulesLetIt();
    }

    function _holds_22_inOfficeAsTheBookSays() private view {
        _handler.checkOffice();
    }

    function _holds_23_neverOfficialAndInstitution() private view {
        _handler.checkRoles();
    }

    function _holds_24_pollsKeepTheirGeneration() private view {
        _handler.checkPolls();
    }

    function _holds_25_peopleStayAsTheyWereNamed() private view {
        _handler.checkPeople();
    }

    function _holds_26_doneExactlyWhenTheRulesLetIt() private view {
        _true(_handler.broken() == 0, "done against the rules, or refused");
    }
}
