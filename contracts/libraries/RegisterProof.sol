// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

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

    /// @notice Whether `leaf` is under `root`, by its siblings from the bottom to the top; depth is at least 1.
    /// @dev Assembly: see TypedData.credentialDigest.
    function contains(bytes32 root, uint256 depth, bytes32 leaf, bytes32[] calldata proof) internal pure returns (bool) {
        if (proof.length != depth) return false;
        bytes32 node = leaf;
        assembly ("memory-safe") {
            let at := proof.offset
            let end := add(at, shl(5, depth))
            for {} 1 {} {
                // keccak(min ‖ max): the smaller of the two goes to 0x00, the other to 0x20.
                let sibling := calldataload(at)
                let place := shl(5, gt(node, sibling))
                mstore(place, node)
                mstore(xor(place, 0x20), sibling)
                node := keccak256(0x00, 0x40)
                at := add(at, 0x20)
                if eq(at, end) { break }
            }
        }
        return node == root;
    }

    /// @notice Room for `count` leaves of a multiproof: pairs of words (index, hash).
    function reserve(uint256 count) internal pure returns (uint256[] memory level) {
        return new uint256[](count * 2);
    }

    /// @notice Puts the i-th leaf into its place; the caller has reserved it.
    function put(uint256[] memory level, uint256 i, uint256 index, bytes32 hash) internal pure {
        assembly ("memory-safe") {
            let pair := add(add(level, 0x20), shl(6, i))
            mstore(pair, index)
            mstore(add(pair, 0x20), hash)
        }
    }

    /// @notice Whether all leaves are under `root`, at their places (multiproof in index order, section 4.1).
    /// @param level The leaves, at least one, indexes strictly ascending and below 2^depth; overwritten.
    ///
    /// @dev Level by level, every node or pair of nodes is replaced by its parent; `from` reads, `into` writes and never overtakes.
    /// Assembly, because the inner loop runs about three times for every ballot of a batch, and Solidity's six checks of bounds each
    /// time cost 8 % of the batch. Two reads may go beyond their end and are harmless: the node after the last one is not used, and
    /// siblings that are not there make `used` differ from their number.
    function containsAll(bytes32 root, uint256 depth, uint256[] memory level, bytes32[] calldata siblings)
        internal
        pure
        returns (bool)
    {
        bytes32 top;
        uint256 used;
        assembly ("memory-safe") {
            let first := add(level, 0x20)
            let end := add(first, shl(5, mload(level)))
            let sibling := siblings.offset
            for {} depth { depth := sub(depth, 1) } {
                let into := first
                for { let from := first } lt(from, end) {} {
                    let position := mload(from)
                    let node := mload(add(from, 0x20))
                    let other
                    from := add(from, 0x40)
                    switch and(lt(from, end), eq(mload(from), xor(position, 1)))
                    case 1 {
                        other := mload(add(from, 0x20))
                        from := add(from, 0x40)
                    }
                    default {
                        other := calldataload(sibling)
                        sibling := add(sibling, 0x20)
                    }
                    // keccak(min ‖ max): the smaller of the two goes to 0x00, the other to 0x20.
                    let smaller := shl(5, lt(node, other))
                    mstore(xor(smaller, 0x20), node)
                    mstore(smaller, other)
                    mstore(into, shr(1, position))
                    mstore(add(into, 0x20), keccak256(0x00, 0x40))
                    into := add(into, 0x40)
                }
                end := into
            }
            used := shr(5, sub(sibling, siblings.offset))
            top := mload(add(first, 0x20))
        }
        return used == siblings.length && top == root;
    }
}
