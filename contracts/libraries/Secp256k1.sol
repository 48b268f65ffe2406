// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// A point in affine coordinates; infinity is (0, 0), which is not on the curve.
struct Point {
    uint256 x;
    uint256 y;
}

/// The affine point (x / z^2, y / z^3); infinity when z is 0.
struct Jacobian {
    uint256 x;
    uint256 y;
    uint256 z;
}

/// @title Sums of points on secp256k1, y^2 = x^3 + 7 modulo P
/// @notice Points are stored affine and added up in Jacobian coordinates, which need no division; one inversion at the end makes all
/// sums of a batch affine again.
///
/// (X1, Y1, Z1) + (x2, y2), with U = x2 Z1^2, S = y2 Z1^3, h = U - X1, r = S - Y1:
///
///     X3 = r^2 - h^3 - 2 X1 h^2        Y3 = r (X1 h^2 - X3) - Y1 h^3        Z3 = Z1 h
///
/// h = 0 means the same x: equal points (r = 0) are doubled, opposite points give infinity.
library Secp256k1 {
    /// The field's prime.
    uint256 internal constant P = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEFFFFFC2F;
    /// The group's order.
    uint256 internal constant N = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;

    /// @notice Whether (x, y) is a point of the curve in coordinates below P; infinity is none.
    /// @dev Assembly, because && jumps: 70 gas for every ballot of a batch.
    function isPoint(uint256 x, uint256 y) internal pure returns (bool onCurve) {
        assembly ("memory-safe") {
            let equation := eq(mulmod(y, y, P), addmod(mulmod(x, mulmod(x, x, P), P), 7, P))
            onCurve := and(equation, and(lt(x, P), lt(y, P)))
        }
    }

    /// @notice The affine point (x, y) in Jacobian coordinates.
    function lift(uint256 x, uint256 y) internal pure returns (Jacobian memory) {
        return Jacobian(x, y, x | y == 0 ? 0 : 1);
    }

    /// @notice Adds the affine point (x, y), which is not infinity, to `sum`, in place.
    function add(Jacobian memory sum, uint256 x, uint256 y) internal pure {
        uint256 z = sum.z;
        if (z == 0) {
            (sum.x, sum.y, sum.z) = (x, y, 1);
            return;
        }
        // Coordinates are below P, so no difference runs below 0; addmod and mulmod work beyond 256 bits.
        unchecked {
            uint256 zz = mulmod(z, z, P);
            uint256 h = addmod(mulmod(x, zz, P), P - sum.x, P);
            uint256 r = addmod(mulmod(y, mulmod(z, zz, P), P), P - sum.y, P);
            if (h == 0) return _addSameX(sum, r);
            uint256 hh = mulmod(h, h, P);
            uint256 hhh = mulmod(h, hh, P);
            uint256 v = mulmod(sum.x, hh, P);
            uint256 x3 = addmod(mulmod(r, r, P), P - addmod(hhh, addmod(v, v, P), P), P);
            sum.x = x3;
            sum.y = addmod(mulmod(r, addmod(v, P - x3, P), P), P - mulmod(sum.y, hhh, P), P);
            sum.z = mulmod(z, h, P);
        }
    }

    /// @notice Takes the affine point (x, y), which is not infinity, off `sum`, in place.
    function subtract(Jacobian memory sum, uint256 x, uint256 y) internal pure {
        add(sum, x, negative(y));
    }

    /// @notice The y of the inverse of a point.
    function negative(uint256 y) internal pure returns (uint256) {
        // A leaf's y is below P, or it was not let in.
        unchecked {
            return y == 0 ? 0 : P - y;
        }
    }

    /// @notice (x1, y1) + (x2, y2), affine, the second not infinity: for one addition alone, an inversion and little else.
    ///
    ///     m = (y2 - y1) / (x2 - x1),  or 3 x1^2 / (2 y1) for equal points        x = m^2 - x1 - x2        y = m (x1 - x) - y1
    function addAffine(uint256 x1, uint256 y1, uint256 x2, uint256 y2) internal view returns (uint256 x, uint256 y) {
        if (x1 | y1 == 0) return (x2, y2);
        // Coordinates are below P, so no difference runs below 0.
        unchecked {
            uint256 over = addmod(y2, P - y1, P);
            uint256 under = addmod(x2, P - x1, P);
            if (under == 0) {
                if (over != 0) return (0, 0);
                over = mulmod(3, mulmod(x1, x1, P), P);
                under = addmod(y1, y1, P);
            }
            uint256 m = mulmod(over, _invert(under), P);
            x = addmod(mulmod(m, m, P), P - addmod(x1, x2, P), P);
            y = addmod(mulmod(m, addmod(x1, P - x, P), P), P - y1, P);
        }
    }

    /// @notice Makes every sum affine: z becomes 1, or stays 0 for infinity. One inversion serves them all.
    function normalise(Jacobian[] memory sums) internal view {
        uint256 count = sums.length;
        uint256[] memory before = new uint256[](count); // before[i]: product of all z ahead of sums[i]
        uint256 product = 1;
        for (uint256 i = 0; i < count; ++i) {
            before[i] = product;
            if (sums[i].z != 0) product = mulmod(product, sums[i].z, P);
        }
        uint256 inverse = product == 1 ? 1 : _invert(product);
        for (uint256 i = count; i != 0; --i) {
            Jacobian memory sum = sums[i - 1];
            if (sum.z == 0) {
                (sum.x, sum.y) = (0, 0);
            } else {
                uint256 zInverse = mulmod(inverse, before[i - 1], P);
                inverse = mulmod(inverse, sum.z, P);
                uint256 zz = mulmod(zInverse, zInverse, P);
                sum.x = mulmod(sum.x, zz, P);
                sum.y = mulmod(sum.y, mulmod(zInverse, zz, P), P);
                sum.z = 1;
            }
        }
    }

    function _addSameX(Jacobian memory sum, uint256 r) private pure {
        if (r != 0) {
            (sum.x, sum.y, sum.z) = (0, 0, 0);
            return;
        }
        // Doubling: S = 4 X Y^2, M = 3 X^2, X3 = M^2 - 2S, Y3 = M (S - X3) - 8 Y^4, Z3 = 2 Y Z. Nothing runs below 0, as in add().
        unchecked {
            uint256 yy = mulmod(sum.y, sum.y, P);
            uint256 s = mulmod(4, mulmod(sum.x, yy, P), P);
            uint256 m = mulmod(3, mulmod(sum.x, sum.x, P), P);
            uint256 x3 = addmod(mulmod(m, m, P), P - addmod(s, s, P), P);
            sum.z = mulmod(2, mulmod(sum.y, sum.z, P), P);
            sum.y = addmod(mulmod(m, addmod(s, P - x3, P), P), P - mulmod(8, mulmod(yy, yy, P), P), P);
            sum.x = x3;
        }
    }

    /// @dev a^(P-2) = 1/a modulo the prime P, by the precompile.
    function _invert(uint256 a) private view returns (uint256 inverse) {
        bool done;
        assembly ("memory-safe") {
            let at := mload(0x40)
            mstore(at, 0x20)
            mstore(add(at, 0x20), 0x20)
            mstore(add(at, 0x40), 0x20)
            mstore(add(at, 0x60), a)
            mstore(add(at, 0x80), sub(P, 2))
            mstore(add(at, 0xa0), P)
            done := and(eq(returndatasize(), 0x20), staticcall(gas(), 0x05, at, 0xc0, 0x00, 0x20))
            inverse := mload(0x00)
        }
        assert(done);
    }
}
