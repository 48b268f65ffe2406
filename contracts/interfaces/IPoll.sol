// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Choice, CredentialList, Rejection} from "../types/Ballot.sol";
import {PollParameters} from "../types/PollParameters.sol";
import {ClassTotals} from "../types/Register.sol";
import {ClassTally, Opening} from "../types/Tally.sol";

/// @title What open and sealed polls have in common
/// @notice Records ballots, opens the sums after the close, and takes the officials' decision. Everything a poll is held to was fixed when
/// it was created (protocol, sections 8 and 21).
interface IPoll {
    /// @notice Ballots were recorded: 5 bytes each, uint32 index, uint8 sequence << 2 | choice; in a sealed poll the choice is 0.
    event BallotsRecorded(bytes recorded);
    /// @notice One ballot of a batch was rejected; the others were not touched.
    event BallotRejected(uint256 indexed index, address ballotKey, uint8 sequence, Rejection reason);
    /// @notice One official approved or refused the result.
    event OfficialAttested(bytes32 indexed signerHash, bool approve);
    /// @notice k officials decided.
    event PollDecided(bool approved);

    /// @notice Thrown when a poll is announced that would not open in the future, or not close after it opens.
    error Poll_WindowWrong(uint64 opensAt, uint64 closesAt, uint256 blockTime);
    /// @notice Thrown when a poll is announced with a challenge period of 0 seconds.
    error Poll_ChallengePeriodMissing();
    /// @notice Thrown when a poll is announced without verifiers, or with more than 8.
    error Poll_VerifierCountOutOfRange(uint256 count);
    /// @notice Thrown when a poll is announced with one verifier named twice.
    error Poll_VerifierTwice(address verifier);
    /// @notice Thrown when a poll is announced with the address zero as a verifier.
    error Poll_VerifierEmpty();
    /// @notice Thrown when a poll is announced without conditions, or with more than 8.
    error Poll_ConditionCountOutOfRange(uint256 count);
    /// @notice Thrown when a condition (its place, from 0) has a fraction of 0, above 1, or of more than 10^6 parts.
    error Poll_ConditionOutOfRange(uint256 condition);

    /// @notice Thrown when a ballot comes before the opening.
    error Poll_NotOpenYet(uint64 opensAt, uint256 blockTime);
    /// @notice Thrown when a ballot comes at the close or later.
    error Poll_Closed(uint64 closesAt, uint256 blockTime);
    /// @notice Thrown when sums are to be opened or a leaf is to be taken out before the close.
    error Poll_StillOpen(uint64 closesAt, uint256 blockTime);
    /// @notice Thrown when the caller is a contract, or an account that delegates to code.
    error Poll_CalledThroughContract();
    /// @notice Thrown when the register has no leaf of this index.
    error Poll_IndexOutOfRange(uint256 index, uint256 leafCount);
    /// @notice Thrown when the register has no class of this number.
    error Poll_ClassOutOfRange(uint256 votingClass, uint256 classCount);
    /// @notice Thrown when a leaf is not in the register under this index, or its proof is wrong or of another length.
    error Poll_NotInRegister(uint256 index);
    /// @notice Thrown when a credential, or a list of them, has expired.
    error Poll_CredentialExpired(uint64 expiresAt, uint256 blockTime);
    /// @notice Thrown when the signature of a credential, or of a list of them, is not one of the poll's verifiers' over this content.
    error Poll_CredentialNotSignedByVerifier();
    /// @notice Thrown when a ballot that was sent alone breaks a rule that belongs to its lender.
    error Poll_BallotRejected(uint256 index, Rejection reason);
    /// @notice Thrown when entries, ballots and leaves are not the same whole number of pieces.
    error Poll_BatchLengthsDiffer(uint256 entries, uint256 ballots, uint256 leaves);
    /// @notice Thrown when a batch has no ballots.
    error Poll_BatchEmpty();
    /// @notice Thrown when the index of a batch is not higher than the one before.
    error Poll_BatchNotAscending(uint256 index);
    /// @notice Thrown when one of the leaves of a batch is not in the register, or the multiproof is wrong or of another length.
    error Poll_BatchNotInRegister();
    /// @notice Thrown when the commitment of a leaf is no point of the curve with coordinates below the prime.
    error Poll_CommitmentNotOnCurve(uint256 index);

