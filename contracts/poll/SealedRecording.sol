// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ISealedPoll} from "../interfaces/ISealedPoll.sol";
import {Cursor, CursorLibrary} from "../libraries/Cursor.sol";
import {Terms} from "./Terms.sol";

/// @title Who has a sealed ballot, and of which sequence
/// @notice One bit a lender, 256 lenders a word; eight bits of sequence a lender, 32 lenders a word, written from the second ballot on as in
/// poll/Recording.sol: a ballot with sequence 0 in storage has sequence 1. What the ballot says lies in the box (poll/SealedBox.sol).
abstract contract SealedRecording is Terms, ISealedPoll {
    using CursorLibrary for Cursor;

    /// The words that are being worked on.
    struct Records {
        Cursor present;
        Cursor sequences;
    }

    uint256 internal constant MAX_SEQUENCE = 63;

    mapping(uint256 page => uint256 word) private _present; // slot 5
    mapping(uint256 page => uint256 word) private _sealedSequences; // slot 6

    /// @inheritdoc ISealedPoll
    function hasBallot(uint256 index) external view override returns (bool) {
        return sequenceOf(index) != 0;
    }

    /// @inheritdoc ISealedPoll
    function sequenceOf(uint256 index) public view override returns (uint8) {
        _requireIndex(index);
        (uint256 sequence,) = _recordedAlone(index);
        return uint8(sequence);
    }

    /// @dev The recorded sequence, 0 if there is none; and the word that says whether there is one.
    function _recordedAlone(uint256 index) internal view returns (uint256 sequence, uint256 word) {
        word = _present[index >> 8];
        if (word >> (index & 255) & 1 == 0) return (0, word);
        sequence = _sealedSequences[index >> 5] >> _sequenceShift(index) & 255;
        if (sequence == 0) sequence = 1;
    }

    /// @dev Replaces what is recorded, for a ballot that comes alone; the caller has the word from _recordedAlone, just before.
    function _recordAlone(uint256 index, uint256 word, uint256 sequence) internal {
        _present[index >> 8] = word | 1 << (index & 255);
        if (sequence == 1) return;
        uint256 shift = _sequenceShift(index);
        _sealedSequences[index >> 5] = _sealedSequences[index >> 5] & ~(255 << shift) | sequence << shift;
    }

    function _startRecords() internal pure returns (Records memory) {
        return Records(CursorLibrary.start(), CursorLibrary.start());
    }

    /// @dev The recorded sequence; 0 if there is no ballot.
    function _recorded(Records memory records, uint256 index) internal returns (uint256) {
        records.present.turn(_present, index >> 8);
        if (records.present.word >> (index & 255) & 1 == 0) return 0;
        return _newest(records.sequences, index);
    }

    /// @dev The sequence of a ballot that is recorded.
    function _newest(Cursor memory sequences, uint256 index) internal returns (uint256 sequence) {
        sequences.turn(_sealedSequences, index >> 5);
        sequence = sequences.word >> _sequenceShift(index) & 255;
        if (sequence == 0) sequence = 1;
    }

    /// @dev Replaces what is recorded for the index; the caller has asked _recorded for it just before.
    function _record(Records memory records, uint256 index, uint256 sequence) internal {
        records.present.word |= 1 << (index & 255);
        if (sequence == 1) return;
        records.sequences.turn(_sealedSequences, index >> 5);
        uint256 shift = _sequenceShift(index);
        records.sequences.word = records.sequences.word & ~(255 << shift) | sequence << shift;
    }

    function _keepRecords(Records memory records) internal {
        records.present.keep(_present);
        records.sequences.keep(_sealedSequences);
    }

    function _sequenceShift(uint256 index) private pure returns (uint256) {
        return (index & 31) << 3;
    }
}
