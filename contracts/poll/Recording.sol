// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IOpenPoll} from "../interfaces/IOpenPoll.sol";
import {Cursor, CursorLibrary} from "../libraries/Cursor.sol";
import {Choice} from "../types/Ballot.sol";
import {Terms} from "./Terms.sol";

/// @title What each lender chose last
/// @notice Two bits of choice a lender, 128 lenders a word; eight bits of sequence a lender, 32 lenders a word. Most lenders vote once,
/// with sequence 1, so that sequence is not written: a recorded choice with sequence 0 in storage means sequence 1. Sequences only rise,
/// hence a written one never becomes 1 again.
abstract contract Recording is Terms, IOpenPoll {
    using CursorLibrary for Cursor;

    /// The words that are being worked on.
    struct Records {
        Cursor choices;
        Cursor sequences;
    }

    uint256 internal constant MAX_SEQUENCE = 63;

    mapping(uint256 page => uint256 word) private _choices; // slot 5
    mapping(uint256 page => uint256 word) private _sequences; // slot 6

    /// @inheritdoc IOpenPoll
    function ballotOf(uint256 index) external view override returns (Choice choice, uint8 sequence) {
        _requireIndex(index);
        (uint256 recorded, uint256 rising,) = _recordedAlone(index);
        return (Choice(recorded), uint8(rising));
    }

    /// @dev The recorded choice and sequence of a ballot that comes alone, both 0 if there is none; and the word of choices it stands in.
    function _recordedAlone(uint256 index) internal view returns (uint256 choice, uint256 sequence, uint256 word) {
        word = _choices[index >> 7];
        choice = word >> _choiceShift(index) & 3;
        if (choice == 0) return (0, 0, word);
        sequence = _sequences[index >> 5] >> _sequenceShift(index) & 255;
        if (sequence == 0) sequence = 1;
    }

    /// @dev Replaces what is recorded, for a ballot that comes alone; the caller has the word from _recordedAlone, just before.
    function _recordAlone(uint256 index, uint256 word, uint256 choice, uint256 sequence) internal {
        uint256 shift = _choiceShift(index);
        _choices[index >> 7] = word & ~(3 << shift) | choice << shift;
        if (sequence == 1) return;
        shift = _sequenceShift(index);
        _sequences[index >> 5] = _sequences[index >> 5] & ~(255 << shift) | sequence << shift;
    }

    function _startRecords() internal pure returns (Records memory) {
        return Records(CursorLibrary.start(), CursorLibrary.start());
    }

    /// @dev The recorded choice and sequence; both 0 if there is no ballot.
    function _recorded(Records memory records, uint256 index) internal returns (uint256 choice, uint256 sequence) {
        records.choices.turn(_choices, index >> 7);
        choice = records.choices.word >> _choiceShift(index) & 3;
        if (choice == 0) return (0, 0);
        records.sequences.turn(_sequences, index >> 5);
        sequence = records.sequences.word >> _sequenceShift(index) & 255;
        if (sequence == 0) sequence = 1;
    }

    /// @dev Replaces what is recorded for the index; the caller has asked _recorded for it just before.
    function _record(Records memory records, uint256 index, uint256 choice, uint256 sequence) internal {
        uint256 shift = _choiceShift(index);
        records.choices.word = records.choices.word & ~(3 << shift) | choice << shift;
        if (sequence == 1) return;
        records.sequences.turn(_sequences, index >> 5);
        shift = _sequenceShift(index);
        records.sequences.word = records.sequences.word & ~(255 << shift) | sequence << shift;
    }

    function _keepRecords(Records memory records) internal {
        records.choices.keep(_choices);
        records.sequences.keep(_sequences);
    }

    function _choiceShift(uint256 index) private pure returns (uint256) {
        return (index & 127) << 1;
    }

    function _sequenceShift(uint256 index) private pure returns (uint256) {
        return (index & 31) << 3;
    }
}
