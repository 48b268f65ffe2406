// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ClassTotals} from "../types/Register.sol";
import {Condition, Denominator, Measure, Numerator} from "../types/Rule.sol";
import {ClassTally} from "../types/Tally.sol";

/// @title The counting rule (protocol, section 7)
/// @notice A condition holds when  numerator / denominator >= num / den,  or > if strict, compared as
///
///     numerator * den >= denominator * num
///
/// in whole numbers. A class carries the plan when somebody in it voted for or against and every condition holds.
library CountingRule {
    uint256 internal constant MAX_CONDITIONS = 8;
    uint256 internal constant MAX_DENOMINATOR = 1_000_000;

    /// @notice Whether the condition's fraction is between 0 (excluded) and 1.
    function isValid(Condition memory condition) internal pure returns (bool) {
        return condition.num >= 1 && condition.num <= condition.den && condition.den <= MAX_DENOMINATOR;
    }

    /// @notice Whether the class carries the plan.
    function carries(Condition[] memory conditions, ClassTally memory tally, ClassTotals memory admitted)
        internal
        pure
        returns (bool)
    {
        if (tally.headsFor + tally.headsAgainst == 0) return false;
        for (uint256 i = 0; i < conditions.length; ++i) {
            if (!_holds(conditions[i], tally, admitted)) return false;
        }
        return true;
    }

    function _holds(Condition memory condition, ClassTally memory tally, ClassTotals memory admitted)
        private
        pure
        returns (bool)
    {
        return condition.measure == Measure.Heads
            ? _compare(condition, tally.headsFor, tally.headsAgainst, tally.headsAbstain, admitted.heads)
            : _compare(condition, tally.fenFor, tally.fenAgainst, tally.fenAbstain, admitted.amountFen);
    }

    function _compare(Condition memory condition, uint256 for_, uint256 against, uint256 abstain, uint256 admitted)
        private
        pure
        returns (bool)
    {
        uint256 takingPart = for_ + against + abstain;
        uint256 numerator = condition.numerator == Numerator.For ? for_ : takingPart;
        uint256 denominator = admitted;
        if (condition.denominator == Denominator.TakingPart) denominator = takingPart;
        if (condition.denominator == Denominator.ForAgainst) denominator = for_ + against;
        uint256 left = numerator * condition.den;
        uint256 right = denominator * condition.num;
        return condition.strict ? left > right : left >= right;
    }
}
