// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Reading and writing the packed bytes of a batch
/// @notice A batch is read in about seven places a ballot. Solidity checks the bounds of every slice, which would cost more than 5 % of a
/// ballot; here the lengths are checked once, by the caller, before anything is read.
library Packed {
    /// Bytes of one recorded ballot in the BallotsRecorded event.
    uint256 internal constant RECORD_BYTES = 5;
    /// The same of a counted ballot with more than one motion.
    uint256 internal constant LONG_RECORD_BYTES = 9;

    /// @notice Where `data` begins in the data of the call.
    function placeOf(bytes calldata data) internal pure returns (uint256 place) {
        assembly ("memory-safe") {
            place := data.offset
        }
    }

    /// @notice The 32 bytes at a place in the data of the call; the caller has checked that they belong to a run.
    function wordAt(uint256 place) internal pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := calldataload(place)
        }
    }

    /// @notice Room for `count` records, empty so far.
    function reserve(uint256 count) internal pure returns (bytes memory records) {
        return _room(count * RECORD_BYTES);
    }

    /// @notice Room for `count` long records, empty so far.
    function reserveLong(uint256 count) internal pure returns (bytes memory records) {
        return _room(count * LONG_RECORD_BYTES);
    }

    /// @notice Appends uint32(index) ‖ uint8(mark); the caller has reserved the room.
    function append(bytes memory records, uint256 index, uint256 mark) internal pure {
        assembly ("memory-safe") {
            let length := mload(records)
            mstore(add(add(records, 0x20), length), or(shl(224, index), shl(216, mark)))
            mstore(records, add(length, RECORD_BYTES))
        }
    }

    /// @notice Appends uint32(index) ‖ uint8(mark) ‖ uint32(choices); the caller has reserved the room.
    function appendLong(bytes memory records, uint256 index, uint256 mark, uint256 choices) internal pure {
        assembly ("memory-safe") {
            let length := mload(records)
            mstore(add(add(records, 0x20), length), or(or(shl(224, index), shl(216, mark)), shl(184, choices)))
            mstore(records, add(length, LONG_RECORD_BYTES))
        }
    }

    function _room(uint256 size) private pure returns (bytes memory records) {
        // What appends stores a whole word at the last record's place, hence one word more.
        records = new bytes(size + 32);
        assembly ("memory-safe") {
            mstore(records, 0)
        }
    }
}
