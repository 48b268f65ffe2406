// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IOpenPoll} from "../interfaces/IOpenPoll.sol";
import {IPoll} from "../interfaces/IPoll.sol";
import {Packed} from "../libraries/Packed.sol";
import {TypedData} from "../libraries/TypedData.sol";
import {Choice, CompactSignature, CredentialList, Rejection, SignedBallot} from "../types/Ballot.sol";
import {Leaf} from "../types/Register.sol";
import {Admission} from "./Admission.sol";
import {Counting} from "./Counting.sol";
import {Recording} from "./Recording.sol";

/// @title Where ballots come in (protocol, section 8.2)
/// @notice One ballot by anyone, or many by anyone. Both ways meet the same checks, the same register and the same state.
abstract contract BallotBox is Admission, Recording, Counting {
    using Packed for bytes;

    /// A batch on its way through; ballots are recorded and counted in memory and written at the end.
    struct Batch {
        Records records;
        Counter counter;
        bytes recorded;
        bytes32 domainSeparator;
        uint256 entries; // where the pieces begin in the data of the call
        uint256 ballots;
        uint256 leaves;
    }

    uint256 private constant BALLOT_BYTES = 65;
    uint256 private constant NO_CHOICE = uint256(Choice.None);
    uint256 private constant LAST_CHOICE = uint256(Choice.Abstain);

    /// @inheritdoc IOpenPoll
    function cast(SignedBallot calldata ballot, Leaf calldata leaf, bytes32[] calldata proof)
        external
        override
        onlyPlainAccount
    {
        _requireOpen();
        // Each is read once: Solidity checks at every reading that it is no wider than its type.
        (uint256 index, uint256 choice, uint256 sequence) = (ballot.index, ballot.choice, ballot.sequence);
        uint256 votingClass = leaf.votingClass;
        _requireIndex(index);
        (uint256 former, uint256 formerSequence, uint256 word) = _recordedAlone(index);
        if (choice == NO_CHOICE || choice > LAST_CHOICE) revert Poll_BallotRejected(index, Rejection.ChoiceNotAllowed);
        if (sequence <= formerSequence || sequence > MAX_SEQUENCE) revert Poll_BallotRejected(index, Rejection.SequenceNotNewer);
        _requireInRegister(index, votingClass, leaf, proof);
        _requireSigned(index, choice, sequence, ballot);

        _recordAlone(index, word, choice, sequence);
        _countAlone(votingClass, former, choice, leaf.x, leaf.y);
        emit BallotsRecorded(abi.encodePacked(uint32(index), uint8(sequence << 2 | choice)));
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
        uint256 count = _requireLengths(entries, ballots, leaves, BALLOT_BYTES);
        _requireAllInRegister(entries, leaves, siblings, count);
        _requireCredentialList(credentials);

        Batch memory batch = Batch({
            records: _startRecords(),
            counter: _startCounter(_CLASS_COUNT),
            recorded: Packed.reserve(count),
            domainSeparator: _domainSeparatorV4(),
            entries: Packed.placeOf(entries),
            ballots: Packed.placeOf(ballots),
            leaves: Packed.placeOf(leaves)
        });
        for (uint256 i = 0; i < count; ++i) {
            _castAt(batch, i);
        }
        _keepRecords(batch.records);
        _settle(batch.counter);
        if (batch.recorded.length != 0) emit BallotsRecorded(batch.recorded);
    }

    /// @dev Records and counts the i-th ballot of a batch, or rejects it alone. A mark has two bits of choice and six of sequence, so
    /// neither can be too large. Places are bounded by the lengths, which were checked.
    function _castAt(Batch memory batch, uint256 i) private {
        unchecked {
            uint256 entry = Packed.wordAt(batch.entries + i * ENTRY_BYTES);
            uint256 ballot = batch.ballots + i * BALLOT_BYTES;
            uint256 mark = Packed.wordAt(ballot) >> 248;
            (uint256 index, uint256 choice, uint256 sequence) = (entry >> 224, mark & 3, mark >> 2);
            (uint256 former, uint256 formerSequence) = _recorded(batch.records, index);
            if (choice == NO_CHOICE) return _reject(entry, sequence, Rejection.ChoiceNotAllowed);
            if (sequence <= formerSequence) return _reject(entry, sequence, Rejection.SequenceNotNewer);
            bytes32 digest = TypedData.ballotDigest(batch.domainSeparator, index, choice, sequence, _PLAN_HASH);
            if (!_isSignedAt(ballot + 1, digest, address(uint160(entry >> 64)))) {
                return _reject(entry, sequence, Rejection.BallotNotSignedByKey);
            }
            _record(batch.records, index, choice, sequence);
            batch.recorded.append(index, mark);
            _countAt(batch.counter, batch.leaves + i * LEAF_BYTES, former, choice);
        }
    }

    /// @dev Counts a ballot of a batch, whose leaf lies at that place; _requireAllInRegister has looked at its class and point.
    function _countAt(Counter memory counter, uint256 place, uint256 former, uint256 choice) private view {
        // Places lie in the data of the call.
        unchecked {
            uint256 votingClass = Packed.wordAt(place) >> 248;
            _count(counter, votingClass, former, choice, Packed.wordAt(place + 1), Packed.wordAt(place + 33));
        }
    }

    /// @dev Rules 6 and 7: the credential by a verifier, the ballot by its key.
    function _requireSigned(uint256 index, uint256 choice, uint256 sequence, SignedBallot calldata ballot) private view {
        (address ballotKey, bytes32 domainSeparator) = (ballot.ballotKey, _domainSeparatorV4());
        _requireCredential(domainSeparator, index, ballotKey, ballot.credentialExpiresAt, ballot.credentialSignature);

        bytes32 digest = TypedData.ballotDigest(domainSeparator, index, choice, sequence, _PLAN_HASH);
        CompactSignature calldata signature = ballot.ballotSignature;
        if (!_isSigned(digest, signature.r, signature.vs, ballotKey)) {
            revert Poll_BallotRejected(index, Rejection.BallotNotSignedByKey);
        }
    }
}
