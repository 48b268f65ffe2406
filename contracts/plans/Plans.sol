// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Officials} from "../approval/Officials.sol";
import {Signers} from "../approval/Signers.sol";
import {ICase} from "../interfaces/ICase.sol";
import {TypedData} from "../libraries/TypedData.sol";

/// @title What is voted on: plans, submitted by the institution and admitted by the officials
/// @notice The chain holds the hash of a plan (protocol, section 7); the plan itself is published beside it.
abstract contract Plans is Officials {
    struct Plan {
        bytes32 planHash;
        bool admitted;
        uint64 generation; // whose institution submitted it
    }

    Plan[] private _plans; // slot 4

    /// @inheritdoc ICase
    function submitPlan(bytes32 planHash, bytes calldata signature)
        external
        override
        onlyPlainAccount
        returns (uint256 planNumber)
    {
        if (planHash == 0) revert Plan_HashEmpty();
        planNumber = _plans.length;
        uint256 generation_ = _current();
        bytes memory submitter = _institutionOf(generation_);
        bytes32 digest = _digestOf(generation_, TypedData.planSubmission(planNumber, planHash));
        if (!Signers.hasSigned(submitter, digest, signature)) revert Plan_NotSignedByInstitution();
        _plans.push(Plan({planHash: planHash, admitted: false, generation: uint64(generation_)}));
        emit PlanSubmitted(planNumber, planHash, submitter);
    }

    /// @inheritdoc ICase
    function admitPlan(uint256 planNumber, bytes[] calldata signers, bytes[] calldata signatures)
        external
        override
        onlyPlainAccount
    {
        if (planNumber >= _plans.length) revert Plan_NotSubmitted(planNumber);
        Plan storage submitted = _plans[planNumber];
        if (submitted.admitted) revert Plan_AlreadyAdmitted(planNumber);
        bytes32 planHash = submitted.planHash;
        _requireOfficials(TypedData.planAdmission(planNumber, planHash), signers, signatures);
        submitted.admitted = true;
        emit PlanAdmitted(planNumber, planHash);
    }

    /// @inheritdoc ICase
    function planCount() external view override returns (uint256) {
        return _plans.length;
    }

    /// @inheritdoc ICase
    function plan(uint256 planNumber)
        external
        view
        override
        returns (bytes32 planHash, bytes memory submitter, bool admitted)
    {
        if (planNumber >= _plans.length) revert Plan_NotSubmitted(planNumber);
        Plan storage submitted = _plans[planNumber];
        return (submitted.planHash, _institutionOf(submitted.generation), submitted.admitted);
    }

    function _requireAdmitted(uint256 planNumber) internal view {
        if (planNumber >= _plans.length || !_plans[planNumber].admitted) revert Plan_NotAdmitted(planNumber);
    }
}
