// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Signers} from "../approval/Signers.sol";
import {Secp256k1} from "../libraries/Secp256k1.sol";
import {TypedData} from "../libraries/TypedData.sol";
import {SealConfirmation, SealKey} from "../types/Seal.sol";
import {Trustees} from "./Trustees.sol";

/// @title Keys to which choices are sealed (protocol, section 21.3)
/// @notice Every seat confirms a key twice: by its share of it, so that every trustee is known to hold one, and by the trustee's own signer, so
/// that nobody else sits there. A key serves one poll; whoever opened that one could read the next.
abstract contract SealKeys is Trustees {
    uint256 private constant LEAST_THRESHOLD = 2;

    mapping(address key => bool) private _usedKeys; // slot 10; seal keys and share keys
    mapping(bytes32 rollHash => bool) private _usedRolls; // slot 11

    /// @dev Demands the confirmations of every seat over a new key, and marks it as used; its struct hash.
    function _takeSealKey(SealKey calldata key, SealConfirmation[] calldata confirmations)
        internal
        returns (bytes32 structHash)
    {
        bytes[] memory seats = trustees();
        _requireSeats(key, confirmations.length, seats.length);
        if (!Secp256k1.isPoint(key.x, key.y)) revert Seal_KeyNotOnCurve();
        structHash = TypedData.sealKey(key);
        bytes32 digest = _digestOf(0, structHash); // trustees are of no generation
        for (uint256 i = 0; i < seats.length; ++i) {
            _requireFirst(key.shareKeys, i);
            bytes memory shareKey = abi.encodePacked(key.shareKeys[i]);
            if (!Signers.hasSigned(shareKey, digest, confirmations[i].share)) revert Seal_ShareKeyNotConfirmed(i);
            if (!Signers.hasSigned(seats[i], digest, confirmations[i].identity)) revert Seal_IdentityNotConfirmed(i);
            _use(key.shareKeys[i]);
        }
        _use(_addressOf(key.x, key.y));
        if (_usedRolls[key.rollHash]) revert Seal_RollUsed(key.rollHash);
        _usedRolls[key.rollHash] = true;
    }

    function _addressOf(uint256 x, uint256 y) internal pure returns (address) {
        return address(uint160(uint256(keccak256(abi.encode(x, y)))));
    }

    function _use(address key) private {
        if (_usedKeys[key]) revert Seal_KeyUsed(key);
        _usedKeys[key] = true;
    }

    function _requireSeats(SealKey calldata key, uint256 confirmations, uint256 seats) private pure {
        if (seats == 0) revert Trustees_NoneServing();
        if (key.shareKeys.length != seats || confirmations != seats) {
            revert Seal_SeatCountWrong(key.shareKeys.length, confirmations, seats);
        }
        if (key.threshold < LEAST_THRESHOLD || key.threshold > seats) revert Seal_ThresholdOutOfRange(key.threshold, seats);
    }

    function _requireFirst(address[] calldata shareKeys, uint256 trustee) private pure {
        for (uint256 i = 0; i < trustee; ++i) {
            if (shareKeys[i] == shareKeys[trustee]) revert Seal_ShareKeyTwice(trustee);
        }
    }
}
