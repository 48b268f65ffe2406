// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Point} from "../../contracts/libraries/Secp256k1.sol";

/// A second writing of secp256k1: affine throughout, one inversion a step, after the textbook.
library Curve {
    uint256 internal constant P = 2 ** 256 - 2 ** 32 - 977;
    uint256 internal constant N = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;
    uint256 internal constant G_X = 0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798;
    uint256 internal constant G_Y = 0x483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8;
    uint256 internal constant H_X = 0xF4366A3C6473141C275324609D67835B71D60A31776D863DA711C4689B5FE05A;
    uint256 internal constant H_Y = 0x735001746EEF2706263E2D89C2D7B5DA7F5E7D7BA087D78FCA55F6303832960E;

    function g() internal pure returns (Point memory) {
        return Point(G_X, G_Y);
    }

    function h() internal pure returns (Point memory) {
        return Point(H_X, H_Y);
    }

    /// amount * G + blind * H
    function commit(uint256 amount, uint256 blind) internal view returns (Point memory) {
        return plus(times(g(), amount), times(h(), blind));
    }

    function times(Point memory a, uint256 factor) internal view returns (Point memory product) {
        for (factor %= N; factor != 0; factor >>= 1) {
            if (factor & 1 == 1) product = plus(product, a);
            a = plus(a, a);
        }
    }

    function plus(Point memory a, Point memory b) internal view returns (Point memory) {
        if (a.x == 0 && a.y == 0) return b;
        if (b.x == 0 && b.y == 0) return a;
        uint256 slope;
        if (a.x == b.x) {
            if (addmod(a.y, b.y, P) == 0) return Point(0, 0);
            slope = mulmod(mulmod(3, mulmod(a.x, a.x, P), P), inverse(mulmod(2, a.y, P)), P);
        } else {
            slope = mulmod(addmod(b.y, P - a.y, P), inverse(addmod(b.x, P - a.x, P)), P);
        }
        uint256 x = addmod(mulmod(slope, slope, P), P - addmod(a.x, b.x, P), P);
        return Point(x, addmod(mulmod(slope, addmod(a.x, P - x, P), P), P - a.y, P));
    }

    function minus(Point memory a, Point memory b) internal view returns (Point memory) {
        return plus(a, b.x | b.y == 0 ? b : Point(b.x, P - b.y));
    }

    function inverse(uint256 a) internal view returns (uint256) {
        (bool done, bytes memory answer) = address(5).staticcall(abi.encode(32, 32, 32, a, P - 2, P));
        require(done, "no modular exponentiation");
        return abi.decode(answer, (uint256));
    }
}
