// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Secp256k1} from "./Secp256k1.sol";

/// @title Who signed (protocol, section 5)
/// @notice Every signature of a ballot's way in has 64 bytes (EIP-2098): r, and s with the parity of R's y in its highest bit.
library Signature {
    uint256 private constant HALF_ORDER = Secp256k1.N / 2;

    /// @notice The signer of `digest`; zero, which is nobody, for a signature that is wrong in itself or has an s above n/2.
    /// @dev To each signature with a low s belongs a second one with a high s: refusing that leaves one signature a ballot.
    function signerOf(bytes32 digest, bytes32 r, bytes32 vs) internal pure returns (address) {
        uint256 s = uint256(vs) & type(uint256).max >> 1;
        if (s > HALF_ORDER) return address(0);
        return ecrecover(digest, uint8(27 + (uint256(vs) >> 255)), r, bytes32(s));
    }
}
