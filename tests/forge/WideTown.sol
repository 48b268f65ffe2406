// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Point} from "../../contracts/libraries/Secp256k1.sol";
import {ClassTotals, Leaf} from "../../contracts/types/Register.sol";
import {SealedTown} from "./SealedTown.sol";

/// A register of a thousand lenders in sixteen classes, of whom fourteen vote: neighbours that share words of storage and others that do not.
abstract contract WideTown is SealedTown {
    uint256 internal constant WIDE = 1_000;
    uint256 internal constant WIDE_DEPTH = 10;
    uint256 internal constant WIDE_CLASSES = 16;
    uint256 internal constant CLASSLESS = 998; // this lender's leaf names class 16

    uint16[14] internal _voters = [0, 1, 31, 32, 63, 64, 70, 127, 128, 129, 255, 512, 998, 999];
    mapping(uint256 level => mapping(uint256 position => bytes32)) private _branch;
    bytes32[] private _empty;

    /// Its number.
    function _freezeWide() internal returns (uint256) {
        _plant();
        ClassTotals[] memory totals = new ClassTotals[](WIDE_CLASSES);
        for (uint256 k = 0; k < WIDE_CLASSES; ++k) {
            totals[k] = ClassTotals(k < WIDE % WIDE_CLASSES ? WIDE / WIDE_CLASSES + 1 : WIDE / WIDE_CLASSES, 1 << 40, 1);
        }
        return _freeze(_wideNode(WIDE_DEPTH, 0), WIDE, totals);
    }

    /// All voters but the classless one.
    function _indexes() internal view returns (uint256[] memory indexes) {
        indexes = new uint256[](_voters.length - 1);
        uint256 count = 0;
        for (uint256 i = 0; i < _voters.length; ++i) {
            if (_voters[i] != CLASSLESS) indexes[count++] = _voters[i];
        }
    }

    function _wideLeaf(uint256 index) internal view returns (Leaf memory) {
        Point memory point = _points[index % LENDERS];
        return Leaf(uint8(index == CLASSLESS ? WIDE_CLASSES : index % WIDE_CLASSES), point.x, point.y);
    }

    /// Branches of the voters alone; all other leaves are empty.
    function _plant() private {
        _empty.push(bytes32(0));
        for (uint256 level = 0; level < WIDE_DEPTH; ++level) {
            _empty.push(_parent(_empty[level], _empty[level]));
        }
        for (uint256 i = 0; i < _voters.length; ++i) {
            Leaf memory leaf = _wideLeaf(_voters[i]);
            bytes memory words = abi.encode(uint256(_voters[i]), uint256(leaf.votingClass), leaf.x, leaf.y);
            _branch[0][_voters[i]] = keccak256(bytes.concat(keccak256(words)));
        }
        for (uint256 level = 0; level < WIDE_DEPTH; ++level) {
            for (uint256 i = 0; i < _voters.length; ++i) {
                uint256 above = _voters[i] >> (level + 1);
                _branch[level + 1][above] = _parent(_wideNode(level, 2 * above), _wideNode(level, 2 * above + 1));
            }
        }
    }

    function _wideNode(uint256 level, uint256 position) private view returns (bytes32 node) {
        node = _branch[level][position];
        if (node == 0) node = _empty[level];
    }

    function _wideProof(uint256 index) internal view returns (bytes32[] memory proof) {
        proof = new bytes32[](WIDE_DEPTH);
        for (uint256 level = 0; level < WIDE_DEPTH; ++level) {
            proof[level] = _wideNode(level, index >> level ^ 1);
        }
    }

    function _wideSiblings(uint256[] memory indexes) internal view returns (bytes32[] memory siblings) {
        bytes32[] memory found = new bytes32[](indexes.length * WIDE_DEPTH);
        uint256 count = 0;
        for (uint256 level = 0; level < WIDE_DEPTH; ++level) {
            for (uint256 i = 0; i < indexes.length; ++i) {
                uint256 position = indexes[i] >> level;
                bool seen = i > 0 && indexes[i - 1] >> level == position;
                if (!seen && !_isBelow(indexes, level, position ^ 1)) found[count++] = _wideNode(level, position ^ 1);
            }
        }
        siblings = new bytes32[](count);
        for (uint256 i = 0; i < count; ++i) {
            siblings[i] = found[i];
        }
    }

    function _isBelow(uint256[] memory indexes, uint256 level, uint256 position) private pure returns (bool) {
        for (uint256 i = 0; i < indexes.length; ++i) {
            if (indexes[i] >> level == position) return true;
        }
        return false;
    }
}
