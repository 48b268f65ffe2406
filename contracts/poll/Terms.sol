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

    /// Verifiers in the code and not in storage: reading one there would cost every direct cast 2,100 gas. 0 where there is none.
    address private immutable _VERIFIER_0;
    address private immutable _VERIFIER_1;
    address private immutable _VERIFIER_2;
    address private immutable _VERIFIER_3;
    address private immutable _VERIFIER_4;
    address private immutable _VERIFIER_5;
    address private immutable _VERIFIER_6;
    address private immutable _VERIFIER_7;

    bytes private _parameters; // slot 2; encoded
    ClassTotals[] private _classes; // slot 3
    bytes private _planSubmitter; // slot 4

    modifier onlyPlainAccount() {
        if (!Caller.isPlainAccount()) revert Poll_CalledThroughContract();
        _;
    }

    /// @param parametersHash_ Of all that was announced; a sealed poll's parameters are more than these terms.
    constructor(ICase case_, uint256 pollNumber_, PollParameters memory terms, bytes32 parametersHash_)
        EIP712(TypedData.NAME, TypedData.VERSION)
    {
        _requireWindow(terms);
        _requireConditions(terms.conditions);
        _requireVerifiers(terms.verifiers);
        _VERIFIER_0 = _placed(terms.verifiers, 0);
        _VERIFIER_1 = _placed(terms.verifiers, 1);
        _VERIFIER_2 = _placed(terms.verifiers, 2);
        _VERIFIER_3 = _placed(terms.verifiers, 3);
        _VERIFIER_4 = _placed(terms.verifiers, 4);
        _VERIFIER_5 = _placed(terms.verifiers, 5);
        _VERIFIER_6 = _placed(terms.verifiers, 6);
        _VERIFIER_7 = _placed(terms.verifiers, 7);
        _CASE = case_;
        _POLL_NUMBER = pollNumber_;
        _parameters = abi.encode(terms);
        _PARAMETERS_HASH = parametersHash_;
        _OPENS_AT = terms.opensAt;
        _CLOSES_AT = terms.closesAt;
        _CHALLENGE_SECONDS = terms.challengeSeconds;

        ClassTotals[] memory totals;
        (_REGISTER_ROOT, _LEAF_COUNT, _DEPTH, totals) = case_.register(terms.registerNumber);
        _CLASS_COUNT = totals.length;
        for (uint256 i = 0; i < totals.length; ++i) {
            _classes.push(totals[i]);
        }
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
    function parameters() public view override returns (PollParameters memory) {
        return abi.decode(_parameters, (PollParameters));
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
        return parameters().conditions;
    }

    /// @dev opensAt counts as open, closesAt does not.
    function _requireOpen() internal view {
        if (block.timestamp < _OPENS_AT) revert Poll_NotOpenYet(_OPENS_AT, block.timestamp);
        if (block.timestamp >= _CLOSES_AT) revert Poll_Closed(_CLOSES_AT, block.timestamp);
    }

    /// @dev Nobody is the verifier 0: that is what a wrong signature recovers to. The first verifier is never empty, often the only one.
    function _requireVerifier(address signer) internal view {
        if (signer == _VERIFIER_0) return;
        if (signer != address(0)) {
            if (signer == _VERIFIER_1 || signer == _VERIFIER_2 || signer == _VERIFIER_3) return;
            if (signer == _VERIFIER_4 || signer == _VERIFIER_5 || signer == _VERIFIER_6 || signer == _VERIFIER_7) return;
        }
        revert Poll_CredentialNotSignedByVerifier();
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

    function _placed(address[] memory verifiers, uint256 place) private pure returns (address) {
        return place < verifiers.length ? verifiers[place] : address(0);
    }

    function _requireVerifiers(address[] memory verifiers) private pure {
        uint256 count = verifiers.length;
        if (count == 0 || count > MAX_VERIFIERS) revert Poll_VerifierCountOutOfRange(count);
        for (uint256 i = 0; i < count; ++i) {
            if (verifiers[i] == address(0)) revert Poll_VerifierEmpty();
            for (uint256 j = 0; j < i; ++j) {
                if (verifiers[i] == verifiers[j]) revert Poll_VerifierTwice(verifiers[i]);
            }
        }
    }
}
