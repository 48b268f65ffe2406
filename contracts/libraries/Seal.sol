// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Secp256k1} from "./Secp256k1.sol";

/// @title Opening sealed ballots (protocol, section 21.1)
/// @notice ecrecover(0, 27, r, x r) computes the address of r^-1 (x r R) = x R, R being the point with x-coordinate r and an even y. So one
/// call of 3,000 gas gives the shared point's address of a seal, and nothing where no point has that x, or r is 0 or not below the order.
library Seal {
    bytes32 private constant WORD = keccak256("LenderVote/1/seal");
    /// x-coordinate of the first generator; its y is even.
    uint256 private constant G_X = 0x79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798;
    /// A one for each of sixteen motions, two bits apart.
    uint256 private constant ONES = 0x55555555;

    /// @notice The address of scalar * G; zero, which is nobody's, for 0 and for what is not below the order.
    function keyOf(uint256 scalar) internal pure returns (address) {
        if (scalar >= Secp256k1.N) return address(0);
        return ecrecover(0, 27, bytes32(G_X), bytes32(mulmod(scalar, G_X, Secp256k1.N)));
    }

    /// @notice Memory in which the ballots of one poll are opened, one after the other: what is hashed (192 bytes) and what ecrecover takes.
    function frame(bytes32 domainSeparator) internal pure returns (uint256 place) {
        bytes32 word = WORD;
        assembly ("memory-safe") {
            place := mload(0x40)
            mstore(0x40, add(place, 0x140))
            mstore(place, word)
            mstore(add(place, 0x20), domainSeparator)
            mstore(add(place, 0xc0), 0)
            mstore(add(place, 0xe0), 27)
        }
    }

    /// @notice The lower bit of each motion's pair.
    function onesOf(uint256 motions) internal pure returns (uint256) {
        return ONES & ((1 << (motions << 1)) - 1);
    }

    /// @notice What a ballot holds under the secret: two bits a motion, each 1, 2 or 3; 0 if it is invalid.
    function open(
        uint256 place,
        uint256 secret,
        uint256 ones,
        uint256 index,
        uint256 sequence,
        uint256 seal,
        uint256 sealedChoice
    ) internal view returns (uint256 choices) {
        uint256 order = Secp256k1.N;
        assembly ("memory-safe") {
            mstore(add(place, 0x40), index)
            mstore(add(place, 0x60), sequence)
            mstore(add(place, 0x80), seal)
            // The shared point's address; it stays 0 when ecrecover answers nothing.
            mstore(add(place, 0xa0), 0)
            mstore(add(place, 0x100), seal)
            mstore(add(place, 0x120), mulmod(secret, seal, order))
            pop(staticcall(gas(), 0x01, add(place, 0xc0), 0x80, add(place, 0xa0), 0x20))
            let plain := xor(sealedChoice, shr(192, keccak256(place, 0xc0)))
            // Every pair has a bit, no other bit is set, and there is a shared point.
            let full := eq(and(or(plain, shr(1, plain)), ones), ones)
            let narrow := iszero(and(plain, not(mul(ones, 3))))
            choices := mul(plain, and(and(full, narrow), iszero(iszero(mload(add(place, 0xa0))))))
        }
    }
}
