// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Choice, CredentialList, Rejection, SignedBallot} from "../types/Ballot.sol";
import {PollParameters} from "../types/PollParameters.sol";
import {ClassTotals, Leaf} from "../types/Register.sol";
import {ClassTally, Opening} from "../types/Tally.sol";

/// @title One vote on one plan
/// @notice Records and counts ballots, opens the sums after the close, and takes the officials' decision.
/// Everything it is held to was fixed when it was created (protocol, section 8).
interface IPoll {
    /// Announced -> Open -> Closed -> Tallied -> Approved | Refused
    enum Stage {
        Announced,
        Open,
        Closed,
        Tallied,
        Approved,
        Refused
    }

    /// @notice Ballots were recorded: 5 bytes each, uint32 index, uint8 sequence << 2 | choice.
    event BallotsRecorded(bytes recorded);
    /// @notice One ballot of a batch was rejected; the others were not touched.
    event BallotRejected(uint256 indexed index, address ballotKey, uint8 sequence, Rejection reason);
    /// @notice The sums were opened and the rule applied.
    event PollTallied(bytes32 resultHash, bool passed, ClassTally[] tallies, uint64 challengeEndsAt);
    /// @notice One official approved or refused the result.
    event OfficialAttested(bytes32 indexed signerHash, bool approve);
    /// @notice k officials decided.
    event PollDecided(bool approved);

    error Poll_WindowWrong(uint64 opensAt, uint64 closesAt, uint256 blockTime);
    error Poll_ChallengePeriodMissing();
    error Poll_VerifierCountOutOfRange(uint256 count);
    error Poll_VerifierTwice(address verifier);
    error Poll_VerifierEmpty();
    error Poll_ConditionCountOutOfRange(uint256 count);
    error Poll_ConditionOutOfRange(uint256 condition);

    error Poll_NotOpenYet(uint64 opensAt, uint256 blockTime);
    error Poll_Closed(uint64 closesAt, uint256 blockTime);
    error Poll_StillOpen(uint64 closesAt, uint256 blockTime);
    error Poll_CalledThroughContract();
    error Poll_IndexOutOfRange(uint256 index, uint256 leafCount);
    error Poll_ClassOutOfRange(uint256 votingClass, uint256 classCount);
    error Poll_NotInRegister(uint256 index);
    error Poll_CredentialExpired(uint64 expiresAt, uint256 blockTime);
    error Poll_CredentialNotSignedByVerifier();
    error Poll_BallotRejected(uint256 index, Rejection reason);
    error Poll_BatchLengthsDiffer(uint256 entries, uint256 ballots, uint256 leaves);
    error Poll_BatchEmpty();
    error Poll_BatchNotAscending(uint256 index);
    error Poll_BatchNotInRegister();

    error Poll_AlreadyTallied();
    error Poll_NotTallied();
    error Poll_OpeningCountWrong(uint256 openings, uint256 classes);
    error Poll_OpeningWrong(uint256 votingClass, Choice choice);
    error Poll_MoreThanAdmitted(uint256 votingClass, uint256 fen, uint256 admittedFen);

    error Approval_ChallengeNotOver(uint64 challengeEndsAt, uint256 blockTime);
    error Approval_NotAnOfficial(bytes signer);
    error Approval_SubmitterMayNotDecide(bytes signer);
    error Approval_AlreadyAttested(bytes signer);
    error Approval_SignatureWrong(bytes signer);
    error Approval_PlanDidNotPass();
    error Approval_AlreadyDecided();

    function cast(SignedBallot calldata ballot, Leaf calldata leaf, bytes32[] calldata proof) external;
    function castBatch(
        CredentialList calldata credentials,
        bytes calldata ballots,
        bytes calldata leaves,
        bytes32[] calldata siblings
    ) external;
    function openSums(Opening[] calldata openings) external;
    function attest(bytes calldata signer, bool approve, bytes calldata signature) external;

    function stage() external view returns (Stage);
    function caseContract() external view returns (address);
    function pollNumber() external view returns (uint256);
    function parameters() external view returns (PollParameters memory);
    function parametersHash() external view returns (bytes32);
    function registerRoot() external view returns (bytes32);
    function leafCount() external view returns (uint256);
    function depth() external view returns (uint256);
    function classes() external view returns (ClassTotals[] memory);
    function planHash() external view returns (bytes32);
    function planSubmitter() external view returns (bytes memory);
    function ballotOf(uint256 index) external view returns (Choice choice, uint8 sequence);
    function heads(uint256 votingClass) external view returns (uint256 headsFor, uint256 headsAgainst, uint256 headsAbstain);
    function sumOf(uint256 votingClass, Choice choice) external view returns (uint256 x, uint256 y);
    function tallies() external view returns (ClassTally[] memory);
    function passed() external view returns (bool);
    function resultHash() external view returns (bytes32);
    function challengeEndsAt() external view returns (uint64);
    function approvals() external view returns (uint256);
    function refusals() external view returns (uint256);
    function hasAttested(bytes calldata signer) external view returns (bool);
}
