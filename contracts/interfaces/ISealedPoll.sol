// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Choice} from "../types/Ballot.sol";
import {Leaf} from "../types/Register.sol";
import {SealedBallot} from "../types/Seal.sol";
import {ClassTally} from "../types/Tally.sol";
import {IPoll} from "./IPoll.sol";

/// @title One vote whose choices nobody can read before the close
/// @notice Ballots are folded into a box of one word; once enough trustees have put the secret together, the contract opens and counts every
/// one of them (protocol, section 21).
interface ISealedPoll is IPoll {
    /// Announced -> Open -> Closed -> Unsealed -> Counted -> Tallied -> Approved | Refused; Abandoned instead of Tallied
    enum Stage {
        Announced,
        Open,
        Closed,
        Unsealed,
        Counted,
        Tallied,
        Approved,
        Refused,
        Abandoned
    }

    /// @notice A trustee's share of the secret is public.
    event SharePublished(uint256 indexed trustee, uint256 share);
    /// @notice The secret is public; `box` is the number of the full box.
    event Unsealed(uint256 secret, bytes32 box);
    /// @notice Ballots were taken out of the box. For each that was its lender's newest: uint32 index, uint8 sequence << 2 | choice; with more
    /// than one motion uint32 index, uint8 sequence << 2, uint32 choices, the first motion lowest. Choices 0: the ballot is invalid.
    event BallotsCounted(bytes counted);
    /// @notice Somebody proved before the close that enough shares were pooled.
    event SealBroken(uint64 reportedAt);
    /// @notice A leaf that holds no claim was taken out of register and count; `sequence` is 0 if there was no ballot, `choices` 0 if there
    /// was none or an invalid one.
    event SealedLeafExcluded(uint256 indexed index, uint256 votingClass, uint256 amount, uint8 sequence, uint32 choices);
    /// @notice The sums were opened and the rule applied to every motion; bit i of `passed` is motion i.
    event MotionsTallied(bytes32 resultHash, uint256 passed, ClassTally[] tallies, uint64 challengeEndsAt);
    /// @notice The officials gave the poll up; it has no result, and never will.
    event PollAbandoned(bytes32 reasonHash);

    /// @notice Thrown when a poll is announced without motions, or with more than 16.
    error Poll_MotionCountOutOfRange(uint256 motions);
    /// @notice Thrown when a poll is announced with more sums, motions times classes, than one transaction can open.
    error Poll_TooManySums(uint256 places);
    /// @notice Thrown when the poll has no motion of this number.
    error Poll_MotionOutOfRange(uint256 motion, uint256 motions);
    /// @notice Thrown when a poll that the officials abandoned is to be tallied or abandoned again.
    error Poll_Abandoned();
    /// @notice Thrown when a poll is abandoned before its time to be tallied is over.
    error Poll_NotOverdue(uint256 overdueAt, uint256 blockTime);
    /// @notice Thrown when another than the case gives the poll up.
    error Poll_NotItsCase(address caller);
    /// @notice Thrown when there is no seat of this number.
    error Seal_NoSuchTrustee(uint256 trustee);
    /// @notice Thrown when a share is not the one of the seat's share key.
    error Seal_ShareWrong(uint256 trustee);
    /// @notice Thrown when a seat's share was published before.
    error Seal_ShareKnown(uint256 trustee);
    /// @notice Thrown when a number is not the secret of the seal key.
    error Seal_SecretWrong();
    /// @notice Thrown when the secret is public already.
    error Seal_AlreadyUnsealed();
    /// @notice Thrown when something needs the secret and it is not public yet.
    error Seal_StillSealed();
    /// @notice Thrown when a breach is reported by another key than the seal key.
    error Seal_NotSignedByKey();
    /// @notice Thrown when a breach was reported before.
    error Seal_BreachKnown();
    /// @notice Thrown when what is to be counted is no whole number of records, or none at all.
    error Box_LengthWrong(uint256 length);
    /// @notice Thrown when neither all records that were handed in nor the first ones of them are the last ones of the box.
    error Box_NotItsEnd();
    /// @notice Thrown when sums are to be opened, or a leaf is to be taken out, before every ballot was counted.
    error Box_NotEmpty();
    /// @notice Thrown when records do not show which ballot a lender's newest one is: the first is none of it, or they were not counted so.
    error Box_NotTheBallot(uint256 index);

