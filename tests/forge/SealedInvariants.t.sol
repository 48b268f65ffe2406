// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ISealedPoll} from "../../contracts/interfaces/ISealedPoll.sol";
import {Cheats} from "./Cheats.sol";
import {SealedHandler} from "./SealedHandler.sol";

/// What holds of a sealed poll after every act of any row of acts; the numbers are those of docs/proofs.md and of the protocol, section 21.8.
contract SealedInvariantsTest is Cheats {
    SealedHandler private _handler;

    function setUp() public {
        _handler = new SealedHandler();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler);
    }

    /// The acts can go all the way: ballots of every kind, the close, shares, the secret, the box, the sums. So no question is asked of nothing.
    function test_aWholeSealedLife() public {
        _handler.passTime(102);
        for (uint256 i = 0; i < 16; ++i) {
            _handler.castOne(i, i, i);
        }
        _handler.castMany(0xfff, 7);
        invariant_sealed();
        _handler.passTime(10_200);
        _handler.publish(0, 1);
        _handler.unseal(1);
        invariant_sealed();
        _handler.count(4, 3);
        _handler.countOvertaken(3, 0);
        invariant_sealed();
        while (_handler.insideCount() != 0) {
            _handler.count(2, 5);
        }
        invariant_sealed();
        ISealedPoll poll = _handler.poll();
        _true(poll.stage() == ISealedPoll.Stage.Counted, "counted");
        (uint256 heads, uint256 ballots) = _handler.headsAndBallots(1);
        _true(heads == 12 && ballots == 12, "all of them");
        _handler.openSums(1);
        _true(poll.stage() == ISealedPoll.Stage.Tallied, "tallied");
        _equal(_handler.broken(), 0, "no rule broken");
        invariant_sealed();
    }

    function test_aSealedLifeWithoutAnEnd() public {
        _handler.passTime(102);
        _handler.castOne(1, 4, 4);
        for (uint256 i = 0; i < 12; ++i) {
            _handler.passTime(11_997);
        }
        _handler.abandon(5);
        _true(_handler.given() && _handler.poll().stage() == ISealedPoll.Stage.Abandoned, "abandoned");
        invariant_sealed();
    }

    /// Each of them can fail: a word of storage changed behind the poll's back is noticed.
    function test_theInvariantsNotice() public {
        _handler.passTime(102);
        for (uint256 i = 0; i < 6; ++i) {
            _handler.castOne(i, 4, i);
        }
        _handler.passTime(10_200);
        _handler.unseal(1);
        _handler.count(2, 3);
        bytes32[9] memory slots;
        (slots[0], slots[1], slots[2], slots[3]) = (_page(0, 5), _page(0, 6), bytes32(uint256(7)), _page(0, 8));
        (slots[4], slots[5], slots[6]) = (_page(1, 8), bytes32(uint256(11)), bytes32(uint256(12)));
        (slots[7], slots[8]) = (bytes32(uint256(21)), bytes32(uint256(_page(1, 9)) + 1));
        address poll = address(_handler.poll());
        for (uint256 i = 0; i < slots.length; ++i) {
            invariant_sealed();
            bytes32 kept = vm.load(poll, slots[i]);
            vm.store(poll, slots[i], kept ^ bytes32(uint256(1) << 64 | 3));
            _true(!_stillHolds(), "noticed");
            vm.store(poll, slots[i], kept);
        }
        invariant_sealed();
    }

    function _page(uint256 page, uint256 slot) private pure returns (bytes32) {
        return keccak256(abi.encode(page, slot));
    }

    function _stillHolds() private view returns (bool) {
        try this.invariant_sealed() {
            return true;
        } catch {
            return false;
        }
    }

    function invariant_sealed() public view {
        _holds_box();
        _holds_counting();
        _holds_everyLenderOnce();
        _holds_secret();
        _holds_abandonment();
        _equal(_handler.broken(), 0, "a rule, by its number");
    }

    /// 1, 2: the box is the fold of what was recorded less what was taken out; it does not change between close and counting.
    function _holds_box() private view {
        bytes32 box = _handler.poll().box();
        _true(box == _handler.boxOfBook(), "box");
        if (_handler.nowIs() >= 1_700_011_000 && !_handler.hasCounted()) {
            _true(_handler.boxAtClose() == 0 || box == _handler.boxAtClose(), "box at the close");
        }
    }

    /// 4, 7: heads and sums are those of the newest ballots that were counted, and what was told of them.
    function _holds_counting() private view {
        _handler.checkBook();
        _handler.checkCounts();
    }

    /// 3: with an empty box every lender with a ballot was counted once, in every motion.
    function _holds_everyLenderOnce() private view {
        if (_handler.poll().box() != 0) return;
        for (uint256 motion = 0; motion < 2; ++motion) {
            (uint256 heads, uint256 ballots) = _handler.headsAndBallots(motion);
            _equal(heads, ballots, "every lender once");
        }
    }

    /// 6: the secret is the key's or none, and never changes; before the close nothing is known and nothing counted.
    function _holds_secret() private view {
        ISealedPoll poll = _handler.poll();
        _equal(poll.secret(), _handler.secretOut(), "secret");
        _equal(poll.sharesPublished(), _handler.sharesOut(), "shares");
        if (_handler.nowIs() < 1_700_011_000) {
            (uint256 heads,) = _handler.headsAndBallots(0);
            _true(poll.secret() == 0 && poll.sharesPublished() == 0 && heads == 0, "before the close");
        }
    }

    /// 9: an abandoned poll has no result.
    function _holds_abandonment() private view {
        ISealedPoll poll = _handler.poll();
        _true(poll.abandonedFor() == 0 || poll.resultHash() == 0, "abandoned or tallied");
        _true(_handler.given() == (poll.abandonedFor() != 0), "abandoned by the book");
    }
}