    /// @notice Thrown when the sums were opened before.
    error Poll_AlreadyTallied();
    /// @notice Thrown when something needs the opened sums and they are not opened yet.
    error Poll_NotTallied();
    /// @notice Thrown when there is not one opening for each class.
    error Poll_OpeningCountWrong(uint256 openings, uint256 classes);
    /// @notice Thrown when amount and blind do not open the sum, or the amount is 2^88 or more. In a sealed poll `votingClass` is the place
    /// of the opening, here and in the next two.
    error Poll_OpeningWrong(uint256 votingClass, Choice choice);
    /// @notice Thrown when the three sums of a class open to more than is admitted in it.
    error Poll_MoreThanAdmitted(uint256 votingClass, uint256 fen, uint256 admittedFen);
    /// @notice Thrown when what is left of the amount admitted in a class is 2^88 or more: another leaf that holds no claim must be taken
    /// out first.
    error Poll_AdmittedOutOfRange(uint256 votingClass, uint256 admittedFen);
    /// @notice Thrown when the leaf was taken out before.
    error Poll_LeafAlreadyExcluded(uint256 index);
    /// @notice Thrown when nothing shows that the leaf holds no claim: the opening is wrong, or its amount is below 2^63 or not below the
    /// order of the group.
    error Poll_LeafHoldsClaim(uint256 index);

    /// @notice Thrown when an official attests before the end of the challenge period.
    error Approval_ChallengeNotOver(uint64 challengeEndsAt, uint256 blockTime);
    /// @notice Thrown when the signer is no official of the case.
    error Approval_NotAnOfficial(bytes signer);
    /// @notice Thrown when the official attested before.
    error Approval_AlreadyAttested(bytes signer);
    /// @notice Thrown when the signature is not the official's over this result and this answer.
    error Approval_SignatureWrong(bytes signer);
    /// @notice Thrown when an official approves a plan that did not pass.
    error Approval_PlanDidNotPass();
    /// @notice Thrown when k officials have decided already.
    error Approval_AlreadyDecided();

    /// @notice Records and counts many ballots in strictly ascending index order; anyone may send them, from a plain account. What
    /// belongs to one lender (choice, sequence, ballot signature) rejects that ballot alone, all else reverts the batch.
    /// @param credentials Pieces of 24 bytes, uint32 index ‖ ballot key, under one verifier's signature.
    /// @param ballots Pieces of 65 bytes, uint8 sequence << 2 | choice ‖ r ‖ vs; in a sealed poll of 105 bytes, uint8 sequence ‖ seal (32) ‖
    /// sealed choice (8) ‖ r ‖ vs.
    /// @param leaves Pieces of 65 bytes, uint8 class ‖ x ‖ y.
    /// @param siblings Multiproof of the leaves in index order (protocol, section 4.1).
    function castBatch(
        CredentialList calldata credentials,
        bytes calldata ballots,
        bytes calldata leaves,
        bytes32[] calldata siblings
    ) external;

    /// @notice Opens the sums of all classes (in a sealed poll motion by motion) after the close, once; anyone may send it, from a plain
    /// account (protocol, sections 9 and 21.5).
    function openSums(Opening[] calldata openings) external;

    /// @notice One official approves or refuses the result, after the challenge period (protocol, section 10); anyone may send it, from a
    /// plain account.
    function attest(bytes calldata signer, bool approve, bytes calldata signature) external;

    /// @notice The case that announced the poll; a poll that its case does not list is nobody's.
    function caseContract() external view returns (address);

    /// @notice The poll's number in its case.
    function pollNumber() external view returns (uint256);

    /// @notice What was announced.
    function parameters() external view returns (PollParameters memory);

    /// @notice keccak of the announced parameters, as the officials signed it.
    function parametersHash() external view returns (bytes32);

    /// @notice Root of the poll's register.
    function registerRoot() external view returns (bytes32);

    /// @notice Number of lenders in the poll's register.
    function leafCount() external view returns (uint256);

    /// @notice Length of every proof.
    function depth() external view returns (uint256);

    /// @notice Admitted totals of the classes.
    function classes() external view returns (ClassTotals[] memory);

    /// @notice The plan that is voted on.
    function planHash() external view returns (bytes32);

    /// @notice The signer who submitted the plan; no official, so without a say in the decision.
    function planSubmitter() external view returns (bytes memory);

    /// @notice Heads and fen that are admitted in a class, less the leaves taken out; the fen modulo the order of the group.
    function admitted(uint256 votingClass) external view returns (uint256 admittedHeads, uint256 admittedFen);

    /// @notice The result by class (in a sealed poll motion by motion), in heads and fen; reverts before the sums are opened.
    function tallies() external view returns (ClassTally[] memory);

    /// @notice What the officials attest; 0 before the sums are opened.
    function resultHash() external view returns (bytes32);

    /// @notice From when officials may attest; 0 before the sums are opened.
    function challengeEndsAt() external view returns (uint64);

    /// @notice How many officials approved.
    function approvals() external view returns (uint256);

    /// @notice How many officials refused.
    function refusals() external view returns (uint256);

    /// @notice Whether the official has attested.
    function hasAttested(bytes calldata signer) external view returns (bool);
}
