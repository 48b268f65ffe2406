// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Officials} from "../approval/Officials.sol";
import {ICase} from "../interfaces/ICase.sol";
import {Commitment} from "../libraries/Commitment.sol";
import {RegisterProof} from "../libraries/RegisterProof.sol";
import {TypedData} from "../libraries/TypedData.sol";
import {ClassTotals} from "../types/Register.sol";

/// @title Who may vote: registers, frozen by the officials
/// @notice A register is its root and the totals of its classes (protocol, section 4). Nothing of it changes after the freeze.
abstract contract Registers is Officials {
    struct Register {
        bytes32 root;
        uint256 leafCount;
        ClassTotals[] classes;
    }

    uint256 private constant MAX_CLASSES = 16;

    Register[] private _registers; // slot 3

    /// @inheritdoc ICase
    function freezeRegister(
        bytes32 root,
        uint256 leafCount,
        ClassTotals[] calldata classes,
        bytes32 classNamesHash,
        bytes32 rangeProofsHash,
        bytes[] calldata signers,
        bytes[] calldata signatures
    ) external override onlyPlainAccount returns (uint256 registerNumber) {
        registerNumber = _registers.length;
        _requireTotals(leafCount, classes);
        bytes32 structHash = TypedData.registerFreeze(
            registerNumber, root, leafCount, keccak256(abi.encode(classes)), classNamesHash, rangeProofsHash
        );
        _requireOfficials(structHash, signers, signatures);
        Register storage frozen = _registers.push();
        frozen.root = root;
        frozen.leafCount = leafCount;
        for (uint256 i = 0; i < classes.length; ++i) {
            frozen.classes.push(classes[i]);
        }
        emit RegisterFrozen(registerNumber, root, leafCount, classes, classNamesHash, rangeProofsHash);
    }

    /// @inheritdoc ICase
    function registerCount() external view override returns (uint256) {
        return _registers.length;
    }

    /// @inheritdoc ICase
    function register(uint256 registerNumber)
        external
        view
        override
        returns (bytes32 root, uint256 leafCount, uint256 depth, ClassTotals[] memory classes)
    {
        _requireFrozen(registerNumber);
        Register storage frozen = _registers[registerNumber];
        return (frozen.root, frozen.leafCount, RegisterProof.depthOf(frozen.leafCount), frozen.classes);
    }

    function _requireFrozen(uint256 registerNumber) internal view {
        if (registerNumber >= _registers.length) revert Register_NotFrozen(registerNumber);
    }

    function _requireTotals(uint256 leafCount, ClassTotals[] calldata classes) private pure {
        if (leafCount == 0 || leafCount > RegisterProof.MAX_LEAVES) revert Register_LeafCountOutOfRange(leafCount);
        if (classes.length == 0 || classes.length > MAX_CLASSES) revert Register_ClassCountOutOfRange(classes.length);
        uint256 heads = 0;
        for (uint256 i = 0; i < classes.length; ++i) {
            uint256 headsOfClass = classes[i].heads;
            if (headsOfClass == 0) revert Register_ClassEmpty(i);
            // Refused here already, so that the sum below cannot overflow.
            if (headsOfClass > leafCount) revert Register_HeadsDoNotAddUp(headsOfClass, leafCount);
            if (classes[i].amountFen >= Commitment.AMOUNT_LIMIT) {
                revert Register_AmountOutOfRange(i, classes[i].amountFen);
            }
            heads += headsOfClass;
        }
        if (heads != leafCount) revert Register_HeadsDoNotAddUp(heads, leafCount);
    }
}
