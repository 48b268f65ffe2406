// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {PollParameters} from "../types/PollParameters.sol";
import {ClassTotals} from "../types/Register.sol";
import {ISealedCase} from "./ISealedCase.sol";
import {ISuccession} from "./ISuccession.sol";

/// @title One wind-down case: its officials, registers, plans and polls
/// @notice Everything here is decided by signatures; any plain account may send them, who it is has no effect (protocol, section 8).
interface ICase is ISealedCase, ISuccession {
    /// @notice The case was opened with these officials, of whom `threshold` decide. The votes of a rehearsal have no effect.
    event CaseOpened(bytes[] officials, uint256 threshold, bytes institution, bool rehearsal);
    /// @notice A register was frozen: who may vote, with which claim.
    event RegisterFrozen(
        uint256 indexed registerNumber,
        bytes32 root,
        uint256 leafCount,
        ClassTotals[] classes,
        bytes32 classNamesHash,
        bytes32 rangeProofsHash
    );
    /// @notice The institution submitted a plan.
    event PlanSubmitted(uint256 indexed planNumber, bytes32 planHash, bytes submitter);
    /// @notice The officials admitted a plan to the vote.
    event PlanAdmitted(uint256 indexed planNumber, bytes32 planHash);
    /// @notice The officials announced a poll; `poll` is its contract.
    event PollAnnounced(uint256 indexed pollNumber, address poll, bytes32 parametersHash);
    /// @notice Whoever sent the transaction left a note; what it means is a matter of the protocol, section 8.3.
    event Noted(address indexed sender, bytes32 indexed subject, bytes data);
    /// @notice Numbers and hashes of earlier blocks of this chain: 40 bytes each, uint64 number, bytes32 hash.
    event Checkpoint(bytes blocks);

    /// @notice Thrown when a generation is named without officials.
    error Case_NoOfficials();
    /// @notice Thrown when a generation is named with more than 32 officials.
    error Case_TooManyOfficials(uint256 count);
    /// @notice Thrown when a generation is named with one official named twice.
    error Case_OfficialTwice(bytes signer);
    /// @notice Thrown when a generation is named with a threshold of half of the officials or less, or above their number.
    error Case_ThresholdNotMajority(uint256 threshold, uint256 officials);
    /// @notice Thrown when a generation is named with an official or institution that may be no signer (approval/Signers.sol): neither a plain
    /// key other than zero nor a passkey behind the verifier of these sources.
    error Case_SignerNotAllowed(bytes signer);
    /// @notice Thrown when one key is or was official and institution of a case.
    error Case_InstitutionIsOfficial(bytes signer);
    /// @notice Thrown when a checkpoint names a block whose hash the chain does not give: too old, or not there yet.
    error Case_BlockOutOfReach(uint256 blockNumber);
    /// @notice Thrown when the caller is a contract, or an account that delegates to code.
    error Case_CalledThroughContract();
    /// @notice Thrown when fewer than k officials are named as signers.
    error Officials_TooFewSigners(uint256 count, uint256 threshold);
    /// @notice Thrown when there is not one signature for each signer.
    error Officials_LengthsDiffer(uint256 signers, uint256 signatures);
    /// @notice Thrown when one of the signers is no official of the case.
    error Officials_NotAnOfficial(bytes signer);
    /// @notice Thrown when one official is named twice among the signers.
    error Officials_SignedTwice(bytes signer);
    /// @notice Thrown when one of the signatures, needed or not, is not its signer's over this act.
    error Officials_SignatureWrong(bytes signer);
    /// @notice Thrown when a register has no leaves, or more than 2^24.
    error Register_LeafCountOutOfRange(uint256 leafCount);
    /// @notice Thrown when a register has no classes, or more than 16.
    error Register_ClassCountOutOfRange(uint256 classCount);
    /// @notice Thrown when a class of a register has no heads.
    error Register_ClassEmpty(uint256 votingClass);
    /// @notice Thrown when a class of a register has 2^63 fen or more.
    error Register_AmountOutOfRange(uint256 votingClass, uint256 amountFen);
    /// @notice Thrown when the heads of the classes do not add up to the leaves.
    error Register_HeadsDoNotAddUp(uint256 heads, uint256 leafCount);
    /// @notice Thrown when no register of this number was frozen.
    error Register_NotFrozen(uint256 registerNumber);
    /// @notice Thrown when a plan is submitted with a hash of zero.
    error Plan_HashEmpty();
    /// @notice Thrown when a submission's signature is not the institution's over this plan and number.
    error Plan_NotSignedByInstitution();
    /// @notice Thrown when no plan of this number was submitted.
    error Plan_NotSubmitted(uint256 planNumber);
    /// @notice Thrown when the plan was admitted before.
    error Plan_AlreadyAdmitted(uint256 planNumber);
    /// @notice Thrown when a poll is announced on a plan that was not admitted.
    error Plan_NotAdmitted(uint256 planNumber);
    /// @notice Thrown when no poll of this number was announced.
    error Poll_NotAnnounced(uint256 pollNumber);
    /// @notice Thrown when a poll is announced with a receipt signer or verifier who is or was an official or the institution, or with a
    /// verifier who is the receipt signer.
    error Poll_RoleHeldTwice(address key);
    /// @notice Thrown when a poll is announced without a receipt signer.
    error Poll_ReceiptSignerEmpty();
    /// @notice Thrown when a poll that is no rehearsal would open less than 15 days after its announcement.
    error Poll_NoticeTooShort(uint64 opensAt, uint256 earliest);
    /// @notice Thrown when a poll that is no rehearsal has a challenge period of less than 15 days.
    error Poll_ChallengePeriodTooShort(uint64 challengeSeconds, uint256 least);

