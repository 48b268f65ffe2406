// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IPoll} from "../interfaces/IPoll.sol";
import {TypedData} from "../libraries/TypedData.sol";
import {Tallying} from "../poll/Tallying.sol";
import {Signers} from "./Signers.sol";

/// @title The officials' decision on the result (protocol, section 10)
/// @notice After the challenge period, each official of those under whom the poll was announced once, k alike decide. The plan's submitter
/// has no say, since no official is or was the institution. As k is more than half, approval and refusal cannot both be reached.
abstract contract Decision is Tallying {
    mapping(bytes32 signerHash => bool) private _attested; // slot 156; sealed 22
    uint128 private _approvals; // slot 157; sealed 23
    uint128 private _refusals; // slot 157; sealed 23

    /// @inheritdoc IPoll
    function attest(bytes calldata signer, bool approve, bytes calldata signature)
        external
        override
        onlyPlainAccount
    {
        _requireTallied();
        uint256 threshold = _CASE.thresholdOfPoll(_POLL_NUMBER);
        if (_approvals >= threshold || _refusals >= threshold) revert Approval_AlreadyDecided();
        if (block.timestamp < challengeEndsAt()) revert Approval_ChallengeNotOver(challengeEndsAt(), block.timestamp);
        bytes32 signerHash = _requireMayAttest(signer);
        if (approve && !_anyPassed()) revert Approval_PlanDidNotPass();
        bytes32 digest = _hashTypedDataV4(TypedData.attestation(resultHash(), approve));
        if (!Signers.hasSigned(signer, digest, signature)) revert Approval_SignatureWrong(signer);

        _attested[signerHash] = true;
        uint256 count = approve ? ++_approvals : ++_refusals;
        emit OfficialAttested(signerHash, approve);
        if (count == threshold) emit PollDecided(approve);
    }

    /// @inheritdoc IPoll
    function approvals() public view override returns (uint256) {
        return _approvals;
    }

    /// @inheritdoc IPoll
    function refusals() public view override returns (uint256) {
        return _refusals;
    }

    /// @inheritdoc IPoll
    function hasAttested(bytes calldata signer) external view override returns (bool) {
        return _attested[keccak256(signer)];
    }

    function _requireMayAttest(bytes calldata signer) private view returns (bytes32 signerHash) {
        signerHash = keccak256(signer);
        if (!_CASE.isOfficialOfPoll(_POLL_NUMBER, signer)) revert Approval_NotAnOfficial(signer);
        if (_attested[signerHash]) revert Approval_AlreadyAttested(signer);
    }
}
