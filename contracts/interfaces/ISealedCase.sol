// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {SealConfirmation, SealedParameters, SealKey} from "../types/Seal.sol";

/// @title What a case has to do with sealed polls
/// @notice Its trustees, the keys to which choices are sealed, and polls that are given up (protocol, section 21).
interface ISealedCase {
    /// @notice The officials (number 0: whoever opened the case) appointed trustees, who serve from `servesFrom` on.
    event TrusteesAppointed(uint256 indexed appointmentNumber, bytes[] trustees, uint64 servesFrom);
    /// @notice The officials announced a sealed poll; `poll` is its contract.
    event SealedPollAnnounced(uint256 indexed pollNumber, address poll, bytes32 parametersHash, bytes32 sealKeyHash);

    /// @notice Thrown when there would be one trustee, or more than 32; or none by an appointment.
    error Trustees_CountOutOfRange(uint256 count);
    /// @notice Thrown when one trustee is named twice.
    error Trustees_NamedTwice(bytes signer);
    /// @notice Thrown when a sealed poll is announced and no trustees are serving.
    error Trustees_NoneServing();
    /// @notice Thrown when the code that is brought along is not the one whose hash the case was created with.
    error Case_SealedCodeIsAnother(bytes32 codeHash);
    /// @notice Thrown when a sealed poll could be abandoned earlier or later than its case allows.
    error Poll_AbandonmentOutOfRange(uint256 abandonAfterSeconds);
    /// @notice Thrown when share keys and confirmations are not as many as the trustees.
    error Seal_SeatCountWrong(uint256 shareKeys, uint256 confirmations, uint256 trustees);
    /// @notice Thrown when fewer than two trustees, or more than there are, would be needed to open.
    error Seal_ThresholdOutOfRange(uint256 threshold, uint256 trustees);
    /// @notice Thrown when the seal key is no point of the curve with coordinates below the prime.
    error Seal_KeyNotOnCurve();
    /// @notice Thrown when a share key stands at an earlier seat, too.
    error Seal_ShareKeyTwice(uint256 trustee);
    /// @notice Thrown when a seat's share key did not sign this SealKey.
    error Seal_ShareKeyNotConfirmed(uint256 trustee);
    /// @notice Thrown when the signer who holds a seat did not sign this SealKey.
    error Seal_IdentityNotConfirmed(uint256 trustee);
    /// @notice Thrown when the seal key or a share key was named by an earlier poll of the case.
    error Seal_KeyUsed(address key);
    /// @notice Thrown when the roll of the ceremony was named by an earlier poll of the case.
    error Seal_RollUsed(bytes32 rollHash);
    /// @notice Thrown when a poll is abandoned without a reason.
    error Abandonment_ReasonEmpty();
    /// @notice Thrown when a poll that is not sealed is abandoned.
    error Abandonment_PollNotSealed(uint256 pollNumber);

    /// @notice Appoints trustees by the signatures of k officials over TrusteeAppointment; they serve 7 days later, in a rehearsal at once.
    /// @param named 2 to 32 distinct signers, by seat.
    function appointTrustees(bytes[] calldata named, bytes[] calldata signers, bytes[] calldata signatures) external;

    /// @notice Announces a sealed poll under the next number and creates its contract, by the signatures of k officials over
    /// SealedPollAnnouncement, of every share key and of every trustee over SealKey. Errors of the parameters are those of ISealedPoll.
    /// @param code Creation code of the sealed poll, of which the case has the hash.
    /// @param confirmations Of each trustee, by seat.
    function announceSealedPoll(
        bytes calldata code,
        SealedParameters calldata parameters,
        SealKey calldata sealKey,
        SealConfirmation[] calldata confirmations,
        bytes[] calldata signers,
        bytes[] calldata signatures
    ) external returns (address poll);

    /// @notice Gives a sealed poll up that was not tallied in its time, by the signatures of k officials over PollAbandonment.
    /// @param reasonHash Hash of the text that says why; not 0.
    function abandonPoll(uint256 pollNumber, bytes32 reasonHash, bytes[] calldata signers, bytes[] calldata signatures) external;

    /// @notice The trustees who serve at the time of the latest block, by seat.
    function trustees() external view returns (bytes[] memory);

    /// @notice Trustees who were appointed and do not serve yet, and from when they will; none and 0 if there are none.
    function nextTrustees() external view returns (bytes[] memory waiting, uint64 servesFrom);

    /// @notice How often trustees were appointed since the case was opened.
    function appointmentCount() external view returns (uint256);

    /// @notice keccak of the creation code of every sealed poll of this case.
    function sealedCodeHash() external view returns (bytes32);

    /// @notice Whether a poll is sealed.
    function isSealed(uint256 pollNumber) external view returns (bool);
}
