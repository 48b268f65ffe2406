// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IPoll} from "../interfaces/IPoll.sol";
import {Commitment} from "../libraries/Commitment.sol";
import {CountingRule} from "../libraries/CountingRule.sol";
import {Choice} from "../types/Ballot.sol";
import {ClassTotals} from "../types/Register.sol";
import {Condition} from "../types/Rule.sol";
import {ClassTally, Opening} from "../types/Tally.sol";
import {Exclusion} from "./Exclusion.sol";

/// @title Opening the sums and applying the rule (protocol, sections 7 and 9)
/// @notice Anyone who knows amounts and blinds may open the sums after the close; they open to one result only.
abstract contract Tallying is Exclusion {
    bytes32 private _resultHash; // slot 153; 0 until the sums are opened
    ClassTally[] private _tallies; // slot 154
    bool private _passed; // slot 155, byte 0
    uint64 private _challengeEndsAt; // slot 155, bytes 1 to 8

    /// @inheritdoc IPoll
    function openSums(Opening[] calldata openings) external override onlyPlainAccount {
        _requireClosed();
        if (openings.length != _CLASS_COUNT) revert Poll_OpeningCountWrong(openings.length, _CLASS_COUNT);

        Condition[] memory conditions = _conditions();
        ClassTotals[] memory frozen = classes();
        ClassTally[] memory result = new ClassTally[](openings.length);
        bool carried = true;
        bool anyClass = false;
        for (uint256 i = 0; i < openings.length; ++i) {
            ClassTotals memory admitted_ = _admitted(i, frozen[i]);
            result[i] = _tally(i, openings[i], admitted_.amountFen);
            _tallies.push(result[i]);
            if (_isEmpty(admitted_, result[i])) continue;
            anyClass = true;
            carried = CountingRule.carries(conditions, result[i], admitted_) && carried;
        }
        carried = carried && anyClass;
        _passed = carried;
        _resultHash = keccak256(abi.encode(address(this), result, carried));
        // A period beyond the end of time never ends; it must not keep the sums from being opened.
        _challengeEndsAt = uint64(Math.min(block.timestamp + _CHALLENGE_SECONDS, type(uint64).max));
        emit PollTallied(_resultHash, carried, result, _challengeEndsAt);
    }

    /// @inheritdoc IPoll
    function tallies() external view override returns (ClassTally[] memory) {
        _requireTallied();
        return _tallies;
    }

    /// @inheritdoc IPoll
    function passed() public view override returns (bool) {
        _requireTallied();
        return _passed;
    }

    /// @inheritdoc IPoll
    function resultHash() public view override returns (bytes32) {
        return _resultHash;
    }

    /// @inheritdoc IPoll
    function challengeEndsAt() public view override returns (uint64) {
        return _challengeEndsAt;
    }

    /// @inheritdoc Exclusion
    function _requireClosed() internal view override {
        if (block.timestamp < _CLOSES_AT) revert Poll_StillOpen(_CLOSES_AT, block.timestamp);
        if (_resultHash != 0) revert Poll_AlreadyTallied();
    }

    function _requireTallied() internal view {
        if (_resultHash == 0) revert Poll_NotTallied();
    }

    function _tally(uint256 votingClass, Opening calldata opening, uint256 admittedFen)
        private
        view
        returns (ClassTally memory tally)
    {
        if (admittedFen >= Commitment.SUM_LIMIT) revert Poll_AdmittedOutOfRange(votingClass, admittedFen);
        _requireOpens(votingClass, Choice.For, opening.fenFor, opening.blindFor);
        _requireOpens(votingClass, Choice.Against, opening.fenAgainst, opening.blindAgainst);
        _requireOpens(votingClass, Choice.Abstain, opening.fenAbstain, opening.blindAbstain);
        (tally.headsFor, tally.headsAgainst, tally.headsAbstain) = heads(votingClass);
        (tally.fenFor, tally.fenAgainst, tally.fenAbstain) = (opening.fenFor, opening.fenAgainst, opening.fenAbstain);
        uint256 fen = opening.fenFor + opening.fenAgainst + opening.fenAbstain;
        if (fen > admittedFen) revert Poll_MoreThanAdmitted(votingClass, fen, admittedFen);
    }

    /// @dev Whether all leaves of the class were taken out, so that there is nobody to ask. A class in which a ballot is left is asked,
    /// whatever heads were frozen for it.
    function _isEmpty(ClassTotals memory admitted_, ClassTally memory tally) private pure returns (bool) {
        return admitted_.heads == 0 && tally.headsFor + tally.headsAgainst + tally.headsAbstain == 0;
    }

    function _requireOpens(uint256 votingClass, Choice choice, uint256 fen, uint256 blind) private view {
        if (!Commitment.opensSum(_sumOf(votingClass, choice), fen, blind)) revert Poll_OpeningWrong(votingClass, choice);
    }
}
