// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Signers} from "../../../contracts/approval/Signers.sol";
import {Commitment} from "../../../contracts/libraries/Commitment.sol";
import {CountingRule} from "../../../contracts/libraries/CountingRule.sol";
import {Packed} from "../../../contracts/libraries/Packed.sol";
import {RegisterProof} from "../../../contracts/libraries/RegisterProof.sol";
import {Jacobian, Point, Secp256k1} from "../../../contracts/libraries/Secp256k1.sol";
import {Signature} from "../../../contracts/libraries/Signature.sol";
import {ClassTotals} from "../../../contracts/types/Register.sol";
import {Condition} from "../../../contracts/types/Rule.sol";
import {ClassTally} from "../../../contracts/types/Tally.sol";

/// Shows the libraries to the tests of the shared vectors.
contract Libraries {
    using Secp256k1 for Jacobian;

    function signerOf(bytes32 digest, bytes32 r, bytes32 vs) external pure returns (address) {
        return Signature.signerOf(digest, r, vs);
    }

    /// Adds up the points, each with its sign, and makes the sum affine. No lender's commitment is infinity; here it is passed over.
    function sum(Point[] calldata points, bool[] calldata negative) external view returns (uint256 x, uint256 y) {
        Jacobian[] memory sums = new Jacobian[](1);
        for (uint256 i = 0; i < points.length; ++i) {
            if (points[i].x | points[i].y == 0) continue;
            if (negative[i]) sums[0].subtract(points[i].x, points[i].y);
            else sums[0].add(points[i].x, points[i].y);
        }
        Secp256k1.normalise(sums);
        return (sums[0].x, sums[0].y);
    }

    /// Makes many sums affine at once; each is points[i] + points[i + 1].
    function sumsOfNeighbours(Point[] calldata points) external view returns (Point[] memory found) {
        Jacobian[] memory sums = new Jacobian[](points.length - 1);
        found = new Point[](points.length - 1);
        for (uint256 i = 0; i < sums.length; ++i) {
            sums[i] = Secp256k1.lift(points[i].x, points[i].y);
            if (points[i + 1].x | points[i + 1].y != 0) sums[i].add(points[i + 1].x, points[i + 1].y);
        }
        Secp256k1.normalise(sums);
        for (uint256 i = 0; i < sums.length; ++i) {
            found[i] = Point(sums[i].x, sums[i].y);
        }
    }

    /// a + b by the way of a ballot that comes alone.
    function addAffine(Point calldata a, Point calldata b) external view returns (uint256 x, uint256 y) {
        if (b.x | b.y == 0) return (a.x, a.y); // no lender's commitment
        return Secp256k1.addAffine(a.x, a.y, b.x, b.y);
    }

    /// a + b, made affine, and then + c: what was made affine can be added to again.
    function sumGoneOn(Point calldata a, Point calldata b, Point calldata c) external view returns (uint256 x, uint256 y) {
        Jacobian[] memory sums = new Jacobian[](1);
        sums[0] = Secp256k1.lift(a.x, a.y);
        sums[0].add(b.x, b.y);
        Secp256k1.normalise(sums);
        sums[0].add(c.x, c.y);
        Secp256k1.normalise(sums);
        return (sums[0].x, sums[0].y);
    }

    function isPoint(uint256 x, uint256 y) external pure returns (bool) {
        return Secp256k1.isPoint(x, y);
    }

    function opensSum(Point calldata sum_, uint256 fen, uint256 blind) external pure returns (bool) {
        return Commitment.opensSum(sum_, fen, blind);
    }

    /// The same without a bound of the amount.
    function opens(Point calldata point, uint256 fen, uint256 blind) external pure returns (bool) {
        return Commitment.opens(point.x, point.y, fen, blind);
    }

    function passkeyVerifierCode() external pure returns (bytes32) {
        return Signers.PASSKEY_VERIFIER_CODE;
    }

    function depthOf(uint256 leafCount) external pure returns (uint256) {
        return RegisterProof.depthOf(leafCount);
    }

    function leafHash(uint256 index, uint256 votingClass, uint256 x, uint256 y) external pure returns (bytes32) {
        return RegisterProof.leafHash(index, votingClass, x, y);
    }

    function contains(bytes32 root, uint256 depth, bytes32 leaf, bytes32[] calldata proof) external pure returns (bool) {
        return RegisterProof.contains(root, depth, leaf, proof);
    }

    function containsAll(
        bytes32 root,
        uint256 depth,
        uint256[] calldata positions,
        bytes32[] calldata nodes,
        bytes32[] calldata siblings
    ) external pure returns (bool) {
        uint256[] memory level = RegisterProof.reserve(positions.length);
        for (uint256 i = 0; i < positions.length; ++i) {
            RegisterProof.put(level, i, positions[i], nodes[i]);
        }
        return RegisterProof.containsAll(root, depth, level, siblings);
    }

    /// Records of `count` ballots, and what was in memory behind their room.
    function recordsAndNeighbour(uint256 count) external pure returns (bytes memory records, bytes32 neighbour) {
        records = Packed.reserve(count);
        bytes32[] memory behind = new bytes32[](1);
        for (uint256 i = 0; i < count; ++i) {
            Packed.append(records, i, 255);
        }
        neighbour = behind[0];
    }

    function carries(Condition[] memory conditions, ClassTally memory tally, ClassTotals memory admitted)
        external
        pure
        returns (bool)
    {
        return CountingRule.carries(conditions, tally, admitted);
    }
}
