// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Point, Secp256k1} from "./Secp256k1.sol";

/// @title Opening of a sum of Pedersen commitments (protocol, section 9)
/// @notice The sum S = fen * G + blind * H hides the amount; whoever knows both numbers can open it, and to one amount only.
///
/// ecrecover(e, v, r, s) computes the address of r^-1 (s R - e G), where R is the point with x = r and the parity of v. With R = H,
/// r = H.x, s = blind * H.x and e = -fen * H.x that is the address of blind * H + fen * G, for 3,000 gas instead of two multiplications.
/// s = 0 recovers nothing; with a blind of 0 the sum is fen * G, which is the same with R = G, r = G.x, s = fen * G.x and e = 0.
library Commitment {
    /// A claim, and all claims of a class together, are below 2^63 fen.
    uint256 internal constant AMOUNT_LIMIT = 1 << 63;
    /// Above any sum of 2^24 claims, and far below the group's order. Only where a leaf was taken out can a sum reach 2^63 at all.
    uint256 internal constant SUM_LIMIT = 1 << 88;

    /// The second generator (protocol, section 2; found at counter 1). Its y is even, hence v = 27; its x is below the group's order.
    uint256 private constant H_X = 0xf4366a3c6473141c275324609d67835b71d60a31776d863da711c4689b5fe05a;
    uint8 private constant H_V = 27;
    /// The first generator; its y is even, too.
    uint256 private constant G_X = 0x79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798;
    uint8 private constant G_V = 27;

    /// @notice Whether `fen` and `blind` open a sum, fen being in its range.
    function opensSum(Point memory sum, uint256 fen, uint256 blind) internal pure returns (bool) {
        return fen < SUM_LIMIT && opens(sum.x, sum.y, fen, blind);
    }

    /// @notice Whether the point (x, y) is fen * G + blind * H, modulo the order; infinity is opened by 0 and 0 alone.
    function opens(uint256 x, uint256 y, uint256 fen, uint256 blind) internal pure returns (bool) {
        if (x | y == 0) return fen == 0 && blind == 0;
        uint256 s = mulmod(blind, H_X, Secp256k1.N);
        address opened;
        if (s == 0) {
            opened = ecrecover(0, G_V, bytes32(G_X), bytes32(mulmod(fen, G_X, Secp256k1.N)));
        } else {
            uint256 e = (Secp256k1.N - mulmod(fen, H_X, Secp256k1.N)) % Secp256k1.N;
            opened = ecrecover(bytes32(e), H_V, bytes32(H_X), bytes32(s));
        }
        return opened != address(0) && opened == address(uint160(uint256(keccak256(abi.encode(x, y)))));
    }
}