    /// @notice Records one ballot; anyone may send it, from a plain account (protocol, section 21.4).
    /// @param leaf The lender's class and commitment.
    /// @param proof The `depth` siblings of the leaf, from the bottom to the top.
    function cast(SealedBallot calldata ballot, Leaf calldata leaf, bytes32[] calldata proof) external;

    /// @notice Publishes a trustee's share after the close; anyone may send it, from a plain account.
    /// @param trustee The seat, from 0.
    function publishShare(uint256 trustee, uint256 share) external;

    /// @notice Makes the secret public after the close; anyone who has it may send it, from a plain account. It proves itself.
    function unseal(uint256 revealed) external;

    /// @notice Takes ballots out of the end of the box, opens them and counts those that are their lenders' newest; anyone may send them, in
    /// any pieces, from a plain account. Records behind those that make the number of the box are ignored: somebody else counted them a moment
    /// ago, and who was slower still counts the rest (protocol, section 21.5).
    /// @param before The number of the box without them.
    /// @param ballots Records of 110 bytes, uint32 index ‖ uint8 class ‖ x ‖ y ‖ uint8 sequence ‖ seal (32) ‖ sealed choice (8), in their order.
    function count(bytes32 before, bytes calldata ballots) external;

    /// @notice Takes a leaf out whose opening shows an amount of 2^63 or more, between the counting and the opening of the sums; anyone may
    /// send it, from a plain account (protocol, sections 9.1 and 21.5).
    /// @param before The number of the box without `ballots`.
    /// @param ballots Nothing if the lender has no ballot; else records that begin with the lender's newest and end where some counting began.
    function excludeLeaf(
        uint256 index,
        Leaf calldata leaf,
        bytes32[] calldata proof,
        uint256 amount,
        uint256 blind,
        bytes32 before,
        bytes calldata ballots
    ) external;

    /// @notice Says before the close, by a signature of the seal key itself over SealBreach, that its secret is known; anyone may send it, from
    /// a plain account. It has no effect but to be seen.
    function reportBreach(bytes32 r, bytes32 vs) external;

    /// @notice Gives the poll up; asked by its case alone, for k officials (ISealedCase.abandonPoll).
    function abandon(bytes32 reasonHash) external;

    /// @notice Where the poll stands at the time of the latest block.
    function stage() external view returns (Stage);

    /// @notice How many motions are voted on.
    function motions() external view returns (uint256);

    /// @notice How long after the close a poll that is not tallied may be abandoned.
    function abandonAfterSeconds() external view returns (uint256);

    /// @notice hashStruct of the SealKey to which choices are sealed.
    function sealKeyHash() external view returns (bytes32);

    /// @notice Address of the seal key's point X.
    function sealKey() external view returns (address);

    /// @notice Addresses of the trustees' share keys, by seat.
    function shareKeys() external view returns (address[] memory);

    /// @notice Which shares are public: one bit a seat.
    function sharesPublished() external view returns (uint256);

    /// @notice The secret of the seal key; 0 until it is public.
    function secret() external view returns (uint256);

    /// @notice When a breach was reported; 0 if none was.
    function sealBrokenAt() external view returns (uint64);

    /// @notice The reason for which the officials abandoned the poll; 0 if they did not.
    function abandonedFor() external view returns (bytes32);

    /// @notice The number of the box; 0 when it is empty.
    function box() external view returns (bytes32);

    /// @notice Whether a ballot is recorded for a lender.
    function hasBallot(uint256 index) external view returns (bool);

    /// @notice The sequence of a lender's newest ballot; 0 if there is none.
    function sequenceOf(uint256 index) external view returns (uint8);

    /// @notice What one ballot holds, two bits a motion, the first lowest; 0 if it is invalid. Reverts while the secret is not public.
    function choiceUnder(uint256 index, uint8 sequence, uint256 seal, uint64 sealedChoice) external view returns (uint32);

    /// @notice Heads of a motion and class so far; 0 until ballots are counted.
    function heads(uint256 motion, uint256 votingClass)
        external
        view
        returns (uint256 headsFor, uint256 headsAgainst, uint256 headsAbstain);

    /// @notice Lenders of a class whose newest ballot turned out to be invalid so far; they take part in no motion.
    function invalid(uint256 votingClass) external view returns (uint256);

    /// @notice Sum of the commitments of a motion, class and choice so far; (0, 0) is infinity.
    function sumOf(uint256 motion, uint256 votingClass, Choice choice) external view returns (uint256 x, uint256 y);

    /// @notice The motions that every class carries, one bit each; reverts before the sums are opened.
    function passed() external view returns (uint256);
}