    /// @notice Freezes a register under the next number, by the signatures of k officials over RegisterFreeze (protocol, section 4).
    /// @param root Root of the tree of leaves.
    /// @param leafCount Number of leaves, 1 to 2^24; equal to the heads of all classes together.
    /// @param classes Admitted heads, fen and blind of each class; 1 to 16 classes.
    /// @param classNamesHash Hash of the names of the classes (protocol, section 4).
    /// @param rangeProofsHash Hash of the file of range proofs for the leaves; 0 when there are none (protocol, section 4.2).
    /// @param signers k or more distinct officials, in any order.
    /// @param signatures One signature for each of them, in the same order.
    function freezeRegister(
        bytes32 root,
        uint256 leafCount,
        ClassTotals[] calldata classes,
        bytes32 classNamesHash,
        bytes32 rangeProofsHash,
        bytes[] calldata signers,
        bytes[] calldata signatures
    ) external returns (uint256 registerNumber);

    /// @notice Submits a plan under the next number, by the institution's signature over PlanSubmission.
    /// @param planHash Hash of the plan's canonical JSON (protocol, section 7).
    function submitPlan(bytes32 planHash, bytes calldata signature) external returns (uint256 planNumber);

    /// @notice Admits a submitted plan to the vote, once, by the signatures of k officials over PlanAdmission.
    function admitPlan(uint256 planNumber, bytes[] calldata signers, bytes[] calldata signatures) external;

    /// @notice Announces a poll under the next number and creates its contract, by the signatures of k officials over PollAnnouncement.
    /// Errors of the parameters are those of IPoll.
    function announcePoll(PollParameters calldata parameters, bytes[] calldata signers, bytes[] calldata signatures)
        external
        returns (address poll);

    /// @notice Leaves a note under the sender's name; from a plain account.
    /// @param subject What it is about, one of the words of the protocol, section 8.3.
    function note(bytes32 subject, bytes calldata data) external;

    /// @notice Writes down hashes of earlier blocks, so that few headers lead from a late block to an early one; anyone may send it.
    /// @param blockNumbers Blocks among the last 256, or the last 8,191 where the chain has EIP-2935.
    function checkpoint(uint64[] calldata blockNumbers) external;

    /// @notice The officials in office, in the order in which they were named.
    function officials() external view returns (bytes[] memory);

    /// @notice How many of the officials in office decide.
    function threshold() external view returns (uint256);

    /// @notice Whether the signer is one of the officials in office.
    function isOfficial(bytes calldata signer) external view returns (bool);

    /// @notice The signer who submits plans, of the generation in office.
    function institution() external view returns (bytes memory);

    /// @notice Whether the case is a rehearsal: its votes have no effect, and their periods may be short.
    function rehearsal() external view returns (bool);

    /// @notice How many registers were frozen.
    function registerCount() external view returns (uint256);

    /// @notice A frozen register; `depth` is the length of every proof.
    function register(uint256 registerNumber)
        external
        view
        returns (bytes32 root, uint256 leafCount, uint256 depth, ClassTotals[] memory classes);

    /// @notice How many plans were submitted.
    function planCount() external view returns (uint256);

    /// @notice A submitted plan; `submitter` is the institution that was in office then.
    function plan(uint256 planNumber) external view returns (bytes32 planHash, bytes memory submitter, bool admitted);

    /// @notice How many polls were announced.
    function pollCount() external view returns (uint256);

    /// @notice The contract of an announced poll.
    function poll(uint256 pollNumber) external view returns (address);
}
