// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC7913SignatureVerifier} from "@openzeppelin/contracts/interfaces/IERC7913.sol";
import {Bytes} from "@openzeppelin/contracts/utils/Bytes.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @title Who may sign an official act, and who has signed it (protocol, section 1)
/// @notice A signer is either 20 bytes, a plain secp256k1 key, or 84 bytes, the passkey verifier's address and a P-256 key. Nothing else
/// is asked: whoever could choose the code that verifies would sign for everybody.
library Signers {
    /// @dev keccak of the deployed code of PasskeyVerifier.sol as these sources compile to it; a test holds it to the build.
    bytes32 internal constant PASSKEY_VERIFIER_CODE = 0x9fed83fe50e113816bf1f9fcbb83f4e1bdaac54dae207718d201b9aba5c5a9a5;

    uint256 private constant PLAIN_KEY_BYTES = 20;
    uint256 private constant PASSKEY_BYTES = 84;

    /// @notice Whether the signer can sign anything here: a plain key other than zero, or a passkey behind the code named above.
    /// @dev Asked once, when a case is opened: the code named above cannot destroy itself and calls precompiles only, so it stays what it is.
    /// An account that delegates to it (EIP-7702) has another codehash, that of the delegation.
    function isAllowed(bytes memory signer) internal view returns (bool) {
        if (signer.length == PLAIN_KEY_BYTES) return bytes20(signer) != 0;
        return signer.length == PASSKEY_BYTES && address(bytes20(signer)).codehash == PASSKEY_VERIFIER_CODE;
    }

    /// @notice Whether the signer, allowed before, signed the digest. A plain key signs by ECDSA only: code at its address, also code that
    /// it delegated to (EIP-7702), is not asked, or its holder could sign what no recount can check.
    function hasSigned(bytes memory signer, bytes32 digest, bytes calldata signature) internal view returns (bool) {
        address first = address(bytes20(signer));
        if (signer.length == PLAIN_KEY_BYTES) {
            (address found,,) = ECDSA.tryRecoverCalldata(digest, signature);
            return found != address(0) && found == first;
        }
        bytes memory key = Bytes.slice(signer, PLAIN_KEY_BYTES);
        (bool answered, bytes memory answer) =
            first.staticcall(abi.encodeCall(IERC7913SignatureVerifier.verify, (key, digest, signature)));
        return answered && answer.length >= 32 && bytes32(answer) == bytes32(IERC7913SignatureVerifier.verify.selector);
    }
}
