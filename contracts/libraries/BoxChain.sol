// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Leaf} from "../types/Register.sol";

/// @title The box: one number that grows over all ballots (protocol, section 21.1)
/// @notice box := keccak(box ‖ record). Whoever has the number without the last records can show that these were the last ones, and no
/// others. Nothing here takes memory for good.
library BoxChain {
    /// uint32 index ‖ uint8 class ‖ x ‖ y ‖ uint8 sequence ‖ seal (32) ‖ sealed choice (8).
    uint256 internal constant RECORD_BYTES = 110;

    /// @notice The box with one ballot more that came alone; index, class, sequence and sealed choice are no wider than in a record.
    function joinAlone(bytes32 box, uint256 index, Leaf calldata leaf, uint256 sequence, uint256 seal, uint256 sealedChoice)
        internal
        pure
        returns (bytes32 joined)
    {
        (uint256 votingClass, uint256 x, uint256 y) = (leaf.votingClass, leaf.x, leaf.y);
        assembly ("memory-safe") {
            let at := mload(0x40)
            mstore(at, box)
            mstore(add(at, 32), shl(224, index))
            mstore8(add(at, 36), votingClass)
            mstore(add(at, 37), x)
            mstore(add(at, 69), y)
            mstore8(add(at, 101), sequence)
            mstore(add(at, 102), seal)
            mstore(add(at, 134), shl(192, sealedChoice))
            joined := keccak256(at, 142)
        }
    }

    /// @notice The box with one ballot more, whose index, leaf and sealed ballot lie at three places in the data of the call.
    function join(bytes32 box, uint256 entry, uint256 leaf, uint256 ballot) internal pure returns (bytes32 joined) {
        assembly ("memory-safe") {
            let at := mload(0x40)
            mstore(at, box)
            calldatacopy(add(at, 32), entry, 4)
            calldatacopy(add(at, 36), leaf, 65)
            calldatacopy(add(at, 101), ballot, 41)
            joined := keccak256(at, 142)
        }
    }

    /// @notice The box with the record at that place in the data of the call.
    function fold(bytes32 box, uint256 place) internal pure returns (bytes32 folded) {
        assembly ("memory-safe") {
            let at := mload(0x40)
            mstore(at, box)
            calldatacopy(add(at, 32), place, RECORD_BYTES)
            folded := keccak256(at, 142)
        }
    }
}
