// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IPoll} from "../interfaces/IPoll.sol";
import {Commitment} from "../libraries/Commitment.sol";
import {CountingRule} from "../libraries/CountingRule.sol";
import {Point} from "../libraries/Secp256k1.sol";
import {Choice} from "../types/Ballot.sol";
import {ClassTotals} from "../types/Register.sol";
import {Condition} from "../types/Rule.sol";
import {ClassTally, Opening} from "../types/Tally.sol";
import {Exclusion} from "./Exclusion.sol";

/// @title Opening the sums and applying the rule (protocol, sections 7 and 9)
/// @notice Anyone who knows amounts and blinds may open the sums after the close; they open to one result only. An open poll has one motion,
/// a sealed one several; the *place* of a sum is its motion times the number of classes, and its class.
abstract contract Tallying is Exclusion {
    bytes32 private _resultHash; // slot 153; sealed 17; 0 until the sums are opened
    ClassTally[] private _tallies; // slot 154; sealed 18
    bool private _passed; // slot 155; sealed 19; byte 0; whether any motion passed
    uint64 private _challengeEndsAt; // slot 155; sealed 19; bytes 1 to 8

    /// @inheritdoc IPoll
    function tallies() external view override returns (ClassTally[] memory) {
        _requireTallied();
        return _tallies;
    }

    /// @inheritdoc IPoll
    function resultHash() public view override returns (bytes32) {
        return _resultHash;
    }

    /// @inheritdoc IPoll
    function challengeEndsAt() public view override returns (uint64) {
        return _challengeEndsAt;
    }

    /// @dev Opens all sums, motion by motion, and settles which motions passed: one bit each.
    function _openAll(uint256 motions_, Opening[] calldata openings)
        internal
        returns (ClassTally[] memory result, uint256 passed_)
    {
        _requireClosed();
        uint256 count = motions_ * _CLASS_COUNT;
        if (openings.length != count) revert Poll_OpeningCountWrong(openings.length, count);

        Condition[] memory conditions = _conditions();
        ClassTotals[] memory admitted_ = classes();
        for (uint256 i = 0; i < admitted_.length; ++i) {
            admitted_[i] = _admitted(i, admitted_[i]);
        }
        result = new ClassTally[](count);
        for (uint256 motion = 0; motion < motions_; ++motion) {
            if (_openMotion(motion * admitted_.length, openings, conditions, admitted_, result)) passed_ |= 1 << motion;
        }
        _passed = passed_ != 0;
        _resultHash = keccak256(abi.encode(address(this), result, passed_));
        // A period beyond the end of time never ends; it must not keep the sums from being opened.
        _challengeEndsAt = uint64(Math.min(block.timestamp + _CHALLENGE_SECONDS, type(uint64).max));
    }

    /// @inheritdoc Exclusion
    function _requireClosed() internal view override {
        if (block.timestamp < _CLOSES_AT) revert Poll_StillOpen(_CLOSES_AT, block.timestamp);
        if (_resultHash != 0) revert Poll_AlreadyTallied();
        _requireReady();
    }

    function _requireTallied() internal view {
        if (_resultHash == 0) revert Poll_NotTallied();
    }

    /// @dev Whether there is anything that officials could approve.
    function _anyPassed() internal view returns (bool) {
        return _passed;
    }

    /// @dev What else has to be done first.
    function _requireReady() internal view virtual;

    /// @dev Heads that were counted at a place.
    function _headsAt(uint256 place) internal view virtual returns (uint256 for_, uint256 against, uint256 abstain);

    /// @dev The sum of commitments at a place and choice.
    function _sumAt(uint256 place, Choice choice) internal view virtual returns (Point memory);

    /// @dev Opens the sums of one motion, whose classes begin at `first`; whether it passed.
    function _openMotion(
        uint256 first,
        Opening[] calldata openings,
        Condition[] memory conditions,
        ClassTotals[] memory admitted_,
        ClassTally[] memory result
    ) private returns (bool) {
        bool carried = true;
        bool anyClass = false;
        for (uint256 i = 0; i < admitted_.length; ++i) {
            ClassTally memory tally = _tally(first + i, openings[first + i], admitted_[i].amountFen);
            result[first + i] = tally;
            _tallies.push(tally);
            if (_isEmpty(admitted_[i], tally)) continue;
            anyClass = true;
            carried = CountingRule.carries(conditions, tally, admitted_[i]) && carried;
        }
        return carried && anyClass;
    }

    function _tally(uint256 place, Opening calldata opening, uint256 admittedFen)
        private
        view
        returns (ClassTally memory tally)
    {
        if (admittedFen >= Commitment.SUM_LIMIT) revert Poll_AdmittedOutOfRange(place, admittedFen);
        _requireOpens(place, Choice.For, opening.fenFor, opening.blindFor);
        _requireOpens(place, Choice.Against, opening.fenAgainst, opening.blindAgainst);
        _requireOpens(place, Choice.Abstain, opening.fenAbstain, opening.blindAbstain);
        (tally.headsFor, tally.headsAgainst, tally.headsAbstain) = _headsAt(place);
        (tally.fenFor, tally.fenAgainst, tally.fenAbstain) = (opening.fenFor, opening.fenAgainst, opening.fenAbstain);
        uint256 fen = opening.fenFor + opening.fenAgainst + opening.fenAbstain;
        if (fen > admittedFen) revert Poll_MoreThanAdmitted(place, fen, admittedFen);
    }

    /// @dev Whether all leaves of the class were taken out, so that there is nobody to ask. A class in which a ballot is left is asked,
    /// whatever heads were frozen for it.
    function _isEmpty(ClassTotals memory admitted_, ClassTally memory tally) private pure returns (bool) {
        return admitted_.heads == 0 && tally.headsFor + tally.headsAgainst + tally.headsAbstain == 0;
    }

    function _requireOpens(uint256 place, Choice choice, uint256 fen, uint256 blind) private view {
        if (!Commitment.opensSum(_sumAt(place, choice), fen, blind)) revert Poll_OpeningWrong(place, choice);
    }
}
