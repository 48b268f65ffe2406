// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Officials} from "../approval/Officials.sol";
import {Signers} from "../approval/Signers.sol";
import {ISealedCase} from "../interfaces/ISealedCase.sol";
import {TypedData} from "../libraries/TypedData.sol";

/// @title Who holds shares of the keys to which choices are sealed (protocol, section 21.2)
/// @notice Trustees are named when the case is opened, or by k officials a week before they serve, so that everybody sees the seats before a
/// poll is announced with them: officials and an operator who could name them in the same hour could invent every seat.
abstract contract Trustees is Officials {
    uint256 private constant LEAST_TRUSTEES = 2;
    uint256 private constant MOST_TRUSTEES = 32;
    /// From the appointment until trustees serve, in a case that is no rehearsal.
    uint256 private constant TRUSTEE_NOTICE = 7 days;

    /// Both lists encoded, empty where there is none: that costs less code than a list of lists (EIP-3860).
    bytes private _trustees; // slot 6
    bytes private _nextTrustees; // slot 7
    uint64 private _nextServeFrom; // slot 8; 0 when nobody waits
    uint256 private _appointmentCount; // slot 9

    constructor(bytes[] memory trustees_) {
        if (trustees_.length == 0) return;
        _requireTrustees(trustees_);
        _trustees = abi.encode(trustees_);
        emit TrusteesAppointed(0, trustees_, uint64(block.timestamp));
    }

    /// @inheritdoc ISealedCase
    function appointTrustees(bytes[] calldata named_, bytes[] calldata signers, bytes[] calldata signatures)
        external
        override
        onlyPlainAccount
    {
        bytes[] memory named = named_;
        _requireTrustees(named);
        uint256 number = _appointmentCount + 1;
        _requireOfficials(TypedData.trusteeAppointment(number, named_), signers, signatures);
        if (_nextServe()) _trustees = _nextTrustees;
        _appointmentCount = number;
        _nextTrustees = abi.encode(named);
        _nextServeFrom = uint64(rehearsal() ? block.timestamp : block.timestamp + TRUSTEE_NOTICE);
        emit TrusteesAppointed(number, named, _nextServeFrom);
    }

    /// @inheritdoc ISealedCase
    function trustees() public view override returns (bytes[] memory) {
        return _listed(_nextServe() ? _nextTrustees : _trustees);
    }

    /// @inheritdoc ISealedCase
    function nextTrustees() external view override returns (bytes[] memory waiting, uint64 servesFrom) {
        if (block.timestamp < _nextServeFrom) return (_listed(_nextTrustees), _nextServeFrom);
    }

    /// @inheritdoc ISealedCase
    function appointmentCount() external view override returns (uint256) {
        return _appointmentCount;
    }

    /// @dev Whether those who were appointed last serve by now.
    function _nextServe() private view returns (bool) {
        return _nextServeFrom != 0 && block.timestamp >= _nextServeFrom;
    }

    function _listed(bytes memory encoded) private pure returns (bytes[] memory found) {
        if (encoded.length != 0) found = abi.decode(encoded, (bytes[]));
    }

    function _requireTrustees(bytes[] memory named) private view {
        uint256 count = named.length;
        if (count < LEAST_TRUSTEES || count > MOST_TRUSTEES) revert Trustees_CountOutOfRange(count);
        for (uint256 i = 0; i < count; ++i) {
            if (!Signers.isAllowed(named[i])) revert Case_SignerNotAllowed(named[i]);
            for (uint256 j = 0; j < i; ++j) {
                if (keccak256(named[i]) == keccak256(named[j])) revert Trustees_NamedTwice(named[i]);
            }
        }
    }
}
