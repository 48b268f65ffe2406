// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {
    ERC7913WebAuthnVerifier
} from "@openzeppelin/contracts/utils/cryptography/verifiers/ERC7913WebAuthnVerifier.sol";

/// @title Verifies officials' passkeys
/// @notice An official who signs with a passkey is the signer  address of this contract ‖ x ‖ y  of the P-256 key. It has no state and
/// serves every case of a chain.
contract PasskeyVerifier is ERC7913WebAuthnVerifier {
    bytes4 private constant REFUSED = 0xffffffff;
    uint256 private constant TYPE_INDEX = 0x60; // where a signature says at which place of clientDataJSON "type" begins

    /// @inheritdoc ERC7913WebAuthnVerifier
    /// @dev The library adds to the place of "type" without looking for an overflow, so a place just below 2^256 would make it read memory
    /// in front of clientDataJSON. Nobody gains a signature by that, but its holder could sign what a recount by plain rules refuses.
    function verify(bytes calldata key, bytes32 hash, bytes calldata signature) public view override returns (bytes4) {
        if (signature.length < TYPE_INDEX + 32) return REFUSED;
        if (uint256(bytes32(signature[TYPE_INDEX:TYPE_INDEX + 32])) >= signature.length) return REFUSED;
        return super.verify(key, hash, signature);
    }
}
