// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";
import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";

/// @title Proofs that leaves are in the register (protocol, section 4)
/// @notice The tree has 2^depth places in index order. A proof has exactly `depth` siblings, so that no inner node passes for a leaf;
/// the index is inside the leaf's hash and is bounded by the caller against the number of leaves.
library RegisterProof {
    uint256 internal constant MAX_LEAVES = 1 << 24;
    uint256 private constant MIN_DEPTH = 8;

    /// @notice max(8, ceil(log2(leafCount))).
    function depthOf(uint256 leafCount) internal pure returns (uint256 depth) {
        depth = MIN_DEPTH;
        while (1 << depth < leafCount) ++depth;
    }

    /// @notice keccak(keccak(abi.encode(index, votingClass, x, y))).
    /// @dev Assembly, because abi.encode would take fresh memory for every leaf of a batch, and memory is paid for by the square of its
    /// size: over 5 % of a batch of 1,000. It works above the free memory pointer and leaves it where it is.
    function leafHash(uint256 index, uint256 votingClass, uint256 x, uint256 y) internal pure returns (bytes32 hash) {
        assembly ("memory-safe") {
            let at := mload(0x40)
            mstore(at, index)
            mstore(add(at, 0x20), votingClass)
            mstore(add(at, 0x40), x)
            mstore(add(at, 0x60), y)
            mstore(0x00, keccak256(at, 0x80))
            hash := keccak256(0x00, 0x20)
        }
    }

    /// @notice Whether `leaf` is under `root`, by its siblings from the bottom to the top.
    function contains(bytes32 root, uint256 depth, bytes32 leaf, bytes32[] calldata proof) internal pure returns (bool) {
        return proof.length == depth && MerkleProof.processProofCalldata(proof, leaf) == root;
    }

    /// @notice Whether all leaves are under `root`, at their places (multiproof in index order, section 4.1).
    /// @param positions Indexes of the leaves, strictly ascending and below 2^depth; overwritten.
    /// @param nodes Hashes of the leaves; overwritten.
    function containsAll(
        bytes32 root,
        uint256 depth,
        uint256[] memory positions,
        bytes32[] memory nodes,
        bytes32[] calldata siblings
    ) internal pure returns (bool) {
        uint256 count = nodes.length;
        uint256 used = 0;
        for (uint256 level = 0; level < depth; ++level) {
            (count, used) = _climb(positions, nodes, count, siblings, used);
            if (used > siblings.length) return false;
        }
        return used == siblings.length && nodes[0] == root;
    }

    /// @dev Replaces the first `count` nodes by their parents. `used` beyond the siblings' length tells that they ran out.
    function _climb(
        uint256[] memory positions,
        bytes32[] memory nodes,
        uint256 count,
        bytes32[] calldata siblings,
        uint256 used
    ) private pure returns (uint256 parents, uint256) {
        // Counters are bounded by the arrays' lengths.
        unchecked {
            for (uint256 i = 0; i < count; ++parents) {
                uint256 position = positions[i];
                bytes32 node = nodes[i];
                if (++i < count && positions[i] == position ^ 1) {
                    node = Hashes.commutativeKeccak256(node, nodes[i++]);
                } else {
                    if (used == siblings.length) return (0, used + 1);
                    node = Hashes.commutativeKeccak256(node, siblings[used++]);
                }
                positions[parents] = position >> 1;
                nodes[parents] = node;
            }
        }
        return (parents, used);
    }
}
