// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {
    ERC7913WebAuthnVerifier
} from "@openzeppelin/contracts/utils/cryptography/verifiers/ERC7913WebAuthnVerifier.sol";

/// @title Verifies officials' passkeys
/// @notice An official who signs with a passkey is the signer  address of this contract ‖ x ‖ y  of the P-256 key. It has no state and
/// serves every case of a chain.
contract PasskeyVerifier is ERC7913WebAuthnVerifier {}
