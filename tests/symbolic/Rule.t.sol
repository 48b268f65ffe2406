// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Commitment} from "../../contracts/libraries/Commitment.sol";
import {CountingRule} from "../../contracts/libraries/CountingRule.sol";
import {Point, Secp256k1} from "../../contracts/libraries/Secp256k1.sol";
import {ClassTotals} from "../../contracts/types/Register.sol";
import {Condition, Denominator, Measure, Numerator} from "../../contracts/types/Rule.sol";
import {ClassTally} from "../../contracts/types/Tally.sol";
import {Proof} from "./Proof.sol";

/// The rule and the opening, for all numbers.
contract RuleProof is Proof {
    uint256 private constant PRIME = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEFFFFFC2F;

    function carries(Condition[] memory conditions, ClassTally memory tally, ClassTotals memory admitted)
        external
        pure
        returns (bool)
    {
        return CountingRule.carries(conditions, tally, admitted);
    }

    /// M: for heads below 2^32 and amounts below 2^88 the rule says what the fractions say. Numerator and denominator are below 2^90, num
    /// and den below 2^20: the products, of 110 bits at most, are those of whole numbers.
    function check_ruleIsExact(ClassTally memory t, ClassTotals memory a, uint8 kind, uint32 num, uint32 den, bool strict) public view {
        Condition[] memory one = _condition(t, a, kind, num, den, strict);
        bool carried = this.carries(one, t, a);
        (uint256 above, uint256 below) = _fraction(one[0], t, a);
        assert(above < 1 << 90 && below < 1 << 90 && num < 1 << 20 && den < 1 << 20);
        bool holds;
        unchecked {
            (uint256 left, uint256 right) = (above * den, below * num);
            holds = strict ? left > right : left >= right;
        }
        assert(carried == (holds && t.headsFor + t.headsAgainst > 0));
    }

    function twin_ruleIsExact(ClassTally memory t, ClassTotals memory a, uint8 kind, uint32 num, uint32 den, bool strict) public view {
        Condition[] memory one = _condition(t, a, kind, num, den, strict);
        assert(!this.carries(one, t, a));
    }

    /// N: a condition is allowed exactly when its fraction is above 0 and at most 1, of at most a million parts.
    function check_conditionBounds(uint32 num, uint32 den) public pure {
        Condition memory one = Condition(Measure.Heads, Numerator.For, Denominator.TakingPart, num, den, true);
        assert(CountingRule.isValid(one) == (num > 0 && den >= num && den < 1_000_001));
    }

    function twin_conditionBounds(uint32 num, uint32 den) public pure {
        Condition memory one = Condition(Measure.Heads, Numerator.For, Denominator.TakingPart, num, den, true);
        assert(CountingRule.isValid(one) == (num > 0 && den > num && den < 1_000_001));
    }

    /// O: no amount of 2^88 or more opens a sum.
    function check_noAmountBeyondTheLimit(uint256 x, uint256 y, uint256 fen, uint256 blind) public pure {
        vm.assume(fen >= 1 << 88);
        assert(!Commitment.opensSum(Point(x, y), fen, blind));
    }

    function twin_noAmountBeyondTheLimit(uint256 x, uint256 y, uint256 fen, uint256 blind) public pure {
        vm.assume(fen >= (1 << 88) - 1);
        assert(!Commitment.opensSum(Point(x, y), fen, blind));
    }

    /// S: what has a coordinate of the prime or more is no point, and neither is infinity.
    function check_noPointBeyondThePrime(uint256 x, uint256 y) public pure {
        vm.assume(x >= PRIME || y >= PRIME || (x == 0 && y == 0));
        assert(!Secp256k1.isPoint(x, y));
    }

    function twin_noPointBeyondThePrime(uint256 y) public pure {
        vm.assume(y >= 1 && y <= PRIME);
        assert(!Secp256k1.isPoint(1, y) || y != 0x4218F20AE6C646B363DB68605822FB14264CA8D2587FDD6FBC750D587E76A7EE);
    }

    function _condition(ClassTally memory t, ClassTotals memory a, uint8 kind, uint32 num, uint32 den, bool strict)
        private
        pure
        returns (Condition[] memory one)
    {
        vm.assume(t.headsFor < 1 << 32 && t.headsAgainst < 1 << 32 && t.headsAbstain < 1 << 32 && a.heads < 1 << 32);
        vm.assume(t.fenFor < 1 << 88 && t.fenAgainst < 1 << 88 && t.fenAbstain < 1 << 88 && a.amountFen < 1 << 88);
        vm.assume(num >= 1 && num <= den && den <= 1_000_000 && kind < 12);
        one = new Condition[](1);
        one[0] = Condition(Measure(kind & 1), Numerator(kind >> 1 & 1), Denominator(kind >> 2), num, den, strict);
    }

    function _fraction(Condition memory c, ClassTally memory t, ClassTotals memory a)
        private
        pure
        returns (uint256 above, uint256 below)
    {
        bool heads = c.measure == Measure.Heads;
        uint256 for_ = (heads ? t.headsFor : t.fenFor);
        uint256 against = (heads ? t.headsAgainst : t.fenAgainst);
        uint256 all = for_ + against + (heads ? t.headsAbstain : t.fenAbstain);
        above = c.numerator == Numerator.For ? for_ : all;
        below = (heads ? a.heads : a.amountFen);
        if (c.denominator == Denominator.TakingPart) below = all;
        if (c.denominator == Denominator.ForAgainst) below = for_ + against;
    }
}
