// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Packed} from "../libraries/Packed.sol";
import {RegisterProof} from "../libraries/RegisterProof.sol";
import {Secp256k1} from "../libraries/Secp256k1.sol";
import {Signature} from "../libraries/Signature.sol";
import {TypedData} from "../libraries/TypedData.sol";
import {CompactSignature, CredentialList, Rejection} from "../types/Ballot.sol";
import {Leaf} from "../types/Register.sol";
import {Terms} from "./Terms.sol";

/// @title Whose ballot is let in (protocol, section 8.2, rules 2, 5, 6 and 7)
/// @notice The leaf is in the register, its commitment is a point, a verifier signed that its lender was there, and the lender's key signed
/// the ballot. Open and sealed polls ask all this alike.
abstract contract Admission is Terms {
    uint256 internal constant ENTRY_BYTES = 24;
    uint256 internal constant LEAF_BYTES = 65;

    /// @dev Rule 5.
    function _requireInRegister(uint256 index, uint256 votingClass, Leaf calldata leaf, bytes32[] calldata proof) internal view {
        bytes32 leafHash = _leafHash(index, votingClass, leaf.x, leaf.y);
        if (!RegisterProof.contains(_REGISTER_ROOT, _DEPTH, leafHash, proof)) revert Poll_NotInRegister(index);
    }

    /// @dev Rules 2 and 5 for a batch: indexes strictly ascending, all below leafCount, all leaves under the root and on the curve.
    function _requireAllInRegister(
        bytes calldata entries,
        bytes calldata leaves,
        bytes32[] calldata siblings,
        uint256 count
    ) internal view {
        uint256[] memory level = RegisterProof.reserve(count);
        (uint256 entry, uint256 leaf) = (Packed.placeOf(entries), Packed.placeOf(leaves));
        uint256 next = 0; // the lowest index that may come
        // Indexes have 32 bits, and places lie in the data of the call: nothing overflows.
        unchecked {
            for (uint256 i = 0; i < count; ++i) {
                uint256 index = Packed.wordAt(entry) >> 224;
                if (index < next) revert Poll_BatchNotAscending(index);
                next = index + 1;
                uint256 votingClass = Packed.wordAt(leaf) >> 248;
                bytes32 leafHash = _leafHash(index, votingClass, Packed.wordAt(leaf + 1), Packed.wordAt(leaf + 33));
                RegisterProof.put(level, i, index, leafHash);
                entry += ENTRY_BYTES;
                leaf += LEAF_BYTES;
            }
        }
        _requireIndex(next - 1);
        if (!RegisterProof.containsAll(_REGISTER_ROOT, _DEPTH, level, siblings)) revert Poll_BatchNotInRegister();
    }

    /// @dev The hash of a leaf that has a class of the register and a point: one that is none would spoil its sum for everybody. Both are
    /// asked with one jump, which saves 60 gas for every ballot of a batch.
    function _leafHash(uint256 index, uint256 votingClass, uint256 x, uint256 y) private view returns (bytes32) {
        (bool isLeaf, uint256 classCount) = (Secp256k1.isPoint(x, y), _CLASS_COUNT);
        assembly ("memory-safe") {
            isLeaf := and(isLeaf, lt(votingClass, classCount))
        }
        if (!isLeaf) _refuseLeaf(index, votingClass);
        return RegisterProof.leafHash(index, votingClass, x, y);
    }

    /// @dev Says which of the two the leaf lacks.
    function _refuseLeaf(uint256 index, uint256 votingClass) private view {
        _requireClass(votingClass);
        revert Poll_CommitmentNotOnCurve(index);
    }

    /// @dev Rule 6 for one ballot.
    function _requireCredential(
        bytes32 domainSeparator,
        uint256 index,
        address ballotKey,
        uint64 expiresAt,
        CompactSignature calldata signature
    ) internal view {
        _requireFromVerifier(TypedData.credentialDigest(domainSeparator, index, ballotKey, expiresAt), signature, expiresAt);
    }

    /// @dev Rule 6 for a batch.
    function _requireCredentialList(CredentialList calldata credentials) internal view {
        uint64 expiresAt = credentials.expiresAt;
        bytes32 structHash = TypedData.credentialList(credentials.entries, expiresAt);
        _requireFromVerifier(_hashTypedDataV4(structHash), credentials.signature, expiresAt);
    }

    function _requireFromVerifier(bytes32 digest, CompactSignature calldata signature, uint64 expiresAt) private view {
        _requireVerifier(Signature.signerOf(digest, signature.r, signature.vs));
        if (block.timestamp > expiresAt) revert Poll_CredentialExpired(expiresAt, block.timestamp);
    }

    /// @dev Rule 7. Nobody has the key zero: that is what a wrong signature recovers to.
    function _isSigned(bytes32 digest, bytes32 r, bytes32 vs, address ballotKey) internal pure returns (bool) {
        address signer = Signature.signerOf(digest, r, vs);
        return signer != address(0) && signer == ballotKey;
    }

    /// @dev Rule 7 for a ballot of a batch, whose r and vs lie at that place.
    function _isSignedAt(uint256 place, bytes32 digest, address ballotKey) internal pure returns (bool) {
        // Places lie in the data of the call.
        unchecked {
            return _isSigned(digest, bytes32(Packed.wordAt(place)), bytes32(Packed.wordAt(place + 32)), ballotKey);
        }
    }

    /// @dev Rejects one ballot of a batch, whose entry this is.
    function _reject(uint256 entry, uint256 sequence, Rejection reason) internal {
        emit BallotRejected(entry >> 224, address(uint160(entry >> 64)), uint8(sequence), reason);
    }

    function _requireLengths(bytes calldata entries, bytes calldata ballots, bytes calldata leaves, uint256 ballotBytes)
        internal
        pure
        returns (uint256 count)
    {
        if (entries.length == 0) revert Poll_BatchEmpty();
        count = entries.length / ENTRY_BYTES;
        if (
            entries.length != count * ENTRY_BYTES || ballots.length != count * ballotBytes
                || leaves.length != count * LEAF_BYTES
        ) revert Poll_BatchLengthsDiffer(entries.length, ballots.length, leaves.length);
    }
}
