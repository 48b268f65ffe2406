// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ISuccession} from "../interfaces/ISuccession.sol";
import {TypedData} from "../libraries/TypedData.sol";
import {People} from "../types/People.sol";
import {Officials} from "./Officials.sol";

/// @title Nobody is irreplaceable: who comes after the officials and the institution (protocol, section 24)
/// @notice k of those in office name the next generation, everybody sees it for as long as the notice lasts, then anybody brings it into
/// office. Whatever was announced before keeps the generation under which it was announced.
abstract contract Successions is Officials {
    /// From the announcement of a succession until it can be completed, at least, in a case that is no rehearsal.
    uint256 private constant LEAST_NOTICE_OF_SUCCESSION = 7 days;

    uint64 private _successionCount; // slot 13; withdrawn ones too, so that no signature can be used twice
    uint64 private _pending; // slot 13; number of the succession that waits, 0 when none does
    uint64 private _holdsFrom; // slot 13

    /// @inheritdoc ISuccession
    function announceSuccession(
        People calldata people_,
        uint32 noticeSeconds,
        bytes32 reasonHash,
        bytes[] calldata signers,
        bytes[] calldata signatures
    ) external override onlyPlainAccount {
        if (_pending != 0) revert Succession_AnotherWaits(_pending);
        if (reasonHash == 0) revert Succession_ReasonEmpty();
        if (!rehearsal() && noticeSeconds < LEAST_NOTICE_OF_SUCCESSION) revert Succession_NoticeTooShort(noticeSeconds);
        uint64 number = _successionCount + 1;
        bytes32 before = _hashOf(_current());
        bytes32 named = _name(number, before, people_);
        _requireOfficials(TypedData.succession(number, before, named, noticeSeconds, reasonHash), signers, signatures);
        (_successionCount, _pending, _holdsFrom) = (number, number, uint64(block.timestamp + noticeSeconds));
        emit SuccessionAnnounced(number, named, _holdsFrom, reasonHash);
    }

    /// @inheritdoc ISuccession
    function withdrawSuccession(bytes[] calldata signers, bytes[] calldata signatures) external override onlyPlainAccount {
        uint64 number = _requirePending();
        if (block.timestamp >= _holdsFrom) revert Succession_NoticeIsOver(_holdsFrom);
        _requireOfficials(TypedData.successionWithdrawal(number), signers, signatures);
        _pending = 0;
        emit SuccessionWithdrawn(number);
    }

    /// @inheritdoc ISuccession
    function completeSuccession() external override onlyPlainAccount {
        uint64 number = _requirePending();
        if (block.timestamp < _holdsFrom) revert Succession_NoticeNotOver(_holdsFrom);
        _pending = 0;
        _takeOffice(number, _peopleOf(number));
        emit SuccessionCompleted(number, _hashOf(number));
    }

    /// @inheritdoc ISuccession
    function generation() external view override returns (uint256) {
        return _current();
    }

    /// @inheritdoc ISuccession
    function people(uint256 generation_) external view override returns (bytes memory) {
        return _encodedPeople(generation_);
    }

    /// @inheritdoc ISuccession
    function successions() external view override returns (uint64 count, uint64 pending, uint64 holdsFrom) {
        return (_successionCount, _pending, _holdsFrom);
    }

    function _requirePending() private view returns (uint64) {
        if (_pending == 0) revert Succession_NoneWaits();
        return _pending;
    }
}
