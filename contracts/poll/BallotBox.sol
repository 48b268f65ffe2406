// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

import {IPoll} from "../interfaces/IPoll.sol";
import {Packed} from "../libraries/Packed.sol";
import {RegisterProof} from "../libraries/RegisterProof.sol";
import {TypedData} from "../libraries/TypedData.sol";
import {Choice, CredentialList, Rejection, SignedBallot} from "../types/Ballot.sol";
import {Leaf} from "../types/Register.sol";
import {Counting} from "./Counting.sol";
import {Recording} from "./Recording.sol";

/// @title Where ballots come in (protocol, section 8.2)
/// @notice One ballot by anyone, or many by anyone. Both ways meet the same checks, the same register and the same state.
abstract contract BallotBox is Recording, Counting {
    using Packed for bytes;

    /// A batch on its way through; ballots are recorded and counted in memory and written at the end.
    struct Batch {
        Records records;
        Counter counter;
        bytes recorded;
        bytes32 domainSeparator;
    }

    /// One ballot of a batch, unpacked.
    struct Entry {
        uint256 index;
        address ballotKey;
        uint256 choice;
        uint256 sequence;
    }

    uint256 private constant ENTRY_BYTES = 24;
    uint256 private constant BALLOT_BYTES = 65;
    uint256 private constant LEAF_BYTES = 65;

    /// @inheritdoc IPoll
    function cast(SignedBallot calldata ballot, Leaf calldata leaf, bytes32[] calldata proof)
        external
        override
        onlyPlainAccount
    {
        _requireOpen();
        uint256 index = ballot.index;
        _requireIndex(index);
        (uint256 former, uint256 formerSequence) = _recordedAlone(index);
        Rejection reason = _fault(ballot.choice, ballot.sequence, formerSequence);
        if (reason != Rejection.None) revert Poll_BallotRejected(index, reason);
        _requireInRegister(index, leaf, proof);
        bytes32 domainSeparator = _domainSeparatorV4();
        _requireCredential(domainSeparator, ballot);
        _requireBallotSigned(domainSeparator, ballot);

        _recordAlone(index, ballot.choice, ballot.sequence);
        _countAlone(leaf.votingClass, former, ballot.choice, leaf.x, leaf.y);
        emit BallotsRecorded(abi.encodePacked(uint32(index), ballot.sequence << 2 | ballot.choice));
    }

    /// @inheritdoc IPoll
    function castBatch(
        CredentialList calldata credentials,
        bytes calldata ballots,
        bytes calldata leaves,
        bytes32[] calldata siblings
    ) external override onlyPlainAccount {
        _requireOpen();
        bytes calldata entries = credentials.entries;
        uint256 count = _requireLengths(entries, ballots, leaves);
        _requireAllInRegister(entries, leaves, siblings, count);
        _requireCredentialList(credentials);

        Batch memory batch = Batch({
            records: _startRecords(),
            counter: _startCounter(_CLASS_COUNT),
            recorded: Packed.reserve(count),
            domainSeparator: _domainSeparatorV4()
        });
        for (uint256 i = 0; i < count; ++i) {
            _castAt(batch, entries, ballots, leaves, i);
        }
        _keepRecords(batch.records);
        _settle(batch.counter);
        if (batch.recorded.length != 0) emit BallotsRecorded(batch.recorded);
    }

    /// @dev Records and counts the i-th ballot of a batch, or rejects it alone. A mark has two bits of choice and six of sequence, so
    /// neither can be too large.
    function _castAt(Batch memory batch, bytes calldata entries, bytes calldata ballots, bytes calldata leaves, uint256 i)
        private
    {
        // Offsets are bounded by the lengths, which were checked.
        unchecked {
            uint256 entry = entries.word(i * ENTRY_BYTES);
            uint256 ballot = i * BALLOT_BYTES;
            uint256 mark = ballots.word(ballot) >> 248;
            (uint256 index, uint256 choice, uint256 sequence) = (entry >> 224, mark & 3, mark >> 2);
            (uint256 former, uint256 formerSequence) = _recorded(batch.records, index);
            if (choice == 0) return _reject(entry, sequence, Rejection.ChoiceNotAllowed);
            if (sequence <= formerSequence) return _reject(entry, sequence, Rejection.SequenceNotNewer);
            bytes32 digest = TypedData.ballotDigest(batch.domainSeparator, index, choice, sequence, _PLAN_HASH);
            if (!_isSigned(digest, ballots.word(ballot + 1), ballots.word(ballot + 33), address(uint160(entry >> 64)))) {
                return _reject(entry, sequence, Rejection.BallotNotSignedByKey);
            }
            _record(batch.records, index, choice, sequence);
            batch.recorded.append(index, mark);
            uint256 leaf = i * LEAF_BYTES;
            uint256 votingClass = leaves.word(leaf) >> 248;
            _requireClass(votingClass);
            _count(batch.counter, votingClass, former, choice, leaves.word(leaf + 1), leaves.word(leaf + 33));
        }
    }

    function _reject(uint256 entry, uint256 sequence, Rejection reason) private {
        emit BallotRejected(entry >> 224, address(uint160(entry >> 64)), uint8(sequence), reason);
    }

    /// @dev Rule 7 in a batch, by r and vs (EIP-2098). A signature that is wrong in itself, or has a high s, recovers to zero.
    function _isSigned(bytes32 digest, uint256 r, uint256 vs, address ballotKey) private pure returns (bool) {
        (address signer,,) = ECDSA.tryRecover(digest, bytes32(r), bytes32(vs));
        return signer != address(0) && signer == ballotKey;
    }

    /// @dev Rules 3 and 4: the choice, the sequence.
    function _fault(uint256 choice, uint256 sequence, uint256 formerSequence) private pure returns (Rejection) {
        if (choice == uint256(Choice.None) || choice > uint256(Choice.Abstain)) return Rejection.ChoiceNotAllowed;
        if (sequence <= formerSequence || sequence > MAX_SEQUENCE) return Rejection.SequenceNotNewer;
        return Rejection.None;
    }

    /// @dev Rule 5.
    function _requireInRegister(uint256 index, Leaf calldata leaf, bytes32[] calldata proof) private view {
        bytes32 leafHash = RegisterProof.leafHash(index, leaf.votingClass, leaf.x, leaf.y);
        if (!RegisterProof.contains(_REGISTER_ROOT, _DEPTH, leafHash, proof)) revert Poll_NotInRegister(index);
        _requireClass(leaf.votingClass);
    }

    /// @dev Rule 6.
    function _requireCredential(bytes32 domainSeparator, SignedBallot calldata ballot) private view {
        uint64 expiresAt = ballot.credentialExpiresAt;
        bytes32 digest = TypedData.credentialDigest(domainSeparator, ballot.index, ballot.ballotKey, expiresAt);
        _requireFromVerifier(digest, ballot.credentialSignature, expiresAt);
    }

    /// @dev Rule 7.
    function _requireBallotSigned(bytes32 domainSeparator, SignedBallot calldata ballot) private view {
        bytes32 digest =
            TypedData.ballotDigest(domainSeparator, ballot.index, ballot.choice, ballot.sequence, _PLAN_HASH);
        (address signer, ECDSA.RecoverError fault,) = ECDSA.tryRecoverCalldata(digest, ballot.ballotSignature);
        if (fault != ECDSA.RecoverError.NoError || signer != ballot.ballotKey) {
            revert Poll_BallotRejected(ballot.index, Rejection.BallotNotSignedByKey);
        }
    }

    function _requireLengths(bytes calldata entries, bytes calldata ballots, bytes calldata leaves)
        private
        pure
        returns (uint256 count)
    {
        if (entries.length == 0) revert Poll_BatchEmpty();
        count = entries.length / ENTRY_BYTES;
        if (
            entries.length != count * ENTRY_BYTES || ballots.length != count * BALLOT_BYTES
                || leaves.length != count * LEAF_BYTES
        ) revert Poll_BatchLengthsDiffer(entries.length, ballots.length, leaves.length);
    }

    /// @dev Rules 2 and 5 for a batch: indexes strictly ascending, all below leafCount, all leaves under the root.
    function _requireAllInRegister(
        bytes calldata entries,
        bytes calldata leaves,
        bytes32[] calldata siblings,
        uint256 count
    ) private view {
        uint256[] memory level = RegisterProof.reserve(count);
        uint256 next = 0; // the lowest index that may come
        unchecked {
            for (uint256 i = 0; i < count; ++i) {
                uint256 index = entries.word(i * ENTRY_BYTES) >> 224;
                if (index < next) revert Poll_BatchNotAscending(index);
                next = index + 1;
                uint256 leaf = i * LEAF_BYTES;
                bytes32 leafHash =
                    RegisterProof.leafHash(index, leaves.word(leaf) >> 248, leaves.word(leaf + 1), leaves.word(leaf + 33));
                RegisterProof.put(level, i, index, leafHash);
            }
        }
        _requireIndex(next - 1);
        if (!RegisterProof.containsAll(_REGISTER_ROOT, _DEPTH, level, siblings)) revert Poll_BatchNotInRegister();
    }

    /// @dev Rule 6 for a batch.
    function _requireCredentialList(CredentialList calldata credentials) private view {
        uint64 expiresAt = credentials.expiresAt;
        bytes32 structHash = TypedData.credentialList(credentials.entries, expiresAt);
        _requireFromVerifier(_hashTypedDataV4(structHash), credentials.signature, expiresAt);
    }

    function _requireFromVerifier(bytes32 digest, bytes calldata signature, uint64 expiresAt) private view {
        (address signer, ECDSA.RecoverError fault,) = ECDSA.tryRecoverCalldata(digest, signature);
        if (fault != ECDSA.RecoverError.NoError) revert Poll_CredentialNotSignedByVerifier();
        _requireVerifier(signer);
        if (block.timestamp > expiresAt) revert Poll_CredentialExpired(expiresAt, block.timestamp);
    }
}
