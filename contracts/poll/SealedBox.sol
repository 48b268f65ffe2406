// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IPoll} from "../interfaces/IPoll.sol";
import {ISealedPoll} from "../interfaces/ISealedPoll.sol";
import {BoxChain} from "../libraries/BoxChain.sol";
import {Packed} from "../libraries/Packed.sol";
import {TypedData} from "../libraries/TypedData.sol";
import {CompactSignature, CredentialList, Rejection} from "../types/Ballot.sol";
import {Leaf} from "../types/Register.sol";
import {SealedBallot} from "../types/Seal.sol";
import {Admission} from "./Admission.sol";
import {SealedRecording} from "./SealedRecording.sol";

/// @title Where sealed ballots come in (protocol, section 21.4)
/// @notice As in poll/BallotBox.sol, less what a choice is asked; instead of being counted a ballot is folded into the box.
abstract contract SealedBox is Admission, SealedRecording {
    using Packed for bytes;

    /// A batch on its way through; the box and the records are written at the end.
    struct Batch {
        Records records;
        bytes recorded;
        bytes32 box;
        uint256 frame; // where digests are made
        uint256 entries; // where the pieces begin in the data of the call
        uint256 ballots;
        uint256 leaves;
    }

    uint256 private constant BALLOT_BYTES = 105;

    /// hashStruct of the SealKey: a ballot that is sealed to another key is signed over another hash.
    bytes32 internal immutable _SEAL_KEY_HASH;

    bytes32 internal _box; // slot 7

    constructor(bytes32 sealKeyHash_) {
        _SEAL_KEY_HASH = sealKeyHash_;
    }

    /// @inheritdoc ISealedPoll
    function cast(SealedBallot calldata ballot, Leaf calldata leaf, bytes32[] calldata proof)
        external
        override
        onlyPlainAccount
    {
        _requireOpen();
        // Each is read once: Solidity checks at every reading that it is no wider than its type.
        (uint256 index, uint256 sequence) = (ballot.index, ballot.sequence);
        _requireIndex(index);
        (uint256 former, uint256 word) = _recordedAlone(index);
        if (sequence <= former || sequence > MAX_SEQUENCE) revert Poll_BallotRejected(index, Rejection.SequenceNotNewer);
        _requireInRegister(index, leaf.votingClass, leaf, proof);
        _requireSigned(index, sequence, ballot);

        _recordAlone(index, word, sequence);
        _box = BoxChain.joinAlone(_box, index, leaf, sequence, ballot.seal, ballot.sealedChoice);
        emit BallotsRecorded(abi.encodePacked(uint32(index), uint8(sequence << 2)));
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
        uint256 count_ = _requireLengths(entries, ballots, leaves, BALLOT_BYTES);
        _requireAllInRegister(entries, leaves, siblings, count_);
        _requireCredentialList(credentials);

        Batch memory batch = Batch({
            records: _startRecords(),
            recorded: Packed.reserve(count_),
            box: _box,
            frame: TypedData.sealedBallotFrame(_domainSeparatorV4(), _PLAN_HASH, _SEAL_KEY_HASH),
            entries: Packed.placeOf(entries),
            ballots: Packed.placeOf(ballots),
            leaves: Packed.placeOf(leaves)
        });
        for (uint256 i = 0; i < count_; ++i) {
            _castAt(batch, i);
        }
        if (batch.recorded.length == 0) return;
        _keepRecords(batch.records);
        _box = batch.box;
        emit BallotsRecorded(batch.recorded);
    }

    /// @inheritdoc ISealedPoll
    function box() external view override returns (bytes32) {
        return _box;
    }

    /// @inheritdoc ISealedPoll
    function sealKeyHash() external view override returns (bytes32) {
        return _SEAL_KEY_HASH;
    }

    /// @dev Records the i-th ballot of a batch, or rejects it alone. Places are bounded by the lengths, which were checked.
    function _castAt(Batch memory batch, uint256 i) private {
        unchecked {
            uint256 entryPlace = batch.entries + i * ENTRY_BYTES;
            uint256 ballot = batch.ballots + i * BALLOT_BYTES;
            uint256 entry = Packed.wordAt(entryPlace);
            (uint256 index, uint256 sequence) = (entry >> 224, Packed.wordAt(ballot) >> 248);
            uint256 former = _recorded(batch.records, index);
            if (sequence <= former || sequence > MAX_SEQUENCE) return _reject(entry, sequence, Rejection.SequenceNotNewer);
            if (!_isSignedAt(ballot + 41, _digestAt(batch.frame, index, sequence, ballot), address(uint160(entry >> 64)))) {
                return _reject(entry, sequence, Rejection.BallotNotSignedByKey);
            }
            _record(batch.records, index, sequence);
            batch.recorded.append(index, sequence << 2);
            batch.box = BoxChain.join(batch.box, entryPlace, batch.leaves + i * LEAF_BYTES, ballot);
        }
    }

    /// @dev What is signed of a ballot of a batch, which lies at that place.
    function _digestAt(uint256 frame, uint256 index, uint256 sequence, uint256 ballot) private pure returns (bytes32) {
        // Places lie in the data of the call.
        unchecked {
            (uint256 seal, uint256 sealedChoice) = (Packed.wordAt(ballot + 1), Packed.wordAt(ballot + 33) >> 192);
            return TypedData.sealedBallotDigest(frame, index, sequence, seal, sealedChoice);
        }
    }

    /// @dev Rules 6 and 7: the credential by a verifier, the ballot by its key.
    function _requireSigned(uint256 index, uint256 sequence, SealedBallot calldata ballot) private view {
        (address ballotKey, bytes32 domainSeparator) = (ballot.ballotKey, _domainSeparatorV4());
        _requireCredential(domainSeparator, index, ballotKey, ballot.credentialExpiresAt, ballot.credentialSignature);

        uint256 frame = TypedData.sealedBallotFrame(domainSeparator, _PLAN_HASH, _SEAL_KEY_HASH);
        bytes32 digest = TypedData.sealedBallotDigest(frame, index, sequence, ballot.seal, ballot.sealedChoice);
        CompactSignature calldata signature = ballot.ballotSignature;
        if (!_isSigned(digest, signature.r, signature.vs, ballotKey)) {
            revert Poll_BallotRejected(index, Rejection.BallotNotSignedByKey);
        }
    }
}
