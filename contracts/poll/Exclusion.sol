// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IPoll} from "../interfaces/IPoll.sol";
import {Commitment} from "../libraries/Commitment.sol";
import {Secp256k1} from "../libraries/Secp256k1.sol";
import {ClassTotals, Leaf} from "../types/Register.sol";
import {Admission} from "./Admission.sol";

/// @title Leaves that hold no claim (protocol, section 9.1)
/// @notice A commitment opens to an amount modulo the order of the group, so whoever draws up a register can make a leaf of a negative or
/// an enormous amount. Cast alone, such a leaf would keep the sums from ever being opened. Whoever shows its opening takes it out, with
/// its head, between the close and the opening of the sums. That harms nobody who holds a claim: an amount below 2^63 is not taken, and
/// nobody knows a second opening of a commitment. What was counted for the leaf is taken off by each kind of poll itself.
abstract contract Exclusion is Admission {
    /// What was taken out of a class.
    struct Excluded {
        uint256 heads;
        uint256 fen; // modulo the order
    }

    mapping(uint256 index => bool) private _isExcluded; // slot 151; sealed 15
    mapping(uint256 votingClass => Excluded) private _excluded; // slot 152; sealed 16

    /// @inheritdoc IPoll
    function admitted(uint256 votingClass) external view override returns (uint256 admittedHeads, uint256 admittedFen) {
        _requireClass(votingClass);
        ClassTotals memory totals = _admitted(votingClass, classes()[votingClass]);
        return (totals.heads, totals.amountFen);
    }

    /// @dev Takes the leaf off what is admitted in its class, once, by its opening.
    function _exclude(uint256 index, Leaf calldata leaf, bytes32[] calldata proof, uint256 amount, uint256 blind) internal {
        _requireClosed();
        _requireIndex(index);
        uint256 votingClass = leaf.votingClass;
        _requireInRegister(index, votingClass, leaf, proof);
        if (_isExcluded[index]) revert Poll_LeafAlreadyExcluded(index);
        if (!_holdsNoClaim(leaf.x, leaf.y, amount, blind)) revert Poll_LeafHoldsClaim(index);
        _isExcluded[index] = true;
        Excluded storage excluded = _excluded[votingClass];
        ++excluded.heads;
        excluded.fen = addmod(excluded.fen, amount, Secp256k1.N);
    }

    /// @dev Whether amount and blind show it. A claim raised by the order opens the same point and must not be taken for more than it is.
    function _holdsNoClaim(uint256 x, uint256 y, uint256 amount, uint256 blind) internal pure returns (bool) {
        return amount >= Commitment.AMOUNT_LIMIT && amount < Secp256k1.N && Commitment.opens(x, y, amount, blind);
    }

    /// @dev What was frozen of the class, less the leaves taken out. Where a register froze fewer heads than the class has leaves, which
    /// everybody sees in its published leaves, the heads may run below 0, and there is no result.
    function _admitted(uint256 votingClass, ClassTotals memory frozen) internal view returns (ClassTotals memory) {
        Excluded storage excluded = _excluded[votingClass];
        frozen.heads -= excluded.heads;
        frozen.amountFen = addmod(frozen.amountFen, Secp256k1.N - excluded.fen, Secp256k1.N);
        return frozen;
    }

    /// @dev After the close and before the sums are opened; in a sealed poll once every ballot was counted.
    function _requireClosed() internal view virtual;
}
