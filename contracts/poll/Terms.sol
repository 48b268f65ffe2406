// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

import {ICase} from "../interfaces/ICase.sol";
import {IPoll} from "../interfaces/IPoll.sol";
import {Caller} from "../libraries/Caller.sol";
import {CountingRule} from "../libraries/CountingRule.sol";
import {TypedData} from "../libraries/TypedData.sol";
import {PollParameters} from "../types/PollParameters.sol";
import {ClassTotals} from "../types/Register.sol";
import {Condition} from "../types/Rule.sol";

/// @title What the poll is held to
/// @notice Copied from the case when the poll is created; there is no setter.
abstract contract Terms is IPoll, EIP712 {
    uint256 private constant MAX_VERIFIERS = 8;

    ICase internal immutable _CASE;
    uint256 internal immutable _POLL_NUMBER;
    bytes32 internal immutable _PARAMETERS_HASH;
    bytes32 internal immutable _REGISTER_ROOT;
    uint256 internal immutable _LEAF_COUNT;
    uint256 internal immutable _DEPTH;
    uint256 internal immutable _CLASS_COUNT;
    bytes32 internal immutable _PLAN_HASH;
    uint64 internal immutable _OPENS_AT;
    uint64 internal immutable _CLOSES_AT;
    uint64 internal immutable _CHALLENGE_SECONDS;

    PollParameters private _parameters; // slots 2 to 7
    mapping(address verifier => bool) private _isVerifier; // slot 8
    ClassTotals[] private _classes; // slot 9
    bytes private _planSubmitter; // slot 10

    modifier onlyPlainAccount() {
        if (!Caller.isPlainAccount()) revert Poll_CalledThroughContract();
        _;
    }

    constructor(ICase case_, uint256 pollNumber_, PollParameters memory terms) EIP712(TypedData.NAME, TypedData.VERSION) {
        _requireWindow(terms);
        _requireConditions(terms.conditions);
        _acceptVerifiers(terms.verifiers);
        _parameters = terms;
        _CASE = case_;
        _POLL_NUMBER = pollNumber_;
        _PARAMETERS_HASH = keccak256(abi.encode(terms));
        _OPENS_AT = terms.opensAt;
        _CLOSES_AT = terms.closesAt;
        _CHALLENGE_SECONDS = terms.challengeSeconds;

        ClassTotals[] memory totals;
        (_REGISTER_ROOT, _LEAF_COUNT, _DEPTH, totals) = case_.register(terms.registerNumber);
        _CLASS_COUNT = totals.length;
        _classes = totals;
        (_PLAN_HASH, _planSubmitter,) = case_.plan(terms.planNumber);
    }

    /// @inheritdoc IPoll
    function caseContract() external view override returns (address) {
        return address(_CASE);
    }

    /// @inheritdoc IPoll
    function pollNumber() external view override returns (uint256) {
        return _POLL_NUMBER;
    }

    /// @inheritdoc IPoll
    function parameters() external view override returns (PollParameters memory) {
        return _parameters;
    }

    /// @inheritdoc IPoll
    function parametersHash() external view override returns (bytes32) {
        return _PARAMETERS_HASH;
    }

    /// @inheritdoc IPoll
    function registerRoot() external view override returns (bytes32) {
        return _REGISTER_ROOT;
    }

    /// @inheritdoc IPoll
    function leafCount() external view override returns (uint256) {
        return _LEAF_COUNT;
    }

    /// @inheritdoc IPoll
    function depth() external view override returns (uint256) {
        return _DEPTH;
    }

    /// @inheritdoc IPoll
    function classes() public view override returns (ClassTotals[] memory) {
        return _classes;
    }

    /// @inheritdoc IPoll
    function planHash() external view override returns (bytes32) {
        return _PLAN_HASH;
    }

    /// @inheritdoc IPoll
    function planSubmitter() public view override returns (bytes memory) {
        return _planSubmitter;
    }

    function _conditions() internal view returns (Condition[] memory) {
        return _parameters.conditions;
    }

    /// @dev opensAt counts as open, closesAt does not.
    function _requireOpen() internal view {
        if (block.timestamp < _OPENS_AT) revert Poll_NotOpenYet(_OPENS_AT, block.timestamp);
        if (block.timestamp >= _CLOSES_AT) revert Poll_Closed(_CLOSES_AT, block.timestamp);
    }

    function _requireVerifier(address signer) internal view {
        if (!_isVerifier[signer]) revert Poll_CredentialNotSignedByVerifier();
    }

    function _requireIndex(uint256 index) internal view {
        if (index >= _LEAF_COUNT) revert Poll_IndexOutOfRange(index, _LEAF_COUNT);
    }

    function _requireClass(uint256 votingClass) internal view {
        if (votingClass >= _CLASS_COUNT) revert Poll_ClassOutOfRange(votingClass, _CLASS_COUNT);
    }

    function _requireWindow(PollParameters memory terms) private view {
        if (block.timestamp >= terms.opensAt || terms.opensAt >= terms.closesAt) {
            revert Poll_WindowWrong(terms.opensAt, terms.closesAt, block.timestamp);
        }
        if (terms.challengeSeconds == 0) revert Poll_ChallengePeriodMissing();
    }

    function _requireConditions(Condition[] memory conditions) private pure {
        if (conditions.length == 0 || conditions.length > CountingRule.MAX_CONDITIONS) {
            revert Poll_ConditionCountOutOfRange(conditions.length);
        }
        for (uint256 i = 0; i < conditions.length; ++i) {
            if (!CountingRule.isValid(conditions[i])) revert Poll_ConditionOutOfRange(i);
        }
    }

    function _acceptVerifiers(address[] memory verifiers) private {
        uint256 count = verifiers.length;
        if (count == 0 || count > MAX_VERIFIERS) revert Poll_VerifierCountOutOfRange(count);
        for (uint256 i = 0; i < count; ++i) {
            if (verifiers[i] == address(0)) revert Poll_VerifierEmpty();
            if (_isVerifier[verifiers[i]]) revert Poll_VerifierTwice(verifiers[i]);
            _isVerifier[verifiers[i]] = true;
        }
    }
}
