// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ISealedCase} from "../interfaces/ISealedCase.sol";
import {ISealedPoll} from "../interfaces/ISealedPoll.sol";
import {TypedData} from "../libraries/TypedData.sol";
import {Announcements} from "../poll/Announcements.sol";
import {SealConfirmation, SealedParameters, SealKey} from "../types/Seal.sol";
import {SealKeys} from "./SealKeys.sol";

/// @title Sealed polls, announced and given up by the officials (protocol, sections 21.3 and 21.7)
/// @notice The code of a sealed poll fits neither into the case nor into its factory, so the case knows its hash since its creation, and
/// whoever announces brings the code. Its polls are numbered with all others and stand where their number says.
abstract contract SealedAnnouncements is Announcements, SealKeys {
    /// How long after its close a poll that is no rehearsal stays to be tallied; in a rehearsal it may be less.
    uint256 private constant ABANDON_AFTER = 30 days;

    bytes32 private immutable _SEALED_CODE_HASH;

    mapping(uint256 pollNumber => bool) private _isSealed; // slot 12

    constructor(bytes32 sealedCodeHash_) {
        _SEALED_CODE_HASH = sealedCodeHash_;
    }

    /// @inheritdoc ISealedCase
    function announceSealedPoll(
        bytes calldata code,
        SealedParameters calldata parameters,
        SealKey calldata sealKey,
        SealConfirmation[] calldata confirmations,
        bytes[] calldata signers,
        bytes[] calldata signatures
    ) external override onlyPlainAccount returns (address announced) {
        if (keccak256(code) != _SEALED_CODE_HASH) revert Case_SealedCodeIsAnother(keccak256(code));
        _requireTerms(parameters.poll);
        _requireAbandonment(parameters.abandonAfterSeconds);
        bytes32 keyHash = _takeSealKey(sealKey, confirmations);
        bytes32 parametersHash = keccak256(abi.encode(parameters));
        bytes32 structHash = TypedData.sealedPollAnnouncement(pollCount(), parametersHash, keyHash, rehearsal());
        _requireOfficials(structHash, signers, signatures);
        announced = _create(code, parameters, sealKey, keyHash);
        emit SealedPollAnnounced(pollCount() - 1, announced, parametersHash, keyHash);
    }

    /// @inheritdoc ISealedCase
    function abandonPoll(uint256 pollNumber, bytes32 reasonHash, bytes[] calldata signers, bytes[] calldata signatures)
        external
        override
        onlyPlainAccount
    {
        address abandoned = poll(pollNumber);
        if (!_isSealed[pollNumber]) revert Abandonment_PollNotSealed(pollNumber);
        if (reasonHash == 0) revert Abandonment_ReasonEmpty();
        bytes32 structHash = TypedData.pollAbandonment(pollNumber, reasonHash);
        _requireOfficialsOf(generationOfPoll(pollNumber), structHash, signers, signatures);
        ISealedPoll(abandoned).abandon(reasonHash);
    }

    /// @inheritdoc ISealedCase
    function sealedCodeHash() external view override returns (bytes32) {
        return _SEALED_CODE_HASH;
    }

    /// @inheritdoc ISealedCase
    function isSealed(uint256 pollNumber) external view override returns (bool) {
        return _isSealed[pollNumber];
    }

    function _create(bytes calldata code, SealedParameters calldata parameters, SealKey calldata sealKey, bytes32 keyHash)
        private
        returns (address)
    {
        uint256 number = pollCount();
        _isSealed[number] = true;
        address key = _addressOf(sealKey.x, sealKey.y);
        return _createFrom(code, abi.encode(this, number, parameters, key, keyHash, sealKey.shareKeys));
    }

    function _requireAbandonment(uint256 seconds_) private view {
        bool allowed = rehearsal() ? seconds_ != 0 && seconds_ <= ABANDON_AFTER : seconds_ == ABANDON_AFTER;
        if (!allowed) revert Poll_AbandonmentOutOfRange(seconds_);
    }
}
