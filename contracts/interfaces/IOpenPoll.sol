// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Choice, SignedBallot} from "../types/Ballot.sol";
import {Leaf} from "../types/Register.sol";
import {ClassTally} from "../types/Tally.sol";
import {IPoll} from "./IPoll.sol";

/// @title One vote on one plan, in which every choice can be read at once
/// @notice Ballots are counted as they are recorded (protocol, section 8).
interface IOpenPoll is IPoll {
    /// Announced -> Open -> Closed -> Tallied -> Approved | Refused
    enum Stage {
        Announced,
        Open,
        Closed,
        Tallied,
        Approved,
        Refused
    }

    /// @notice A leaf that holds no claim was taken out of register and count: its amount, modulo the order of the group, is 2^63 or more.
    /// `recorded` is the choice that was taken off the count, None if there was no ballot.
    event LeafExcluded(uint256 indexed index, uint256 votingClass, uint256 amount, Choice recorded);
    /// @notice The sums were opened and the rule applied.
    event PollTallied(bytes32 resultHash, bool passed, ClassTally[] tallies, uint64 challengeEndsAt);

    /// @notice Records and counts one ballot; anyone may send it, from a plain account (protocol, section 8.2).
    /// @param leaf The lender's class and commitment.
    /// @param proof The `depth` siblings of the leaf, from the bottom to the top.
    function cast(SignedBallot calldata ballot, Leaf calldata leaf, bytes32[] calldata proof) external;

    /// @notice Takes a leaf out whose opening shows an amount of 2^63 or more, between the close and the opening of the sums; anyone
    /// may send it, from a plain account (protocol, section 9.1).
    /// @param amount Any number from 2^63 to the order of the group; one close to the order is a negative amount.
    /// @param proof As for `cast`.
    function excludeLeaf(uint256 index, Leaf calldata leaf, bytes32[] calldata proof, uint256 amount, uint256 blind) external;

    /// @notice Where the poll stands at the time of the latest block.
    function stage() external view returns (Stage);

    /// @notice What is recorded for a lender; choice None and sequence 0 if there is no ballot.
    function ballotOf(uint256 index) external view returns (Choice choice, uint8 sequence);

    /// @notice Heads of a class so far.
    function heads(uint256 votingClass) external view returns (uint256 headsFor, uint256 headsAgainst, uint256 headsAbstain);

    /// @notice Sum of the commitments of a class and choice so far; (0, 0) is infinity.
    function sumOf(uint256 votingClass, Choice choice) external view returns (uint256 x, uint256 y);

    /// @notice Whether every class carries the plan; reverts before the sums are opened.
    function passed() external view returns (bool);
}
