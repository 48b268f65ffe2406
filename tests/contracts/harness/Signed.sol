// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {TypedData} from "../../../contracts/libraries/TypedData.sol";
import {PollParameters} from "../../../contracts/types/PollParameters.sol";
import {ClassTotals} from "../../../contracts/types/Register.sol";
import {ClassTally} from "../../../contracts/types/Tally.sol";

/// Shows what the contracts hash to the tests of the shared vectors.
contract Signed {
    function registerFreeze(
        uint256 registerNumber,
        bytes32 root,
        uint256 leafCount,
        bytes32 classesHash,
        bytes32 classNamesHash,
        bytes32 rangeProofsHash
    ) external pure returns (bytes32) {
        return TypedData.registerFreeze(registerNumber, root, leafCount, classesHash, classNamesHash, rangeProofsHash);
    }

    function planSubmission(uint256 planNumber, bytes32 planHash) external pure returns (bytes32) {
        return TypedData.planSubmission(planNumber, planHash);
    }

    function planAdmission(uint256 planNumber, bytes32 planHash) external pure returns (bytes32) {
        return TypedData.planAdmission(planNumber, planHash);
    }

    function pollAnnouncement(uint256 pollNumber, bytes32 parametersHash, bool rehearsal) external pure returns (bytes32) {
        return TypedData.pollAnnouncement(pollNumber, parametersHash, rehearsal);
    }

    function credentialDigest(bytes32 domainSeparator, uint256 index, address ballotKey, uint64 expiresAt)
        external
        pure
        returns (bytes32)
    {
        return TypedData.credentialDigest(domainSeparator, index, ballotKey, expiresAt);
    }

    function credentialList(bytes calldata entries, uint64 expiresAt) external pure returns (bytes32) {
        return TypedData.credentialList(entries, expiresAt);
    }

    function attestation(bytes32 resultHash, bool approve) external pure returns (bytes32) {
        return TypedData.attestation(resultHash, approve);
    }

    function ballotDigest(bytes32 domainSeparator, uint256 index, uint256 choice, uint256 sequence, bytes32 planHash)
        external
        pure
        returns (bytes32)
    {
        return TypedData.ballotDigest(domainSeparator, index, choice, sequence, planHash);
    }

    function hashOfParameters(PollParameters calldata parameters) external pure returns (bytes32) {
        return keccak256(abi.encode(parameters));
    }

    function hashOfClasses(ClassTotals[] calldata classes) external pure returns (bytes32) {
        return keccak256(abi.encode(classes));
    }

    function hashOfResult(address poll, ClassTally[] calldata tallies, bool passed) external pure returns (bytes32) {
        return keccak256(abi.encode(poll, tallies, passed));
    }
}
