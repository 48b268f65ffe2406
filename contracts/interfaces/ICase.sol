// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ClassTotals} from "../types/Register.sol";
import {PollParameters} from "../types/PollParameters.sol";

/// @title One wind-down case: its officials, registers, plans and polls
/// @notice Everything here is decided by signatures; who sends the transaction has no effect.
interface ICase {
    /// @notice The case was opened with these officials, of whom `threshold` decide.
    event CaseOpened(bytes[] officials, uint256 threshold, bytes institution);
    /// @notice A register was frozen: who may vote, with which claim.
    event RegisterFrozen(uint256 indexed registerNumber, bytes32 root, uint256 leafCount, ClassTotals[] classes);
    /// @notice The institution submitted a plan.
    event PlanSubmitted(uint256 indexed planNumber, bytes32 planHash, bytes submitter);
    /// @notice The officials admitted a plan to the vote.
    event PlanAdmitted(uint256 indexed planNumber, bytes32 planHash);
    /// @notice The officials announced a poll; `poll` is its contract.
    event PollAnnounced(uint256 indexed pollNumber, address poll, bytes32 parametersHash);

    error Case_NoOfficials();
    error Case_TooManyOfficials(uint256 count);
    error Case_OfficialTwice(bytes signer);
    error Case_ThresholdNotMajority(uint256 threshold, uint256 officials);
    error Case_SignerTooShort(bytes signer);
    error Officials_TooFewSigners(uint256 count, uint256 threshold);
    error Officials_LengthsDiffer(uint256 signers, uint256 signatures);
    error Officials_NotAnOfficial(bytes signer);
    error Officials_SignedTwice(bytes signer);
    error Officials_SignatureWrong(bytes signer);
    error Register_LeafCountOutOfRange(uint256 leafCount);
    error Register_ClassCountOutOfRange(uint256 classCount);
    error Register_ClassEmpty(uint256 votingClass);
    error Register_AmountOutOfRange(uint256 votingClass, uint256 amountFen);
    error Register_HeadsDoNotAddUp(uint256 heads, uint256 leafCount);
    error Register_NotFrozen(uint256 registerNumber);
    error Plan_HashEmpty();
    error Plan_NotSignedByInstitution();
    error Plan_NotSubmitted(uint256 planNumber);
    error Plan_AlreadyAdmitted(uint256 planNumber);
    error Plan_NotAdmitted(uint256 planNumber);
    error Poll_NotAnnounced(uint256 pollNumber);

    function freezeRegister(
        bytes32 root,
        uint256 leafCount,
        ClassTotals[] calldata classes,
        bytes[] calldata signers,
        bytes[] calldata signatures
    ) external returns (uint256 registerNumber);
    function submitPlan(bytes32 planHash, bytes calldata signature) external returns (uint256 planNumber);
    function admitPlan(uint256 planNumber, bytes[] calldata signers, bytes[] calldata signatures) external;
    function announcePoll(PollParameters calldata parameters, bytes[] calldata signers, bytes[] calldata signatures)
        external
        returns (address poll);

    function officials() external view returns (bytes[] memory);
    function threshold() external view returns (uint256);
    function isOfficial(bytes calldata signer) external view returns (bool);
    function institution() external view returns (bytes memory);
    function registerCount() external view returns (uint256);
    function register(uint256 registerNumber)
        external
        view
        returns (bytes32 root, uint256 leafCount, uint256 depth, ClassTotals[] memory classes);
    function planCount() external view returns (uint256);
    function plan(uint256 planNumber) external view returns (bytes32 planHash, bytes memory submitter, bool admitted);
    function pollCount() external view returns (uint256);
    function poll(uint256 pollNumber) external view returns (address);
}
