// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICase} from "../interfaces/ICase.sol";
import {Caller} from "../libraries/Caller.sol";

/// @title What participants leave on the chain for later
/// @notice Notes of anybody, each under its sender's name, and hashes of earlier blocks (protocol, section 8.3). Neither changes anything
/// that is voted on.
abstract contract Notes is ICase {
    /// @dev Where EIP-2935 keeps the hashes of the last 8,191 blocks, on chains that have it.
    address private constant BLOCK_HASHES = 0x0000F90827F1C53a10cb7A02335B175320002935;
    /// Of one block in the Checkpoint event: uint64 number, bytes32 hash.
    uint256 private constant BLOCK_BYTES = 40;

    /// @inheritdoc ICase
    function note(bytes32 subject, bytes calldata data) external override {
        if (!Caller.isPlainAccount()) revert Case_CalledThroughContract();
        emit Noted(msg.sender, subject, data);
    }

    /// @inheritdoc ICase
    function checkpoint(uint64[] calldata blockNumbers) external override {
        bytes memory blocks = new bytes(blockNumbers.length * BLOCK_BYTES);
        for (uint256 i = 0; i < blockNumbers.length; ++i) {
            (uint64 blockNumber, bytes32 blockHash) = (blockNumbers[i], _hashOf(blockNumbers[i]));
            // Into the room made above: joining piece by piece would copy all the former ones each time, and a busy week would not fit.
            assembly ("memory-safe") {
                let place := add(add(blocks, 0x20), mul(i, BLOCK_BYTES))
                mstore(place, shl(192, blockNumber))
                mstore(add(place, 0x08), blockHash)
            }
        }
        emit Checkpoint(blocks);
    }

    /// @dev BLOCKHASH reaches 256 blocks back; beyond them EIP-2935 is asked, which answers nothing where it is not there.
    function _hashOf(uint64 blockNumber) private view returns (bytes32 blockHash) {
        blockHash = blockhash(blockNumber);
        if (blockHash != 0) return blockHash;
        (bool answered, bytes memory answer) = BLOCK_HASHES.staticcall(abi.encode(uint256(blockNumber)));
        if (answered && answer.length == 32) blockHash = bytes32(answer);
        if (blockHash == 0) revert Case_BlockOutOfReach(blockNumber);
    }
}
