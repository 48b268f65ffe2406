// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {People} from "../types/People.sol";

/// @title Successions of a case's officials, threshold and institution (protocol, section 24)
/// @notice A generation is who decides and who submits. Number 0 opened the case; succession n names generation n. One that was withdrawn
/// leaves a gap. Errors of who may be named are those of ICase.
interface ISuccession {
    /// @notice k officials of those in office named who comes after them; from `holdsFrom` on anybody may complete it.
    event SuccessionAnnounced(
        uint256 indexed successionNumber,
        bytes32 generationHash,
        uint64 holdsFrom,
        bytes32 reasonHash
    );
    /// @notice k officials of those in office took the succession back within its notice.
    event SuccessionWithdrawn(uint256 indexed successionNumber);
    /// @notice The generation of that number is in office from here on.
    event SuccessionCompleted(uint256 indexed successionNumber, bytes32 generationHash);

    /// @notice Thrown when a succession is announced while another one waits.
    error Succession_AnotherWaits(uint256 successionNumber);
    /// @notice Thrown when a succession is announced without a reason.
    error Succession_ReasonEmpty();
    /// @notice Thrown when a succession of a case that is no rehearsal would hold less than 7 days after its announcement.
    error Succession_NoticeTooShort(uint256 noticeSeconds);
    /// @notice Thrown when no succession waits.
    error Succession_NoneWaits();
    /// @notice Thrown when a succession is withdrawn that can be completed already.
    error Succession_NoticeIsOver(uint64 holdsFrom);
    /// @notice Thrown when a succession is completed within its notice.
    error Succession_NoticeNotOver(uint64 holdsFrom);

    /// @notice Names the next officials, threshold and institution, by the signatures of k officials in office over Succession.
    /// @param people Officials: 1 to 32 distinct signers, none of whom is or was the institution; the threshold is more than half of them;
    /// the institution is or was no official.
    /// @param noticeSeconds From this block until it can be completed; at least 7 days, in a rehearsal any.
    /// @param reasonHash Hash of the text that says why; not 0.
    function announceSuccession(
        People calldata people,
        uint32 noticeSeconds,
        bytes32 reasonHash,
        bytes[] calldata signers,
        bytes[] calldata signatures
    ) external;

    /// @notice Takes the succession that waits back, within its notice, by the signatures of k officials in office over SuccessionWithdrawal.
    function withdrawSuccession(bytes[] calldata signers, bytes[] calldata signatures) external;

    /// @notice Brings the succession that waits into office once its notice is over; anyone may send it.
    function completeSuccession() external;

    /// @notice Number of the generation in office.
    function generation() external view returns (uint256);

    /// @notice Who a generation is: abi.encode(bytes32 hash of the generation before, People), of which the keccak is its hash; empty when no
    /// succession of that number was announced. One that was withdrawn, or waits, is told as well and is not in office by that.
    function people(uint256 generation) external view returns (bytes memory encoded);

    /// @notice How many successions were announced, the number of the one that waits (0: none), and from when that can be completed.
    function successions() external view returns (uint64 count, uint64 pending, uint64 holdsFrom);

    /// @notice Number of the generation under which a poll was announced; it decides on that poll to its end.
    function generationOfPoll(uint256 pollNumber) external view returns (uint256);

    /// @notice How many officials decide on a poll.
    function thresholdOfPoll(uint256 pollNumber) external view returns (uint256);

    /// @notice Whether the signer is an official who decides on a poll.
    function isOfficialOfPoll(uint256 pollNumber, bytes calldata signer) external view returns (bool);
}
